"""What stands is frozen, and nothing that was frozen is held for ever."""

import gc
import logging
import threading
import tomllib
import weakref
from collections.abc import Iterator

import pytest
from streamlit import config as streamlit_config

from config import ROOT
from face_rec import warm_up
from face_rec.warm_up import Heap, settle
from tests.redis_servers import wait_until


class _Ring:
    """Refers to itself, so that only the collector can take it away."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


@pytest.mark.heavy
def test_what_stands_is_out_of_the_collector_s_way_and_nothing_is_said_of_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The link that makes the first account stands above: a newcomer's last line."""
    caplog.set_level(logging.DEBUG, logger="face_rec")
    kept = _Ring()
    settle()
    said = [one.levelno for one in caplog.records if one.name == settle.__module__]
    assert said == [logging.DEBUG]
    assert gc.get_freeze_count() > 10_000
    assert all(one is not kept for one in gc.get_objects())
    assert len(gc.get_objects()) < gc.get_freeze_count() / 10


def test_garbage_is_collected_before_the_freeze() -> None:
    gone = weakref.ref(_Ring())
    settle()
    assert gone() is None


@pytest.mark.heavy
def test_what_was_frozen_and_has_become_garbage_goes_at_the_next_time() -> None:
    ring = _Ring()
    settle()
    gone = weakref.ref(ring)
    del ring
    gc.collect()
    assert gone() is not None
    settle()
    assert gone() is None


def test_it_is_done_after_the_start_after_each_load_and_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    times: list[str] = []
    monkeypatch.setattr(warm_up, "settle", lambda: times.append(threading.current_thread().name))
    watch = Heap(first=0.01, every=3600)
    watch.start()
    wait_until(lambda: len(times) == 1)
    watch.changed({"one"})
    watch.changed(None)
    wait_until(lambda: len(times) == 2)
    assert times == ["heap", "heap"]
    watch.close()
    again = Heap(first=0.01, every=0.01)
    again.start()
    wait_until(lambda: len(times) > 5)
    again.close()


def test_streamlit_forces_no_collection_of_its_own() -> None:
    """It runs one after every script and fragment; the option to leave it must exist."""
    written = tomllib.loads((ROOT / ".streamlit/config.toml").read_text("utf-8"))
    assert written["runner"]["postScriptGC"] is False
    assert "runner.postScriptGC" in streamlit_config._config_options_template
