"""A file whose button was pressed is there when the browser comes, however busy the app is."""

import time
from collections.abc import Iterator

import pytest
from streamlit.runtime import media_file_manager
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.media_file_storage import MediaFileStorageError
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from pages.ui.frame import exports
from pages.ui.frame.exports import PatientMetadata


@pytest.fixture(autouse=True)
def _streamlit_as_it_comes() -> Iterator[None]:
    """A page that another test opened has installed the patience for the whole process."""
    kept = media_file_manager.MediaFileMetadata
    media_file_manager.MediaFileMetadata = PatientMetadata.__base__  # type: ignore[misc, assignment]
    yield
    media_file_manager.MediaFileMetadata = kept  # type: ignore[misc]


def _pressed() -> tuple[MemoryMediaFileStorage, MediaFileManager, str]:
    """The store, its manager, and the name of a file that was made at a press just now."""
    storage = MemoryMediaFileStorage("/media")
    manager = MediaFileManager(storage=storage)
    manager._deferred_callables["later"] = {
        "callable": lambda: b"name,time", "mimetype": "text/csv", "filename": "a.csv",
        "coordinates": "0", "session_id": "tab", "element_id": "button",
    }  # fmt: skip
    return storage, manager, manager.execute_deferred("later").rsplit("/", 1)[-1]


def _runs_of_other_pages(manager: MediaFileManager, number: int = 5) -> None:
    for _ in range(number):
        manager.remove_orphaned_files()


def test_streamlit_alone_removes_it_after_two_runs_of_any_page() -> None:
    storage, manager, name = _pressed()
    _runs_of_other_pages(manager)
    with pytest.raises(MediaFileStorageError):
        storage.get_file(name)  # once this fails, the patience here can go


def test_it_waits_for_the_browser_and_is_gone_after_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    exports.wait_for_browsers()
    storage, manager, name = _pressed()
    _runs_of_other_pages(manager)
    assert storage.get_file(name).content == b"name,time"
    later = time.monotonic() + exports.PATIENCE + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    _runs_of_other_pages(manager)
    with pytest.raises(MediaFileStorageError):
        storage.get_file(name)
