"""Write the templates of letters into resources/papers; people copy them into their profile and change them in Word.

.venv/bin/python tools/make_papers.py
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

if "overdraft" not in sys.modules:  # run by hand: make the checkout importable, as the tests do
    spec = importlib.util.spec_from_file_location("conftest", ROOT / "conftest.py")
    spec.loader.exec_module(importlib.util.module_from_spec(spec))

from overdraft.core.papers.word_file import add_paragraph, keep_signature, new_docx  # noqa: E402

APPROVAL = {
    "zh": (
        "取水申请审批单",
        [
            ("申请编号", "{{application_id}}", "申请类型", "{{kind}}"),
            ("申请人", "{{owner}}", "联系电话", "{{owner_phone}}"),
            ("井址", "{{place}}", "用途", "{{use}}"),
            ("申请日期", "{{applied_on}}", "申请水量（m³）", "{{permit_m3}}"),
            ("拟替代机井", "{{replaces}}", "井深（m）", "{{depth_m}}"),
            ("审批机关", "{{authority}}", "会商单位", "{{consult}}"),
            ("审查意见", "{{permission}}"),
            ("逐项审查", "{{tests}}"),
            ("附带条件", "{{conditions}}"),
            ("依据文件", "{{documents}}"),
            ("依据条款", "{{clauses}}"),
            ("经办人意见", "\n签名：　　　　　　　　年　　月　　日"),
            ("审核意见", "\n签名：　　　　　　　　年　　月　　日"),
            (
                "审批决定",
                "{{decision}}　{{approval_no}}　{{decided_on}}\n（盖章）　　　　　　　年　　月　　日",
            ),
        ],
        "核查基准日{{as_of}}，核查批次{{run}}，历史校验值{{head}}。{{invented}}{{since}}",
    ),
    "en": (
        "Approval sheet of an application",
        [
            ("Application", "{{application_id}}", "Kind", "{{kind}}"),
            ("Applicant", "{{owner}}", "Telephone", "{{owner_phone}}"),
            ("Place", "{{place}}", "Use", "{{use}}"),
            ("Applied on", "{{applied_on}}", "Volume (m³)", "{{permit_m3}}"),
            ("Replaces", "{{replaces}}", "Depth (m)", "{{depth_m}}"),
            ("Authority", "{{authority}}", "To be consulted", "{{consult}}"),
            ("Permission", "{{permission}}"),
            ("Tests", "{{tests}}"),
            ("Conditions", "{{conditions}}"),
            ("Documents", "{{documents}}"),
            ("Clauses", "{{clauses}}"),
            ("Drafted", "\nSigned:                              Date:"),
            ("Checked", "\nSigned:                              Date:"),
            (
                "Decision",
                "{{decision}}  {{approval_no}}  {{decided_on}}\nSeal:                              Date:",
            ),
        ],
        "Judged on {{as_of}}, run {{run}}. Head hash of the history: {{head}}. {{invented}} {{since}}",
    ),
}

TEXTS = {
    "opinion_letter.zh": [
        ("title", "关于征求机井处置及取水申请意见的函"),
        ("right", "{{doc_no}}"),
        ("text0", "{{to}}："),
        ("text",
         "我单位依据下列文件对辖区机井和取水申请进行核查，其中{{n_wells}}眼机井、{{n_applications}}件申请涉及你单位，"
         "现征求意见。"),
        ("heading", "一、依据文件"),
        ("text0", "{{documents}}"),
        ("heading", "二、涉及机井"),
        ("text0", "{{wells}}"),
        ("heading", "三、核查结论"),
        ("text0", "{{findings}}"),
        ("heading", "四、取水申请审查情况"),
        ("text0", "{{applications}}"),
        ("heading", "五、依据条款"),
        ("text0", "{{clauses}}"),
        ("text", "请于{{deadline}}前书面反馈意见，逾期未反馈的，我单位将按程序办理。"),
        ("text", "联系电话：{{phone}}　地址：{{address}}"),
        ("right", "{{unit}}"),
        ("right", "{{date}}"),
        ("note", "核查基准日{{as_of}}，核查批次{{run}}，历史校验值{{head}}。{{invented}}{{since}}"),
    ],
    "opinion_letter.en": [
        ("title", "Request for an opinion on wells and applications"),
        ("right", "{{doc_no}}"),
        ("text0", "To: {{to}}"),
        ("text",
         "Wells and applications have been examined under the documents below. {{n_wells}} "
         "wells and {{n_applications}} applications concern you; your opinion is asked "
         "for."),
        ("heading", "1. Documents"),
        ("text0", "{{documents}}"),
        ("heading", "2. Wells"),
        ("text0", "{{wells}}"),
        ("heading", "3. Findings"),
        ("text0", "{{findings}}"),
        ("heading", "4. Applications"),
        ("text0", "{{applications}}"),
        ("heading", "5. Clauses"),
        ("text0", "{{clauses}}"),
        ("text", "Please answer in writing by {{deadline}}."),
        ("text", "Telephone: {{phone}}. Address: {{address}}"),
        ("right", "{{unit}}"),
        ("right", "{{date}}"),
        ("note", "Judged on {{as_of}}, run {{run}}. Head hash of the history: {{head}}. {{invented}} {{since}}"),
    ],
    "closure_notice.zh": [
        ("title", "责令限期封井通知书"),
        ("right", "{{doc_no}}"),
        ("text0", "{{owner}}："),
        ("text",
         "经核查，位于{{place}}的机井（编号{{well_id}}，用途{{use}}，井深{{depth_m}}米，"
         "许可证号{{permit_no}}）存在下列情形："),
        ("text0", "{{findings}}"),
        ("text", "依据下列文件和条款："),
        ("text0", "{{documents}}"),
        ("text0", "{{clauses}}"),
        ("text", "责令你（单位）于{{deadline}}前对该井予以{{actions}}，并接受现场验收。逾期不履行的，将依法处理。"),
        ("text", "如有异议，请在期限内向本单位书面提出，写明机井编号。联系电话：{{phone}}　地址：{{address}}"),
        ("right", "{{unit}}"),
        ("right", "{{date}}"),
        ("note", "结论码：{{codes}}。核查基准日{{as_of}}，核查批次{{run}}，历史校验值{{head}}。{{invented}}{{since}}"),
    ],
    "closure_notice.en": [
        ("title", "Closure notice"),
        ("right", "{{doc_no}}"),
        ("text0", "To: {{owner}}"),
        ("text",
         "The well {{well_id}} at {{place}} (use {{use}}, depth {{depth_m}} m, permit "
         "{{permit_no}}) was examined, with these results:"),
        ("text0", "{{findings}}"),
        ("text", "Under these documents and clauses:"),
        ("text0", "{{documents}}"),
        ("text0", "{{clauses}}"),
        ("text", "you are ordered by {{deadline}} to carry out: {{actions}}, and to let it be inspected on site."),
        ("text",
         "Objections may be raised in writing within this period, naming the id of the "
         "well. Telephone: {{phone}}. Address: {{address}}"),
        ("right", "{{unit}}"),
        ("right", "{{date}}"),
        ("note",
         "Codes: {{codes}}. Judged on {{as_of}}, run {{run}}. Head hash of the history: "
         "{{head}}. {{invented}} {{since}}"),
    ],
}  # fmt: skip


def main() -> None:
    folder = ROOT / "resources/papers"
    folder.mkdir(exist_ok=True)
    for language, (title, rows, foot) in APPROVAL.items():
        made = new_docx(title, language)
        add_paragraph(made, "title", title, language)
        _sheet(made, rows)
        add_paragraph(made, "note", foot, language)
        made.save(folder / f"approval_sheet.{language}.docx")
    for name, lines in TEXTS.items():
        language = name.rsplit(".", 1)[1]
        made = new_docx(lines[0][1], language)
        for kind, text in lines:
            add_paragraph(made, kind.rstrip("0"), text, "en" if kind.endswith("0") else language)
        keep_signature(made)
        made.save(folder / f"{name}.docx")


def _sheet(made, rows) -> None:
    from docx.shared import Mm, Pt

    table = made.add_table(rows=len(rows), cols=4)
    table.style = "Table Grid"
    for place, cells in enumerate(rows):
        row = table.rows[place].cells
        parts = [row[0], row[1], row[2], row[3]] if len(cells) == 4 else [row[0], row[1].merge(row[3])]
        for number, (cell, text) in enumerate(zip(parts, cells, strict=True)):
            run = cell.paragraphs[0].add_run(text)
            run.font.size, run.font.bold = Pt(11), number % 2 == 0
    for column, width in zip(table.columns, (26, 56, 28, 46), strict=True):
        for cell in column.cells:
            cell.width = Mm(width)


if __name__ == "__main__":
    main()
