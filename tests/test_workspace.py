from __future__ import annotations

from pathlib import Path

import pytest

from reportgen.core.fields import TemplateSet
from reportgen.core.findings import CannotRun
from reportgen.core.period import Period
from reportgen.readers.workspace import Workspace, open_workspace, starter_files, template_name

ROOT = Path(__file__).parent.parent


def test_open_workspace__its_files(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "reportgen.yaml").touch()
    for name in ("2023-09", "2023-08", "2023-Q3", "旧表", "2023-13"):
        (tmp_path / "input" / name).mkdir(parents=True)
    (tmp_path / "input" / "2023-10").touch()
    workspace = open_workspace(tmp_path)
    assert workspace.ledger_file(2023) == tmp_path / "config" / "ledger-2023.xlsx"
    assert workspace.input_dir(Period(2023, 8, 8)) == tmp_path / "input" / "2023-08"
    assert workspace.output_dir(Period(2023, 7, 9)) == tmp_path / "output" / "2023-Q3"
    assert [p.code for p in workspace.periods] == ["2023-Q3", "2023-08", "2023-09"]
    assert workspace.name_of(workspace.config_file) == "config/reportgen.yaml"


def test_open_workspace__a_folder_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(CannotRun) as caught:
        open_workspace(tmp_path)
    assert [(f.code.name, f.values["name"]) for f in caught.value.findings] == [("W04", str(tmp_path.resolve()))]


def test_starter_files__the_repositorys_own() -> None:
    files = starter_files("config")
    assert files["config/reportgen.yaml"] == (ROOT / "config" / "reportgen.yaml").read_bytes()
    assert not any(Path(name).name.startswith((".", "~$")) for name in files)


def test_template_name__what_a_set_lacks_is_shared(tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "gbt9704"
    folder.mkdir(parents=True)
    (folder / "notice.docx").write_bytes(b"")
    workspace = Workspace(tmp_path)
    names = [template_name(workspace, TemplateSet.GBT9704, name) for name in ("notice.docx", "circular.docx")]
    assert names == ["templates/gbt9704/notice.docx", "templates/circular.docx"]
    assert template_name(workspace, TemplateSet.SAMPLE, "notice.docx") == "templates/notice.docx"


def test_starter_files__both_sets_of_templates() -> None:
    names = {f"templates/{folder}notice.{kind}" for folder in ("", "gbt9704/") for kind in ("docx", "xlsx")}
    assert names <= set(starter_files("templates"))
