"""The circular (通报) as a Word document: templates/circular.docx, wording and all, filled by docxtpl."""

from __future__ import annotations

import io
import re
import traceback
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import asdict, fields

from reportgen.core.circular import TO_FILL_IN, Circular, Count, LateUnit, Shortfall, ShortfallGroup, UnreportedUnit
from reportgen.core.fields import MARKS
from reportgen.core.findings import CannotRun, Code, Finding, Place, cannot_run, shortened
from reportgen.core.layout import broken
from reportgen.core.text import chinese_number, nearest
from reportgen.writers.replace import parts_of, zipped
from reportgen.writers.wordpage import core_properties, with_draft_marks
from reportgen.writers.xmlparts import parsed, serialised

if TYPE_CHECKING:
    from jinja2.nodes import Node
    from jinja2.sandbox import SandboxedEnvironment
    from lxml.etree import _Element

DOCUMENT = "word/document.xml"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_MARKS = re.compile("(" + "|".join(map(re.escape, MARKS)) + ")")
_RENDERED = re.compile(r"word/(?:document|header\d*|footer\d*)\.xml")
_TAG = re.compile(r"\{[{%#].*?[}%#]\}")
_STRAY = re.compile("[{}｛｝]")  # a Chinese keyboard types full-width ones
# {%p … %} and its like tell docxtpl to take the paragraph, row, cell or run around it away.
_AROUND = re.compile(r"(\{[{%#])(?:p|tr|tc|r)(?=\s)")
# What docxtpl would take for its own signs in a text that a unit typed; no text has these two characters.
_BRACES = (("{", "\ufdd0"), ("}", "\ufdd1"))
# An expression may raise whatever Python's operators and methods raise.
_RAISED = (ArithmeticError, LookupError, TypeError, ValueError, AttributeError, RecursionError)
_NUMBER, _CHINESE = "number", "chinese"
_WORDS = tuple(field.name for field in fields(Circular))
_NESTED = frozenset(
    field.name for record in (Count, Shortfall, ShortfallGroup, UnreportedUnit, LateUnit) for field in fields(record)
)
_OF_A_LOOP = frozenset(
    ("index", "index0", "revindex", "revindex0", "first", "last", "length", "previtem", "nextitem", "cycle", "changed")
)
_BY_ITSELF = frozenset(("range", "dict", "lipsum", "cycler", "joiner", "namespace", "loop"))


class Written(Struct, frozen=True):
    """A written circular; `used` are the fields that its template prints, `to_fill_in` the 〔…〕 left to the clerk."""

    content: bytes
    used: frozenset[str]
    to_fill_in: tuple[str, ...]


def write_circular(template: bytes, name: str, circular: Circular) -> Written:
    """Return the circular as a .docx. Raises CannotRun with all that is wrong with the template called `name`."""
    parts = _opened(template, name)
    context = _context(circular)
    trees = {part: _tree(parts[part], name) for part in parts if _RENDERED.fullmatch(part)}
    texts = {part: _wording(root) for part, root in trees.items()}
    used: set[str] = set()
    findings: list[Finding] = []
    for text in texts.values():
        found, attributes = _checked(text, name)
        findings += found
        used |= attributes
    if findings:
        raise CannotRun(findings)
    parts = parts_of(_rendered(template, name, context, tuple(texts.values())))
    root = parsed(parts[DOCUMENT])
    if circular.is_draft:
        _redden(root)
        parts = with_draft_marks(parts, root)
    parts[DOCUMENT] = serialised(root)
    for part in trees.keys() & parts.keys():  # a part that nothing refers to is not saved
        for brace, instead in _BRACES:
            parts[part] = parts[part].replace(instead.encode(), brace.encode())
    if "docProps/core.xml" in parts:
        parts["docProps/core.xml"] = core_properties(circular.title)
    left = dict.fromkeys(TO_FILL_IN.findall("\n".join((*texts.values(), circular.date, circular.office))))
    printed = _wording(root)
    return Written(zipped(parts), frozenset(used), tuple(one for one in left if one in printed))


def _opened(template: bytes, name: str) -> dict[str, bytes]:
    try:
        parts = parts_of(template)
        parsed(parts[DOCUMENT])
    except (zipfile.BadZipFile, KeyError, SyntaxError) as error:
        raise _not_word(name) from error
    return parts


def _tree(part: bytes, name: str) -> _Element:
    try:
        return parsed(part)
    except SyntaxError as error:
        raise _not_word(name) from error


def _not_word(name: str) -> CannotRun:
    advice = "请在 Word 或 WPS 中打开它，另存为 .docx；或从新建的工作区复制一份。"
    return cannot_run(Code.T01, Place(name), reason="不是完好的 Word 文档（.docx）", advice=advice)


