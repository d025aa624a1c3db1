"""`init`: a new workspace: empty, with the bundled month, founded on a 通报表, or the next year of an old workspace."""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from msgspec import Struct

from reportgen.core.fields import OF_THE_LEDGER, Fields, FilledBy
from reportgen.core.findings import CannotRun, Code, Finding, Place, cannot_run, errors_in, shortened
from reportgen.core.ledger_from_notice import FoundLedger, ledger_from_notice
from reportgen.core.ledger_sheets import ledger_of
from reportgen.core.model import Ledger
from reportgen.core.period import Period
from reportgen.core.terms import next_year
from reportgen.readers.grids import read_book
from reportgen.readers.ledger import read_ledger
from reportgen.readers.printed_notice import read_printed_notice
from reportgen.readers.settings import parse_configuration, read_configuration, settings_for
from reportgen.readers.workspace import CONFIG_FILE, TEMPLATES, Workspace, open_workspace, starter_files, template_files
from reportgen.writers.ledger_book import write_ledger
from reportgen.writers.replace import refusal, replace_files

OFFICE_PLACEHOLDER = "××区人民政府督查室"
_OPTIONAL = re.compile(r"(?m)^  # - key: (\w+)\n(?:  #   .*\n)+")
_FOLDERS = ("config", TEMPLATES, "input", "output")
# What a notice may hold that a ledger may not: two leads, a unit twice in a task.
_NOT_IN_A_LEDGER = (Code.L04, Code.L05, Code.L06)


class InitDone(Struct, frozen=True):
    """What was made: the workspace's folder, its files, the ledger (None for the bundled month), what to look at.

    `carried_on` when units, leaders and settings are those of an earlier workspace.
    """

    folder: Path
    files: tuple[str, ...]
    ledger: Ledger | None = None
    findings: tuple[Finding, ...] = ()
    carried_on: bool = False


def init_empty(folder: Path, year: int) -> InitDone:
    """Make a workspace with an empty ledger of `year`."""
    _refuse_content(folder)
    ledger = Ledger(year, (), (), ())
    files = {
        **starter_files(TEMPLATES),
        CONFIG_FILE: _settings_text("").encode(),
        _ledger_name(year): write_ledger(ledger),
    }
    return InitDone(folder, _write(folder, files), ledger)


def init_demo(folder: Path) -> InitDone:
    """Make a workspace with the bundled month of a made-up district."""
    _refuse_content(folder)
    return InitDone(folder, _write(folder, starter_files("config", TEMPLATES, "input")))


def init_from_notice(folder: Path, notice: Path, period: Period) -> InitDone:
    """Make a workspace whose ledger and title are read out of the 通报表 of `period`, a .xlsx or .docx."""
    _refuse_content(folder)
    found, extra = _read_notice(notice, period)
    name = _ledger_name(period.year)
    content = write_ledger(found.ledger, extra)
    settings = _with_optional(_settings_text(found.title), extra)
    files = {**starter_files(TEMPLATES), CONFIG_FILE: settings.encode(), name: content}
    written = _write(folder, files, [f"input/{period.code}"])
    unfit = _unfit(content, name, _fields(settings, period), period)
    return InitDone(folder, written, found.ledger, (*found.findings, *unfit))


def init_from_workspace(folder: Path, old: Path) -> InitDone:
    """Make the workspace of the year after the last one of `old`: its settings, templates, units and leaders.

    The new ledger has no tasks; units and leaders that ended with the old year stay behind. Raises CannotRun for
    settings or a ledger that cannot be read.
    """
    _refuse_content(folder)
    workspace = open_workspace(old)
    configuration = read_configuration(workspace.config_file, CONFIG_FILE)
    content = workspace.config_file.read_bytes()
    year = _last_year(workspace)
    path = workspace.ledger_file(year)
    fields = settings_for(configuration, Period(year, 1, 1)).fields
    last, _told = read_ledger(path, workspace.name_of(path), year, fields)
    ledger = next_year(last)
    extra = {f.key: f.heading for f in fields if f.filled_by is FilledBy.LEDGER and f.key not in OF_THE_LEDGER}
    files = {
        **template_files(workspace),
        CONFIG_FILE: content,
        _ledger_name(ledger.year): write_ledger(ledger, extra),
    }
    return InitDone(folder, _write(folder, files), ledger, tuple(_naming_the_year(content, year)), carried_on=True)


def _last_year(workspace: Workspace) -> int:
    """Return the year of the latest ledger; without any `read_ledger` tells that the present settings have none."""
    names = [path.stem.removeprefix("ledger-") for path in workspace.config_file.parent.glob("ledger-*.xlsx")]
    years = [int(name) for name in names if name.isascii() and name.isdigit()]
    if not years:
        name = "config/ledger-*.xlsx"
        raise cannot_run(Code.W08, Place(name), name=name, reason="旧工作区里没有台账。")
    return max(years)


