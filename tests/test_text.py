from __future__ import annotations

import pytest

from reportgen.core.text import chinese_number, file_name, file_names


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("区发改局", "区发改局"),
        ("市场监管局/知识产权局", "市场监管局／知识产权局"),
        ('a<b>c:d"e\\f|g?h*i', "a＜b＞c：d”e＼f｜g？h＊i"),
        ("区住建局\n（人防办）", "区住建局 （人防办）"),
        ("区水利局. . ", "区水利局"),
        ("..\\..\\区水利局", "＼..＼区水利局"),
        ("~$区水利局", "区水利局"),
        ("区\x00水\x1f利局", "区水利局"),
        ("CON", "CON_"),
        ("com1.xlsx", "com1.xlsx_"),
        ("lpt²", "lpt²_"),
        ("CONTACT", "CONTACT"),
        ("...", "_"),
        ("", "_"),
        ("长" * 80, "长" * 60),
    ],
)
def test_file_name__what_systems_accept(name: str, expected: str) -> None:
    assert file_name(name) == expected


def test_file_names__all_different_even_without_case() -> None:
    assert file_names(["a/b", "A/B", "a／b", "区水利局"]) == {
        "a/b": "a／b",
        "A/B": "A／B（2）",
        "a／b": "a／b（3）",
        "区水利局": "区水利局",
    }


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0, "〇"),
        (1, "一"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (99, "九十九"),
        (100, "一百"),
        (105, "一百零五"),
        (110, "一百一十"),
        (2000, "二千"),
        (2005, "二千零五"),
        (2050, "二千零五十"),
    ],
)
def test_chinese_number__as_headings_count(number: int, expected: str) -> None:
    assert chinese_number(number) == expected
