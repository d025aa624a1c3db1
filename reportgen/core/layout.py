"""What the templates of the notice say: which fields they print, in which order, under which head."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct

from reportgen.core import fields as keys
from reportgen.core.derived import GROUP
from reportgen.core.findings import NOWHERE, CannotRun, Code, Finding, Place, shortened
from reportgen.core.text import fold, nearest

TITLE = "title"
NOTE = "note"
PERIOD = "period"
PAGE_KEYS = (TITLE, NOTE, PERIOD)  # what may stand outside the prototype row
_NEEDED = (keys.SEQ, keys.ANNUAL_TARGET)  # by these a printed notice is recognised when it is read
_PLACEHOLDER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_REST = re.compile(r"\{\{|\}\}|\{%|%\}|｛|｝")  # a Chinese keyboard types full-width ones
# What a clerk types behind a column's name to have equal neighbours merged: {{ leaders|合并 }}.
_MERGED = re.compile(r"\s*[|｜]\s*(?:合并|merged)$")


class Column(Struct, frozen=True):
    """A column of a template: the field it prints ("" for one left empty), and its head with `{{ period }}` in it.

    In a column that `is_merged`, equal neighbours become one cell.
    """

    key: str
    head: str
    is_merged: bool = False


class Layout(Struct, frozen=True):
    """The columns of a template in order, and everything that keeps it from being used."""

    file: str
    columns: tuple[Column, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """The fields that are printed, in the order of the columns."""
        return tuple(column.key for column in self.columns if column.key)

    def headings(self, period_label: str) -> dict[str, str]:
        """Return the printed heading of each field."""
        return {c.key: filled(c.head, {PERIOD: period_label}) for c in self.columns if c.key}


class TemplateText(Struct, frozen=True):
    """A text of a template at its place; `head` is what stands above a cell of the prototype row."""

    text: str
    place: Place = NOWHERE
    head: str = ""


def placeholders_in(text: str) -> tuple[str, ...]:
    """Return the names in the placeholders of `text`: "{{ seq }}" → ("seq",), "{{ leaders|合并 }}" → ("leaders",)."""
    return tuple(_MERGED.sub("", match.group(1)) for match in _PLACEHOLDER.finditer(text))


def asks_to_merge(text: str) -> bool:
    """Tell whether the placeholder in a cell of the prototype row asks for equal neighbours to become one cell."""
    return any(_MERGED.search(match.group(1)) for match in _PLACEHOLDER.finditer(text))


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return `text` with the placeholders named in `values` filled in; others stay."""
    return _PLACEHOLDER.sub(lambda match: values.get(match.group(1), match.group(0)), text)


def prototypes_among(rows: Sequence[str]) -> list[int]:
    """Return which of `rows`, each given as its whole text, are prototype rows.

    Those that print 序号; without one, any with a placeholder that cannot stand elsewhere.
    """
    names = [set(placeholders_in(row)) for row in rows]
    numbered = [index for index, found in enumerate(names) if keys.SEQ in found]
    return numbered or [index for index, found in enumerate(names) if found - {*PAGE_KEYS, GROUP}]


def is_group_row(row: str) -> bool:
    """Tell whether a row, given as its whole text, shows how the heading of a group is printed."""
    return GROUP in placeholders_in(row)


def layout_of(
    file: str,
    page: Iterable[TemplateText],
    prototypes: Sequence[Sequence[TemplateText]],
    allowed: Collection[str],
    groups: Sequence[Sequence[TemplateText]] = (),
) -> Layout:
    """Return the layout of a template: `page` are its texts outside of the `prototypes`, its rows with placeholders.

    `allowed` are the keys of the fields that a column may print, `groups` the rows for the headings of groups.
    """
    findings = list(_group_findings(groups))
    on_page = list(page)
    for text in on_page:  # without a prototype row nothing says where the heading of a group belongs
        findings += checked(text, PAGE_KEYS if len(prototypes) == 1 else (*PAGE_KEYS, GROUP))
    if not any(TITLE in placeholders_in(text.text) for text in on_page):
        findings.append(
            broken(Place(file), "没有标题占位符“{{ title }}”", "请在表格上方写上 {{ title }}，标题就印在那里。")
        )
    if len(prototypes) == 1:
        row = [TemplateText(text.text.strip(), text.place, text.head) for text in prototypes[0]]
        findings += _row_findings(file, row, allowed)
        columns = tuple(Column(next(iter(placeholders_in(t.text)), ""), t.head, asks_to_merge(t.text)) for t in row)
        return Layout(file, columns, tuple(findings))
    findings.append(_no_single_row(file, prototypes))
    return Layout(file, (), tuple(findings))


