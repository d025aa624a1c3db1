"""What lies in input/: archives, scans, links; every file is accounted for, and none is changed."""

from __future__ import annotations

import io
import json
import os
import stat
import zipfile
from hashlib import sha256

import pytest

from reportgen.cli import program
from reportgen.commands.reading import read_file
from reportgen.core.limits import MAX_ARCHIVE_BYTES, MAX_ARCHIVE_DEPTH, MAX_ARCHIVE_FILES
from reportgen.readers.archives import is_archive, unpack
from reportgen.writers.replace import zipped
from tests.district import UNITS, P, checked, founded, send, told
from tests.filling import reportgen
from tests.office_rules import TITLE, answered, retype, rows_of
from tests.returns.making import context, filled_form

HYDRO, FINANCE = "区水利局", "区财政局"


class _RawName(zipfile.ZipInfo):
    """An entry whose name is written as the bytes it holds, without the mark of UTF-8."""

    def _encodeFilenameFlags(self):  # noqa: N802
        return self.raw, self.flag_bits & ~0x800


def packed(*files, encoding="gbk", mode=0):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name, content in files:
            entry = _RawName(name)
            entry.raw = name.encode(encoding)
            entry.external_attr = mode << 16
            made.writestr(entry, content)
    return buffer.getvalue()


def taken(content):
    unpacked = unpack(content, "报送.zip")
    return list(unpacked.files), [(f.code.name, f.place.file) for f in unpacked.findings]


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_unpack__names_in_the_encoding_of_their_makers(encoding):
    content = packed(("八月/水利局.xlsx", b"a"), ("财政局.xls", b"b"), encoding=encoding)
    assert taken(content) == (["报送.zip/八月/水利局.xlsx", "报送.zip/财政局.xls"], [])


def test_unpack__archives_in_archives_to_a_depth():
    content = b"x"
    for depth in range(MAX_ARCHIVE_DEPTH + 1):
        content = packed((f"{depth}.xlsx", b"a"), (f"包{depth}.zip", content)) if depth else packed(("0.xlsx", b"a"))
    files, findings = taken(content)
    assert files == ["报送.zip/3.xlsx", "报送.zip/包3.zip/2.xlsx", "报送.zip/包3.zip/包2.zip/1.xlsx"]
    assert findings == [("F04", "报送.zip/包3.zip/包2.zip/包1.zip")]


def test_unpack__an_archive_in_itself_for_ever_ends():
    content = packed(("a.xlsx", b"a"))
    for _ in range(40):
        content = packed(("下.zip", content))
    assert taken(content) == ([], [("F04", "报送.zip/下.zip/下.zip/下.zip")])


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("../../etc/水利局.xlsx", "报送.zip/etc/水利局.xlsx"),
        ("/etc/水利局.xlsx", "报送.zip/etc/水利局.xlsx"),
        ("C:\\Windows\\水利局.xlsx", "报送.zip/Windows/水利局.xlsx"),
        ("..\\水利局.xlsx", "报送.zip/水利局.xlsx"),
    ],
)
def test_unpack__a_path_that_leads_out_leads_nowhere_and_is_told(name, path):
    assert taken(packed((name, b"a"))) == ([path], [("F18", "报送.zip")])


def test_unpack__a_link_is_told_and_not_followed():
    assert taken(packed(("水利局.xlsx", b"/etc/passwd"), mode=stat.S_IFLNK | 0o777)) == ([], [("F18", "报送.zip")])


def test_unpack__what_systems_leave_and_what_is_void_is_passed_over():
    names = ("__MACOSX/._a.xlsx", ".DS_Store", "~$a.xlsx", "Thumbs.db", "作废/旧.xlsx", "夹/", "a.xlsx")
    assert taken(packed(*((name, b"a") for name in names))) == (["报送.zip/a.xlsx"], [])


def test_unpack__two_files_of_one_name_both_come():
    with pytest.warns(UserWarning, match="Duplicate name"):
        content = packed(("a.xlsx", b"1"), ("a.xlsx", b"2"))
    assert taken(content)[0] == ["报送.zip/a.xlsx", "报送.zip/a.xlsx（重名）"]


def test_unpack__too_many_files():
    files, findings = taken(packed(*((f"{n}.csv", b"") for n in range(MAX_ARCHIVE_FILES + 5))))
    assert (len(files), findings) == (MAX_ARCHIVE_FILES, [("F04", "报送.zip")])


