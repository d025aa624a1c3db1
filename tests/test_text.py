from __future__ import annotations

import pytest

from reportgen.core.text import file_name, file_names


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
