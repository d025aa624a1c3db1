"""What stands around a figure: its subject, the time it covers, its bound, its direction, and the part it plays."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from reportgen.core.sense.pieces import Piece, pieces
from reportgen.core.sense.quantities import Kind, Token, halved, tokens
from reportgen.core.sense.units import PERCENT, POINTS


class Scope(Enum):
    """The time a figure covers: since the year began, this month alone, or not said."""

    TOTAL = "total"
    OWN = "own"
    UNSAID = "unsaid"


class Bound(Enum):
    """How a figure is meant: exactly, as at least, at most, about, or as not reached."""

    EXACT = "exact"
    AT_LEAST = "at least"
    AT_MOST = "at most"
    ABOUT = "about"
    NOT_REACHED = "not reached"


class Role(Enum):
    """What a figure does in its sentence; only PLAIN and FORECAST ones say what was reached."""

    PLAIN = "plain"
    FORECAST = "forecast"
    PLAN = "plan"
    SHORTFALL = "shortfall"
    DIFFERENCE = "difference"
    BASE = "base"
    CONDITION = "condition"
    WHOLE = "whole"
    PER = "per"
    STOCK = "stock"


@dataclass(frozen=True, slots=True)
class Figure:
    """A quantity in its context. `sign` is -1 for a fall, 1 for a rise, 0 where nothing moves; `near` and `wide` are
    the pairs of characters of its subject and of its sentence, `loose` the single characters of the subject; `is_named` says
    that the subject stands in the figure's own clause and was not taken from before it.
    """

    token: Token
    quote: str
    before: str
    after: str
    label: str
    number: int
    piece: int
    sentence: int
    clause: int
    depth: int
    scope: Scope
    role: Role
    bound: Bound
    sign: int
    is_change: bool
    is_each: bool
    is_part: bool
    condition: str
    is_named: bool
    near: frozenset[str]
    loose: frozenset[str]
    wide: frozenset[str]
    lead: str

    @property
    def value(self) -> Decimal:
        return self.token.low

    @property
    def dimension(self) -> str:
        return self.token.dimension

    @property
    def is_share(self) -> bool:
        """Tell whether it is a percentage of something, not a growth rate."""
        return self.token.dimension == PERCENT and not self.is_change

    @property
    def is_amount(self) -> bool:
        return self.token.kind is Kind.AMOUNT and self.token.dimension not in (PERCENT, POINTS)


@dataclass(frozen=True, slots=True)
class Reading:
    """A text read: its pieces (halved), the figures, and the dates by piece."""

    pieces: tuple[Piece, ...]
    figures: tuple[Figure, ...]
    dates: tuple[tuple[int, Token], ...]

    def text_of(self, figure: Figure) -> str:
        return self.pieces[figure.piece].text


_SAYS_NOTHING = re.compile(
    "截至|截止|目前|已经|已|累计|完成率|完成|达到了?|达|实现|其中|同比|环比|增长|下降|增速|增幅|左右|以上|以下|以内|全年|年度|本月|当月|每月|今年|全区|我区|"
    "共计|合计|总计|实际|预计|力争|确保|争取|不少于|不低于|不超过|不高于|至少|突破|超过|控制在|进行|开展|组织|推进|继续|持续|做好|月底|月份|"
    "新增|分别|(?<!公)共(?!享|建)|为|的|了|及|和|与|任务|目标|总量|以来|按照|提高|提升|降低|减少|上升|下滑|计划|[^\\u4e00-\\u9fffA-Za-z]"
)
_SINGLE_WORDS = frozenset("约各达将对在等并至到数拟共从由较比又再仅也")
_STOPS = frozenset("，。；：、！？!?;:\n（）()")
_TOTAL = "累计|截至|截止|今年以来|年初以来|今年|年内|全年|总计"
_OWN = "当月|本月|本季度?|当季|本期|每月|月均|单月"
_SCOPE = re.compile(f"(?P<total>{_TOTAL})|(?P<own>{_OWN})")
_AFTER = re.compile(r"\s*(?:及|或)?(以上|左右|上下|前后|以内|以下|之内|内)")
_AT_LEAST = re.compile(
    r"(?:不低于|不少于|不小于|至少|最少|达到|突破|超过|超|逾|高于|大于|多于|确保|力争|争取)(?:了|为|到|达|达到|完成)?$"
)
_AT_MOST = re.compile(
    r"(?:不超过|不高于|不多于|不大于|(?<!不)低于|(?<!不)少于|(?<!不)小于|控制在|控制到|压[减缩降]至|压[减缩降]到|[下回]?降至|[下回]?降到|降低到|降低至|下降到|下降至|减至|减到|减少到|减少至|缩短至|缩短到|缩减至|至多|最多|上限为?)(?:了)?$"
)
_ABOUT = re.compile(r"(?:(?<![签预节合条制履公续违解邀集特])约为?|大约|大概|接近|将近|近)$")
_NOT_REACHED = re.compile(r"(?:不足|不到|未达到?|未满|不满|尚不足|未超过|没有达到)$")
_CHANGE = re.compile(
    r"增长|增速|增幅|增加|提高|提升|上升|上涨|提速|改善|下降|降低|减少|下滑|回落|降幅|下跌|萎缩|负增长|压[减缩降]|缩短|削减|节约|翻番|扩大|收窄|减排"
)
_RISE = re.compile(r"增长|增速|增幅|增加|提高|提升|上升|上涨")
_FALL = re.compile(r"下降|降低|减少|下滑|回落|降幅|负增长|下跌|萎缩|压降")
_TO_LEVEL = re.compile(r"(?:提高|提升|上升|增加|增长|下降|降低|减少|压[减缩降]|缩短|回落|下滑|降|升|扩大)(?:到|至|为)")
_RATE_NOUN = re.compile(r"(?:增速|增幅|降幅|增长率|涨幅|增长幅度)(?:达到?|为|约|约为|是|在)?$")
_GROWTH_AFTER = re.compile(r"(?:以上|左右)?的?(?:同比)?(增长|增幅|增速|降幅|下降)")
_PLAN = re.compile(
    r"^(?:全年|年度|今年|本年度?|原|共|当年)?(?:计划|拟|需(?!求|要)|应(?![急用收届]))|计划(?:总?投资|为|是)?$|(?:目标|任务)(?:任务|值|数|量)?(?:为|是|：|:)?$|指标(?:值|数|为)+$"
    "|原定|设计(?:能力|规模|产能|总量)"
)
_PLAN_DONE = re.compile(r"(?:完成|达到|超|超额|占).{0,6}(?:计划|目标|任务|指标)")
_FORECAST = re.compile(r"预计|力争|有望|争取|将(?!近)")
_SHORTFALL = re.compile(
    r"还差|尚差|仍差|相差|差额|缺口|剩余|尚余|余下|仍有|尚有|还有|其余|尚缺|还剩|仅剩|未(?:完成|签约|开工|整改|办结|到位|建成|拆迁)(?:的|有)?$|差$"
)
_DIFFERENCE = re.compile(r"(?:较|比|同比|环比|超(?:出|过|额)?(?:目标|任务|计划|序时)|高出|高于|低于|多于).{0,14}$")
_OF_TARGET = re.compile(
    r"(?:超(?:出|过|额)?|低于|高于|距离?|比|较)(?:年度|全年|月度|当月|本月|既定)?(?:目标|任务|计划|序时进度)(?:任务)?(?:值|数|高|低|多|少|超|超出)?$"
)
_CURRENT = re.compile(r"(?:低于|高于)$")
_BASE = re.compile(
    r"(?:^|[^自])(?:由|从)$|(?<![较比于])(?:去年|上年)(?:同期)?(?:为|是|完成)?$|(?:原有|年初为?|上月末?为?|同期)(?:为|是|完成)?$"
)
_NOT_BASE = re.compile(r"(?:较|比)[^，]{0,10}$")
_PER = re.compile(r"(?:每(?!月|季)[^，。；、]{0,6}|人均|户均|亩均|平均每[^，。；、]{0,3}|日均|单价|均价)(?:为|达|约)?$")
_STOCK = re.compile(r"在保|余额|存量|正在使用|现有|在册|在库|总人数")
_THINGS = re.compile(r"[^，。；、0-9]{0,14}?(?:项目|装置|机组|生产线|变电站|锅炉|设施工程)")
_CAPACITY = frozenset({"吨", "千瓦", "吨/年", "伏", "立方米", "立方米/年", "立方米/天", "吨/天", "台", "辆", "套"})
_DOING = re.compile(
    r"(?:完成|新增|建成|处置|处理|累计|达到?|投产|并网|安装|关停|更新|购置|淘汰|改造|新建|回收|销售|生产|投放)$"
)
_LOWER_IS_BETTER = re.compile(
    r"浓度|漏损率|失业率|不良率|不良贷款率|负债率|死亡|事故(?:起)?数|发案|投诉率|空置率|时限|超标|差评率|空气质量综合指数|大气综合指数|空气综合指数|能耗强度|污水直排|信访量|逾期率|撂荒"
)

_LONGEST = 3000
_PRICES = re.compile(r"消费价格|物价|CPI|房价")


def lower_is_better(figure: Figure) -> bool:
    """Tell whether the figure measures something that ought to stay small (浓度, 漏损率, 失业率)."""
    if _PRICES.search(figure.before):
        return figure.sign >= 0
    return not figure.is_change and bool(_LOWER_IS_BETTER.search(figure.before))


def read(text: str) -> Reading:
    """Return the figures of `text` in context, in order; of a text longer than any real answer, those of its start."""
    whole = tuple(Piece(p.label, p.number, halved(p.text)) for p in pieces(text[:_LONGEST]))
    figures: list[Figure] = []
    dates: list[tuple[int, Token]] = []
    for index, piece in enumerate(whole):
        found = tokens(piece.text)
        dates += [(index, token) for token in found if token.kind is Kind.DATE]
        if any(token.kind in (Kind.AMOUNT, Kind.ORDINAL) for token in found):
            figures += _Reader(piece, index, found).figures()
    return Reading(whole, tuple(figures), tuple(dates))


class _Reader:
    """Reads one piece: finds its sentences and clauses once, then looks around each figure."""

    def __init__(self, piece: Piece, index: int, found: tuple[Token, ...]) -> None:
        self.piece, self.index, self.text = piece, index, piece.text
        self.all = [token for token in found if token.kind is not Kind.NAME]
        self.sentences, self.clauses, self.depths = _layout(self.text)
        self.scopes = self._scope_marks()
        ends = zip(self.sentences, self.sentences[1:], strict=False)
        self.wide = [pairs(f"{self.text[start:end]}|{piece.label}") for start, end in ends]

    def figures(self) -> list[Figure]:
        found: list[Figure] = []
        for at, token in enumerate(self.all):
            if token.kind is not Kind.DATE:
                found.append(self._figure(at, token, found[-1] if found else None))
        return _shared_out(found)

    def _figure(self, at: int, token: Token, last: Figure | None) -> Figure:
        text = self.text
        sentence = bisect_right(self.sentences, token.start) - 1
        clause = bisect_right(self.clauses, token.start) - 1
        previous = self.all[at - 1].end if at else 0
        following = self.all[at + 1].start if at + 1 < len(self.all) else len(text)
        left = max(previous, self.clauses[clause])
        before = text[left : token.start]
        tail = text[token.end : min(following, self._clause_end(clause))]
        mark = _AFTER.match(text, token.end)
        after = text[mark.end() : token.end + len(tail)] if mark and mark.end() <= token.end + len(tail) else tail
        lead = text[max(previous, self.sentences[sentence]) : left]
        is_change, sign = self._direction(token, before, text[token.end : token.end + 8], lead)
        subject = before + "|" + after[:10]
        near = pairs(subject)
        is_named = bool(near)
        if not near and (carried := pairs(lead)):
            near, subject = carried, lead
        elif not near and last and last.sentence == sentence:
            near, subject = last.near, last.before
        bound = self._bound(token, before, mark.group(1) if mark else "")
        role = self._role(token, before, after, lead, at, mark is not None)
        return Figure(
            token=token, quote=text[self._quote_start(at, left) : mark.end() if mark else token.end].strip("，、 "),
            before=before, after=after, label=self.piece.label, number=self.piece.number, piece=self.index,
            sentence=sentence, clause=clause, depth=self.depths[token.start], scope=self._scope(token, sentence), role=role,
            bound=bound, sign=sign, is_change=is_change, is_each=bool(re.search("各(?:自|有|设|建)?$", before)),
            is_part=bool(self.depths[token.start]) or "其中" in text[self.sentences[sentence] : token.start],
            condition=self._condition(at), is_named=is_named, near=near, loose=frozenset(_SAYS_NOTHING.sub("", subject)) - _SINGLE_WORDS,
            wide=self.wide[sentence], lead=lead,
        )  # fmt: skip

    def _quote_start(self, at: int, left: int) -> int:
        """Return where the words of a figure begin; the condition before it belongs to them."""
        return max(self.all[at - 1].start, self.clauses[0]) if self._condition(at) else left

    def _clause_end(self, clause: int) -> int:
        return self.clauses[clause + 1] - 1 if clause + 1 < len(self.clauses) else len(self.text)

    def _scope_marks(self) -> list[tuple[int, Scope]]:
        text = self.text
        marks = [(m.start(), Scope.TOTAL if m.group("total") else Scope.OWN) for m in _SCOPE.finditer(text)]
        for token in self.all:
            date = token.date
            if not date or date.day or not date.first:
                continue
            if text[token.end : token.end + 1] == "前" or text[max(0, token.start - 2) : token.start].endswith(
                ("较", "比", "于")
            ):
                continue
            if date.first == 1 and date.last > 1 or date.tail in ("底", "末"):
                marks.append((token.start, Scope.TOTAL))
            elif date.first == date.last:
                marks.append((token.start, Scope.OWN))
        return sorted(marks, key=lambda mark: mark[0])

    def _scope(self, token: Token, sentence: int) -> Scope:
        start = self.sentences[sentence]
        scope = Scope.UNSAID
        for position, marked in self.scopes:
            if position >= token.start:
                break
            # 截至5月底 and 今年1-5月 are one mark; a month within 截至… does not narrow it
            if position >= start and not (
                marked is Scope.OWN and self.text[max(0, position - 2) : position] in ("截至", "截止")
            ):
                scope = marked
        return scope

    def _bound(self, token: Token, before: str, after: str) -> Bound:
        if _NOT_REACHED.search(before):
            return Bound.NOT_REACHED
        if token.dimension == "rank":
            return Bound.AT_MOST
        if _AT_MOST.search(before) or after in ("以下", "以内", "之内", "内"):
            return Bound.AT_MOST
        if after in ("左右", "上下", "前后") or _ABOUT.search(before):
            return Bound.ABOUT
        if after == "以上" or _AT_LEAST.search(before) or token.more:
            return Bound.AT_LEAST
        return Bound.EXACT

    def _direction(self, token: Token, before: str, after: str, lead: str) -> tuple[bool, int]:
        """Return (whether the figure is a change, its sign)."""
        if token.kind is not Kind.AMOUNT:
            return False, 0
        follows = _GROWTH_AFTER.match(after)
        words = before if before.strip() else lead[-12:]
        if token.dimension not in (PERCENT, POINTS):
            moved = re.search(r"(?:(净?减少|下降|降低)|(净?增加|新增|增长))(?:了)?$", before)
            return False, 0 if not moved else -1 if moved.group(1) else 1
        if _TO_LEVEL.search(before):
            return False, 0
        last = None
        for last in _CHANGE.finditer(words):  # the word nearest to the figure decides
            pass
        if last and not (_RATE_NOUN.search(words) or re.search(r"占|率(?:为|达|达到)?$|比重", words[last.end() :])):
            near_enough = len(words) - last.end() <= 6
            last = last if near_enough or not re.search("完成|占", words[last.end() :]) else None
        word = follows.group(1) if follows else last.group(0) if last else ""
        if not word:
            return token.low < 0, -1 if token.low < 0 else 0
        sign = -1 if _FALL.match(word) else 1 if _RISE.match(word) else 0
        return True, -sign if token.low < 0 and sign >= 0 and sign else -1 if token.low < 0 else sign

    def _role(self, token: Token, before: str, after: str, lead: str, at: int, bounded: bool) -> Role:  # noqa: C901
        if token.kind is Kind.ORDINAL:
            return Role.PLAIN
        if self._is_condition(at, bounded):
            return Role.CONDITION
        following = self.all[at + 1] if at + 1 < len(self.all) else None
        if (
            following
            and following.dimension == PERCENT
            and re.search(r"的(?:[^，。；、]{0,8}的)?$", self.text[token.end : following.start])
            and not set(self.text[token.end : following.start]) & _STOPS
        ):
            return Role.WHOLE
        if token.dimension in _CAPACITY and _THINGS.match(after) and not _DOING.search(before):
            return Role.CONDITION
        if _SHORTFALL.search(before):
            return Role.SHORTFALL
        if _PER.search(before) or (before.endswith("每") and token.low == 1):
            return Role.PER
        if (
            _BASE.search(before)
            and not _NOT_BASE.search(before)
            or (before.strip() in ("", "为") and _BASE.search(lead.rstrip("，")) and not _NOT_BASE.search(lead))
        ):
            return Role.BASE
        if _OF_TARGET.search(before) or (
            token.dimension not in (PERCENT,)
            and _DIFFERENCE.search(before)
            and not _CURRENT.search(before)
            and re.search("增|减|多|少|高|低|升|降|超|前进|提前", before)
        ):
            return Role.DIFFERENCE
        if _PLAN.search(before) and not _PLAN_DONE.search(before) and token.dimension != PERCENT:
            return Role.PLAN
        if _FORECAST.search(before) or _FORECAST.search(lead[-6:]):
            return Role.FORECAST
        return Role.STOCK if _STOCK.search(before) else Role.PLAIN

    def _is_condition(self, at: int, bounded: bool) -> bool:
        """Tell whether the figure only says which things are counted: 20万元以上村达到100个."""
        token = self.all[at]
        if token.dimension == "岁":
            return True
        if at + 1 >= len(self.all) or self.all[at + 1].kind is not Kind.AMOUNT:
            return False
        between = self.text[token.end : self.all[at + 1].start]
        if set(between) & _STOPS or self.all[at + 1].dimension in (PERCENT, POINTS):
            return False
        if bounded:
            return len(between) > 2 and not re.search(r"(?:完成|增长|下降|占)$", between)
        return between.startswith("的") and len(between) > 1

    def _condition(self, at: int) -> str:
        """Return the condition that stands before a figure in its clause, as (value, dimension), "" without one."""
        if not at:
            return ""
        token = self.all[at - 1]
        bounded = _AFTER.match(self.text, token.end) is not None
        if token.kind is Kind.AMOUNT and self._is_condition(at - 1, bounded):
            return f"{token.low.normalize()}{token.dimension}"
        return ""


def pairs(text: str) -> frozenset[str]:
    """Return the pairs of neighbouring characters of a subject, words that say nothing of it left out."""
    found: set[str] = set()
    for run in _SAYS_NOTHING.sub("|", text).split("|"):
        found.update(run[i : i + 2] for i in range(len(run) - 1))
    return frozenset(found)


def _layout(text: str) -> tuple[list[int], list[int], list[int]]:
    """Return where sentences and clauses start (with the text's end), and each character's depth in brackets."""
    sentences, clauses, depths = [0], [0], []
    depth = 0
    for at, char in enumerate(text):
        if char in "）)" and depth:
            depth -= 1
        depths.append(depth)
        if char in _STOPS:
            clauses.append(at + 1)
            if char in "（(":
                depth += 1
            elif char in "。；;！!\n" and not depth:
                sentences.append(at + 1)
    if sentences[-1] != len(text):
        sentences.append(len(text))
    else:
        sentences.append(len(text) + 1)
    return sentences, clauses, depths


_DIVIDED = re.compile(r"([^，。；]*?(?:[、和及][^，。；、和及]+)+)(?:[^，。；、]{0,10})?分别")


def _shared_out(figures: list[Figure]) -> list[Figure]:
    """Return the figures with 甲、乙分别完成3个、5个 given to 甲 and 乙 one each."""
    from dataclasses import replace

    out = list(figures)
    for at, figure in enumerate(figures):
        context = (figure.lead + figure.before)[-100:]
        if "分别" not in figure.before:
            continue
        match = _DIVIDED.search(context)
        if not match:
            continue
        names = [name for name in re.split("[、和及]", match.group(1)) if name.strip()]
        run = [
            at + i for i in range(len(names)) if at + i < len(figures) and figures[at + i].sentence == figure.sentence
        ]
        if len(run) != len(names):
            continue
        shared = pairs(context[match.end() - 2 :])
        for index, name in zip(run, names, strict=True):
            words = pairs(name) | shared
            out[index] = replace(
                out[index], near=words, loose=frozenset(_SAYS_NOTHING.sub("", name)) - _SINGLE_WORDS, before=name
            )
    return out
