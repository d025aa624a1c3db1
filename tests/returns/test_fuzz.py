"""Files damaged by chance: read or told, never a traceback, never for long."""

from __future__ import annotations

import time

import pytest

from tests.district import P, checked, founded, opened
from tests.returns.fuzzing import damaged, read, sources

FILES, SEED, SHARDS = 500, 20_230_831, 10


@pytest.mark.parametrize("shard", range(SHARDS))
def test_fuzz__every_file_is_read_or_told(shard):
    for seed in range(SEED + shard, SEED + FILES, SHARDS):
        name, content = damaged(seed)
        started = time.perf_counter()
        filled, findings = read(name, content)
        assert filled or findings, seed
        assert time.perf_counter() - started < 5, seed


def test_fuzz__most_of_the_damage_reaches_the_parsers():
    outcomes = [read(*damaged(seed)) for seed in range(SEED, SEED + 200)]
    read_all = sum(bool(filled) for filled, _findings in outcomes)
    codes = {finding.code.name for _filled, findings in outcomes for finding in findings}
    assert read_all > 40
    assert {"F01", "F10", "R05"} <= codes
    assert all(read(*source)[0] for source in sources())


def test_check__every_damaged_file_is_accounted_for(tmp_path, capsys):
    founded(tmp_path)
    inbox = tmp_path / "input" / P
    inbox.mkdir(parents=True)
    names = []
    for seed in range(SEED, SEED + 60):
        name, content = damaged(seed)
        names.append(f"{seed}{name}")
        (inbox / names[-1]).write_bytes(content)
    _status, answer = checked(tmp_path, capsys)
    told = {finding["file"].partition("/")[0] for finding in answer["findings"]}
    told |= {unit["file"].partition("/")[0] for unit in answer["units"]}
    told |= {unit["scan"] for unit in answer["units"]}
    used = {row[1].value for row in opened(tmp_path / "output" / P / "核查报告.xlsx")["采用的文件"].iter_rows()}
    assert set(names) - told - {str(name).partition("/")[0] for name in used} == set()
