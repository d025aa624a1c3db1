"""A period in one zip: whole, checked file by file, built again; tricks and damage found."""

from __future__ import annotations

import io
import json
import shutil
import stat
import zipfile
from pathlib import Path

import openpyxl
import pytest

from reportgen.core.archive import INDEX, Entry, Index, index_content, parse_index, unfit_names
from reportgen.core.findings import CannotRun
from reportgen.core.period import Period
from reportgen.readers.archive import unpack_archive
from reportgen.writers.replace import STAGING, digest, parts_of, zipped
from tests.filling import edit_workbook, reportgen
from tests.kept import made
from tests.office_rules import printed
from tests.year import AUGUST, SEPTEMBER, built_month, demo, notice

ZIP = Path("output") / "存档"


@pytest.fixture(scope="module")
def played(year, tmp_path_factory) -> Path:
    """Return three months with September built for the leaders too, and archived."""
    folder = shutil.copytree(year, tmp_path_factory.mktemp("存档") / "区")
    (folder / "input" / SEPTEMBER / "作废").mkdir()
    (folder / "input" / SEPTEMBER / "作废" / "旧表.xlsx").write_bytes(b"old")
    (folder / "input" / SEPTEMBER / "盖章件.pdf").write_bytes(b"%PDF")
    (folder / "input" / SEPTEMBER / "~$区财政局.xlsx").write_bytes(b"lock")
    assert reportgen(folder, "build", SEPTEMBER, "--leaders") == 0
    assert reportgen(folder, "archive", SEPTEMBER) == 0
    return folder


@pytest.fixture(scope="module")
def packed(played) -> dict[str, bytes]:
    return parts_of((played / ZIP / f"{SEPTEMBER}.zip").read_bytes())


@pytest.fixture
def small() -> dict[str, bytes]:
    """Return the archive of a district of four units."""
    return parts_of(made(archive)[f"{ZIP.as_posix()}/{AUGUST}.zip"])


def archive(folder: Path) -> None:
    assert reportgen(printed(folder), "archive", AUGUST) == 0


def verified(tmp_path, capsys, parts, content=None) -> tuple[int, str]:
    """Return exit status and words of `verify` for an archive of `parts`."""
    path = tmp_path / "存档包.zip"
    path.write_bytes(zipped(parts) if content is None else content)
    capsys.readouterr()
    status = reportgen(tmp_path, "verify", str(path))
    shown = capsys.readouterr()
    return status, shown.out + shown.err


def listed(parts) -> dict[str, bytes]:
    """Return parts with an index made anew, as one who changes both would."""
    old = parse_index(parts[INDEX])
    files = {name: content for name, content in parts.items() if name != INDEX}
    entries = tuple(Entry(name, digest(content), len(content)) for name, content in files.items())
    return {INDEX: index_content(Index(old.version, old.period, old.title, entries)), **files}


def test_archive__holds_all_that_the_period_was_made_from_and_all_that_was_made(played, packed):
    names = set(packed)
    for folder in (f"input/{SEPTEMBER}", f"output/{SEPTEMBER}", "templates"):
        files = {p.relative_to(played).as_posix() for p in (played / folder).rglob("*") if p.is_file()}
        assert {name for name in names if name.startswith(f"{folder}/")} == {n for n in files if "~$" not in n}
    assert {"config/reportgen.yaml", "config/ledger-2023.xlsx", "input/2023-08/审定.xlsx"} <= names
    assert {"output/2023-07/manifest.json", "output/2023-08/manifest.json", INDEX} <= names
    index = parse_index(packed[INDEX])
    assert index.period == Period.parse(SEPTEMBER)
    assert {e.name: (e.sha256, e.size) for e in index.entries} == {
        name: (digest(content), len(content)) for name, content in packed.items() if name != INDEX
    }


def test_archive__same_content_same_bytes_and_none_is_overwritten(played, tmp_path, capsys):
    folder = shutil.copytree(played, tmp_path / "区")
    first = (folder / ZIP / f"{SEPTEMBER}.zip").read_bytes()
    assert reportgen(folder, "archive", SEPTEMBER) == 0
    assert f"指纹（SHA-256）：{digest(first)}" in capsys.readouterr().out
    assert [path.name for path in (folder / ZIP).iterdir()] == [f"{SEPTEMBER}.zip"]
    (folder / "input" / SEPTEMBER / "盖章件2.pdf").write_bytes(b"%PDF")
    assert reportgen(folder, "archive", SEPTEMBER) == 0
    assert (folder / ZIP / f"{SEPTEMBER}.zip").read_bytes() == first
    assert (folder / ZIP / f"{SEPTEMBER}（2）.zip").read_bytes() != first


