"""A command loads the libraries that it needs, and no other: each does its work here."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import ROOT

HEAVY = frozenset({
    "aiortc", "alembic", "altair", "apprise", "authlib", "av", "boto3", "fpdf", "httpx",
    "icalendar", "insightface", "joserfc", "onnx", "onnxruntime", "pandas", "psycopg", "pyarrow",
    "scipy", "skimage", "sklearn", "sqlalchemy", "starlette", "streamlit", "uvicorn", "webauthn",
    "xlsxwriter", "zxcvbn",
})  # fmt: skip
TABLES = frozenset({"pandas", "pyarrow"})  # each loads the other
MODELS = frozenset({"insightface", "onnx", "onnxruntime", "scipy", "skimage"})
NEEDED: dict[str, frozenset[str]] = {
    "backup --out backup.zip": frozenset(),
    "doctor": MODELS,
    "export marks --from 2026-01-01 --to 2026-01-31 --out marks.csv": TABLES,
    "keys new": frozenset(),
    "privacy retention": frozenset(),
    "report daily --from 2026-01-01 --to 2026-01-01 --out day.csv": TABLES,
    "report daily --from 2026-01-01 --to 2026-01-01 --out day.pdf": TABLES | {"fpdf"},
    "report daily --from 2026-01-01 --to 2026-01-01 --out day.xlsx": TABLES | {"xlsxwriter"},
    "users list": frozenset(),
    "verify": frozenset(),
}
_CHILD = """
import atexit, runpy, sys
sys.argv[1:] = {words!r}
atexit.register(lambda: print("loaded:", *({heavy!r} & set(sys.modules)), file=sys.stderr))
runpy.run_module("face_rec", run_name="__main__", alter_sys=True)
"""


def _loaded(command: str, folder: Path) -> frozenset[str]:
    """What of HEAVY ``command`` has loaded when it ends; files that it names are in ``folder``."""
    words = [str(folder / word) if "." in word else word for word in command.split()]
    ran = subprocess.run(
        [sys.executable, "-c", _CHILD.format(words=words, heavy=set(HEAVY))], cwd=ROOT,
        env=os.environ | {"DATA_DIR": str(folder), "ACCOUNTS": "off"}, timeout=240,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Traceback" not in ran.stderr, ran.stderr
    assert ran.returncode == (command == "doctor"), ran.stderr  # which misses a model here
    return frozenset(ran.stderr.rsplit("loaded:", 1)[1].split())


@pytest.mark.heavy
@pytest.mark.timeout(600)
def test_each_command_loads_the_libraries_that_it_needs_and_no_other(tmp_path: Path) -> None:
    found = {command: _loaded(command, tmp_path) for command in NEEDED}
    assert found == NEEDED


@pytest.mark.heavy
def test_the_app_stands_before_what_its_pages_and_files_are_made_with_is_loaded() -> None:
    """What it waits for before it serves; tables for the office are loaded once it recognises."""
    child = f"import sys, app; app.assembly.build; print(*({set(HEAVY)!r} & set(sys.modules)))"
    ran = subprocess.run(
        [sys.executable, "-c", child], cwd=ROOT, capture_output=True, text=True, check=True
    )
    serving = {"av", "starlette", "streamlit", "uvicorn"}
    assert set(ran.stdout.split()) == MODELS | serving


def test_all_of_them_are_here() -> None:
    """Else a library that was renamed would never be noticed again."""
    assert [name for name in HEAVY if importlib.util.find_spec(name) is None] == []
