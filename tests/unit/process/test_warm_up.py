"""What is slow to load is loaded before somebody waits for it."""

import importlib.util
import inspect
import logging
import re
import subprocess
import sys
from contextlib import nullcontext
from importlib import import_module
from importlib.metadata import requires
from unittest.mock import Mock

import anyio
import pytest
from streamlit import delta_generator, env_util

import app as entry
from face_rec import assembly, warm_up
from face_rec.domain.errors import SettingError
from face_rec.models.terms.model_status import ModelState
from face_rec.warm_up import WarmUp
from tests.redis_servers import wait_until
from tests.sources import imports_of, sources

HEAVY = entry._AWAITED + entry._OF_PAGES


def test_the_libraries_are_loaded_in_the_background_and_nothing_is_said_of_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The link that makes the first account stands above: a newcomer's last line."""
    caplog.set_level(logging.DEBUG, logger="face_rec")
    loaded: list[str] = []
    monkeypatch.setattr(warm_up, "import_module", loaded.append)
    up = WarmUp(HEAVY[:1], HEAVY[1:], queue=0)
    up.rest_after(lambda: True)
    up.start()
    wait_until(lambda: len(loaded) == len(HEAVY))
    wait_until(lambda: caplog.text.count("warmed_up") == 2)
    up.close()
    assert loaded == list(HEAVY)
    assert [one for one in caplog.records if one.levelno > logging.DEBUG] == []


@pytest.mark.heavy
def test_what_pages_need_waits_until_faces_are_recognised(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="face_rec")
    loaded: list[str] = []
    answers = iter([False, True])
    monkeypatch.setattr(warm_up, "import_module", loaded.append)
    up = WarmUp(["awaited"], ["of pages"], queue=0)
    up.start()
    wait_until(lambda: "warmed_up" in caplog.text)
    assert loaded == ["awaited"]
    up.rest_after(lambda: next(answers))
    wait_until(lambda: len(loaded) == 2)
    up.close()
    assert loaded == ["awaited", "of pages"]
    assert next(answers, None) is None


@pytest.mark.heavy
def test_the_app_loads_what_pages_need_once_its_models_stand(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Its start as it is, on a system of which nothing but the models' state is asked, until it
    would take over from another process."""
    caplog.set_level(logging.DEBUG, logger="face_rec")
    loaded: list[str] = []
    monkeypatch.setattr(warm_up, "import_module", loaded.append)
    up = WarmUp(entry._AWAITED, entry._OF_PAGES, queue=0)
    monkeypatch.setattr(entry, "WarmUp", Mock(return_value=up))
    system = Mock()
    system.models.status.return_value.state = ModelState.LOADING

    def in_the_middle(_built: object) -> None:
        wait_until(lambda: "warmed_up" in caplog.text)
        assert loaded == list(entry._AWAITED)
        system.models.status.return_value.state = ModelState.READY
        wait_until(lambda: loaded == list(HEAVY))
        raise SettingError("far enough")

    async def start() -> None:
        async with entry.lifespan(Mock()):
            pass

    monkeypatch.setattr(assembly, "build", lambda _settings: nullcontext(system))
    monkeypatch.setattr(assembly, "install", Mock())
    monkeypatch.setattr(entry, "_HANDOVER", Mock(take_over=in_the_middle))
    monkeypatch.setattr(entry, "_end", Mock(side_effect=EOFError))
    with pytest.raises(EOFError):
        anyio.run(start)
    up.close()


@pytest.mark.parametrize("recognises", [True, False])
def test_a_process_that_ends_before_loads_nothing_more(
    monkeypatch: pytest.MonkeyPatch, recognises: bool
) -> None:
    """Neither while somebody may still queue, nor while no model stands."""
    loaded: list[str] = []
    monkeypatch.setattr(warm_up, "import_module", loaded.append)
    up = WarmUp([], ["of pages"])
    up.rest_after(lambda: recognises)
    up.start()
    up.close()
    assert loaded == []
    assert not up._thread.alive


def test_the_files_of_all_modules_are_known_before_a_component_is_declared() -> None:
    new = str(import_module("zipapp").__file__)  # nothing here uses it
    warm_up.know_files()
    assert inspect.modulesbyfile[new] == "zipapp"


def test_the_first_page_after_a_start_does_not_look_at_every_module_s_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Streamlit asks ``inspect.stack()`` for that, once, until ``app.py`` says it has asked."""
    asked = Mock(return_value=True)
    monkeypatch.setattr(env_util, "is_repl", asked)
    delta_generator._maybe_print_use_warning()
    assert not asked.called
    monkeypatch.setattr(delta_generator, "_use_warning_has_been_displayed", False)
    delta_generator._maybe_print_use_warning()
    assert asked.called  # else this test proves nothing with this Streamlit


@pytest.mark.heavy
def test_they_exist_and_pages_use_them() -> None:
    used = {re.split(r"\W", needed)[0] for needed in requires("streamlit-webrtc") or ()}
    for path in sources():
        used |= {name.split(".")[0] for name in imports_of(path)}
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
