"""config/reportgen.yaml: read whole, every mistake told at once with its line, then filled in for a period."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from reportgen.core import derived
from reportgen.core import fields as keys
from reportgen.core.fields import (
    CircularWords,
    Field,
    Fields,
    FilledBy,
    Required,
    Settings,
    Status,
    StatusClass,
    Statuses,
    TemplateSet,
)
from reportgen.core.findings import CannotRun, Code, Finding, Place, Severity, cannot_run, in_order
from reportgen.core.period import Period
from reportgen.core.text import fold, nearest
from reportgen.readers.settings_items import NEXT_PERIOD, SAMPLE, Item, composed, decoded, filled

_DEFAULT_RECIPIENTS = "各镇人民政府、街道办事处，区政府各部门、各直属单位"
_TITLE_WORDS = ("year", "period")
_HEADING_WORDS = (*_TITLE_WORDS, NEXT_PERIOD)
_KEY = re.compile(r"[a-z][a-z0-9_]*")
_NEEDED_FIELDS = tuple(k for k in (*keys.OF_THE_LEDGER, *keys.OF_THE_UNIT) if k not in (keys.REASON, keys.NEXT_TARGET))


class Configuration(Struct, frozen=True):
    """The settings file with its patterns unfilled; `settings_for` gives what holds in a period."""

    office: str
    title: str
    form_title: str
    fields: tuple[Field, ...]
    statuses: Statuses
    collect_every: bool = False
    silenced: frozenset[str] = frozenset()
    require_scan: bool = False
    tidy_marks: bool = False
    contact: str = ""
    circular: CircularWords | None = None
    template_set: TemplateSet = TemplateSet.SAMPLE


def read_configuration(path: Path, file_name: str) -> Configuration:
    """Return the settings in `path`; places name the file `file_name`. Raises CannotRun with every mistake."""
    try:
        content = path.read_bytes()
    except OSError:
        raise cannot_run(Code.W08, Place(file_name), name=file_name, reason="文件不存在或没有读取的权限。") from None
    return parse_configuration(content, file_name)


def parse_configuration(content: bytes, file_name: str) -> Configuration:
    """Return the settings in the content of a file. Raises CannotRun with every mistake."""
    found: list[Finding] = []
    configuration = _configuration(Item("", composed(decoded(content, file_name), file_name), file_name, found))
    if found:
        raise CannotRun(in_order(found))
    return configuration


def settings_for(configuration: Configuration, period: Period) -> Settings:
    """Return what holds in `period`: headings and titles filled; without a next period no field that names it."""
    fields = [
        replace(f, heading=filled(f.heading, period), aliases=tuple(filled(a, period) for a in _usable(f, period)))
        for f in configuration.fields
        if period.next or not _names_next(f.heading)
    ]
    return Settings(
        office=configuration.office,
        title=filled(configuration.title, period),
        form_title=filled(configuration.form_title, period),
        fields=Fields(tuple(fields)),
        statuses=configuration.statuses,
        collect_every=configuration.collect_every,
        silenced=configuration.silenced,
        require_scan=configuration.require_scan,
        tidy_marks=configuration.tidy_marks,
        contact=configuration.contact,
        circular=_circular_for(configuration.circular, period),
        template_set=configuration.template_set,
    )


def _circular_for(circular: CircularWords | None, period: Period) -> CircularWords | None:
    if circular is None:
        return None
    requirements = tuple(filled(one, period) for one in circular.requirements)
    return replace(circular, title=filled(circular.title, period), requirements=requirements)


def _usable(wanted: Field, period: Period) -> Iterator[str]:
    return (alias for alias in wanted.aliases if period.next or not _names_next(alias))


def _names_next(pattern: str) -> bool:
    return "{" in pattern and NEXT_PERIOD in pattern


class _Collect(Enum):
    LEAD = "lead"
    EVERY = "every"


_KEYS = (
    *("office", "contact", "title", "form_title", "template_set"),
    *("collect", "fields", "statuses", "rules", "circular"),
)


def _configuration(root: Item) -> Configuration:
    items = root.mapping(_KEYS, ("office", "title", "form_title", "fields", "statuses"))
    office = items["office"].text() if "office" in items else ""
    title = items["title"].pattern(_TITLE_WORDS) if "title" in items else ""
    form_title = items["form_title"].pattern(_TITLE_WORDS) if "form_title" in items else ""
    fields = _fields(items["fields"]) if "fields" in items else ()
    statuses = _statuses(items["statuses"]) if "statuses" in items else ()
    collect = items["collect"].choice(_Collect) if "collect" in items else _Collect.LEAD
    silenced, require_scan, tidy_marks = _rules(items["rules"]) if "rules" in items else (frozenset(), False, False)
    every = collect is _Collect.EVERY
    contact = items["contact"].text() if "contact" in items else ""
    circular = _circular(items["circular"], title) if "circular" in items else CircularWords(_DEFAULT_RECIPIENTS)
    chosen = items["template_set"].choice(TemplateSet) if "template_set" in items else None
    return Configuration(
        office=office,
        title=title,
        form_title=form_title,
        fields=fields,
        statuses=Statuses(statuses),
        collect_every=every,
        silenced=silenced,
        require_scan=require_scan,
        tidy_marks=tidy_marks,
        contact=contact,
        circular=circular,
        template_set=chosen or TemplateSet.SAMPLE,
    )


def _circular(item: Item, notice_title: str) -> CircularWords | None:
    """Return what is said of the circular, None when it is switched off."""
    items = item.mapping(("enabled", "title", "recipients", "requirements"), ())
    title = items["title"].pattern(_TITLE_WORDS) if "title" in items else ""
    if title and notice_title and filled(title, SAMPLE) == filled(notice_title, SAMPLE):
        items["title"].refuse("与通报表的标题相同，两个文件会同名。", "例如“关于……的通报”。")
    words = CircularWords(
        recipients=items["recipients"].text() if "recipients" in items else _DEFAULT_RECIPIENTS,
        title=title,
        requirements=tuple(filter(None, (one.pattern(_TITLE_WORDS) for one in _listed(items, "requirements")))),
    )
    return words if "enabled" not in items or items["enabled"].flag() else None


def _rules(rules: Item) -> tuple[frozenset[str], bool, bool]:
    """Return the codes not to be told, and whether each unit must send a signed scan."""
    items = rules.mapping(("silence", "require_scan", "tidy_marks"), ())
    require_scan, tidy_marks = (items[key].flag() if key in items else False for key in ("require_scan", "tidy_marks"))
    return _silenced(items["silence"]) if "silence" in items else frozenset(), require_scan, tidy_marks


def _silenced(listed: Item) -> frozenset[str]:
    codes: set[str] = set()
    for item in listed.items():
        name = item.text()
        code = Code.__members__.get(name.upper())
        if name and code is None:
            like = nearest(name, Code.__members__, 0.5)
            item.refuse("没有这个编号。", f"是不是“{like}”？" if like else "编号写作 V04 这样，见核查报告。")
        elif code is not None and code.severity is Severity.ERROR:
            item.refuse("它是错误，不能不看。", "只能列警告和提示的编号。")
        elif code is not None:
            codes.add(code.name)
    return frozenset(codes)


def _fields(listed: Item) -> tuple[Field, ...]:
    fields: list[Field] = []
    owner: dict[str, Item] = {}
    for item in listed.items():
        made = _field(item)
        if made is None:
            continue
        if any(f.key == made.key for f in fields):
            item.refuse(f"代号“{made.key}”前面已经用过。", "请改用别的代号，或删去一处。")
            continue
        for name in dict.fromkeys(fold(filled(n, SAMPLE)) for n in made.names if n):
            other = owner.setdefault(name, item)
            if other is not item:
                item.refuse(f"表头或叫法“{name}”与第{other.line}行的栏目相同。", "两个栏目的表头和叫法不能相同。")
        fields.append(made)
    written = {f.key for f in fields}
    for key in _NEEDED_FIELDS:
        if key not in written and listed.kind == "seq":
            like = nearest(key, [k for k in written if k not in _NEEDED_FIELDS])
            guess = f"“{like}”是不是它？" if like else ""
            listed.tell(Code.C04, key=f"fields.{key}", advice=f"{guess}栏目 {key} 是固定的，不能没有。")
    return tuple(fields)


_FIELD_KEYS = ("key", "heading", "aliases", "filled_by", "required", "min_length", "max_length", "choices")


def _field(item: Item) -> Field | None:
    """Return a field; None when it has no key by which to speak of it."""
    items = item.mapping(_FIELD_KEYS, ("key", "heading", "filled_by"))
    key = items["key"].text() if "key" in items else ""
    if key and not _KEY.fullmatch(key):
        items["key"].refuse("代号要用小写英文字母开头，只含小写字母、数字和下划线。", "例如 funding。")
        return None
    if key in derived.KEYS:
        items["key"].refuse(
            "程序自己算出的栏目用着这个代号。", "请换一个；要印那一栏，在通报表模板中写它的占位符即可。"
        )
        return None
    if not key:
        return None
    filled_by = items["filled_by"].choice(FilledBy) if "filled_by" in items else None
    required = items["required"].choice(Required) if "required" in items else Required.NEVER
    made = Field(
        key=key,
        heading=items["heading"].pattern(_HEADING_WORDS) if "heading" in items else "",
        aliases=tuple(filter(None, (a.pattern(_HEADING_WORDS) for a in _listed(items, "aliases")))),
        filled_by=filled_by or FilledBy.LEDGER,
        required=required or Required.NEVER,
        min_length=items["min_length"].number() if "min_length" in items else 0,
        max_length=items["max_length"].number() if "max_length" in items else 0,
        choices=items["choices"].texts() if "choices" in items else (),
    )
    if filled_by and required:
        _check_field(made, items)
    return made


def _listed(items: Mapping[str, Item], name: str) -> list[Item]:
    return items[name].items() if name in items else []


def _check_field(made: Field, items: Mapping[str, Item]) -> None:
    """Tell what does not go together in one field."""
    fixed = FilledBy.LEDGER if made.key in keys.OF_THE_LEDGER else FilledBy.UNIT
    if made.key in (*keys.OF_THE_LEDGER, *keys.OF_THE_UNIT) and made.filled_by is not fixed:
        items["filled_by"].refuse(f"栏目 {made.key} 只能是 {fixed.value}。", f"请改为 {fixed.value}。")
    if made.key in (keys.STATUS, keys.COMPLETION) and made.required is not Required.ALWAYS:
        at = items.get("required", items["key"])
        at.refuse(f"栏目 {made.key} 必须填报。", "请写 required: always。")
    if made.key == keys.STATUS and made.choices:
        items["choices"].refuse("完成状态的选项由 statuses 给出。", "请删去这一行，在 statuses 中改。")
    if made.max_length and made.min_length > made.max_length:
        items["min_length"].refuse(f"比 max_length 的 {made.max_length} 还大。", "请核对这两项。")


def _statuses(listed: Item) -> tuple[Status, ...]:
    statuses: list[Status] = []
    owner: dict[str, str] = {}
    for item in listed.items():
        items = item.mapping(("name", "class", "synonyms"), ("name", "class"))
        name = items["name"].text() if "name" in items else ""
        kind = items["class"].choice(StatusClass) if "class" in items else None
        synonyms = items["synonyms"].texts() if "synonyms" in items else ()
        for word in filter(None, (name, *synonyms)):
            other = owner.setdefault(fold(word), name)
            if other != name or (word == name and any(s.name == name for s in statuses)):
                item.refuse(f"“{word}”在“{other}”那里已经写过。", "同一个说法只能属于一个选项。")
        if name and kind:
            statuses.append(Status(name, kind, synonyms))
    for kind in (StatusClass.MET, StatusClass.PARTLY, StatusClass.NOT):
        if listed.kind == "seq" and not any(s.kind is kind for s in statuses):
            advice = f"statuses 中要有一个选项的 class 是 {kind.value}。"
            listed.tell(Code.C04, key=f"class: {kind.value}", advice=advice)
    return tuple(statuses)