def _context(circular: Circular) -> dict[str, Any]:
    """Return what the template's placeholders mean; a line break in a text starts a paragraph (docxtpl's \\a)."""

    def prepared(value: Any) -> Any:
        if isinstance(value, str):
            for sign, instead in (*_BRACES, ("\n", "\a")):
                value = value.replace(sign, instead)
            return value
        if isinstance(value, Struct):
            return {key: prepared(inner) for key, inner in asdict(value).items()}
        return [prepared(inner) for inner in value] if isinstance(value, (list, tuple)) else value

    context: dict[str, Any] = prepared(circular)
    return context


@lru_cache(maxsize=1)
def _environment() -> SandboxedEnvironment:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    environment.filters[_CHINESE] = chinese_number
    return environment


def _numbered(context: Mapping[str, Any]) -> dict[str, Any]:
    """Return the context of one pass through the template: `number()` counts its headings 一, 二, 三 …"""
    numbers = count(1)

    def number() -> str:
        return chinese_number(next(numbers))

    return {**context, _NUMBER: number}


def _rendered(template: bytes, name: str, context: Mapping[str, Any], texts: tuple[str, ...]) -> bytes:
    """Return the filled document. Raises CannotRun that names the paragraph of `texts` which cannot be filled in."""
    from docxtpl import DocxTemplate
    from jinja2 import TemplateError

    document = DocxTemplate(io.BytesIO(template))
    try:
        document.render(_numbered(context), _environment())
    except (TemplateError, SyntaxError, *_RAISED) as error:
        if findings := [found for text in texts for found in _failing(text, name, context)]:
            raise CannotRun(findings) from error
        reason = f"填写时出错（{shortened(str(error))}）"
        advice = "请检查 {%p … %} 是否各占一段，{%p for %}、{%p if %} 是否成对；或从新建的工作区复制一份。"
        raise cannot_run(Code.T01, Place(name), reason=reason, advice=advice) from error
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


# --- what is wrong with a template --------------------------------------------------------------------------------


def _wording(root: _Element) -> str:
    """Return the text of a part, one line for each paragraph, so that the line of a mistake is its paragraph."""
    return "\n".join(_text(paragraph) for paragraph in root.iter(f"{_W}p"))


def _text(paragraph: _Element) -> str:
    pieces = []
    for element in paragraph.iter(f"{_W}t", f"{_W}tab", f"{_W}br"):
        if next(element.iterancestors(f"{_W}p")) is paragraph and element.getparent().tag == f"{_W}r":  # type: ignore[union-attr]
            pieces.append(element.text or "" if element.tag == f"{_W}t" else " ")
    return "".join(pieces).replace("\n", " ")


def _as_jinja(wording: str) -> str:
    """Return the wording as docxtpl will read it: straight quotes inside of the braces, its own letters gone."""
    quotes = str.maketrans("“”‘’", "\"\"''")
    return _TAG.sub(lambda m: _AROUND.sub(r"\1", m.group()).translate(quotes), wording)


def _checked(wording: str, name: str) -> tuple[list[Finding], set[str]]:
    """Return everything that is wrong with a template's wording, and the fields that it prints."""
    from jinja2 import TemplateSyntaxError
    from jinja2.nodes import Filter, Getattr

    stray = [line for line, text in enumerate(wording.split("\n"), 1) if _STRAY.search(_TAG.sub("", text))]
    if stray:
        return [_misspelt_at(wording, line, name) for line in stray], set()
    environment = _environment()
    try:
        tree = environment.parse(_as_jinja(wording))
    except TemplateSyntaxError as error:
        return [_misspelt(wording, error, name)], set()
    findings = []
    for line, word in dict.fromkeys(_unknown(tree, frozenset((*_WORDS, _NUMBER, *_BY_ITSELF)))):
        findings.append(_unknown_word(wording, line, word, _WORDS, name))
    attributes = {(node.lineno, node.attr) for node in tree.find_all(Getattr)}
    for line, word in sorted(attributes):
        if word.startswith("_") or not (word in _NESTED | _OF_A_LOOP or hasattr("", word)):
            findings.append(_unknown_word(wording, line, word, _NESTED, name))
    for used in tree.find_all(Filter):
        if used.name not in environment.filters:
            reason = f"{_where(wording, used.lineno)}中不认识“|”后面的“{used.name}”"
            findings.append(broken(Place(name), reason, f"汉字序号写作 {{{{ loop.index | {_CHINESE} }}}}。"))
    return findings, {word for _line, word in attributes}