def test_unpack__too_many_bytes_in_all():
    buffer = io.BytesIO()
    part = bytes(MAX_ARCHIVE_BYTES // 3)
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        for number in range(5):
            made.writestr(f"{number}.xlsx", part)
    files, findings = taken(buffer.getvalue())
    assert (len(files), findings) == (3, [("F04", "报送.zip")])


def test_unpack__a_member_with_a_password_and_a_damaged_one():
    content = bytearray(packed(("a.xlsx", b"a"), ("b.xlsx", b"bbbbbbbb"), ("c.xlsx", b"c")))
    first = content.find(b"PK\x01\x02")
    content[first + 8] |= 1
    content[content.find(b"bbbbbbbb")] ^= 1
    files, findings = taken(bytes(content))
    assert (files, findings) == (["报送.zip/c.xlsx"], [("F03", "报送.zip/a.xlsx"), ("F01", "报送.zip/b.xlsx")])


def test_is_archive__not_the_package_of_an_office_program(tmp_path):
    founded(tmp_path)
    assert not is_archive(send(tmp_path, HYDRO).read_bytes())
    for name in ("xl/workbook.bin", "word/document.xml", "[Content_Types].xml"):
        assert not is_archive(packed((name, b"")))
    for name in ("a.xlsx", "xl/水利局.xlsx", "word/水利局.docx", "报表/xl/workbook.xml"):  # folders of a unit's own
        assert is_archive(packed((name, b"")))
    assert not is_archive(packed(("a.xlsx", b""))[:40])


# in a workspace


@pytest.fixture
def folder(tmp_path):
    return answered(tmp_path, HYDRO)


def test_check__returns_in_an_archive_count_and_are_named_by_their_way(folder, capsys):
    one = send(folder, HYDRO, lambda book: book["报送表"].__setitem__("F6", None))
    (folder / "input" / P / "各局.zip").write_bytes(packed(("八月/水利.xlsx", one.read_bytes()), ("坏.xlsx", b"x")))
    one.unlink()
    _status, answer = checked(folder, capsys)
    assert [(f["code"], f["file"], f["cell"]) for f in answer["findings"]] == [
        ("V01", "各局.zip/八月/水利.xlsx", "F6"),
        ("F02", "各局.zip/坏.xlsx", ""),
    ]
    assert {u["unit"]: u["file"] for u in answer["units"]}[HYDRO] == "各局.zip/八月/水利.xlsx"
    assert (folder / "output" / P / "退回" / f"{HYDRO}.xlsx").exists()


def test_check__an_empty_archive_and_one_cut_off(folder, capsys):
    send(folder, HYDRO)
    inbox = folder / "input" / P
    (inbox / "空.zip").write_bytes(packed())
    (inbox / "断.zip").write_bytes(packed(("a.xlsx", b"a" * 100))[:60])
    _status, answer = checked(folder, capsys)
    assert [(f["code"], f["file"]) for f in answer["findings"]] == [("F01", "断.zip"), ("F14", "空.zip")]


def test_check__scans_belong_to_the_unit_in_their_name(folder, capsys):
    send(folder, HYDRO)
    inbox = folder / "input" / P
    (inbox / f"{HYDRO}盖章.pdf").write_bytes(b"%PDF-1.4")
    (inbox / FINANCE).mkdir()
    (inbox / FINANCE / "扫描件001.jpg").write_bytes(b"\xff\xd8\xff")
    (inbox / f"{UNITS[2]}.xlsx").rename(inbox / "报表.pdf")  # a return, whatever its name says
    (inbox / f"{UNITS[2]}.xlsx").write_bytes(b"%PDF-1.7 signed")
    (inbox / "IMG_0001.png").write_bytes(b"\x89PNG")
    _status, answer = checked(folder, capsys)
    assert [(f["code"], f["severity"], f["file"]) for f in answer["findings"]] == [("F15", "note", "IMG_0001.png")]
    scans = {u["unit"]: (u["file"], u["scan"]) for u in answer["units"]}
    assert scans[HYDRO] == (f"{HYDRO}.xlsx", f"{HYDRO}盖章.pdf")
    assert scans[FINANCE] == (f"{FINANCE}.xlsx", f"{FINANCE}/扫描件001.jpg")
    assert scans[UNITS[2]] == ("报表.pdf", f"{UNITS[2]}.xlsx")
    assert reportgen(folder, "status", P) == 0
    assert f"{FINANCE}/扫描件001.jpg" in capsys.readouterr().out


SCANS = {
    "pdf": b"%PDF-1.4",
    "ofd": zipped({"OFD.xml": b"<ofd/>", "Doc_0/Document.xml": b"<d/>"}),
    "jpg": b"\xff\xd8\xff\xe0",
    "png": b"\x89PNG\r\n",
    "tif": b"II*\0",
    "gif": b"GIF89a",
    "bmp": b"BM\x36\x10\0\0\0\0\0\0\x36",
    "webp": b"RIFF\x10\x20\0\0WEBPVP8 ",
    "heic": b"\0\0\0\x18ftypheic\0\0",
    "heif": b"\0\0\0\x18ftypmif1\0\0",
}


@pytest.mark.parametrize("kind", SCANS)
def test_read_file__a_scan_by_its_content_or_its_name(kind):
    for name, content in ((f"{HYDRO}.xlsx", SCANS[kind]), (f"{HYDRO}.{kind}", SCANS[kind]), (f"{HYDRO}.{kind}", b"?")):
        (read,) = read_file(name, content, context())
        assert (read.scan_of, read.filled, read.findings) == (HYDRO, None, ()), (name, content)
        _archive, read = read_file("包.zip", packed((name, content)), context())
        assert (read.name, read.scan_of, read.findings) == (f"包.zip/{name}", HYDRO, ()), (name, content)


def test_read_file__a_return_is_one_whatever_its_name():
    for name in ("盖章.pdf", "IMG_0001.jpg"):
        (read,) = read_file(name, filled_form(), context())
        _archive, member = read_file("包.zip", packed((name, filled_form())), context())
        assert (read.filled.unit, member.filled.unit) == (HYDRO, HYDRO)


def test_check__scans_that_the_settings_require(folder, capsys):
    send(folder, HYDRO)
    (folder / "input" / P / f"{HYDRO}.pdf").write_bytes(b"%PDF-1.4")
    config = folder / "config" / "reportgen.yaml"
    text = config.read_text(encoding="utf-8")
    assert "require_scan: false" in text
    config.write_text(text.replace("require_scan: false", "require_scan: true"), encoding="utf-8")
    status, answer = checked(folder, capsys)
    assert status == 0
    assert [(f["code"], f["unit"]) for f in answer["findings"]] == [("F17", unit) for unit in sorted(UNITS[1:])]


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links here")
def test_check__links_out_of_the_folder_are_told_and_not_followed(folder, capsys, tmp_path_factory):
    outside = tmp_path_factory.mktemp("别处")
    one = send(folder, HYDRO)
    inbox = folder / "input" / P
    (outside / "a.xlsx").write_bytes(one.read_bytes())
    (inbox / "里面.xlsx").symlink_to(one)
    (inbox / "外面.xlsx").symlink_to(outside / "a.xlsx")
    (inbox / "外面").symlink_to(outside, target_is_directory=True)
    (inbox / "圈.xlsx").symlink_to(inbox / "圈.xlsx")
    _status, answer = checked(folder, capsys)
    assert sorted((f["code"], f["file"]) for f in answer["findings"]) == [
        ("F08", f"{HYDRO}.xlsx"),
        ("F18", "圈.xlsx"),
        ("F18", "外面"),
        ("F18", "外面.xlsx"),
    ]


def test_check__several_returns_of_a_unit_and_what_differs(folder, capsys):
    send(folder, HYDRO)
    send(folder, HYDRO, lambda book: book["报送表"].__setitem__("F8", "因雨季停工，完成8公里。"), name="水利局改.xlsx")

    def dated(book):
        sheet = book["报送表"]
        label = next(c for row in sheet.iter_rows(max_row=4) for c in row if c.value == "填报日期")
        sheet.cell(label.row, label.column + 1).value = "2023年9月1日"

    send(folder, HYDRO, dated, name="水利局再改.xlsx")
    _status, answer = checked(folder, capsys)
    messages = [f["message"] for f in answer["findings"] if f["code"] == "F08"]
    assert [("，不同的是第3项" in message) for message in messages] == [False, True]
    assert told(answer) == [("F08", ""), ("F08", "")]


def every_command(folder):
    """Return words of each command, in an order in which each has something to do."""
    notice = f"output/{P}/{TITLE}.docx"
    yield from ((), ("forms", P), ("forms", P, "--unit", HYDRO), ("status", P), ("status", P, "--json"))
    yield from (("check", P), ("check", P, "--json"), ("review", P), ("build", P, "--draft"), ("build", P))
    yield from (("proof", P), ("explain", P, "1"), ("trend", P), ("trend", P, "--units"), ("build", P, "--leaders"))
    yield ("adopt", P, notice, "--yes")
    yield from (("review", P), ("check", P), ("build", P), ("archive", P), ("verify", f"output/存档/{P}.zip"))
    yield from (
        ("init", str(folder / "别处")),
        ("init", str(folder / "明年"), "--from", str(folder)),
        ("build", "2023-09"),
    )


def test_every_command__leaves_the_input_bit_for_bit_as_it_was(folder, alone):
    one = send(folder, HYDRO, lambda book: book["报送表"].__setitem__("F6", " 　已改造管网13公里。"))
    inbox = folder / "input" / P
    (inbox / "包.zip").write_bytes(packed(("a.xls", b"x"), ("b.xlsx", one.read_bytes())))
    (inbox / "c.csv").write_bytes("序号,完成状态,完成情况\n".encode("gbk"))
    (inbox / f"{HYDRO}.pdf").write_bytes(b"%PDF")
    (inbox / "作废").mkdir()
    for name in ("作废/旧.xlsx", "~$水利.xlsx", ".DS_Store", "Thumbs.db"):
        (inbox / name).write_bytes(b"x")
    ran = set()
    before = state(inbox)
    for words in every_command(folder):
        if words[:1] == ("adopt",):
            retype(folder / words[2], _1="完成。已改造管网14公里。")
        if words == ("build", P, "--draft"):  # what cannot be read would stop the rest
            for name in ("包.zip", "c.csv"):
                (inbox / name).rename(inbox / "作废" / name)
            before = state(inbox)
        reportgen(folder, *words)
        assert state(inbox) == before, words
        ran |= set(words[:1])
    assert ran == set(program.commands)
    assert (folder / "output" / "存档" / f"{P}.zip").exists()
    assert rows_of(folder)[1, ""]["审定完成情况"] == "已改造管网14公里。"


def state(inbox):
    """Return content and time of every file below input/P/ but the two that the program keeps there."""
    own = (inbox / "审定.xlsx", inbox / "收件登记.xlsx")
    paths = [path for path in inbox.rglob("*") if path not in own]
    return {p: (sha256(p.read_bytes()).hexdigest(), p.stat().st_mtime_ns) if p.is_file() else None for p in paths}


def test_build__the_manifest_records_files_and_the_archive_of_the_period_is_whole(folder, capsys):
    inbox = folder / "input" / P
    one = send(folder, HYDRO)
    (inbox / "包.zip").write_bytes(packed(("水利.xlsx", one.read_bytes())))
    one.unlink()
    (inbox / f"{HYDRO}.pdf").write_bytes(b"%PDF")
    (inbox / f"{UNITS[2]}.xlsx").rename(inbox / "报表.jpg")
    (inbox / f"{FINANCE}盖章.dat").write_bytes(b"%PDF")
    assert reportgen(folder, "build", P) == 0
    manifest = json.loads((folder / "output" / P / "manifest.json").read_text(encoding="utf-8"))
    read = {entry["file"] for entry in manifest["inputs"] if entry["file"].startswith(f"input/{P}/")}
    assert {f"input/{P}/包.zip", f"input/{P}/{FINANCE}盖章.dat", f"input/{P}/{FINANCE}.xlsx"} <= read
    assert f"input/{P}/报表.jpg" in read  # a return, whatever its name says
    assert not {f"input/{P}/{HYDRO}.pdf", f"input/{P}/包.zip/水利.xlsx"} & read
    assert {"包.zip/水利.xlsx"} <= {entry["file"] for entry in manifest["returns"] if entry["used"]}
    capsys.readouterr()
    assert reportgen(folder, "archive", P) == 0
    assert "新增" not in capsys.readouterr().out
