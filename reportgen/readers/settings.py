"""config/reportgen.yaml: read whole, every mistake told at once with its line, then filled in for a period."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

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
from reportgen.core.findings import CannotRun, Code, Finding, Place, Severity, cannot_run, in_order, shortened
from reportgen.core.period import Period
from reportgen.core.text import fold, nearest

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import SandboxedEnvironment
    from yaml.nodes import Node

NEXT_PERIOD = "next_period"
_DEFAULT_RECIPIENTS = "各镇人民政府、街道办事处，区政府各部门、各直属单位"
_TITLE_WORDS = ("year", "period")
_HEADING_WORDS = (*_TITLE_WORDS, NEXT_PERIOD)
_SAMPLE = Period(2023, 8, 8)
_KEY = re.compile(r"[a-z][a-z0-9_]*")
_NEEDED_FIELDS = tuple(k for k in (*keys.OF_THE_LEDGER, *keys.OF_THE_UNIT) if k not in (keys.REASON, keys.NEXT_TARGET))
# What libyaml says of the mistakes people make, in their words.
_YAML_PROBLEMS = {
    "mapping values are not allowed": "这一行多了一个冒号，或上一行的缩进不对",
    "found a tab character": "缩进用了 Tab，请改用空格",
    "while scanning an alias": "值以 * 开头而没有加引号",
    "cannot start any token": "值以特殊符号开头而没有加引号，或用了 Tab",
    "could not find expected ':'": "少了冒号，或冒号后面没有空格",
    "did not find expected key": "缩进与上下行没有对齐，或值里有符号而没有加引号",
    "did not find expected '-' indicator": "列表的各行没有对齐",
    "did not find expected ',' or ']'": "方括号没有成对，或少了逗号",
    "did not find expected ',' or '}'": "花括号开头的值没有加引号",
    "unexpected end of stream": "引号没有成对",
    "expected a single document": "多了一行 ---",
}
# Of these libyaml gives the place where it gave up; the mistake is where the context began.
_TOLD_LATE = ("while scanning a simple key", "while scanning a quoted scalar")
_E = TypeVar("_E", bound=Enum)


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
    configuration = _configuration(_Item("", _composed(_decoded(content, file_name), file_name), file_name, found))
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


def filled(pattern: str, period: Period) -> str:
    """Return a pattern with {{ year }}, {{ period }} and {{ next_period }} put in."""
    if "{" not in pattern:
        return pattern
    words = {"year": period.year, "period": period.label}
    if period.next:
        words[NEXT_PERIOD] = period.next.label
    return _template(pattern).render(words)


@lru_cache(maxsize=256)  # looked through when the settings are read, filled in for each period
def _template(pattern: str) -> Template:
    return _environment().from_string(pattern)


@cache
def _environment() -> SandboxedEnvironment:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    return SandboxedEnvironment(undefined=StrictUndefined)


def _usable(wanted: Field, period: Period) -> Iterator[str]:
    return (alias for alias in wanted.aliases if period.next or not _names_next(alias))


def _names_next(pattern: str) -> bool:
    return "{" in pattern and NEXT_PERIOD in pattern


def _decoded(content: bytes, file_name: str) -> str:
    # Old Windows editors save Chinese text as GBK.
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise cannot_run(Code.C01, Place(file_name), reason="文字编码认不出来，请另存为 UTF-8")


def _composed(text: str, file_name: str) -> Node | None:
    """Return the root node of a YAML text: nodes know their lines, plain values do not."""
    import yaml

    try:
        return yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.context_mark if error.context in _TOLD_LATE else error.problem_mark
        said = f"{error.context or ''} {error.problem or ''}"
        reason = next((zh for en, zh in _YAML_PROBLEMS.items() if en in said), "写法不合 YAML 的规则")
        raise cannot_run(Code.C01, Place(file_name, line=mark.line + 1 if mark else 1), reason=reason) from None
    except yaml.reader.ReaderError as error:
        line = text.encode()[: error.position].count(b"\n") + 1
        raise cannot_run(Code.C01, Place(file_name, line=line), reason="有不可见的控制字符") from None


class _Item(Struct, frozen=True):
    """A value of the file under its path (`fields.completion.min_length`); `found` collects the mistakes."""

    path: str
    node: Node | None
    file: str
    found: list[Finding]

    @property
    def line(self) -> int:
        return self.node.start_mark.line + 1 if self.node is not None else 1

    @property
    def shown(self) -> str:
        """The value as the clerk wrote it, a list or mapping only named."""
        if self.node is None:
            return ""
        return shortened(self.node.value) if isinstance(self.node.value, str) else "…"

    @property
    def kind(self) -> str:
        """str, int, float, bool, null, seq or map."""
        return "null" if self.node is None else self.node.tag.rpartition(":")[2]

    def tell(self, code: Code, line: int = 0, **values: object) -> None:
        values = {"key": self.path or "整个文件", "value": self.shown, "advice": "", **values}
        self.found.append(Finding(code, Place(self.file, line=line or self.line), values=values))

    def refuse(self, reason: str, advice: str = "") -> None:
        self.tell(Code.C03, reason=reason, advice=advice)

    def under(self, name: str, node: Node) -> _Item:
        return _Item(f"{self.path}.{name}" if self.path else name, node, self.file, self.found)

    def mapping(self, known: Sequence[str], needed: Sequence[str]) -> dict[str, _Item]:
        """Return the values by key; told are unknown, repeated and missing keys, and what is no mapping."""
        items: dict[str, _Item] = {}
        guessed = set()
        if self.kind not in ("map", "null") or (self.kind == "null" and self.path):
            self.refuse("这里要写成若干行“名称: 值”。", f"可用的名称：{'、'.join(known)}。")
            return items
        for key_node, value_node in self.node.value if self.kind == "map" and self.node else ():
            name = key_node.value if isinstance(key_node.value, str) else "…"
            item = self.under(name, value_node)
            line = key_node.start_mark.line + 1
            if name in items:
                item.tell(Code.C03, line, reason=f"前面第{items[name].line}行已经写过它。", advice="请只留一处。")
            elif name not in known:
                like = nearest(name, known)
                guessed.add(like)
                item.tell(Code.C02, line, advice=f"是不是“{like}”？" if like else f"可用的有：{'、'.join(known)}。")
            else:
                items[name] = item
        for name in needed:
            if name not in items and name not in guessed:
                missing = f"{self.path}.{name}" if self.path else name
                self.tell(Code.C04, key=missing, advice=f"请补一行“{name}: …”，写法见自带设置中的说明。")
        return items

    def items(self) -> list[_Item]:
        """Return the entries of a list, each under its key, name or number; told is what is no list."""
        if self.kind != "seq" or self.node is None:
            self.refuse("这里要写成列表。", "写作 [甲, 乙]，或每行一个、以“- ”开头。")
            return []
        return [self.under(_named(node) or f"第{number}个", node) for number, node in enumerate(self.node.value, 1)]

    def text(self) -> str:
        """Return a text, "" (told) for anything else."""
        if self.kind in ("seq", "map"):
            self.refuse("这里要写一段文字。", "有特殊符号（{ [ : #）的，前后加单引号。")
        elif self.kind == "null" or not self.shown.strip():
            self.refuse("没有填写。", "请补上文字。")
        elif self.kind != "str":
            self.refuse("会被当作数字、日期或是否，不是文字。", f"请加引号：'{self.shown}'。")
        elif self.node is not None:
            return str(self.node.value).strip()
        return ""

    def texts(self) -> tuple[str, ...]:
        return tuple(filter(None, (item.text() for item in self.items())))

    def number(self) -> int:
        """Return a whole number from 0, 0 (told) for anything else."""
        if self.kind == "int" and self.shown.isascii() and self.shown.isdigit():
            return int(self.shown)
        self.refuse("要写不小于 0 的整数。", "0 表示不限。")
        return 0

    def flag(self) -> bool:
        """Return yes or no, True (told) for anything else."""
        if self.kind != "bool":
            self.refuse("这里要写 true 或 false。", "true 是，false 否。")
        return self.kind != "bool" or self.shown.lower() in ("true", "yes", "on")

    def choice(self, kind: type[_E]) -> _E | None:
        """Return the member of `kind` that the text names, None (told) when there is none."""
        names = [str(member.value) for member in kind]
        if self.kind == "str" and self.shown in names:
            return kind(self.shown)
        like = nearest(self.shown, names)
        guess = f"是不是“{like}”？" if like else ""
        self.refuse("不在可选的值中。", f"{guess}可用的有：{'、'.join(names)}。")
        return None

    def pattern(self, words: Sequence[str]) -> str:
        """Return a pattern whose words are all known and which gives one line of text, "" (told) for anything else."""
        text = self.text()
        problem = _pattern_problem(text, words) if text else None
        if problem:
            self.refuse(*problem)
            return ""
        return text


def _named(node: Node) -> str:
    """Return the text under `key` or `name` of an entry, "" when it has none."""
    pairs = node.value if node.tag.endswith(":map") else ()
    return next((str(value.value) for key, value in pairs if key.value in ("key", "name") and value.value), "")


def _pattern_problem(text: str, words: Sequence[str]) -> tuple[str, str] | None:
    """Return (what is wrong with a pattern, advice), None for a good one."""
    from jinja2 import TemplateError, TemplateSyntaxError
    from jinja2.meta import find_undeclared_variables

    usable = "可用：" + "、".join(f"{{{{ {word} }}}}" for word in words) + "。"
    try:
        unknown = sorted(find_undeclared_variables(_environment().parse(text)) - set(words))
        if unknown:
            like = nearest(unknown[0], words)
            return f"不认识“{unknown[0]}”。", (f"是不是“{like}”？" if like else "") + usable
        result = filled(text, _SAMPLE)
    except TemplateSyntaxError:
        return "花括号里的写法不对。", usable
    # An expression may raise whatever Python's operators and methods raise.
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError, OverflowError):
        return "花括号里的式子算不出结果。", usable
    if set("{}｛｝") & set(result):
        return "花括号要用半角的，左右各两个。", usable
    if not result.strip() or "\n" in result:
        return "换算出来不是一行文字。", usable
    return None


class _Collect(Enum):
    LEAD = "lead"
    EVERY = "every"


_KEYS = (
    *("office", "contact", "title", "form_title", "template_set"),
    *("collect", "fields", "statuses", "rules", "circular"),
)


def _configuration(root: _Item) -> Configuration:
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


def _circular(item: _Item, notice_title: str) -> CircularWords | None:
    """Return what is said of the circular, None when it is switched off."""
    items = item.mapping(("enabled", "title", "recipients", "requirements"), ())
    title = items["title"].pattern(_TITLE_WORDS) if "title" in items else ""
    if title and notice_title and filled(title, _SAMPLE) == filled(notice_title, _SAMPLE):
        items["title"].refuse("与通报表的标题相同，两个文件会同名。", "例如“关于……的通报”。")
    words = CircularWords(
        recipients=items["recipients"].text() if "recipients" in items else _DEFAULT_RECIPIENTS,
        title=title,
        requirements=tuple(filter(None, (one.pattern(_TITLE_WORDS) for one in _listed(items, "requirements")))),
    )
    return words if "enabled" not in items or items["enabled"].flag() else None


def _rules(rules: _Item) -> tuple[frozenset[str], bool, bool]:
    """Return the codes not to be told, and whether each unit must send a signed scan."""
    items = rules.mapping(("silence", "require_scan", "tidy_marks"), ())
    require_scan, tidy_marks = (items[key].flag() if key in items else False for key in ("require_scan", "tidy_marks"))
    return _silenced(items["silence"]) if "silence" in items else frozenset(), require_scan, tidy_marks


def _silenced(listed: _Item) -> frozenset[str]:
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


def _fields(listed: _Item) -> tuple[Field, ...]:
    fields: list[Field] = []
    owner: dict[str, _Item] = {}
    for item in listed.items():
        made = _field(item)
        if made is None:
            continue
        if any(f.key == made.key for f in fields):
            item.refuse(f"代号“{made.key}”前面已经用过。", "请改用别的代号，或删去一处。")
            continue
        for name in dict.fromkeys(fold(filled(n, _SAMPLE)) for n in made.names if n):
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


def _field(item: _Item) -> Field | None:
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


def _listed(items: Mapping[str, _Item], name: str) -> list[_Item]:
    return items[name].items() if name in items else []


def _check_field(made: Field, items: Mapping[str, _Item]) -> None:
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


def _statuses(listed: _Item) -> tuple[Status, ...]:
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
