"""One person at a time writes in a workspace: a file names who, since when and with which command.

It frees itself when its owner is gone: on the same machine when the process has ended, from another machine when it
is old, since nobody here can ask there.
"""

from __future__ import annotations

import getpass
import json
import os
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

from msgspec import Struct
from msgspec.structs import asdict

from reportgen.core.findings import CannotRun, Code, Place, cannot_run
from reportgen.writers.replace import refusal

FILE = ".reportgen.lock"
_GONE_AFTER = timedelta(hours=4)  # of a lock that another machine holds
_TIME = "%Y-%m-%d %H:%M:%S"
_TRIES = 5  # each finds a lock whose owner is gone and takes it away


class Owner(Struct, frozen=True):
    """Who holds a workspace; `token` tells one taking of the lock from another."""

    user: str
    host: str
    pid: int
    since: str
    command: str
    token: str

    @property
    def is_this_process(self) -> bool:
        return (self.host, self.pid) == (socket.gethostname(), os.getpid())

    def is_gone(self, now: datetime) -> bool:
        """Tell whether nobody is at work under this lock any more."""
        if self.host == socket.gethostname():
            return not _is_running(self.pid)
        try:
            return now - datetime.strptime(self.since, _TIME) > _GONE_AFTER
        except ValueError:
            return True


@contextmanager
def held(root: Path, command: str, now: datetime) -> Iterator[None]:
    """Hold the workspace at `root` for a command; a process that holds it already goes on.

    Raises CannotRun naming who holds it, or when the workspace cannot be written to.
    """
    holder = _owner_in(root / FILE)
    if holder is not None and holder.is_this_process:
        yield
        return
    mine = Owner(_user(), socket.gethostname(), os.getpid(), now.strftime(_TIME), command, secrets.token_hex(8))
    _take(root / FILE, mine, now)
    _sweep(root, now)
    try:
        yield
    finally:
        if _owner_in(root / FILE) == mine:
            (root / FILE).unlink(missing_ok=True)


def _take(path: Path, mine: Owner, now: datetime) -> None:
    for _try in range(_TRIES):
        try:
            _create(path, mine)
        except FileExistsError:
            holder = _owner_in(path) or _owner_after_a_moment(path)
            if holder is not None and not holder.is_gone(now):
                raise _refused(holder, path) from None
            _clear_away(path, holder)
        except OSError as error:
            raise refusal(error, path.name) from error
        else:
            return
    raise cannot_run(Code.W03, name=path.name)


def _sweep(root: Path, now: datetime) -> None:
    """Take away what is left of a lock that was being taken when its process ended."""
    for draft in root.glob(f"{FILE}.*"):
        owner = _owner_in(draft)
        if owner is not None and owner.is_gone(now):
            with suppress(OSError):
                draft.unlink()


def _create(path: Path, mine: Owner) -> None:
    """Create the lock with its content in one step. Raises FileExistsError when there is one."""
    content = json.dumps(asdict(mine), ensure_ascii=False)
    draft = path.with_name(f"{path.name}.{mine.token}")
    draft.write_text(content, encoding="utf-8")
    try:
        if os.name == "nt":
            draft.rename(path)  # fails there when the target exists
        else:
            os.link(draft, path)
    except FileExistsError:
        raise
    except OSError:
        # Some shared folders know no links; the file is then there for a moment before its content.
        with path.open("x", encoding="utf-8") as file:
            file.write(content)
    finally:
        draft.unlink(missing_ok=True)


def _owner_after_a_moment(path: Path) -> Owner | None:
    """Return who a lock names that was empty: its owner may just be writing it."""
    time.sleep(0.2)
    return _owner_in(path)


def _clear_away(path: Path, holder: Owner | None) -> None:
    """Take away a lock whose owner is gone, unless somebody else has taken its place in the meantime."""
    aside = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with suppress(FileNotFoundError):
        path.replace(aside)
        if _owner_in(aside) != holder:
            with suppress(OSError):
                aside.rename(path)
        aside.unlink(missing_ok=True)


def _owner_in(path: Path) -> Owner | None:
    """Return who a lock names, None when there is none or nobody can be read from it."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Owner(**{name: content[name] for name in Owner.__struct_fields__})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _refused(holder: Owner, path: Path) -> CannotRun:
    who = f"{holder.user}@{holder.host}"
    values = {"who": who, "since": holder.since, "command": holder.command, "name": path.name}
    values["hours"] = str(_GONE_AFTER // timedelta(hours=1))
    return cannot_run(Code.W20, Place(), **values)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # an account without a name
        return "?"


def _is_running(pid: int) -> bool:
    if os.name == "nt":
        return _is_running_on_windows(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # it runs under another account
    return True


def _is_running_on_windows(pid: int) -> bool:
    """Tell whether a process runs; os.kill would end it there."""
    import ctypes

    query, still_active = 0x1000, 259
    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined]
    handle = kernel.OpenProcess(query, False, pid)
    if not handle:
        return False
    code = ctypes.c_ulong()
    kernel.GetExitCodeProcess(handle, ctypes.byref(code))
    kernel.CloseHandle(handle)
    return code.value == still_active