def test_verify__an_archive_is_whole_and_gives_the_same_bytes_again(played, packed, tmp_path, capsys):
    status, shown = verified(tmp_path, capsys, packed)
    assert status == 0
    outputs = [e["file"] for e in json.loads(packed[f"output/{SEPTEMBER}/manifest.json"])["outputs"]]
    assert len(outputs) == 3 + 14
    assert [shown.split(name)[1].split()[0] for name in outputs] == ["逐字节相同"] * len(outputs)
    assert f"{len(packed) - 1} 个文件的指纹都相符，没有多，没有少。" in shown
    assert [path.name for path in tmp_path.iterdir()] == ["存档包.zip"]


def test_verify__another_version_of_the_program_is_compared_cell_by_cell(small, tmp_path, capsys):
    """An older program would have written other bytes: here a workbook saved anew, and an older manifest."""
    name = f"output/{AUGUST}/{notice(Path(), AUGUST).name}"
    book = openpyxl.load_workbook(io.BytesIO(small[name]))
    saved = io.BytesIO()
    book.save(saved)
    manifest = json.loads(small[f"output/{AUGUST}/manifest.json"])
    manifest["reportgen"] = "0.0.1"
    old = {**small, name: saved.getvalue(), f"output/{AUGUST}/manifest.json": json.dumps(manifest).encode()}
    status, shown = verified(tmp_path, capsys, listed(old))
    assert status == 0, shown
    assert shown.split(notice(Path(), AUGUST).name)[1].split()[0] == "内容相同，字节不同"
    book.worksheets[0]["D5"].value = "完成。另写的。"
    saved = io.BytesIO()
    book.save(saved)
    status, shown = verified(tmp_path, capsys, listed({**old, name: saved.getvalue()}))
    assert status == 1
    assert "“通报表” D5存档为“完成。另写的。”，重新生成为“" in shown


@pytest.mark.parametrize("part", [0, 7, -1])
def test_verify__a_flipped_byte_is_found(small, tmp_path, capsys, part):
    name = [name for name in small if name != INDEX][part]
    content = bytearray(zipped(small))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        info = archive.getinfo(name)
    start = info.header_offset + 30 + len(name.encode()) + info.compress_size // 2
    content[start] ^= 0x10
    status, shown = verified(tmp_path, capsys, {}, bytes(content))
    assert status == 1
    assert f"“{name}”与目录里的指纹不同，已损坏或被改动" in shown
    assert "逐字节相同" not in shown


def test_verify__no_flipped_byte_anywhere_changes_content_unseen(tmp_path, small):
    small = listed({INDEX: small[INDEX], "config/reportgen.yaml": b"office: x\n" * 9})
    content = zipped(small)
    for position in range(len(content)):
        changed = bytearray(content)
        changed[position] ^= 0xFF
        path = tmp_path / "a.zip"
        path.write_bytes(changed)
        target = tmp_path / "out"
        shutil.rmtree(target, ignore_errors=True)
        try:
            _index, findings = unpack_archive(path, target)
        except CannotRun:
            continue
        whole = {p.relative_to(target).as_posix(): p.read_bytes() for p in target.rglob("*") if p.is_file()}
        assert findings or whole == {"config/reportgen.yaml": small["config/reportgen.yaml"]}, position


def test_verify__what_is_missing_or_added_is_told(small, tmp_path, capsys):
    parts = {name: content for name, content in small.items() if name != "config/ledger-2023.xlsx"}
    status, shown = verified(tmp_path, capsys, {**parts, "input/2023-08/多.xlsx": b"1"})
    assert status == 1
    assert "“input/2023-08/多.xlsx”不在目录里，是后来加的" in shown
    assert "“config/ledger-2023.xlsx”缺失" in shown


def test_verify__index_and_content_changed_together_do_not_give_the_notice(small, tmp_path, capsys):
    settings = small["config/reportgen.yaml"].replace("完成情况通报表'".encode(), "进展情况通报表'".encode())
    status, shown = verified(tmp_path, capsys, listed({**small, "config/reportgen.yaml": settings}))
    assert status == 1
    assert "完成情况通报表.docx”与存档中的不同：没有生成" in shown
    gone = {name: content for name, content in small.items() if not name.endswith("区财政局.xlsx")}
    status, shown = verified(tmp_path, capsys, listed(gone))
    assert status == 1
    assert "按存档重新生成时没有做完：还有 1 个错误没有处理。" in shown


