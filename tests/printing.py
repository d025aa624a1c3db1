"""What the tests of the printed notice share: fields, notices of a few rows, and printing through LibreOffice."""

from __future__ import annotations

import io
import json
import os
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from hypothesis import strategies as st
from openpyxl import load_workbook

from reportgen.core import fields as keys
from reportgen.core.fields import Field, Fields
from reportgen.core.layout import Layout
from reportgen.core.notice import Notice
from reportgen.core.printcheck import Word
from reportgen.readers import pdfwords
from reportgen.writers import notice_docx, notice_xlsx
from reportgen.writers.replace import parts_of, zipped
from tests.office import profile

ROOT = Path(__file__).parent.parent
LABEL = "8月份"
TITLE = "2023年《政府工作报告》重点工作8月份完成情况通报表"
FIELDS = Fields(
    (
        Field(keys.SEQ, "序号"),
        Field(keys.ANNUAL_TARGET, "年度目标任务"),
        Field(keys.PERIOD_TARGET, "8月份目标任务"),
        Field(keys.COMPLETION, "完成情况"),
        Field(keys.LEADERS, "分管区领导"),
        Field(keys.UNITS, "责任单位"),
        Field(keys.REASON, "未完成原因"),
    )
)
ALLOWED = tuple(field.key for field in FIELDS)
COLUMNS = ALLOWED[:6]
WRITERS = {
    "notice.docx": (notice_docx.notice_columns, notice_docx.write_notice_docx),
    "notice.xlsx": (notice_xlsx.notice_columns, notice_xlsx.write_notice_xlsx),
}

# Texts that one office format or the other is known to change, and any that a unit might type.
NASTY = (
    "  前后有空格  ",
    "高  晋\n崔  赟",
    "<w:t>&amp;</w:t> \"引号\" '单引号'",
    "“双引号”——省略……间隔·赟溡㎡Ⅲ①",
    "制表\t符\t",
    "\n开头和结尾的换行\n\n",
    "=1+1",
    "-8.7%",
    "#N/A",
    "_x0041_",
    "{{ title }}",
    "（续）",
    "序号",
    "𠮷野家",
    "a\u00a0b\u3000c\u200bd",
    "部分完成。【待补充】一半【未报送】",
)
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn"]) | st.sampled_from("\n\t  “”=_【】未报送"),
    max_size=60,
)


def template(name: str) -> bytes:
    return (ROOT / "templates" / name).read_bytes()


def row(seq: int, **texts: str) -> dict[str, str]:
    """Return a row of the notice with plausible texts for what is not given."""
    plain = {
        keys.SEQ: str(seq),
        keys.ANNUAL_TARGET: "新建口袋公园6处，改造老旧小区12个。",
        keys.PERIOD_TARGET: "完成2处口袋公园的绿化施工。",
        keys.COMPLETION: "完成。已完成2处口袋公园的绿化施工，累计栽植乔木310株。",
        keys.LEADERS: "白  帆\n宋清和",
        keys.UNITS: "区园林中心（牵头）\n区住建局",
    }
    return {**plain, **texts}


def notice(*rows: Mapping[str, str], title: str = TITLE, is_draft: bool = False, note: str = "") -> Notice:
    headings = {field.key: field.heading for field in FIELDS}
    return Notice(title, headings, tuple(rows), is_draft, note)


def layout(name: str, content: bytes) -> Layout:
    """Return what the program finds in a template called `name`."""
    return WRITERS[name][0](content, name, ALLOWED)


def written(name: str, model: Notice, content: bytes | None = None) -> bytes:
    """Return `model` written with a template, the checked-in one by default."""
    return WRITERS[name][1](content or template(name), name, model, LABEL)


def changed(name: str, *changes: tuple[str, str]) -> bytes:
    """Return the checked-in template with texts replaced."""
    if name.endswith(".docx"):
        parts = parts_of(template(name))
        xml = parts["word/document.xml"].decode()
        for old, new in changes:
            assert old in xml
            xml = xml.replace(old, new)
        return zipped({**parts, "word/document.xml": xml.encode()})
    workbook = load_workbook(io.BytesIO(template(name)))
    cells = [cell for line in workbook.active.iter_rows() for cell in line if cell.value]
    for old, new in changes:
        assert any(old in str(cell.value) for cell in cells)
        for cell in cells:
            cell.value = str(cell.value).replace(old, new)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def printed(folder: Path, documents: Mapping[str, bytes]) -> dict[str, Path]:
    """Return the PDF of each document, printed by LibreOffice with the fonts that stand in for the official ones."""
    return converted(folder, documents, "pdf")


def converted(folder: Path, documents: Mapping[str, bytes], suffix: str) -> dict[str, Path]:
    """Return each document as LibreOffice saves it under another suffix, in a folder of its own."""
    for name, content in documents.items():
        (folder / name).write_bytes(content)
    made = folder / f"as-{suffix}"
    subprocess.run(
        [
            *("soffice", f"-env:UserInstallation={profile()}", "--headless"),
            *("--convert-to", suffix, "--outdir", str(made), *(str(folder / name) for name in documents)),
        ],
        env={**os.environ, "FONTCONFIG_FILE": str(ROOT / "tests" / "fonts.conf")},
        check=True,
        capture_output=True,
        timeout=300,
    )
    return {name: made / f"{Path(name).stem}.{suffix}" for name in documents}


def words_of(pdf: Path) -> list[list[Word]]:
    """Return the words of each page, in lists that a test may change."""
    return [list(words) for words in _words_of(pdf.read_bytes())]


@cache
def _words_of(pdf: bytes) -> list[list[Word]]:
    return pdfwords.words_of(pdf)


def real_notice(folder: Path) -> Notice:
    """Return the real month as the notice that it was printed from."""
    real = json.loads((folder / "notice-2023-08.json").read_text(encoding="utf-8"))
    rows = (
        {
            keys.SEQ: str(line["seq"]),
            keys.ANNUAL_TARGET: line["annual_target"],
            keys.PERIOD_TARGET: line["month_target"],
            keys.COMPLETION: line["completion_printed"],
            keys.LEADERS: "\n".join(line["leaders_printed"]),
            keys.UNITS: "\n".join(line["units_printed"]),
        }
        for line in real["rows"]
    )
    return notice(*rows, title=real["title"])
