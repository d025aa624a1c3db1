"""Documents printed to PDF by LibreOffice, when it is on the machine."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from hashlib import sha256
from html import escape
from pathlib import Path

from reportgen.core.findings import CannotRun, Code, cannot_run, shortened

PER_CALL = 100  # LibreOffice keeps every document of a call in memory
_SECONDS_TO_START, _SECONDS_A_DOCUMENT = 60, 60
_STEP = 0.2
_USUAL_PLACES = (
    r"C:\Program Files\LibreOffice\program\soffice.exe",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.exe",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)
# What stands in on Linux where official fonts are missing; `accept` leaves those that are installed in their place.
_STAND_INS = (
    (("仿宋", "仿宋_GB2312", "方正仿宋_GBK"), ("FandolFang R", "FandolFang", "AR PL UMing CN", "Noto Serif CJK SC")),
    (("楷体", "楷体_GB2312", "方正楷体_GBK"), ("AR PL UKai CN", "FandolKai", "Noto Serif CJK SC")),
    (("黑体", "方正黑体_GBK"), ("Noto Sans CJK SC", "FandolHei", "WenQuanYi Zen Hei")),
    (("宋体", "方正书宋_GBK"), ("AR PL UMing CN", "FandolSong", "Noto Serif CJK SC")),
    (("方正小标宋简体", "方正小标宋_GBK"), ("Noto Serif CJK SC", "AR PL UMing CN")),
)
_HEAVY = _STAND_INS[-1][0]  # of what stands in for them only the bold face is as dark
_SYSTEM_FONTS = "/etc/fonts/fonts.conf"
# The time of printing and the checksums made from it, each as long as what takes its place: a PDF counts its bytes.
_MOMENT = re.compile(rb"(/CreationDate\s*\(D:)\d{14}")
_MARKS = re.compile(rb"(/DocChecksum\s*/|/ID\s*\[\s*<|>\s*<)([0-9A-F]{32})(?=\s|>)")

if sys.platform == "win32":
    _FLAGS = subprocess.CREATE_NO_WINDOW
else:
    _FLAGS = 0

Progress = Callable[[int, int], None]


def find_office() -> Path:
    """Return the program of LibreOffice. Raises CannotRun when there is none."""
    on_path = (shutil.which(name) for name in ("soffice", "libreoffice"))
    found = next((path for path in (*on_path, *_USUAL_PLACES) if path and Path(path).exists()), None)
    if found is None:
        raise cannot_run(Code.W17)
    return Path(found)


def print_to_pdf(
    documents: Mapping[str, bytes], office: Path, progress: Progress, limit_s: float | None = None
) -> dict[str, bytes]:
    """Return the PDF of each of `documents` (file name: content) under the same name, all in one call of `office`.

    `progress` is told (documents printed, documents in all) while it works. Raises CannotRun when one of them is not
    printed within `limit_s` seconds, by default a minute each and one to start.
    """
    names = list(documents)
    printed: dict[str, bytes] = {}
    for first in range(0, len(names), PER_CALL):
        batch = names[first : first + PER_CALL]
        limit = limit_s or _SECONDS_TO_START + _SECONDS_A_DOCUMENT * len(batch)
        with tempfile.TemporaryDirectory(prefix="reportgen-", ignore_cleanup_errors=True) as folder:
            # Names of its own: two documents of one title would both be printed to TITLE.pdf.
            files = {name: Path(folder) / f"{number}{Path(name).suffix}" for number, name in enumerate(batch)}
            for name, file in files.items():
                file.write_bytes(documents[name])
            _run(office, Path(folder), tuple(files.values()), limit, partial(_told, progress, first, len(names)))
            printed |= {name: _result(file.with_suffix(".pdf"), name) for name, file in files.items()}
    return printed


def _told(progress: Progress, before: int, total: int, done: int) -> None:
    progress(before + done, total)


def _result(pdf: Path, name: str) -> bytes:
    if not pdf.exists() or not pdf.stat().st_size:
        raise _failed(f"“{name}”没有结果")
    return without_moment(pdf.read_bytes())


def _failed(reason: str) -> CannotRun:
    return cannot_run(Code.W18, reason=reason)


def _run(office: Path, folder: Path, files: Sequence[Path], limit_s: float, progress: Callable[[int], None]) -> None:
    """Let LibreOffice print `files` into `folder`; it and all that it started are ended when the time is over.

    It gets a profile of its own: with the clerk's, it would hand the work to a window that is open and print nothing.
    """
    command = [
        *(str(office), f"-env:UserInstallation={(folder / 'profile').as_uri()}"),
        *("--headless", "--norestore", "--nolockcheck", "--convert-to", "pdf", "--outdir", str(folder)),
        *map(str, files),
    ]
    log = folder / "log.txt"
    with log.open("wb") as said:
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                env=_surroundings(folder),
                start_new_session=True,  # a group of its own, by which all of it can be ended
                creationflags=_FLAGS,
            )
        except OSError as error:
            raise _failed(f"启动不了（{error.strerror or error}）") from error
        try:
            if not _finished(process, files, limit_s, progress):
                raise _failed(f"{limit_s:.0f} 秒内没有完成")
        finally:
            _end(process)
    if process.returncode:
        words = shortened(log.read_text(encoding="utf-8", errors="replace")) or "没有说明"
        raise _failed(f"程序以状态 {process.returncode} 结束（{words}）")


def _finished(
    process: subprocess.Popen[bytes], files: Sequence[Path], limit_s: float, progress: Callable[[int], None]
) -> bool:
    """Tell whether the process ends by itself within `limit_s` seconds."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        progress(sum(file.with_suffix(".pdf").exists() for file in files))
        try:
            process.wait(_STEP)
        except subprocess.TimeoutExpired:
            continue
        progress(len(files))
        return True
    return False


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process that is still running and its children, soffice.bin above all."""
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        command = ["taskkill", "/T", "/F", "/PID", str(process.pid)]
        subprocess.run(command, check=False, capture_output=True)
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _surroundings(folder: Path) -> dict[str, str]:
    """Return the environment that LibreOffice runs in, on Linux with the stand-ins for fonts that are missing."""
    if not sys.platform.startswith("linux"):
        return dict(os.environ)
    file = folder / "fonts.conf"
    file.write_text(_fonts(os.environ.get("FONTCONFIG_FILE", _SYSTEM_FONTS)), encoding="utf-8")
    return {**os.environ, "FONTCONFIG_FILE": str(file)}


def _fonts(system: str) -> str:
    """Return a fontconfig file that adds the stand-ins to those of the file `system`."""

    def families(names: Iterable[str]) -> str:
        return "".join(f"<family>{name}</family>" for name in names)

    def aliases() -> Iterator[str]:
        for names, stand_ins in _STAND_INS:
            for name in names:
                yield f'<alias binding="same">{families([name])}<accept>{families(stand_ins)}</accept></alias>'
        for name in _HEAVY:
            yield f'<match target="pattern"><test name="family"><string>{name}</string></test>'
            yield '<edit name="weight" mode="assign" binding="strong"><const>bold</const></edit></match>'

    return (
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n'
        f'<fontconfig><include ignore_missing="yes">{escape(system)}</include>{"".join(aliases())}</fontconfig>\n'
    )


def without_moment(pdf: bytes) -> bytes:
    """Return a PDF without the time it was printed at, so that the same document gives the same bytes."""
    timeless = _MOMENT.sub(rb"\g<1>20000101000000", pdf)
    bare = _MARKS.sub(lambda match: match.group(1) + b"0" * 32, timeless)
    mark = sha256(bare).hexdigest()[:32].upper().encode()
    return _MARKS.sub(lambda match: match.group(1) + mark, timeless)
