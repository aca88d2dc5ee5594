"""What a process does once it serves in the place of another one, whoever has gone meanwhile."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from face_rec import sockets
from face_rec.assembly.web.handover import Handover
from face_rec.web.server.handover import Server
from face_rec.web.server.runner import Runner


class Stage:
    """Stands for the web server's side and for the system behind it; ``done``: what was asked."""

    taking_over = True

    def __init__(self) -> None:
        self.done: list[str] = []
        self.marker = SimpleNamespace(adopt=lambda: self.done.append("adopt"))

    async def served(self) -> None:
        self.done.append("served")

    def take_place(self) -> None:
        self.done.append("take place")

    def still_served(self) -> None:
        self.done.append("still served")

    def give(self, _refused: Callable[[], str]) -> None:
        self.done.append("give")

    def left(self) -> bool:
        self.done.append("left")
        return True


ALL = ["served", "take place", "served", "still served", "give", "left", "adopt"]


def _serve(handover: Handover) -> list[str]:
    stage: Any = Stage()
    handover.runner = stage
    asyncio.run(handover.serve(stage))
    done: list[str] = stage.done
    return done


def test_who_waits_for_the_word_gets_it() -> None:
    told, tells = os.pipe()
    with os.fdopen(told, "rb") as words:
        assert _serve(Handover([f"--take-over={tells}"])) == ALL
        assert words.read() == b"serving\n"


def test_a_journal_is_adopted_also_when_nobody_waits_for_the_word_any_more() -> None:
    """systemd has given up the reload, or somebody the command."""
    told, tells = os.pipe()
    os.close(told)
    assert _serve(Handover([f"--take-over={tells}"])) == ALL


def test_app_py_that_is_given_a_word_it_does_not_know_serves_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Who takes it for the commands would start a second app, or wait for a report for ever."""
    for words in (["doctor"], ["--takeover"], ["--take-over", "--fast"]):
        with pytest.raises(SystemExit) as refused:
            Handover(words)
        assert refused.value.code == 2
        told = capsys.readouterr().err
        assert words[-1] in told
        assert "python -m face_rec" in told


def test_only_who_asks_for_it_takes_over() -> None:
    assert Handover(["--take-over"]).wanted
    assert not Handover([]).wanted


def test_an_app_serves_also_where_nobody_could_meet_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """No /tmp, and a TMPDIR with a name too long for a socket: a start is no upgrade."""
    monkeypatch.setattr(sockets, "_LONGEST", 10)
    me = Server("main", "127.0.0.1", 8501, "x")
    runner = Runner(me, tmp_path, dict, lambda: None)
    runner.give(lambda: "")
    runner.close()
    assert "handover_not_possible" in caplog.text