def agreed(word: Layout, excel: Layout) -> Layout:
    """Return the layout that both templates share; CannotRun with everything that is wrong with either."""
    findings = [*word.findings, *excel.findings]
    if not findings and word.keys != excel.keys:
        reason = f"它的列是“{'、'.join(excel.keys)}”，而 {word.file} 的列是“{'、'.join(word.keys)}”"
        advice = "请把两个模板样板行的占位符改成相同的列、相同的次序。"
        findings.append(broken(Place(excel.file), reason, advice))
    elif not findings:
        heads = {column.key: column.head for column in word.columns}
        findings += [
            broken(
                Place(excel.file),
                f"“{{{{ {column.key} }}}}”一列的表头是“{shortened(column.head)}”，"
                f"而 {word.file} 中是“{shortened(heads[column.key])}”",
                "请把两个模板的表头改成一样的文字（分行可以不同）。",
            )
            for column in excel.columns
            if column.key and fold(column.head) != fold(heads[column.key])
        ]
    if findings:
        raise CannotRun(findings)
    return word


def broken(place: Place, reason: str, advice: str) -> Finding:
    return Finding(Code.T01, place, values={"reason": reason, "advice": advice})


def _no_single_row(file: str, prototypes: Sequence[Sequence[TemplateText]]) -> Finding:
    if prototypes:
        return broken(
            prototypes[1][0].place,
            "有两个样板行（带占位符的行）",
            "请只留表头下的一行，其余的删去。",
        )
    return broken(
        Place(file),
        "没有样板行",
        "请在表头下面留一行，各格写上 {{ seq }}、{{ annual_target }} 等占位符；"
        "可用 reportgen init 新建一个工作区，对照其中的模板。",
    )


def _group_findings(groups: Sequence[Sequence[TemplateText]]) -> Iterable[Finding]:
    """Yield what is wrong with the rows for the headings of groups: at most one, with nothing else in it."""
    for row in groups:
        texts = [cell for cell in row if cell.text.strip()]
        if placeholders_in(texts[0].text) != (GROUP,) or len(texts) > 1 or _PLACEHOLDER.sub("", texts[0].text).strip():
            shown = shortened(" ".join(cell.text for cell in texts))
            advice = "请让这一行只有一格，合并到整个表宽，只写 {{ group }}；它的字体、底色就是小标题的样子。"
            yield broken(texts[0].place, f"分组小标题的样板行写的是“{shown}”", advice)
    if len(groups) > 1:
        yield broken(groups[1][0].place, "有两个分组小标题的样板行", "请只留一个。")


def checked(text: TemplateText, allowed: Collection[str]) -> Iterable[Finding]:
    """Yield what is wrong with the placeholders of one text."""
    for name in placeholders_in(text.text):
        if name not in allowed:
            near = nearest(name, allowed)
            meant = f"是否要写“{{{{ {near} }}}}”？" if near else ""
            advice = f"{meant}这里可用的占位符有：{'、'.join(sorted(allowed))}。"
            yield broken(text.place, f"不认识的占位符“{{{{ {name} }}}}”", advice)
    if _REST.search(_PLACEHOLDER.sub("", text.text)):
        reason = f"占位符没有写完整：“{shortened(text.text)}”"
        yield broken(text.place, reason, "占位符的前后各要两个半角的花括号，如 {{ title }}。")


def _row_findings(file: str, row: Sequence[TemplateText], allowed: Collection[str]) -> Iterable[Finding]:
    """Yield what is wrong with the prototype row."""
    seen: dict[str, str] = {}
    heads: dict[str, str] = {}
    for cell in row:
        yield from checked(cell, allowed)
        names = placeholders_in(cell.text)
        if cell.text and (len(names) != 1 or _PLACEHOLDER.sub("", cell.text)):
            advice = "请让样板行的每格只写一个占位符，或空着。"
            yield broken(cell.place, f"样板行的一格写的是“{shortened(cell.text)}”", advice)
        for name in names:
            if name in seen:
                yield broken(cell.place, f"占位符“{{{{ {name} }}}}”出现了两次", "请删去多余的一列。")
            elif not fold(cell.head):
                yield broken(cell.place, f"“{{{{ {name} }}}}”一列没有表头", "请在它上面的一格写上表头。")
            elif fold(cell.head) in heads:
                yield broken(cell.place, f"表头“{shortened(cell.head)}”出现了两次", "请改掉其中一个。")
            seen[name] = heads[fold(cell.head)] = name
    for name in _NEEDED:
        if name not in seen:
            advice = f"请加上一列，样板行中写 {{{{ {name} }}}}。"
            yield broken(row[0].place, f"样板行缺少“{{{{ {name} }}}}”", advice)
