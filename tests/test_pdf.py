"""Printing to PDF: one call of the program, ended when it takes too long; nothing is written when it fails."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from openpyxl import load_workbook

from reportgen.core.findings import CannotRun, Code
from reportgen.core.printcheck import joined
from reportgen.writers.pdf import find_office, print_to_pdf, without_moment
from tests.filling import reportgen
from tests.printing import notice, row, words_of, written
from tests.year import demo

P = "2023-08"
posix = pytest.mark.skipif(sys.platform == "win32", reason="programs are shell scripts here")
PDF = (
    b"%PDF-1.6\nstream\n<</Creator<FEFF>/CreationDate(D:20230906083000+08'00')>>\n"
    b"/ID [ <0B1D606E2D424A034F4B3F225FB89C5F>\n<0B1D606E2D424A034F4B3F225FB89C5F> ]\n"
    b"/DocChecksum /5E4E5D411CC9F608965DC46E82D11929\n"
)


def program(folder: Path, script: str) -> Path:
    """Return a program that stands where LibreOffice would."""
    path = folder / "soffice"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


# Prints each document: its content as the PDF; counts its calls.
PRINTS = """echo call >> "$0.calls"
while [ "$1" != --outdir ]; do shift; done
out=$2; shift 2
for file; do cp "$file" "${file%.*}.pdf"; done"""


def silent(_done: int, _total: int) -> None:
    return None


@posix
def test_print_to_pdf__each_document_under_its_name_and_progress_to_the_end(tmp_path):
    steps: list[tuple[int, int]] = []
    documents = {"甲表.docx": b"word", "甲表.xlsx": b"excel"}
    office = program(tmp_path, PRINTS)
    assert print_to_pdf(documents, office, lambda *step: steps.append(step)) == documents
    assert steps == sorted(steps)  # how many steps there are depends on how fast the office program prints
    assert steps[-1] == (2, 2)


@posix
def test_print_to_pdf__at_most_100_in_a_call(tmp_path):
    documents = {f"{number}.docx": b"%d" % number for number in range(101)}
    office = program(tmp_path, PRINTS)
    assert print_to_pdf(documents, office, silent) == documents
    assert (tmp_path / "soffice.calls").read_text().count("call") == 2


@posix
def test_print_to_pdf__too_long_and_its_children_are_ended(tmp_path):
    office = program(tmp_path, 'sleep 60 & echo $! > "$0.child"; wait')
    started = time.monotonic()
    with pytest.raises(CannotRun) as caught:
        print_to_pdf({"甲.docx": b""}, office, silent, limit_s=1)
    assert time.monotonic() - started < 10
    (told,) = caught.value.findings
    assert told.code is Code.W18
    assert "1 秒内没有完成" in told.message
    child = int((tmp_path / "soffice.child").read_text())
    for _attempt in range(50):
        if not is_running(child):
            break
        time.sleep(0.1)
    assert not is_running(child)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


@posix
@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("exit 0", "“甲.docx”没有结果"),
        ("echo 坏了 >&2; exit 3", "程序以状态 3 结束（坏了）"),
    ],
)
def test_print_to_pdf__it_fails(tmp_path, script, reason):
    with pytest.raises(CannotRun) as caught:
        print_to_pdf({"甲.docx": b""}, program(tmp_path, script), silent)
    assert reason in caught.value.findings[0].message


def test_print_to_pdf__no_such_program(tmp_path):
    with pytest.raises(CannotRun) as caught:
        print_to_pdf({"甲.docx": b""}, tmp_path / "soffice", silent)
    assert "启动不了" in caught.value.findings[0].message


def test_without_moment__two_printings_give_the_same_bytes():
    later = PDF.replace(b"20230906083000", b"20240101000000").replace(b"0B1D606E", b"FFFFFFFF")
    later = later.replace(b"5E4E5D41", b"00000000")
    assert later != PDF
    assert without_moment(later) == without_moment(PDF)
    assert len(without_moment(PDF)) == len(PDF)
    assert b"D:20000101000000+08'00'" in without_moment(PDF)
    other = PDF.replace(b"stream", b"STREAM")
    assert without_moment(other)[-34:] != without_moment(PDF)[-34:]


@pytest.fixture
def folder(tmp_path):
    return demo(tmp_path)


def test_build_pdf__without_libreoffice_nothing_is_written(folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert reportgen(folder, "build", P, "--pdf") == 2
    assert "没有找到 LibreOffice，不能生成 PDF；文件都没有写。" in capsys.readouterr().err
    assert not (folder / "output" / P).exists()


@posix
def test_build_pdf__a_failure_writes_nothing(folder, tmp_path, monkeypatch, capsys):
    (tmp_path / "bin").mkdir()
    program(tmp_path / "bin", "exit 7")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    assert reportgen(folder, "build", P, "--pdf") == 2
    assert "程序以状态 7 结束（没有说明）" in capsys.readouterr().err
    assert list((folder / "output").rglob("*.*")) == []


@posix
def test_build_pdf__beside_the_documents_and_gone_when_they_are_built_without(folder, tmp_path, monkeypatch):
    (tmp_path / "bin").mkdir()
    office = program(tmp_path / "bin", PRINTS)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    assert find_office() == office
    assert reportgen(folder, "build", P, "--pdf") == 0
    title = "2023年《政府工作报告》重点工作8月份完成情况"
    pdfs = {path.name: path.read_bytes() for path in (folder / "output" / P).glob("*.pdf")}
    assert set(pdfs) == {f"{title}通报表.pdf", f"{title}通报表（Excel）.pdf", f"关于{title}的通报.pdf"}
    assert pdfs[f"{title}通报表.pdf"] == (folder / "output" / P / f"{title}通报表.docx").read_bytes()
    shown = load_workbook(io.BytesIO(pdfs[f"{title}通报表（Excel）.pdf"]))
    assert [sheet.title for sheet in shown if sheet.sheet_state == "visible"] == shown.sheetnames[:1]
    built = load_workbook(folder / "output" / P / f"{title}通报表.xlsx")
    assert {sheet.sheet_state for sheet in built} == {"visible"}
    assert len(built.sheetnames) == len(shown.sheetnames) > 2
    assert reportgen(folder, "build", P) == 0
    assert list((folder / "output" / P).glob("*.pdf")) == []


@pytest.mark.office
def test_build_pdf__the_workbook_is_printed_as_the_notice_without_statistics(folder):
    assert reportgen(folder, "build", P, "--pdf") == 0
    (pdf,) = (folder / "output" / P).glob("*（Excel）.pdf")
    pages = words_of(pdf)
    assert len(pages) > 1
    for number, words in enumerate(pages, 1):
        assert f"第{number}页,共{len(pages)}页" in joined(words)
        assert "年度目标任务" in joined(words)


@pytest.mark.office
def test_print_to_pdf__the_title_is_bold_where_its_font_is_missing(tmp_path, monkeypatch):
    monkeypatch.delenv("FONTCONFIG_FILE", raising=False)
    documents = {f"notice.{kind}": written(f"notice.{kind}", notice(row(1))) for kind in ("docx", "xlsx")}
    for name, content in print_to_pdf(documents, find_office(), silent).items():
        (tmp_path / name).write_bytes(content)
        shown = subprocess.run(["pdffonts", str(tmp_path / name)], check=True, capture_output=True, encoding="utf-8")
        assert re.search("Noto ?Serif ?CJK.*Bold", shown.stdout), name
