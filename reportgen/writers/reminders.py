"""催报/: a note to each silent unit as text and as Word document, and the list to call them by.

The wording of both notes is that of templates/reminder.j2, so that it stands once; templates/reminder.docx gives the
Word one its page and the looks of its four kinds of lines.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING

from reportgen.core.checked import Checked
from reportgen.core.findings import CannotRun, Code, Place, cannot_run
from reportgen.core.layout import broken
from reportgen.core.reminders import Reminder
from reportgen.core.text import without_control
from reportgen.core.units import State
from reportgen.writers.replace import parts_of, zipped
from reportgen.writers.sheet import new_workbook, noted, saved, write_table
from reportgen.writers.wordpage import core_properties
from reportgen.writers.xmlparts import parsed, serialised

if TYPE_CHECKING:
    from lxml.etree import _Element
    from openpyxl.worksheet.worksheet import Worksheet

LIST_SHEET = "未报送"
WRONG_SHEET = "需更正"
UNIT, CALLED, REMARK = "单位", "已联系", "备注"
_TO_TICK = "□"
_DOCUMENT = "word/document.xml"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
# The kinds of lines, and what stands for them in the template.
_TITLE, _RECIPIENT, _BODY, _SIGNATURE = "title", "recipient", "body", "signature"
_KINDS = (_TITLE, _RECIPIENT, _BODY, _SIGNATURE)
_SIGNATURE_INDENT = 8  # columns; lines that begin further in stand at the right


def note_text(wording: str) -> bytes:
    """Return a note as the text file that Windows' editor of any age shows rightly: UTF-8 with mark, CR LF."""
    return without_control(wording).strip("\n").replace("\n", "\r\n").encode("utf-8-sig") + b"\r\n"


def note_document(template: bytes, name: str, wording: str) -> bytes:
    """Return a note as a Word document that looks as the template `name`. Raises CannotRun when that does not serve."""
    try:
        parts = parts_of(template)
        root = parsed(parts[_DOCUMENT])
    except (zipfile.BadZipFile, KeyError, SyntaxError) as error:
        advice = "请用 Word 或 WPS 打开它，另存为 .docx；或从新建的工作区复制一份。"
        raise cannot_run(Code.T01, Place(name), reason="不是完好的 Word 文档。", advice=advice) from error
    prototypes = _prototypes(root, name)
    first = prototypes[_TITLE]
    lines = without_control(wording).strip("\n").split("\n")
    title = lines[0].strip()
    for number, line in enumerate(lines):
        if line.strip() or not lines[number - 1].strip():  # of several blank lines the first is left out
            kind = _TITLE if number == 0 else _kind(line)
            first.addprevious(_written(prototypes[kind], line.strip()))
    for prototype in prototypes.values():
        prototype.getparent().remove(prototype)  # type: ignore[union-attr]
    return zipped({**parts, _DOCUMENT: serialised(root), "docProps/core.xml": core_properties(title)})


def _kind(line: str) -> str:
    """Return what a line is by how far it begins from the left, an ideographic space being two columns."""
    blank = line[: len(line) - len(line.lstrip())]
    columns = sum(2 if char == "\u3000" else 1 for char in blank)
    if columns > _SIGNATURE_INDENT:
        return _SIGNATURE
    return _BODY if columns else _RECIPIENT


def _prototypes(root: _Element, name: str) -> dict[str, _Element]:
    """Return the paragraph of each kind of line: the one that holds nothing but its placeholder."""
    texts = {paragraph: "".join(t.text or "" for t in paragraph.iter(f"{_W}t")) for paragraph in root.iter(f"{_W}p")}
    found = {
        kind: paragraph
        for kind in _KINDS
        for paragraph, text in texts.items()
        if text.replace(" ", "") == f"{{{{{kind}}}}}"
    }
    missing = [kind for kind in _KINDS if kind not in found]
    if missing:
        advice = "请各用一段写上它，样子设成想要的；或从新建的工作区复制一份。"
        raise CannotRun(broken(Place(name), f"没有只写着 {{{{ {kind} }}}} 的一段。", advice) for kind in missing)
    return found


def _written(prototype: _Element, text: str) -> _Element:
    """Return a copy of a paragraph with `text` for its placeholder, which Word may have cut into several runs."""
    paragraph = deepcopy(prototype)
    first, *rest = list(paragraph.iter(f"{_W}t"))
    first.text = text
    first.set(_SPACE, "preserve")
    for other in rest:
        other.text = ""
    return paragraph


def write_call_list(checked: Checked, existing: bytes | None) -> bytes:
    """Return 催报名单.xlsx: the silent units with their telephones, and those that must correct.

    What the clerk noted in `existing`, the list as it stands, is kept.
    """
    workbook = new_workbook()
    sheet = workbook.worksheets[0]
    sheet.title = LIST_SHEET
    rows = [
        (*_contact(one), len(one.tasks), one.rows, _name(checked.notes.get(one.unit, ""))) for one in checked.reminders
    ]
    known = (UNIT, "联系人", "电话", "邮箱", "应填项数", "涉及任务", "催报通知")
    _write(sheet, known, rows, (24.0, 12.0, 18.0, 24.0, 10.0, 22.0, 30.0), existing, checked.title)
    wrong = [
        (
            *(unit.unit, *checked.contact_of(unit)),
            *(unit.errors, unit.warnings, unit.file, _name(checked.returned.get(unit.unit, ""))),
        )
        for unit in checked.in_state(State.MUST_CORRECT)
    ]
    known = (UNIT, "联系人", "电话", "错误", "警告", "报来的文件", "退回的文件")
    _write(
        workbook.create_sheet(WRONG_SHEET),
        known,
        wrong,
        (24.0, 12.0, 18.0, 8.0, 8.0, 30.0, 30.0),
        existing,
        checked.title,
    )
    return saved(workbook, "催报名单")


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _contact(reminder: Reminder) -> tuple[str, str, str, str]:
    return (reminder.unit, reminder.contact, reminder.phone, reminder.email)


def _write(
    sheet: Worksheet,
    headings: Sequence[str],
    rows: Iterable[Sequence[object]],
    widths: Sequence[float],
    existing: bytes | None,
    title: str,
) -> None:
    """Write a list with the two columns that the clerk fills."""
    kept: Mapping[str, tuple[str, ...]] = noted(existing, sheet.title, UNIT, (CALLED, REMARK))
    noted_rows = [(*row, *kept.get(str(row[0]), (_TO_TICK, ""))) for row in rows]
    write_table(sheet, (*headings, CALLED, REMARK), noted_rows, (*widths, 8.0, 24.0), header=title)
