"""The part of `build` that makes the circular (通报): composed from the rows of the notice, written, read back."""

from __future__ import annotations

from msgspec import Struct

from reportgen.commands.collect import Collected
from reportgen.core.circular import Circular, compose_circular, miscounted, unsaid
from reportgen.core.compose import DRAFT
from reportgen.core.fields import Statuses
from reportgen.core.findings import CannotRun, Code, Finding, Place, shortened
from reportgen.core.layout import broken
from reportgen.core.notice import Notice
from reportgen.core.text import file_name
from reportgen.readers.wordtables import read_word_text
from reportgen.readers.workspace import read_template
from reportgen.writers.circular import Written, write_circular

TEMPLATE = "templates/circular.docx"


class CircularFile(Struct, frozen=True):
    """The written circular under its file name, and what is left to the clerk in it."""

    name: str
    content: bytes
    notes: tuple[Finding, ...]


def circular_file(collected: Collected, notice: Notice) -> CircularFile | None:
    """Return the circular that covers `notice`, None where the settings switch it off.

    Raises CannotRun for a template that cannot be used, and when what was written does not say what the rows say.
    """
    month = collected.month
    words = month.settings.circular
    if words is None:
        return None
    circular = compose_circular(
        collected.merged.rows, words, month.settings, month.plan, month.schedule, collected.units, notice
    )
    written = write_circular(_template(collected), TEMPLATE, circular)
    stem = file_name(circular.title)
    name = f"{DRAFT}-{stem}.docx" if circular.is_draft else f"{stem}.docx"
    _reads_back(written, name, circular, month.settings.statuses)
    return CircularFile(name, written.content, () if circular.is_draft else _notes(written, name))


def _template(collected: Collected) -> bytes:
    workspace = collected.month.workspace
    if not (workspace.root / TEMPLATE).exists():
        advice = (
            "请从 reportgen init 新建的工作区复制一份；"
            "不要通报的，在 config/reportgen.yaml 的 circular 下写 enabled: false。"
        )
        raise CannotRun([broken(Place(TEMPLATE), "没有这个文件", advice)])
    return read_template(workspace, TEMPLATE)


def _reads_back(written: Written, name: str, circular: Circular, statuses: Statuses) -> None:
    """Compare a written circular with its record: the listed texts to the character, then every count."""
    text = read_word_text(written.content, name)
    findings = [
        Finding(Code.W10, values={"name": name, "where": where, "expected": expected, "found": "缺"})
        for where, expected in unsaid(circular, text, written.used)
    ]
    for said, should in miscounted(circular, text, statuses):
        reason = f"写着“{shortened(said)}”，按本期数据应为“{should}”"
        advice = "请把模板里手写的数字改为占位符；模板可能被一份写好的通报替换了，可从新建的工作区复制一份。"
        findings.append(broken(Place(TEMPLATE), reason, advice))
    if findings:
        raise CannotRun(findings)


def _notes(written: Written, name: str) -> tuple[Finding, ...]:
    if not written.to_fill_in:
        return ()
    values = {"words": "、".join(written.to_fill_in), "template": TEMPLATE}
    return (Finding(Code.T02, Place(name), values=values),)
