"""The benchmarks' table, and that each benchmark can be imported; nothing is timed here."""

import importlib
import json
from math import nan
from pathlib import Path

import pytest

from tests.benchmarks import __main__ as runner
from tests.benchmarks.report import table
from tests.benchmarks.report.row import Row


@pytest.mark.parametrize("name", runner.NAMES)
def test_every_benchmark_can_be_run_by_its_name(name: str) -> None:
    assert callable(importlib.import_module(runner.NAMES[name]).run)


def test_a_target_is_the_most_or_the_least_that_was_promised() -> None:
    assert Row("seconds", 0.4, "s", 0.5).reached is True
    assert Row("seconds", 0.6, "s", 0.5).reached is False
    assert Row("times faster", 12, "×", 10, at_least=True).reached is True
    assert Row("times faster", 8, "×", 10, at_least=True).reached is False
    assert Row("nothing promised", 8, "×").reached is None
    assert Row("not measured", nan, "s", 0.5).reached is None


def test_the_table_says_which_targets_were_missed() -> None:
    lines = table.render([Row("slow", 0.6, "s", 0.5, "why"), Row("rate", 12345.6, "/s")])
    missed, free = lines.splitlines()[2:]
    assert [cell.strip() for cell in missed.split("|")[1:-1]] == [
        "slow", "0.6 s", "≤ 0.5 s", "NO", "why",
    ]  # fmt: skip
    assert "12,346 /s" in free


def test_a_benchmark_that_cannot_run_says_why_and_stops_no_other(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(quick: bool) -> list[Row]:
        raise RuntimeError("no camera here")

    monkeypatch.setattr("tests.benchmarks.stores.marks.run", broken)
    monkeypatch.setattr(
        "tests.benchmarks.journey.start.run", lambda _quick: [Row("start", 2.0, "s")]
    )
    monkeypatch.setattr(runner, "RESULTS", tmp_path / "results.json")
    assert runner.main(["--only", "marks", "--only", "start"]) == 0
    assert "no camera here" in capsys.readouterr().out
    saved = json.loads((tmp_path / "results.json").read_text())
    assert [row["name"] for row in saved["rows"]] == ["marks", "start"]
    assert saved["machine"]["cores"]
    assert saved["commit"].keys() == {"id", "at", "subject", "changed"}
