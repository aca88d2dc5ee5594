"""The check before the first start names a missing library and the command that installs it."""

import importlib
from types import ModuleType

import pytest

from face_rec import preflight


def _without_gl(name: str) -> ModuleType:
    assert name == "cv2"
    raise ImportError("libGL.so.1: cannot open shared object file: No such file or directory")


def test_a_machine_with_everything_passes_without_a_word(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert preflight.problem() is None
    assert preflight.main() == 0
    assert capsys.readouterr().err == ""


def test_a_missing_system_library_is_named_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib, "import_module", _without_gl)
    assert preflight.main() == 1
    told = capsys.readouterr().err
    assert "libGL.so.1" in told
    assert "sudo apt-get install -y libgl1 libglib2.0-0" in told
    assert "dnf install" in told
    assert "Traceback" not in told
