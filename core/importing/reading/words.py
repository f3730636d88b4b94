"""Words by which the rows of a sheet are told apart: names of columns, units, totals, notes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from ...schema import normal_name, register_schema

_UNITS = (
    "m", "米", "mm", "cm", "km", "m2", "m²", "㎡", "平方米", "km2", "km²", "平方公里", "亩", "万亩",
    "公顷", "ha", "hm2", "hm²", "分", "m3", "m³", "立方米", "方", "万m3", "万m³", "万方", "万立方米",
    "亿m³", "亿立方米", "m3/s", "m³/s", "m3/h", "m³/h", "m3/d", "m³/d", "m3/a", "m³/a", "m³/日",
    "m³/年", "万m3/a", "万m³/a", "万m³/年", "立方米/小时", "m³/亩", "m3/亩", "方/亩", "立方米/亩", "kwh",
    "kw·h", "万kwh", "千瓦时", "度", "万度", "kw", "千瓦", "m3/kwh", "m³/kwh", "m³/度", "元", "万元",
    "元/m³", "元/方", "元/立方米", "元/kwh", "%", "％", "℃", "眼", "个", "座", "处", "套", "台", "人", "户",
    "头", "年", "月", "日", "天", "h", "小时", "t", "吨", "万t", "万吨", "mg/l", "g/l", "°", "度分秒",
)  # fmt: skip
_NO_UNIT = frozenset(("", "-", "—", "－", "/", "无", "单位"))
_BRACKETS = re.compile(r"[(\[【][^()\[\]【】]*[)\]】]$")
_SLASH = re.compile(r"/[^/]*$")
_TOTAL = re.compile(
    r".{0,12}(?:合计|小计|总计|共计)(?:\(.*\))?(?::.*)?|(?:grand|sub)?[-_]?totals?:?", re.DOTALL
)
EXACT_TOTALS = frozenset(
    first + between + "计" for first in "合小总共" for between in ("", " ", "  ", "\u3000")
)
"""A cell that is nothing but a word for a sum, with the spaces that typesetting puts into it."""
_LABELS = (
    "注", "备注", "说明", "填表说明", "数据来源", "资料来源", "来源", "填表人", "填报人", "制表", "制表人", "审核",
    "审核人", "复核", "复核人", "统计人", "负责人", "单位负责人", "分管领导", "填报单位", "填表单位",
    "编制单位", "填表日期", "填报日期",
    "制表日期", "填报时间", "日期", "联系人", "联系电话", "电话", "单位", "note", "notes", "source",
)  # fmt: skip
_LABEL = re.compile(rf"(?:{'|'.join(_LABELS)})\s*[0-9一二三四五]?\s*[:、].*", re.DOTALL | re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?[\d,]*\.?\d+(?:e[+-]?\d+)?%?", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_DAY = re.compile(r"\d{1,4}[-/.年]\d{1,2}(?:[-/.月]\d{1,4}日?)?(?:[ t].*)?", re.IGNORECASE)
_BETWEEN = re.compile(r"(?<=[\x21-\x7e])\s+(?=[\x21-\x7e])")
_UNIT_REMARK = re.compile(r"(?:^|[^\w])(?:计量|计算|数量|面积|水量)?单位\s*[:：]?\s*(.+)")


def text_of(cell: object) -> str:
    """A cell as text without white space around it, "" for an empty one."""
    return "" if cell is None else str(cell).strip()


def name_of(text: str) -> str:
    """A heading as a column name: line breaks and the spaces of Chinese typesetting go, those of English stay."""
    return "".join(_BETWEEN.sub("\x00", text.strip()).split()).replace("\x00", " ")


def is_name_like(text: str) -> bool:
    """May a cell be a column name? Numbers (but for years), days and ``填报单位：…`` may not."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain or _LABEL.fullmatch(plain):
        return False
    return bool(_YEAR.fullmatch(plain)) or not is_number_like(plain)


def is_number_like(cell: object) -> bool:
    """Is a cell a number, a day, or text that looks like one?"""
    if isinstance(cell, (int, float, date)):
        return True
    plain = unicodedata.normalize("NFKC", text_of(cell))
    return bool(_NUMBER.fullmatch(plain) or _DAY.fullmatch(plain))


def is_known_name(text: str) -> bool:
    """Is a heading the name, alias or hint of a field of any role, with or without a unit behind it?"""
    plain = normal_name(text)
    forms = {plain, _BRACKETS.sub("", plain), _SLASH.sub("", plain)}
    return not forms.isdisjoint(_known_names())


def is_unit(text: str) -> bool:
    """Is a text nothing but a unit, bare or in brackets?"""
    return _bare_unit(text) in _unit_names()


def is_no_unit(text: str) -> bool:
    """May a text stand in a row of units where there is none to give?"""
    return text in _NO_UNIT


def with_unit(name: str, unit: str) -> str:
    """``井深`` and ``m`` as ``井深(m)``; a name that ends with a unit in brackets keeps its own."""
    if not is_unit(unit) or _BRACKETS.search(unicodedata.normalize("NFKC", name)):
        return name
    return f"{name}({unit.strip('()（）[]【】 ')})"


def is_total(text: str) -> bool:
    """``合计``, ``高昌区小计``, ``合计（眼）``, ``Total``: the first word of a row that sums others up."""
    return bool(_TOTAL.fullmatch(normal_name(text)))


def is_label(text: str) -> bool:
    """``注：…``, ``填表人：…``, ``制表人``: what stands below or above a table, not in it."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return bool(_LABEL.fullmatch(plain)) or "".join(plain.split()).casefold() in _LABELS


def units_stated(text: str) -> list[str]:
    """The units that a title says the table is in, as in ``（单位：万m³、亩）``; nothing else of the title."""
    found = _UNIT_REMARK.search(text)
    if found is None:
        return []
    words = [word for word in re.split(r"[、,，;；\s()（）/]+|[:：]", found[1]) if word]
    whole = found[1].strip("()（） ")
    return [word for word in words if is_unit(word)] or ([whole] if is_unit(whole) else [])


def column_numbers(texts: Iterable[str]) -> list[int]:
    """The numbers among the cells of a row that may number the columns: ``1``, ``(2)``, ``③``, ``4``."""
    plain = (unicodedata.normalize("NFKC", text).strip("()[] .") for text in texts)
    return [int(text) for text in plain if text.isdecimal() and len(text) <= 3]


def _bare_unit(text: str) -> str:
    return normal_name(text).strip("()[]【】")


@lru_cache(maxsize=1)
def _unit_names() -> frozenset[str]:
    return frozenset(normal_name(unit) for unit in _UNITS)


@lru_cache(maxsize=1)
def _known_names() -> frozenset[str]:
    """Names of fields of the register as compared; units behind them are taken off."""
    found = set()
    for role in register_schema().roles.values():
        found |= set(role.names)
        for item in role.fields.values():
            found |= {normal_name(text) for text in (item.en, item.zh, *item.hints)}
    return frozenset(found | {_BRACKETS.sub("", name) for name in found} - {""})
