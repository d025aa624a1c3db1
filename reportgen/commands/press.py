"""The press: a notice, or a leader's part of it, becomes Word and Excel by both templates, and is read back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct

from reportgen.commands.collect import Collected
from reportgen.commands.month import Month
from reportgen.commands.progress import Doing, Progress, silent, watched
from reportgen.core import derived
from reportgen.core.compose import of_leaders
from reportgen.core.fields import Fields
from reportgen.core.findings import CannotRun, Code, Finding
from reportgen.core.layout import Layout, agreed
from reportgen.core.notice import Notice, differences
from reportgen.core.text import file_names
from reportgen.readers.printed_notice import read_printed_notice
from reportgen.readers.workspace import read_template, template_name
from reportgen.writers import notice_docx as docx
from reportgen.writers import notice_xlsx as xlsx

if TYPE_CHECKING:
    from openpyxl import Workbook

LEADERS_FOLDER = "分送"
WORD, EXCEL = "notice.docx", "notice.xlsx"


class Press(Struct, frozen=True):
    """What notices are printed with: both templates, the layout they share, the fields by which they are read back."""

    names: tuple[str, str]
    word: bytes
    excel: bytes
    layout: Layout
    fields: Fields
    label: str

    @property
    def headings(self) -> dict[str, str]:
        return self.layout.headings(self.label)


def open_press(month: Month) -> Press:
    """Return the press of a period. Raises CannotRun for templates that cannot be used."""
    names = notice_templates(month)
    word, excel = (read_template(month.workspace, name) for name in names)
    fields = month.settings.fields
    allowed = [*(field.key for field in fields), *derived.KEYS]
    layout = agreed(docx.notice_columns(word, names[0], allowed), xlsx.notice_columns(excel, names[1], allowed))
    return Press(names, word, excel, layout, fields, month.period.label)


def notice_templates(month: Month) -> tuple[str, str]:
    """Return the paths of the templates for Word and Excel in the set that the settings choose."""
    word, excel = (template_name(month.workspace, month.settings.template_set, name) for name in (WORD, EXCEL))
    return word, excel


def print_notice(
    press: Press,
    notice: Notice,
    stem: str,
    behind: Callable[[Workbook], None] = lambda _workbook: None,
    progress: Progress = silent,
) -> tuple[dict[str, bytes], dict[str, tuple[str, ...]]]:
    """Return both documents of a notice by name, each read back, and the texts beside the table by ending.

    Raises CannotRun where a document does not say the same as the notice.
    """
    makers: dict[str, Callable[[], bytes]] = {
        "docx": lambda: docx.write_notice_docx(press.word, press.names[0], notice, press.label),
        "xlsx": lambda: xlsx.write_notice_xlsx(press.excel, press.names[1], notice, press.label, behind),
    }
    documents: dict[str, bytes] = {}
    beside: dict[str, tuple[str, ...]] = {}
    for ending, make in watched(tuple(makers.items()), progress, Doing.WRITING):
        name = f"{stem}.{ending}"
        documents[name] = make()
        beside[ending] = _reads_back(documents[name], name, notice, press)
    return documents, beside


def print_for_leaders(press: Press, notice: Notice, collected: Collected) -> dict[str, bytes]:
    """Return the documents of each leader by name: the rows of the notice, no others."""
    order = [leader.name for leader in collected.month.ledger.leaders]
    notices = of_leaders(notice, collected.merged, order)
    files: dict[str, bytes] = {}
    for leader, name in file_names(notices).items():
        files |= print_notice(press, notices[leader], f"{LEADERS_FOLDER}/{name}")[0]
    return files


def _reads_back(content: bytes, name: str, notice: Notice, press: Press) -> tuple[str, ...]:
    """Compare a written document with the notice through the reader that also serves `init --from` (rule 9).

    Returns the texts beside its table.
    """
    extra_names = {heading: key for key, heading in notice.headings.items()}
    printed, _findings = read_printed_notice(content, name, press.fields, extra_names, notice.title)
    different = differences(notice, printed, press.layout.keys)
    if different:
        raise CannotRun(
            Finding(
                Code.W10,
                one.place,
                values={
                    "name": name,
                    "where": f"第{one.seq}项“{one.heading}”" if one.seq else one.heading,
                    "expected": one.expected,
                    "found": one.found,
                },
            )
            for one in different
        )
    return printed.beside
