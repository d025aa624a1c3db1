"""Where the files of a workspace are, and the starter files that a new one is made from."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from reportgen.core.fields import TemplateSet
from reportgen.core.findings import Code, Place, cannot_run
from reportgen.core.period import Period

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

CONFIG_FILE = "config/reportgen.yaml"
TEMPLATES = "templates"
_REASONS = {
    errno.ENOENT: "文件不存在。",
    errno.EACCES: "没有读取的权限。",
    errno.EPERM: "没有读取的权限。",
    errno.EISDIR: "它是文件夹，不是文件。",
    errno.ENOTDIR: "它所在的位置不是文件夹。",
    errno.ENOSPC: "磁盘已满。",
}
_LEFT_BY_PROGRAMS = (".", "~$", "__", "Thumbs.db")


class Workspace(Struct, frozen=True):
    """A folder with config/, templates/, input/ and output/."""

    root: Path

    @property
    def config_file(self) -> Path:
        return self.root / CONFIG_FILE

    @property
    def templates(self) -> Path:
        return self.root / TEMPLATES

    def ledger_file(self, year: int) -> Path:
        return self.root / "config" / f"ledger-{year}.xlsx"

    def input_dir(self, period: Period) -> Path:
        return self.root / "input" / period.code

    def output_dir(self, period: Period) -> Path:
        return self.root / "output" / period.code

    @property
    def periods(self) -> tuple[Period, ...]:
        """The periods that have a folder in input/, in order."""
        folder = self.root / "input"
        names = [entry.name for entry in folder.iterdir() if entry.is_dir()] if folder.is_dir() else []
        return tuple(sorted(_periods(names)))

    def name_of(self, path: Path) -> str:
        """Return a path as messages name it: from the workspace on, with forward slashes."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else path.as_posix()


def read_template(workspace: Workspace, name: str) -> bytes:
    """Return the template `name` (templates/form.xlsx). Raises CannotRun when it cannot be read."""
    try:
        return (workspace.root / name).read_bytes()
    except OSError as error:
        raise cannot_run(Code.W08, Place(name), name=name, reason=reason_of(error)) from error


def template_name(workspace: Workspace, chosen: TemplateSet, file: str) -> str:
    """Return the path of a template in the chosen set (templates/gbt9704/notice.docx); what a set lacks is shared."""
    name = f"{TEMPLATES}/{chosen.value}/{file}"
    return name if (workspace.root / name).is_file() else f"{TEMPLATES}/{file}"


def reason_of(error: OSError) -> str:
    """Return why a file could not be read or written, in Chinese where the reason is a common one."""
    return _REASONS.get(error.errno or 0, error.strerror or str(error))


def open_workspace(root: Path) -> Workspace:
    """Return the workspace in `root`. Raises CannotRun when there is none."""
    workspace = Workspace(root)
    if not workspace.config_file.is_file():
        name = str(root.resolve())
        raise cannot_run(Code.W04, Place(name), name=name)
    return workspace


def starter_files(*folders: str) -> dict[str, bytes]:
    """Return the bundled files of `folders` (of config, templates, input) by their path in a workspace."""
    files: dict[str, bytes] = {}
    for folder in folders:
        for path, content in _files_in(_starter_folder(folder), folder):
            files[path] = content
    return files


def template_files(workspace: Workspace) -> dict[str, bytes]:
    """Return the templates of a workspace by their path in it. Raises CannotRun when one cannot be read."""
    if not workspace.templates.is_dir():
        return {}
    try:
        return dict(_files_in(workspace.templates, TEMPLATES))
    except OSError as error:
        raise cannot_run(Code.W08, Place(TEMPLATES), name=TEMPLATES, reason=reason_of(error)) from error


def _starter_folder(folder: str) -> Traversable:
    """Return the bundled folder: package data where reportgen is installed, else the folder at the repository's root.

    An editable install maps no package to folders outside of the package, so that the import fails there.
    """
    from importlib import resources  # brings tempfile and more, for what most runs do not need

    try:
        return resources.files(f"reportgen.starter.{folder}")
    except ModuleNotFoundError:
        return Path(__file__).parents[2] / folder


def _files_in(folder: Traversable, path: str) -> Iterator[tuple[str, bytes]]:
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.name.startswith(_LEFT_BY_PROGRAMS):
            continue
        if entry.is_dir():
            yield from _files_in(entry, f"{path}/{entry.name}")
        else:
            yield f"{path}/{entry.name}", entry.read_bytes()


def _periods(names: list[str]) -> Iterator[Period]:
    for name in names:
        try:
            yield Period.parse(name)
        except ValueError:
            continue