@pytest.mark.parametrize(
    "name",
    ["../../外面.txt", "/外面.txt", "output\\..\\外面.txt", "C:外面.txt", "output/./a", f"output/2023-08/{STAGING}/a"],
)
def test_verify__names_that_lead_elsewhere_write_nothing(small, tmp_path, capsys, name):
    status, shown = verified(tmp_path, capsys, listed({**small, name: b"x"}))
    assert status == 1
    assert f"“{name}”名称不能用" in shown
    assert not list(tmp_path.parent.glob("**/外面.txt"))


def test_verify__a_manifest_that_names_files_elsewhere_touches_none(small, tmp_path, capsys):
    victim = tmp_path / "外面.txt"
    victim.write_bytes(b"mine")
    manifest = json.loads(small[f"output/{AUGUST}/manifest.json"])
    manifest["outputs"].append({"file": str(victim), "sha256": ""})
    changed = {**small, f"output/{AUGUST}/manifest.json": json.dumps(manifest).encode()}
    status, shown = verified(tmp_path, capsys, listed(changed))
    assert status == 1
    assert "没有做完：存档里没有" in shown
    assert victim.read_bytes() == b"mine"


def test_verify__links_are_files_and_bombs_are_refused(small, tmp_path, capsys):
    buffer = io.BytesIO(zipped(small))
    with zipfile.ZipFile(buffer, "a") as archive:
        link = zipfile.ZipInfo("input/2023-08/链接.xlsx")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    status, shown = verified(tmp_path, capsys, {}, buffer.getvalue())
    assert (status, "链接.xlsx”不在目录里" in shown) == (1, True)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(INDEX, small[INDEX])
        with archive.open("input/2023-08/大.xlsx", "w") as entry:
            for _ in range(510):
                entry.write(bytes(1 << 20))
    status, shown = verified(tmp_path, capsys, {}, buffer.getvalue())
    assert (status, "不是存档包：解压后超过 500 MB" in shown) == (2, True)


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "已损坏，或不是 .zip 文件"), (b"PK\x03\x04", "已损坏"), (zipped({"a": b""}), f"里面没有“{INDEX}”")],
)
def test_verify__what_is_no_archive(tmp_path, capsys, content, told):
    status, shown = verified(tmp_path, capsys, {}, content)
    assert (status, told in shown) == (2, True)
    assert verified(tmp_path, capsys, {INDEX: b"[]"})[0] == 2
    assert verified(tmp_path, capsys, {INDEX: b'{"files": [], "period": "x"}'})[0] == 2
    assert reportgen(tmp_path, "verify", "没有.zip") == 2


def test_archive__only_what_can_be_built_again(tmp_path, capsys):
    folder = demo(tmp_path)
    assert reportgen(folder, "archive", AUGUST) == 2
    assert "8月份还没有写出正式的通报表" in capsys.readouterr().err
    built_month(folder)
    edit_workbook(notice(folder, AUGUST), lambda book: None)
    (folder / "input" / AUGUST / "区财政局.xlsx").rename(folder / "input" / AUGUST / "财政.xlsx")
    (folder / "templates" / "notice.docx").write_bytes(b"")
    capsys.readouterr()
    assert reportgen(folder, "archive", AUGUST) == 2
    told = capsys.readouterr().err
    assert f"写出的“output/{AUGUST}/{notice(folder, AUGUST).name}”有改动" in told
    for words in ("区财政局.xlsx”不在了", "财政.xlsx”是新增的", "templates/notice.docx”有改动"):
        assert words in told
    assert not (folder / ZIP).exists()


def test_archive__a_name_that_not_every_system_can_unpack_is_told(tmp_path, capsys):
    folder = demo(tmp_path)
    (folder / "input" / AUGUST / "区:财.pdf").write_bytes(b"")
    assert reportgen(folder, "build", AUGUST) == 0
    capsys.readouterr()
    assert reportgen(folder, "archive", AUGUST) == 2
    assert "“input/2023-08/区:财.pdf”不能存档：名称不能用" in capsys.readouterr().err


def test_unfit_names__one_with_another_where_case_does_not_count():
    assert list(unfit_names(["a/B.xlsx", "A/b.xlsx", "a/c.xlsx"])) == ["A/b.xlsx"]
