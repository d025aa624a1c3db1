"""The ledger workbook (台账) of a year: read whole, refused with every mistake at once."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from reportgen.core.fields import Field
from reportgen.core.findings import CannotRun, Code, Finding, Place, cannot_run, errors_in, in_order
from reportgen.core.grid import Book
from reportgen.core.ledger_sheets import ledger_of
from reportgen.core.model import Ledger
from reportgen.readers.grids import read_book


def read_ledger(
    path: Path, file_name: str, year: int, fields: Iterable[Field] = ()
) -> tuple[Ledger, tuple[Finding, ...]]:
    """Return the ledger of `year` in `path` with its warnings; places name the file `file_name`.

    `fields` are those of the settings; columns of the office's own go into `Task.extra`. Raises CannotRun with every
    error of the workbook at once.
    """
    ledger, findings = ledger_of(_read_ledger_book(path, file_name, year), year, fields)
    errors = errors_in(findings)
    if errors:
        raise CannotRun(in_order(errors))
    return ledger, in_order(findings)


def _read_ledger_book(path: Path, file_name: str, year: int) -> Book:
    place = Place(file_name)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        others = "、".join(sorted(p.name for p in path.parent.glob("ledger-*.xlsx")))
        keep_going = f"期次写错的请改；要办新的一年，把它另存为 {path.name}，换上那一年的任务和日期。"
        advice = f"现有的台账：{others}。{keep_going}" if others else "新建带台账的工作区：reportgen init 文件夹名。"
        raise cannot_run(Code.W07, place, year=year, name=file_name, advice=advice) from None
    except OSError:
        raise cannot_run(Code.W08, place, name=file_name, reason="没有读取的权限。") from None
    book, findings = read_book(content, file_name)
    if book is None:
        reason = "".join(finding.message for finding in findings)
        raise cannot_run(Code.W08, place, name=file_name, reason=reason)
    return book