def _naming_the_year(settings: bytes, year: int) -> Iterator[Finding]:
    """Yield each line of the settings, comments aside, that names the old year itself."""
    for number, line in enumerate(settings.decode("utf-8", "replace").splitlines(), 1):
        text = re.sub(r"(?:^|\s)#.*", "", line).strip()
        if re.search(rf"(?<!\d){year}(?!\d)", text):
            yield Finding(Code.N08, Place(CONFIG_FILE, line=number), values={"year": year, "text": shortened(text)})


def _ledger_name(year: int) -> str:
    return f"config/ledger-{year}.xlsx"


def _refuse_content(folder: Path) -> None:
    """Raise CannotRun for a folder that has content, files that systems leave hidden aside."""
    try:
        taken = folder.exists() and (not folder.is_dir() or any(not e.name.startswith(".") for e in folder.iterdir()))
    except OSError as error:
        raise refusal(error, folder.name) from error
    if taken:
        raise cannot_run(Code.W09, Place(str(folder)), name=str(folder))


def _fields(settings: str, period: Period) -> Fields:
    return settings_for(parse_configuration(settings.encode(), CONFIG_FILE), period).fields


def _read_notice(notice: Path, period: Period) -> tuple[FoundLedger, dict[str, str]]:
    """Return what the notice gives, and the headings of the optional fields that it has, by key.

    Raises CannotRun when it cannot be read or holds no notice.
    """
    starter = starter_files("config")[CONFIG_FILE].decode()
    optional = _OPTIONAL.findall(starter)
    fields = _fields(_with_optional(starter, optional), period)
    try:
        printed, told = read_printed_notice(notice.read_bytes(), notice.name, fields)
    except OSError:
        reason = "文件不存在或没有读取的权限。"
        raise cannot_run(Code.W08, Place(notice.name), name=notice.name, reason=reason) from None
    except CannotRun as error:
        if any(finding.code is Code.W08 for finding in error.findings):
            raise
        # The advice for returns, to move the file aside, would be wrong here.
        reason = "".join(finding.message for finding in error.findings)
        raise cannot_run(Code.W08, Place(notice.name), name=notice.name, reason=reason) from None
    if errors_in(told):
        raise CannotRun(errors_in(told))
    extra = {key: fields[key].heading for key, _heading in printed.headings if key in optional}
    found = ledger_from_notice(printed, period, extra)
    return FoundLedger(found.ledger, found.title, (*told, *found.findings)), extra


def _unfit(content: bytes, name: str, fields: Fields, period: Period) -> tuple[Finding, ...]:
    """Return what the clerk must put right in the ledger before it can be used."""
    book, findings = read_book(content, name)
    told = ledger_of(book, period.year, fields)[1] if book else findings
    return tuple(finding for finding in told if finding.code in _NOT_IN_A_LEDGER)


def _settings_text(title: str) -> str:
    """Return the starter settings for another office, with its title if there is one."""
    text = starter_files("config")[CONFIG_FILE].decode()
    text = _with_value(text, "office", OFFICE_PLACEHOLDER)
    return _with_value(text, "title", title) if title else text


def _with_optional(text: str, wanted: Collection[str]) -> str:
    """Return a settings text in which the optional fields in `wanted` are no longer commented out."""

    def uncommented(match: re.Match[str]) -> str:
        return match.group().replace("  # ", "  ") if match.group(1) in wanted else match.group()

    return _OPTIONAL.sub(uncommented, text)


def _with_value(text: str, key: str, value: str) -> str:
    """Return a settings text with the value of a top key replaced, its comments untouched."""
    quoted = "'" + value.replace("'", "''") + "'"
    return re.sub(rf"(?m)^{key}:.*$", lambda _match: f"{key}: {quoted}", text)


def _write(folder: Path, files: Mapping[str, bytes], folders: Iterable[str] = ()) -> tuple[str, ...]:
    """Write the workspace, and take it all back when a file could not be written."""
    by_folder: dict[PurePosixPath, dict[str, bytes]] = {}
    for name, content in files.items():
        by_folder.setdefault(PurePosixPath(name).parent, {})[PurePosixPath(name).name] = content
    made_folder = not folder.exists()
    try:
        for name in (*_FOLDERS, *folders):
            (folder / name).mkdir(parents=True, exist_ok=True)
        for parent, contents in by_folder.items():
            replace_files(folder / parent, contents)
    except (CannotRun, OSError) as error:
        for path in [folder] if made_folder else [folder / name for name in _FOLDERS]:
            shutil.rmtree(path, ignore_errors=True)
        raise (refusal(error, folder.name) if isinstance(error, OSError) else error) from error
    return tuple(sorted(files))
