"""What is slow to load is loaded before somebody waits for it."""

import ast
import importlib.util
import logging
import subprocess
import sys

import pytest

import app as entry
from config import ROOT
from face_rec import warm_up
from face_rec.warm_up import WarmUp
from tests.redis_servers import wait_until

HEAVY = entry._HEAVY


def test_the_libraries_are_loaded_in_the_background_and_nothing_is_said_of_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The link that makes the first account stands above: a newcomer's last line."""
    caplog.set_level(logging.DEBUG, logger="face_rec")
    loaded: list[str] = []
    monkeypatch.setattr(warm_up, "import_module", loaded.append)
    up = WarmUp(HEAVY)
    up.start()
    wait_until(lambda: len(loaded) == len(HEAVY))
    wait_until(lambda: "warmed_up" in caplog.text)
    up.close()
    assert loaded == list(HEAVY)
    assert [one for one in caplog.records if one.levelno > logging.DEBUG] == []


@pytest.mark.heavy
def test_they_exist_and_pages_use_them() -> None:
    used: set[str] = set()
    for folder in ("pages", "face_rec"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Import):
                    used |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom):
                    used.add((node.module or "").split(".")[0])
    assert set(HEAVY) <= used
    assert all(name in sys.modules or importlib.util.find_spec(name) for name in HEAVY)


@pytest.mark.heavy
def test_nothing_is_loaded_that_declares_a_component() -> None:
    """Loaded outside a script it would be known to Python and not to Streamlit: a 404."""
    loads = f"import sys; [__import__(name) for name in {HEAVY!r}]"
    says = "print(sorted(name for name in sys.modules if name.startswith('streamlit')))"
    ran = subprocess.run(
        [sys.executable, "-c", f"{loads}; {says}"], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"
