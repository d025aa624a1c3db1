"""`proof P`: are the documents of a period fit to print; with LibreOffice and poppler they are printed and compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from reportgen.commands.month import Month, open_month
from reportgen.commands.press import LEADERS_FOLDER, Press, open_press
from reportgen.commands.progress import Progress
from reportgen.core.findings import CannotRun, Code, Finding, Severity, cannot_run
from reportgen.core.notice import PrintedNotice
from reportgen.core.period import Period
from reportgen.core.printcheck import Compared, compared, text_compared
from reportgen.core.printed import TableText, table_text
from reportgen.core.proof import Shape, left_over, missing_fonts, outside_gb2312, risks, unequal
from reportgen.readers.fonts import installed_fonts, stand_in_for
from reportgen.readers.grids import read_book
from reportgen.readers.pdfwords import can_read_words, pages_of, words_of
from reportgen.readers.printed_notice import read_printed_notice
from reportgen.readers.wordtables import read_word_tables, read_word_text
from reportgen.readers.workspace import Workspace
from reportgen.writers.manifest import FILE as MANIFEST
from reportgen.writers.manifest import written_hashes
from reportgen.writers.pdf import find_office, print_to_pdf
from reportgen.writers.replace import parts_of
from reportgen.writers.sheetproof import has_continued_rows, shape_of_xlsx
from reportgen.writers.statistics_sheets import printable
from reportgen.writers.wordproof import body_of_docx, fonts_of, has_rows_that_split, shape_of_docx

_OFFICE_FILES = (".docx", ".xlsx")


class Proofed(Struct, frozen=True):
    """A document that was looked over; `pages` is 0 where they were not counted, `tasks` None without a table."""

    name: str
    tasks: int | None
    pages: int
    is_printed: bool
    is_compared: bool
    at_risk: int


class ProofDone(Struct, frozen=True):
    """What `proof` found. `unprinted` says why nothing was printed, `can_compare` whether words of PDFs are read."""

    month: Month
    documents: tuple[Proofed, ...]
    findings: tuple[Finding, ...]
    unprinted: tuple[Finding, ...] = ()
    can_compare: bool = True

    @property
    def rows_at_risk(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)


class _Looked(Struct, frozen=True):
    """A document with what it says of its table and pages, None for one that has no table of a notice."""

    name: str
    content: bytes
    table: TableText | None
    shape: Shape | None

    @property
    def fonts(self) -> tuple[str, ...]:
        return self.shape.fonts if self.shape else fonts_of(parts_of(self.content))


def proof(workspace: Workspace, period: Period, progress: Progress) -> ProofDone:
    """Look over the documents that `build` last wrote for the period, as they are now, and print them where it can be.

    Raises CannotRun when there are none, or when settings, ledger or templates cannot be used.
    """
    month = open_month(workspace, period)
    documents = _documents(month)
    press = open_press(month)
    looked = [_looked(name, content, press) for name, content in documents.items()]
    pdfs, unprinted = _printed(documents, progress)
    findings = [finding for one in looked for finding in _rows_of(one)]
    findings += _without_font(looked)
    findings += _of_both(looked, press, month.settings.title)
    proofed = []
    for one in looked:
        check = _compared(one, pdfs.get(one.name))
        findings += check.findings
        proofed.append(_proofed(one, pdfs.get(one.name), check, findings))
    return ProofDone(month, tuple(proofed), tuple(findings), unprinted, can_read_words())


def at_risk(documents: Mapping[str, bytes], press: Press) -> tuple[Finding, ...]:
    """Return which rows of a freshly written notice are too high for a page, without printing it: what `build` tells.

    Looking at every row again would take as long as writing them: only a document that has （续） in Excel, or a row
    that may split in Word, has such a row.
    """
    signs = {".xlsx": has_continued_rows, ".docx": has_rows_that_split}
    looked = (_looked(name, one, press) for name, one in documents.items() if signs[name[-5:]](one))
    return tuple(finding for one in looked for finding in _rows_of(one))


def _documents(month: Month) -> dict[str, bytes]:
    """Return the documents that the manifest names, as they are now."""
    manifest = month.output_dir / MANIFEST
    names = written_hashes(manifest.read_bytes()) if manifest.exists() else {}
    wanted = [name for name in names if name.endswith(_OFFICE_FILES) and not name.startswith(f"{LEADERS_FOLDER}/")]
    found = {name: (month.output_dir / name).read_bytes() for name in wanted if (month.output_dir / name).is_file()}
    if not found:
        raise cannot_run(Code.Q09, period=month.period)
    return found


def _looked(name: str, content: bytes, press: Press) -> _Looked:
    names = {heading: key for key, heading in press.headings.items()}
    if name.endswith(".docx"):
        table = table_text(read_word_tables(content, name)[0], press.fields, names, goes_on=True)
        return _Looked(name, content, table, shape_of_docx(content, name, table) if table else None)
    book, findings = read_book(content, name)
    if book is None:
        raise CannotRun(findings)
    table = table_text(book, press.fields, names)
    return _Looked(name, content, table, shape_of_xlsx(content, name, table) if table else None)


def _rows_of(one: _Looked) -> Iterator[Finding]:
    """Yield the rows at risk, and what is left over in the text."""
    if one.shape and one.table:
        yield from risks(one.shape, one.table.head)
        texts = [text for line in one.table.lines for text in (line.heading, *line.texts.values())]
        yield from left_over(one.name, texts)
    else:
        yield from left_over(one.name, [read_word_text(one.content, one.name)])


def _without_font(looked: list[_Looked]) -> Iterator[Finding]:
    """Yield the fonts that this computer lacks, with what is printed instead."""
    used = [font for one in looked for font in one.fonts]
    installed = installed_fonts()
    missing = missing_fonts(used, installed) if installed else ()
    if missing:
        others = {font: stand_in_for(font) for font in missing}
        words = [f"{font}（由 {other} 代替）" if other else font for font, other in others.items()]
        yield Finding(Code.Q04, values={"fonts": "、".join(words)})


def _of_both(looked: list[_Looked], press: Press, title: str) -> Iterator[Finding]:
    """Yield where Word and Excel differ, and the characters that some fonts lack."""
    notices: dict[str, PrintedNotice] = {}
    names = {heading: key for key, heading in press.headings.items()}
    for one in looked:
        if one.table:
            ending = one.name.rpartition(".")[2]
            notices[ending] = read_printed_notice(one.content, one.name, press.fields, names, title)[0]
    if len(notices) == len(_OFFICE_FILES):
        yield from unequal(notices["docx"], notices["xlsx"], press.headings)
    for printed in list(notices.values())[:1]:
        yield from outside_gb2312(printed)


def _printed(documents: Mapping[str, bytes], progress: Progress) -> tuple[dict[str, bytes], tuple[Finding, ...]]:
    """Return the PDFs by document, or why there are none."""
    try:
        return print_to_pdf(printable(documents), find_office(), progress), ()
    except CannotRun as error:
        return {}, error.findings


def _compared(one: _Looked, pdf: bytes | None) -> Compared:
    if pdf is None or not can_read_words():
        return Compared(0)
    if one.table and one.shape:
        return compared(words_of(pdf), one.table, one.shape)
    body = body_of_docx(one.content)
    return text_compared(words_of(pdf), read_word_text(one.content, one.name).splitlines(), one.name, body.bottom_pt)


def _proofed(one: _Looked, pdf: bytes | None, check: Compared, findings: list[Finding]) -> Proofed:
    own = [f for f in findings if f.place.file == one.name and f.severity is Severity.ERROR]
    tasks = len({line.seq for line in one.table.lines if line.seq}) if one.table else None
    pages = check.pages or (pages_of(pdf) if pdf else one.shape.pages if one.shape else 0)
    return Proofed(one.name, tasks, pages, pdf is not None, bool(check.pages), len({(f.seq, f.place.row) for f in own}))
