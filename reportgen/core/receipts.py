"""The words of 收件登记.xlsx and one entry of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from reportgen.core.findings import Place

SHEET = "收件登记"
FILE_HEADING = "文件"
UNIT_HEADING = "单位"
RECEIVED_HEADING = "收到时间"
NOTE_HEADING = "备注"
DIGEST_HEADING = "文件指纹"
HEADINGS = (FILE_HEADING, UNIT_HEADING, RECEIVED_HEADING, NOTE_HEADING, DIGEST_HEADING)


@dataclass(frozen=True, slots=True)
class Receipt:
    """A return entered when its content was first seen."""

    file: str
    unit: str
    received: datetime
    digest: str


@dataclass(frozen=True, slots=True)
class Entered:
    """What the register says of one return: the cell of its time, the text there, the moment that it means (if any)."""

    place: Place
    written: str
    received: datetime | None
