"""Quantities read from official prose, and what stands around them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.core.sense.context import read
from reportgen.core.sense.figure import Figure
from reportgen.core.sense.meaning import Bound, Role, Scope
from reportgen.core.sense.numerals import number_of
from reportgen.core.sense.pieces import items, pieces
from reportgen.core.sense.quantities import halved, tokens
from reportgen.core.sense.token import Kind


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("6,800.5", "6800.5"),
        ("六千八百", "6800"),
        ("两千五", "2500"),
        ("一百零五", "105"),
        ("十二", "12"),
        ("二〇二三", "2023"),
        ("三点五", "3.5"),
        ("一亿二千万", "120000000"),
    ],
)
def test_number_of__numeral(text: str, number: str) -> None:
    assert number_of(text) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "low", "high", "dimension"),
    [
        ("5.5%以上", "5.5", "5.5", "%"),
        ("６８００户", "6800", "6800", "户"),
        ("11.7亿元", "1170000000", "1170000000", "元"),
        ("27000万元", "270000000", "270000000", "元"),
        ("2亿3000万元", "230000000", "230000000", "元"),
        ("950万", "9500000", "9500000", "?"),
        ("百分之六十", "60", "60", "%"),
        ("六成以上", "60", "60", "%"),
        ("3/4", "75", "75", "%"),
        ("四分之一", "25", "25", "%"),
        ("一半", "50", "50", "%"),
        ("十余家", "10", "10", "家"),
        ("6800多万元", "68000000", "68000000", "元"),
        ("十余万人", "100000", "100000", "人"),
        ("八百万元", "8000000", "8000000", "元"),
        ("2-3家", "2", "3", "家"),
        ("5%-6%", "5", "6", "%"),
        ("1.2平方公里", "1800", "1800", "亩"),
        ("30公顷", "450", "450", "亩"),
        ("2000平方米", "3", "3", "亩"),
        ("3千米", "3000", "3000", "米"),
        ("60兆瓦", "60000", "60000", "千瓦"),
        ("5.2万千瓦", "52000", "52000", "千瓦"),
        ("增长-8.7%", "-8.7", "-8.7", "%"),
        ("3个工作日", "3", "3", "工作日"),
        ("4个月", "4", "4", "月"),
        ("正负零", "0", "0", "层"),
        ("综合指数4.62", "4.62", "4.62", ""),
    ],
)
def test_tokens__amount(text: str, low: str, high: str, dimension: str) -> None:
    (token,) = tokens(halved(text))
    assert (token.kind, token.low, token.high, token.dimension) == (Kind.AMOUNT, Decimal(low), Decimal(high), dimension)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("5—12号楼", Kind.NAME),
        ("1、2、4号楼", Kind.NAME),
        ("1#2#3#加工中心", Kind.NAME),
        ("5G基站", Kind.NAME),
        ("4.5级", Kind.NAME),
        ("二期项目", Kind.NAME),
        ("“三提三争”", Kind.NAME),
        ("《2023年行动》", Kind.NAME),
        ("广场2009", Kind.NAME),
        ("1-7月份", Kind.DATE),
        ("2023年", Kind.DATE),
        ("2023年8月25日", Kind.DATE),
        ("8月底", Kind.DATE),
        ("三季度", Kind.DATE),
        ("第3期", Kind.ORDINAL),
        ("第三批", Kind.ORDINAL),
        ("前3名", Kind.ORDINAL),
    ],
)
def test_tokens__no_amount(text: str, kind: Kind) -> None:
    assert [token.kind for token in tokens(halved(text))] == [kind]


@pytest.mark.parametrize(
    "text", ["进一步", "一批企业", "百日攻坚", "三年行动", "统一部署", "国Ⅲ车", "一次性", "千企联万村"]
)
def test_tokens__words_are_no_figures(text: str) -> None:
    assert tokens(text) == ()


def only(text: str) -> Figure:
    (figure,) = read(text).figures
    return figure


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("不少于4场", Bound.AT_LEAST),
        ("达到98%以上", Bound.AT_LEAST),
        ("不超过9%", Bound.AT_MOST),
        ("控制在42微克/立方米以内", Bound.AT_MOST),
        ("压缩至3个工作日", Bound.AT_MOST),
        ("增长6%左右", Bound.ABOUT),
        ("处置约2万吨", Bound.ABOUT),
        ("已签约386户", Bound.EXACT),
        ("不足70辆", Bound.NOT_REACHED),
        ("十余家", Bound.AT_LEAST),
    ],
)
def test_read__bound(text: str, bound: Bound) -> None:
    assert only(text).bound is bound


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("建成17座", Role.PLAIN),
        ("距目标还差3座", Role.SHORTFALL),
        ("剩余44户", Role.SHORTFALL),
        ("较上月增加12人", Role.DIFFERENCE),
        ("较7月底增加1383人", Role.DIFFERENCE),
        ("去年同期105吨", Role.BASE),
        ("计划分配120套", Role.PLAN),
        ("编制招生计划的学校12所", Role.PLAIN),
        ("预计完成4600万元", Role.FORECAST),
        ("每户500元", Role.PER),
        ("在甲乙两镇各组织1场", Role.PER),
        ("贷款余额41亿元", Role.STOCK),
        ("推进100万吨乙烯项目", Role.CONDITION),
        ("服务60岁以上老人", Role.CONDITION),
    ],
)
def test_read__role(text: str, role: Role) -> None:
    assert only(text).role is role


def test_read__condition_belongs_to_the_count() -> None:
    money, count = read("收入20万元以上村达到100个。").figures
    assert (money.role, count.role, count.condition) == (Role.CONDITION, Role.PLAIN, "2E+5元")
    assert count.quote == "20万元以上村达到100个"


def test_read__scope_carries_within_a_sentence() -> None:
    figures = read("当月引进项目5个，到位资金7亿元。1-8月引进项目37个，其中8月份工业项目2个。").figures
    assert [f.scope for f in figures] == [Scope.OWN, Scope.OWN, Scope.TOTAL, Scope.OWN]


@pytest.mark.parametrize(
    ("text", "is_change", "sign"),
    [
        ("固定资产投资增长10%", True, 1),
        ("固定资产投资同比下降8.7%", True, -1),
        ("增速为-1.5%", True, -1),
        ("投资完成率70%", False, 0),
        ("占比提高到2.87%", False, 0),
        ("完成工程量的75%", False, 0),
    ],
)
def test_read__direction(text: str, is_change: bool, sign: int) -> None:
    figure = only(text)
    assert (figure.is_change, figure.sign) == (is_change, sign)


def test_read__shared_out_by_respectively() -> None:
    first, second = read("个人、单位充电设施分别新增90个、30个。").figures
    assert ("个人" in first.near, "个人" in second.near, "单位" in second.near) == (True, False, True)


def test_pieces__labels_and_numbers() -> None:
    found = pieces("管网：1.铺设3.5公里。2.回填。厂区：8处完工。")
    assert [(p.label, p.number, p.text) for p in found] == [
        ("管网", 1, "铺设3.5公里。"),
        ("管网", 2, "回填。"),
        ("厂区", 0, "8处完工。"),
    ]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1.编制。2.培训。", [1, 2]),
        ("投资1.2亿元。建成3.5公里。", []),
        ("1.2024年下达。2.10家进场。", [1, 2]),
        ("1.5G基站建成。2.3处完工。", [1, 2]),
        ("一是编制；二是培训。", [1, 2]),
        ("1、2、4号楼竣工。", []),
        ("①编制。②培训。", [1, 2]),
    ],
)
def test_items__numbers(text: str, numbers: list[int]) -> None:
    assert [item.number for item in items(text)] == numbers


WORDS = (
    "完成 累计 其中 占 率 较 去年同期 增长 下降 ， 。 ； ： 、 （ ） “ ” 1 2 0 3.5 99 一 十 百 千 万 亿 "
    "两 点 分之 第 前 名 期 % 个 家 户 亩 元 亿元 月 日 年 号 # - — / 剩余 已 共 以上 以下 各 分别 "
    "合计 的 由 到 余 成 半 正负零 1. ① 一是 级 G kW 99999999999999999999999999"
)
PIECES = st.sampled_from(WORDS.split())


@given(st.lists(PIECES, max_size=25).map("".join))
def test_tokens__stand_in_order_within_the_text(text: str) -> None:
    end = 0
    for token in tokens(halved(text)):
        assert end <= token.start < token.end <= len(text)
        end = token.end
