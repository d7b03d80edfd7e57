"""The program that the package's page begins with."""

from __future__ import annotations

import re
from pathlib import Path

import pytest


def test_the_program_on_the_page_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (Path(__file__).parent.parent / "README.md").read_text()
    program = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert program is not None and program[1].count("\n") <= 15
    monkeypatch.chdir(tmp_path)
    exec(compile(program[1], "README.md", "exec"), {})
    assert "stock does not cover every line" in capsys.readouterr().out
