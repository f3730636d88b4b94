"""The Chinese texts: complete, up to date, and loaded under every name that Chinese goes by."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
from qgis.core import QgsApplication

from overdraft.plugin import translation
from overdraft.processing.texts import tr, ui_language

ROOT = Path(translation.__file__).resolve().parents[1]
TS = ROOT / "resources/i18n/overdraft_zh_CN.ts"
PLACEHOLDER = re.compile(r"\{[a-z_]+\}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("i18n")
    subprocess.run(["lrelease", "-silent", TS, "-qm", made / "overdraft_zh_CN.qm"], check=True)
    return made


def messages():
    for message in ElementTree.parse(TS).iter("message"):
        yield message.findtext("source"), message.find("translation")


def test_texts_are_up_to_date_and_none_is_untranslated():
    done = subprocess.run(
        ["sh", ROOT / "tools/translations.sh", "check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_every_text_has_a_chinese_one_with_the_same_placeholders():
    found = list(messages())
    assert len(found) > 50
    for source, translated in found:
        assert translated.get("type") is None, source
        assert translated.text, source
        assert sorted(PLACEHOLDER.findall(source)) == sorted(PLACEHOLDER.findall(translated.text)), source


@pytest.mark.parametrize("locale", ["zh_CN", "zh-Hans", "zh", "zh_Hans_CN"])
def test_chinese_loads_under_every_name(folder, monkeypatch, locale):
    monkeypatch.setattr(QgsApplication, "locale", staticmethod(lambda: locale))
    ours = translation.Translation(folder)
    ours.install()
    try:
        assert tr("Run Overlay…") == "运行叠加核查…"
    finally:
        ours.remove()
    assert tr("Run Overlay…") == "Run Overlay…"
    assert ui_language() == "zh"


@pytest.mark.parametrize("locale", ["en", "en_US", "de", "C"])
def test_other_languages_get_english(folder, monkeypatch, locale):
    monkeypatch.setattr(QgsApplication, "locale", staticmethod(lambda: locale))
    assert translation.load_translator(folder) is None
    assert ui_language() == "en"


def test_missing_file_is_no_error(tmp_path, monkeypatch):
    monkeypatch.setattr(QgsApplication, "locale", staticmethod(lambda: "zh_CN"))
    assert translation.load_translator(tmp_path) is None
