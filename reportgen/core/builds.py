"""What each build printed, cell by cell: against this an edit by hand is found, whichever build the file is of."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from hashlib import sha256

from msgspec import Struct, field
from msgspec.structs import replace

from reportgen.core import fields as keys
from reportgen.core.compose import title_for_leader
from reportgen.core.notice import Notice
from reportgen.core.rulings import Key, key_of
from reportgen.core.text import file_name, squeeze

_ASIDE = re.compile(r"（人工修改\d+）(?=\.\w+$)")
MAX_BUILDS = 20  # the latest that are remembered, beside those of files that still stand in the folder


class PrintedBuild(Struct, frozen=True):
    """One build: the printed texts of each row by field key, and by 序号 the mark of what the units had written.

    `beside` are the texts outside of the table, by the ending of the file.
    """

    title: str
    headings: Mapping[str, str]
    rows: tuple[Mapping[str, str], ...]
    grounds: Mapping[str, str] = field(default_factory=dict)
    beside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        """By what the build is told from others: equal prints are one build."""
        content = [
            self.title,
            dict(self.headings),
            [dict(row) for row in self.rows],
            dict(self.grounds),
            dict(self.beside),
        ]
        return sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def by_seq(self) -> dict[str, Mapping[str, str]]:
        return {row[keys.SEQ]: row for row in self.rows}


class WrittenFile(Struct, frozen=True):
    """A file of output/P/: the hash that it was written with, and for a notice the mark of its build."""

    digest: str
    build: str


class Builds(Struct, frozen=True):
    """The builds of a period by mark, oldest first, and the files that hold them by name."""

    builds: Mapping[str, PrintedBuild] = field(default_factory=dict)
    files: Mapping[str, WrittenFile] = field(default_factory=dict)

    def of_file(self, name: str) -> PrintedBuild | None:
        """Return what a file of output/P/ was written to print, None for a file that is no known notice.

        A leader's file (分送/林知远.docx) prints the rows of that leader.
        """
        written = self.files.get(name)
        build = self.builds.get(written.build) if written else None
        if build is None or "/" not in name:
            return build
        stem = _ASIDE.sub("", name).rpartition("/")[2].rpartition(".")[0]
        leader = next((one for row in build.rows for one in _leaders_of(row) if file_name(one) == stem), None)
        if leader is None:
            return None
        rows = tuple(row for row in build.rows if leader in _leaders_of(row))
        title = title_for_leader(build.title, leader)
        beside = {
            ending: tuple(title if text == build.title else text for text in texts)
            for ending, texts in build.beside.items()
        }
        return replace(build, title=title, rows=rows, beside=beside)

    def current_of(self, name: str) -> PrintedBuild | None:
        """Return what the file prints now that stands in the place of one that was kept aside."""
        return self.of_file(_ASIDE.sub("", name))

    def with_build(
        self,
        build: PrintedBuild,
        digests: Mapping[str, str],
        notices: Collection[str],
        aside: Mapping[str, str],
        gone: Collection[str] = (),
    ) -> Builds:
        """Return the builds after `build` wrote files with these `digests`, the `notices` among them.

        `aside` maps the new name of each edited file to the name it had; `gone` are files that were removed.
        """
        mark = build.mark
        files = {name: written for name, written in self.files.items() if name not in gone}
        files |= {new: self.files[old] for new, old in aside.items() if old in self.files}
        files |= {name: WrittenFile(digest, mark if name in notices else "") for name, digest in digests.items()}
        builds = {known: one for known, one in self.builds.items() if known != mark} | {mark: build}
        wanted = {*list(builds)[-MAX_BUILDS:], *(written.build for written in files.values())}
        return Builds({known: one for known, one in builds.items() if known in wanted}, files)


def is_aside(name: str) -> bool:
    """Tell whether a file has the name of one that was kept aside because a person had edited it."""
    return bool(_ASIDE.search(name))


def _leaders_of(row: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(map(squeeze, row.get(keys.LEADERS, "").split("\n")))


def printed_build(notice: Notice, grounds: Mapping[Key, str], beside: Mapping[str, tuple[str, ...]]) -> PrintedBuild:
    """Return what a notice prints."""
    rows = tuple({key: row.get(key, "") for key in dict.fromkeys((keys.SEQ, *notice.headings))} for row in notice.rows)
    marks = {row[keys.SEQ]: grounds.get(key_of(int(row[keys.SEQ])), "") for row in rows}
    return PrintedBuild(notice.title, dict(notice.headings), rows, marks, dict(beside))
