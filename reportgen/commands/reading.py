"""The files of input/P/ read one by one: archives unpacked, scans assigned, returns parsed, no file lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from reportgen.commands.progress import Doing, Progress
from reportgen.commands.workers import spread
from reportgen.core.findings import Code, Finding, Place, errors_in
from reportgen.core.limits import MAX_FILE_BYTES
from reportgen.core.reading import Context
from reportgen.core.records import Filled
from reportgen.core.returned_unit import unit_in_path
from reportgen.core.returns import parse_return
from reportgen.core.ruling_cells import is_ruling_table
from reportgen.readers.archives import is_archive, unpack
from reportgen.readers.formats import is_scan, read_return
from reportgen.readers.inbox import Incoming, is_scan_name
from reportgen.readers.packages import too_large
from reportgen.readers.workspace import reason_of


class ReadFile(Struct, frozen=True):
    """A file that came in, or one out of an archive (报送.zip/水利局.xlsx): what it answers, or whose scan it is.

    `is_input` marks those that lie in input/ and whose content is recorded: not scans, and not what an archive holds.
    `named` is the unit that a file without an answer names.
    """

    name: str
    content: bytes = b""
    filled: Filled | None = None
    findings: tuple[Finding, ...] = ()
    scan_of: str = ""
    is_input: bool = False
    named: str = ""

    @property
    def why_not(self) -> str:
        """Why a file that names a unit is no return of it, as it goes on a sentence."""
        file = self.name.rpartition("/")[2]
        if self.scan_of:
            return f"只收到盖章件“{file}”"
        (error, *_others) = errors_in(self.findings)
        return f"报来的“{file}”没有采用（{error.message.rstrip('。')}）"


def read_files(files: Sequence[Incoming], context: Context, progress: Progress) -> list[ReadFile]:
    """Return every file with what it holds."""
    return [found for held in spread(read_incoming, files, context, progress, Doing.READING) for found in held]


def read_incoming(one: Incoming, context: Context) -> tuple[ReadFile, ...]:
    """Return what a file of the folder holds, or why it could not be read."""
    if one.leads_out:
        values = {"name": one.name, "what": "是指向别处的链接，没有读取"}
        return (ReadFile(one.name, findings=(Finding(Code.F18, Place(one.name), values=values),)),)
    try:
        size = one.path.stat().st_size
        if size > MAX_FILE_BYTES:
            return (_oversized(one, context),)
        content = one.path.read_bytes()
    except OSError as error:
        unread = Finding(Code.F01, Place(one.name), values={"reason": reason_of(error)})
        return (ReadFile(one.name, findings=(unread,)),)
    first, *members = read_file(one.name, content, context)
    is_input = one.is_input or first.filled is not None
    return (replace(first, content=content, is_input=is_input), *members)


def read_content(content: bytes, name: str, context: Context) -> tuple[Filled | None, tuple[Finding, ...]]:
    """Return what a file answers, None with the finding that says why when it answers nothing."""
    book, findings = read_return(content, name)
    if book is None:
        return None, findings
    if is_ruling_table(book, context.fields):
        return None, (Finding(Code.M21, Place(name), values={"period": context.period}),)
    filled, told = parse_return(book, context)
    return filled, (*findings, *told)


def _oversized(one: Incoming, context: Context) -> ReadFile:
    if is_scan_name(one.name):
        return _scan(one.name, context)
    return ReadFile(one.name, findings=(too_large(f"超过 {MAX_FILE_BYTES >> 20} MB").finding(one.name),))


def read_file(name: str, content: bytes, context: Context) -> Iterator[ReadFile]:
    """Yield what a file holds; an archive and each file in it by themselves."""
    if not is_archive(content):
        yield _read_one(name, content, context)
        return
    unpacked = unpack(content, name)
    is_empty = not unpacked.files and not unpacked.findings
    yield ReadFile(name, content, findings=(Finding(Code.F14, Place(name)),) if is_empty else tuple(unpacked.findings))
    for member, inner in sorted(unpacked.files.items()):
        yield _read_one(member, inner, context)


def _read_one(name: str, content: bytes, context: Context) -> ReadFile:
    if is_scan(content, is_scan_name(name)):
        return _scan(name, context)
    filled, findings = read_content(content, name, context)
    unit = unit_in_path(context.ledger, name) if filled is None and errors_in(findings) else None
    return ReadFile(name, content, filled, findings, named=unit.name if unit else "")


def _scan(name: str, context: Context) -> ReadFile:
    """Return a signed scan, known by the unit that its name names; one without is told."""
    unit = unit_in_path(context.ledger, name)
    if unit is None:
        return ReadFile(name, findings=(Finding(Code.F15, Place(name)),))
    return ReadFile(name, scan_of=unit.name, named=unit.name)