def _unknown(node: Node, known: frozenset[str]) -> Iterator[tuple[int, str]]:
    """Yield (line, name) of each name that means nothing where it stands; loops and {% set %} make names."""
    from jinja2 import nodes

    if isinstance(node, nodes.For):
        yield from _unknown(node.iter, known)
        inner = known | _stored(node.target)
        for child in (*node.body, *node.else_, *([node.test] if node.test else [])):
            yield from _unknown(child, inner)
        return
    if isinstance(node, nodes.Name) and node.ctx == "load" and node.name not in known:
        yield node.lineno, node.name
    for child in node.iter_child_nodes():
        yield from _unknown(child, known)
        known |= _stored(child)


def _stored(node: Node) -> frozenset[str]:
    """Return the names that stand from here on: what {% set %} assigns, or the target of a loop."""
    from jinja2 import nodes

    if isinstance(node, nodes.Name):
        return frozenset([node.name]) if node.ctx == "store" else frozenset()
    if isinstance(node, (nodes.Assign, nodes.AssignBlock)):
        return _stored(node.target)
    if isinstance(node, nodes.Macro):
        return frozenset([node.name])
    return frozenset().union(*map(_stored, node.items)) if isinstance(node, nodes.Tuple) else frozenset()


def _failing(wording: str, name: str, context: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what fails only when the wording is filled in, with its paragraph."""
    from jinja2 import TemplateError

    try:
        _environment().from_string(_as_jinja(wording)).render(_numbered(context))
    except (TemplateError, *_RAISED) as error:
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == "<template>"]
        reason = f"{_where(wording, lines[-1] if lines else None)}的花括号里算不出结果（{shortened(str(error))}）"
        yield broken(Place(name), reason, _usable(_WORDS))


def _where(wording: str, line: int | None) -> str:
    lines = wording.split("\n")
    return f"第{line}段“{shortened(lines[line - 1])}”" if line and line <= len(lines) else "某一段"


def _usable(known: Iterable[str]) -> str:
    return f"可用的有：{'、'.join(sorted(known))}。"


def _unknown_word(wording: str, line: int, word: str, known: tuple[str, ...] | frozenset[str], name: str) -> Finding:
    near = nearest(word, known)
    advice = (f"是不是“{near}”？" if near else "") + _usable(known)
    return broken(Place(name), f"{_where(wording, line)}中不认识“{word}”", advice)


def _misspelt(wording: str, error: Any, name: str) -> Finding:
    """Return a mistake in the signs themselves, in Chinese where it is one that people make."""
    said = error.message or ""
    where = _where(wording, error.lineno)
    if "end of template" in said or "Unexpected end" in said or "unknown tag 'end" in said or "unknown tag 'el" in said:
        advice = "每个 {%p for … %} 要有一个 {%p endfor %}，每个 {%p if … %} 要有一个 {%p endif %}。"
        return broken(Place(name), f"{where}一带的 for 或 if 没有成对", advice)
    return _misspelt_at(wording, error.lineno, name)


def _misspelt_at(wording: str, line: int, name: str) -> Finding:
    advice = "占位符写作 {{ 名称 }}，判断和循环写作 {%p if … %}、{%p for … in … %}，花括号用半角的，左右成对。"
    return broken(Place(name), f"{_where(wording, line)}的花括号里的写法不对", advice)


# --- drafts ---------------------------------------------------------------------------------------------------------


def _redden(root: _Element) -> None:
    """Set 【未报送】 and 【待补充】 in red, each in a run of its own."""
    for run in list(root.iter(f"{_W}r")):
        texts = run.findall(f"{_W}t")
        if len(texts) != 1 or not _MARKS.search(texts[0].text or ""):
            continue
        for piece in filter(None, _MARKS.split(texts[0].text or "")):
            part = deepcopy(run)
            text = part.find(f"{_W}t")
            assert text is not None
            text.text = piece
            text.set(_SPACE, "preserve")
            if piece in MARKS:
                _color_red(part)
            run.addprevious(part)
        run.getparent().remove(run)  # type: ignore[union-attr]


def _color_red(run: _Element) -> None:
    from lxml import etree

    properties = run.find(f"{_W}rPr")
    if properties is None:
        properties = etree.Element(f"{_W}rPr")
        run.insert(0, properties)
    for color in properties.findall(f"{_W}color"):
        properties.remove(color)
    red = etree.Element(f"{_W}color")
    red.set(f"{_W}val", "FF0000")
    # The schema has an order: colour stands before spacing and the sizes.
    later = next((c for c in properties if c.tag in (f"{_W}spacing", f"{_W}sz", f"{_W}szCs")), None)
    if later is None:
        properties.append(red)
    else:
        later.addprevious(red)
