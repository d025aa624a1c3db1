"""`forms`: one blank form for each unit that owes an answer, the zip of them, and the list to hand them out by."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from reportgen.commands.month import FORM_TEMPLATE, open_month
from reportgen.commands.progress import Doing, Progress, silent
from reportgen.commands.workers import spread
from reportgen.core.answers import Plan
from reportgen.core.fields import Settings
from reportgen.core.findings import CannotRun, Code, Finding, cannot_run
from reportgen.core.forms import Form, form_of
from reportgen.core.model import Ledger
from reportgen.core.period import Period
from reportgen.core.text import file_names, nearest
from reportgen.readers.workspace import Workspace, read_template
from reportgen.writers.form import FormTemplate, is_form
from reportgen.writers.formpress import FormPress
from reportgen.writers.handout import HANDOUT_SHEET, INFORMED_SHEET, write_handout
from reportgen.writers.replace import replace_files, zipped

FORMS_FOLDER = "forms"
ZIP_FILE = "空白表.zip"
HANDOUT_FILE = f"{HANDOUT_SHEET}.xlsx"


class FormsDone(Struct, frozen=True):
    """What was written: the units whose form was made, how many forms stand in the folder, files taken away."""

    plan: Plan
    folder: Path
    written: tuple[str, ...]
    forms: int
    answers: int
    without_contact: tuple[str, ...]
    informed_only: tuple[str, ...]
    removed: tuple[str, ...]
    outputs: tuple[Path, ...]


def forms(workspace: Workspace, period: Period, only: Sequence[str] = (), progress: Progress = silent) -> FormsDone:
    """Write the forms of `period`; `only` names the units whose form is made anew. Raises CannotRun as `make_forms`."""
    month = open_month(workspace, period)
    template = read_template(workspace, FORM_TEMPLATE)
    return make_forms(month.settings, month.ledger, month.plan, template, month.output_dir, only, progress)


def make_forms(
    settings: Settings,
    ledger: Ledger,
    plan: Plan,
    template: bytes,
    folder: Path,
    only: Sequence[str] = (),
    progress: Progress = silent,
) -> FormsDone:
    """Write the forms of a period into `folder` (output/P) and return what was done.

    `only` names units whose form is made anew while the others stay as they are. Raises CannotRun for units that are
    not known or owe nothing, for a period that asks nothing, and for a template that does not serve; nothing is written
    then.
    """
    period = plan.period
    if not plan.asked_units:
        raise cannot_run(Code.W11, period=period.code, label=period.label)
    chosen = _chosen(only, plan, ledger)
    look = FormTemplate.parse(template, FORM_TEMPLATE, settings.fields, period)
    files = {unit: f"{name}.xlsx" for unit, name in file_names(plan.asked_units).items()}
    press = FormPress(look)
    blank = [form_of(unit, plan, ledger, settings) for unit in chosen]
    printed = spread(_printed, blank, press, progress, Doing.MAKING_FORMS)
    made = dict(zip((files[unit] for unit in chosen), printed, strict=True))
    forms = folder / FORMS_FOLDER
    kept = _standing(forms, made)
    stale = () if only else tuple(kept)
    standing = {**kept, **made}
    old = folder / HANDOUT_FILE
    handout = write_handout(plan, ledger, settings.fields, files, old.read_bytes() if old.is_file() else None)
    replace_files(forms, made, stale, is_lasting=False)
    archive = zipped({name: standing[name] for name in files.values() if name in standing})
    replace_files(folder, {ZIP_FILE: archive, HANDOUT_FILE: handout})
    return FormsDone(
        plan=plan,
        folder=folder,
        written=chosen,
        forms=sum(name in standing for name in files.values()),
        answers=sum(len(plan.asks_of(unit)) for unit in chosen),
        without_contact=tuple(unit for unit in plan.asked_units if not _has_contact(ledger, unit)),
        informed_only=plan.informed_only(ledger),
        removed=stale,
        outputs=(*(forms / name for name in made), folder / ZIP_FILE, folder / HANDOUT_FILE),
    )


def _printed(form: Form, press: FormPress) -> bytes:
    return press.print(form)


def _standing(forms: Path, made: Collection[str]) -> dict[str, bytes]:
    """Return the forms in the folder that are not made anew; files that people put there are none of them."""
    found = sorted(path for path in forms.glob("*.xlsx") if path.name not in made) if forms.is_dir() else []
    contents: Iterator[tuple[str, bytes]] = ((path.name, path.read_bytes()) for path in found if path.is_file())
    return {name: content for name, content in contents if is_form(content)}


def _has_contact(ledger: Ledger, name: str) -> bool:
    unit = ledger.unit(name)
    return bool(unit and (unit.phone or unit.email))


def _chosen(only: Sequence[str], plan: Plan, ledger: Ledger) -> tuple[str, ...]:
    """Return the units whose form is made, in ledger order; a group means its members."""
    if not only:
        return plan.asked_units
    problems: list[Finding] = []
    wanted: set[str] = set()
    for text in only:
        unit = ledger.unit_named(text)
        if unit is None:
            problems.append(Finding(Code.W12, values={"value": text, "advice": _meant(text, ledger)}))
            continue
        owing = set(ledger.members_of(unit.name)) & set(plan.asked_units)
        if not owing:
            problems.append(Finding(Code.W13, values=_nothing_owed(unit.name, plan, ledger)))
        wanted |= owing
    if problems:
        raise CannotRun(problems)
    return tuple(unit for unit in plan.asked_units if unit in wanted)


def _meant(text: str, ledger: Ledger) -> str:
    likely = nearest(text, (word for unit in ledger.units for word in (unit.name, *unit.aliases)), cutoff=0.4)
    return f"是否为“{likely}”？" if likely else "单位名称见台账“单位”表。"


def _nothing_owed(unit: str, plan: Plan, ledger: Ledger) -> Mapping[str, str]:
    informed = plan.informed(unit)
    advice = (
        f"它参与的任务由其他单位填报，列在“{HANDOUT_FILE}”的“{INFORMED_SHEET}”表中。"
        if informed
        else "请核对台账“任务”表的责任单位和分工。"
    )
    return {"unit": unit, "period": plan.period.label, "advice": advice}
