"""The values of a YAML file with their lines, so that each mistake in it can be told with its place."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from functools import cache, lru_cache
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from reportgen.core.findings import Code, Finding, Place, cannot_run, shortened
from reportgen.core.period import Period
from reportgen.core.text import nearest

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import SandboxedEnvironment
    from yaml.nodes import Node

NEXT_PERIOD = "next_period"
SAMPLE = Period(2023, 8, 8)  # patterns are tried with it
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


def decoded(content: bytes, file_name: str) -> str:
    # Old Windows editors save Chinese text as GBK.
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise cannot_run(Code.C01, Place(file_name), reason="文字编码认不出来，请另存为 UTF-8")


def composed(text: str, file_name: str) -> Node | None:
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


class Item(Struct, frozen=True):
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

    def under(self, name: str, node: Node) -> Item:
        return Item(f"{self.path}.{name}" if self.path else name, node, self.file, self.found)

    def mapping(self, known: Sequence[str], needed: Sequence[str]) -> dict[str, Item]:
        """Return the values by key; told are unknown, repeated and missing keys, and what is no mapping."""
        items: dict[str, Item] = {}
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

    def items(self) -> list[Item]:
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
        result = filled(text, SAMPLE)
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
