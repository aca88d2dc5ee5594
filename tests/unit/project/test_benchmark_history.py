"""Results by commit and over time: what is compared with what, and what is called worse."""

import json
import subprocess
from math import nan
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks import history
from tests.benchmarks.history import Figure
from tests.benchmarks.report import commit

ONE = {"processor": "EPYC", "cores": "2"}
OTHER = {"processor": "Xeon", "cores": "4"}


def _result(day: int, value: float, machine: dict[str, str] = ONE, **row: Any) -> dict[str, Any]:  # noqa: ANN401
    full = {"name": "match", "value": value, "unit": "s", "target": 1.0, "at_least": False, **row}
    return {
        "at": f"2026-05-{day:02}T12:00:00+00:00",
        "commit": {"id": f"{day}" * 40, "changed": False},
        "quick": True,
        "machine": machine,
        "rows": [full],
    }


def _history(folder: Path, *results: dict[str, Any]) -> Path:
    for number, result in enumerate(results):
        made = folder / f"{number}.json"
        made.write_text(json.dumps(result), "utf-8")
        assert history.main(["--history", str(folder / "h.jsonl"), "add", str(made)]) == 0
    return folder / "h.jsonl"


def _cells(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()]


def test_each_run_is_a_column_and_the_newest_is_held_against_those_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = _history(tmp_path, _result(1, 0.4), _result(3, 0.9), _result(2, 0.6))
    assert history.main(["--history", str(file), "show"]) == 0
    name, _, head, _, row = capsys.readouterr().out.splitlines()
    assert name == "**EPYC, 2 cores, quick**"
    assert _cells(head)[0] == [
        "what", "2026-05-01 1111111", "2026-05-02 2222222", "2026-05-03 3333333", "change",
    ]  # fmt: skip
    assert _cells(row)[0] == ["match", "0.4 s", "0.6 s", "0.9 s", "+80 % worse"]


def test_machines_are_not_compared_with_each_other(tmp_path: Path) -> None:
    shown = history.show(history.read(_history(tmp_path, _result(1, 9), _result(2, 1, OTHER))), 8)
    assert "Xeon, 4 cores" in shown
    assert "%" not in shown


def test_only_the_last_runs_are_shown(tmp_path: Path) -> None:
    runs = history.read(_history(tmp_path, *(_result(day, 1) for day in range(1, 10))))
    assert "2026-05-07" not in history.show(runs, 2)
    assert "2026-05-08" in history.show(runs, 2)


def test_a_run_is_added_once(tmp_path: Path) -> None:
    assert len(history.read(_history(tmp_path, _result(1, 1), _result(1, 1)))) == 1


def test_what_could_not_be_measured_is_a_gap_that_every_reader_of_json_takes(
    tmp_path: Path,
) -> None:
    file = _history(tmp_path, _result(1, 1), _result(2, nan), _result(3, 1.1))
    assert "NaN" not in file.read_text("utf-8")
    assert "| – s" in history.show(history.read(file), 8)
    assert "+10 %" in history.show(history.read(file), 8)


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        (Figure(1.3, "s", at_least=False), "+30 % worse"),
        (Figure(1.1, "s", at_least=False), "+10 %"),
        (Figure(0.5, "s", at_least=False), "-50 %"),
        (Figure(0.5, "×", at_least=True), "-50 % worse"),
        (Figure(2.0, "×", at_least=True), "+100 %"),
        (Figure(2.0, "/s", at_least=None), "+100 %"),
        (Figure(nan, "s", at_least=False), ""),
    ],
)
def test_worse_is_said_only_where_the_direction_is_known(figure: Figure, said: str) -> None:
    assert history.change([0.9, 1.0, 1.1], figure) == said


def test_without_anything_measured_the_way_to_do_so_is_said(tmp_path: Path) -> None:
    assert "make bench" in history.show(history.read(tmp_path / "none.jsonl"), 8)


def test_the_measured_commit_is_named_with_whether_files_differ(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        subprocess.run(["git", "-C", str(tmp_path), *who, *arguments], check=True)

    (tmp_path / "a").write_text("1", "utf-8")
    git("init", "-q")
    git("add", "a")
    git("commit", "-qm", "First")
    found = commit.measured(tmp_path)
    assert (len(found.id), found.subject, found.changed) == (40, "First", False)
    (tmp_path / "a").write_text("2", "utf-8")
    assert commit.measured(tmp_path).changed


def test_an_unpacked_archive_has_no_commit(tmp_path: Path) -> None:
    assert commit.measured(tmp_path) == commit.Commit()
