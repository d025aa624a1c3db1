"""Units, marks and words that the sense checks look up without patterns."""

from __future__ import annotations

import pytest

from reportgen.core.sense import bearing
from reportgen.core.sense.context import read
from reportgen.core.sense.halfwidth import half_width_brackets, half_width_marks, half_width_stops
from reportgen.core.sense.meaning import Role
from reportgen.core.sense.units import measured_in, unit_at
from reportgen.core.sense.words import ends_in


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("千瓦时", "千瓦时"),
        ("千瓦机组", "千瓦"),
        ("台（套）设备", "台（套）"),
        ("km2内", "km2"),
        ("kmh", ""),
        ("处理", ""),
        ("处", "处"),
        ("微克/立方米", "微克/立方米"),
        ("吨/次日", "吨/次"),
        ("元/kg", "元"),
        ("村民", ""),
        ("", ""),
    ],
)
def test_unit_at__the_longest_that_can_stand(text: str, unit: str) -> None:
    assert unit_at(f"3{text}", 1) == unit


def test_measured_in__with_its_multiplier() -> None:
    assert [str(part) for part in measured_in("千瓦", "万")] == ["千瓦", "10000"]
    assert [str(part) for part in measured_in("吨/年", "百万")] == ["吨/年", "1000000"]


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("已完成,进展顺利", [","]),
        ("已完成 , 进展顺利", [" , "]),
        ("投资12,350万元", []),
        ("建成3处;“双招”有序", [";"]),
        ("完成5;（一）开工", [";"]),
        ("按时完成!\n", ["!\n"]),
        ("占8%,其余", [","]),
        ("8:30开工", []),
    ],
)
def test_half_width_marks__between_chinese(text: str, marks: list[str]) -> None:
    assert [text[start:end] for start, end in half_width_marks(text)] == marks


@pytest.mark.parametrize(
    ("text", "at"),
    [("已完成.正在验收.", [3, 8]), ("3.5公里", []), ("（一）.  ", [3]), ("见附表A.  ", []), ("完成《办法》. ", [6])],
)
def test_half_width_stops__at_the_end_of_a_sentence(text: str, at: list[int]) -> None:
    assert [start for start, _end in half_width_stops(text)] == at


def test_half_width_brackets__beside_chinese() -> None:
    text = "项目(二期)开工，5(a)，(含税)，f(x)"
    assert [text[start:end] for start, end in half_width_brackets(text)] == ["(二期)", "(含税)"]


def test_ends_in__with_one_tail_at_most() -> None:
    assert [ends_in(text, ("提高",), ("到", "了")) for text in ("再提高", "提高到", "提高到了", "到")] == [
        True, True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "word",
    [
        *bearing._SHORT_OF, *bearing._NOT_DONE, *bearing._PER, *bearing._LAST_YEAR, *bearing._BEFORE_NOW,
        *bearing._FORECAST, *bearing._STOCK,
    ],
)  # fmt: skip
def test_role_of__every_word_that_gives_one(word: str) -> None:
    (figure,) = read(f"{word}3座").figures
    assert figure.role is not Role.PLAIN
