"""Whatever somebody types, one record of the log is one line of the log."""

import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from face_rec import log

NASTY = [
    "a\nb", "a\r\nb", "a\rb", "a\x0bb", "a\x0cb", "a\x85b", "a\u2028b", "a\u2029b", "\x1b[2J",
    "\x9b2J", "\x00", "\x7f", "\x08\x08", "\u202egnp.exe", "\u2066x\u2069", "\u200bx", "\ufeffx",
    "\ud800", "\U000e0041",
]  # fmt: skip


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    factory, root = logging.getLogRecordFactory(), logging.root.handlers[:]
    ours = {name: logging.getLogger(name) for name in ("face_rec", "pages", "app")}
    before = {name: (one.handlers[:], one.level, one.propagate) for name, one in ours.items()}
    yield
    logging.setLogRecordFactory(factory)
    logging.root.handlers[:] = root
    for name, (handlers, level, propagate) in before.items():
        ours[name].handlers[:], ours[name].propagate = handlers, propagate
        ours[name].setLevel(level)


def _logged(style: str, name: str, text: str, *, error: bool = False) -> str:
    out = io.StringIO()
    log.configure("INFO", style)
    logger = logging.getLogger(name)
    handler = logging.StreamHandler(out)
    ours = logging.getLogger("face_rec").handlers[0].formatter
    handler.setFormatter(ours if name.startswith("face_rec") else logging.Formatter())
    logger.addHandler(handler)
    try:
        if error:
            try:
                raise ValueError(text)  # noqa: TRY301 - its traceback is the point
            except ValueError:
                logger.exception("it_failed who=%s", text)
        else:
            logger.warning("sign_in_failed who=%s", text)
    finally:
        logger.removeHandler(handler)
    return out.getvalue()


def _harmless(text: str) -> bool:
    return text.isprintable() and text.isascii()


@pytest.mark.parametrize("text", NASTY, ids=ascii)
@pytest.mark.parametrize("style", ["text", "json"])
def test_what_was_typed_stays_within_its_line(style: str, text: str) -> None:
    said = _logged(style, "face_rec.access", text)
    assert said.count("\n") == 1
    assert said.endswith("\n")
    assert _harmless(said[:-1])


@pytest.mark.parametrize("text", NASTY, ids=ascii)
def test_libraries_log_no_other_way(text: str) -> None:
    """Whatever formatter a library brings along."""
    said = _logged("text", "somebody.elses", text)
    assert said.count("\n") == 1
    assert _harmless(said[:-1])


@pytest.mark.parametrize("text", NASTY, ids=ascii)
def test_json_gives_back_exactly_what_it_was_given(text: str) -> None:
    entry = json.loads(_logged("json", "face_rec.access", text))
    assert entry["message"] == f"sign_in_failed who={log.escaped(text)}"


def test_a_traceback_passes_for_no_line_of_the_log() -> None:
    forged = "x\n2026-05-01 08:00:00,000 INFO    face_rec.access: signed_in who=admin"
    first, *below = _logged("text", "face_rec.access", forged, error=True).splitlines()
    assert "it_failed" in first
    assert below
    assert all(line.startswith("  | ") for line in below)
    entry = json.loads(_logged("json", "face_rec.access", forged, error=True))
    assert "ValueError" in entry["exception"]


def test_names_in_any_script_stay_readable() -> None:
    assert "who=Zoë Łukasz 李 عمر" in _logged("text", "face_rec.access", "Zoë Łukasz 李 عمر")


@pytest.mark.heavy
def test_a_command_writes_nothing_raw_to_the_terminal_that_somebody_else_named(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "models" / "evil\x1b[2J"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text("{")

    def said(*words: str) -> str:
        ended = subprocess.run(
            [sys.executable, "-m", "face_rec", "models", *words], check=False, text=True,
            env={**os.environ, "DATA_DIR": str(tmp_path)}, capture_output=True, timeout=120,
        )  # fmt: skip
        return ended.stderr

    assert "pack_left_out name=evil\\x1b[2J" in said("list")
    assert "no\\x1b[2J" in said("verify", "no\x1b[2J")
