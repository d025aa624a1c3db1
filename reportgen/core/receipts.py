"""The words of 收件登记.xlsx and one entry of it."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from reportgen.core.findings import Place

SHEET = "收件登记"
FILE_HEADING = "文件"
UNIT_HEADING = "单位"
RECEIVED_HEADING = "收到时间"
NOTE_HEADING = "备注"
DIGEST_HEADING = "文件指纹"
HEADINGS = (FILE_HEADING, UNIT_HEADING, RECEIVED_HEADING, NOTE_HEADING, DIGEST_HEADING)


class Receipt(Struct, frozen=True):
    """A return entered when its content was first seen."""

    file: str
    unit: str
    received: datetime
    digest: str


class Entered(Struct, frozen=True):
    """What the register says of one return: the cell of its time, the text there, the moment that it means (if any)."""

    place: Place
    written: str
    received: datetime | None
