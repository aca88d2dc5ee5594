"""``python -m face_rec``: a command waits for what it needs, and for nothing else."""

import argparse
import os
import subprocess
import sys

import pytest

from config import ROOT
from face_rec.__main__ import main, parser

HEAVY = ("av", "insightface", "onnxruntime", "pandas", "scipy", "sqlalchemy", "streamlit")
CHILD = """
import sys
from face_rec.__main__ import parser
parser("backup")
print(len(sys.modules), *({"%s"} & set(sys.modules)))
""" % '","'.join(HEAVY)  # noqa: UP031


def _commands(made: argparse.ArgumentParser) -> set[str]:
    (commands,) = (one for one in made._actions if isinstance(one, argparse._SubParsersAction))
    return set(commands.choices)


def test_every_command_is_found_by_its_name_with_little_beside_it() -> None:
    names = _commands(parser())
    assert len(names) > 15
    for name in names:
        found = _commands(parser(name))
        assert name in found
        assert len(found) <= 3, f"{name} loads {found}"


def test_what_is_no_command_is_told_of_all_commands() -> None:
    assert _commands(parser("buckup")) == _commands(parser("--help")) == _commands(parser())


def test_a_command_is_read_without_models_cameras_reports_or_pages() -> None:
    """3,000 modules and 3 seconds, when every command loaded those of all others."""
    said = subprocess.run(
        [sys.executable, "-c", CHILD], cwd=ROOT, capture_output=True, text=True, check=True,
        timeout=120,
    ).stdout.split()  # fmt: skip
    assert said[1:] == []
    assert int(said[0]) < 900


def test_who_reads_no_more_ends_a_command_without_a_word() -> None:
    """As ``| head -1`` does."""
    reads, writes = os.pipe()
    os.close(reads)
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "face_rec", "keys", "new"], cwd=ROOT, stdout=writes,
            stderr=subprocess.PIPE, timeout=120, check=False,
        )  # fmt: skip
    finally:
        os.close(writes)
    assert (ended.returncode, ended.stderr) == (141, b"")


def test_ctrl_c_ends_a_command_at_whatever_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def pressed(_: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("face_rec.__main__.parser", pressed)  # it reads code for seconds
    assert main(["tls"]) == 130
