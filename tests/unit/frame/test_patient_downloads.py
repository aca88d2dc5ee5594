"""A file whose button was pressed is there when the browser comes, however busy the app is, and
the browser is told of it, or why there is none."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from streamlit.proto.BackMsg_pb2 import BackendOperationRequest, DeferredFileRequestPayload
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import BackendOperationResponse, ForwardMsg
from streamlit.runtime import media_file_manager
from streamlit.runtime.backend_operation_handler import DeferredFileHandler
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.media_file_storage import MediaFileStorageError
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from face_rec.domain.errors import VisitRefused
from face_rec.languages.language import msgid
from face_rec.languages.translator import Translators
from pages.ui.frame import exports
from pages.ui.frame.exports import FileRefused, PatientMetadata


@pytest.fixture(autouse=True)
def _streamlit_as_it_comes() -> Iterator[None]:
    """A page that another test opened has installed the patience for the whole process."""
    kept, clear = media_file_manager.MediaFileMetadata, ForwardMsgQueue.clear
    handle, DeferredFileHandler.handle = DeferredFileHandler.handle, exports._handle  # type: ignore[method-assign]
    media_file_manager.MediaFileMetadata = PatientMetadata.__base__  # type: ignore[misc, assignment]
    ForwardMsgQueue.clear = exports._clear  # type: ignore[method-assign]
    yield
    media_file_manager.MediaFileMetadata = kept  # type: ignore[misc]
    ForwardMsgQueue.clear = clear  # type: ignore[method-assign]
    DeferredFileHandler.handle = handle  # type: ignore[method-assign]


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


def _told_when_a_run_begins(queue: ForwardMsgQueue, fragments: list[str] | None) -> list[str]:
    """What still goes out of an answer to a press, and of what the run before has drawn."""
    queue.enqueue(ForwardMsg(delta=Delta(new_element=Element(), fragment_id="card")))
    answer = BackendOperationResponse(request_id="pressed")
    queue.enqueue(ForwardMsg(backend_operation_response=answer))
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=fragments)
    return [str(message.WhichOneof("type")) for message in queue.flush()]


def test_streamlit_alone_loses_the_answer_to_a_press_when_a_run_begins() -> None:
    told = _told_when_a_run_begins(ForwardMsgQueue(), None)
    assert told == []  # once this fails, what is done about it can go


@pytest.mark.parametrize("fragments", [None, ["card"]], ids=["page", "fragment"])
def test_the_answer_to_a_press_outlives_the_run_that_begins_and_is_told_once(
    fragments: list[str] | None,
) -> None:
    queue = ForwardMsgQueue()  # of a page that was open before
    exports.wait_for_browsers()
    assert _told_when_a_run_begins(queue, fragments) == ["backend_operation_response"]
    assert queue.is_empty()


def _told_of(make: Callable[[], bytes], name: str = "later") -> BackendOperationResponse:
    """What a browser hears that asks for the file ``name``, where ``make`` makes "later"."""
    manager = MediaFileManager(storage=MemoryMediaFileStorage("/media"))
    manager._deferred_callables["later"] = {
        "callable": make, "mimetype": "text/csv", "filename": "a.csv",
        "coordinates": "0", "session_id": "tab", "element_id": "button",
    }  # fmt: skip
    wanted = DeferredFileRequestPayload(file_id=name)
    asked = BackendOperationRequest(request_id="1", deferred_file=wanted)
    return asyncio.run(DeferredFileHandler(lambda: manager).handle(asked, "tab"))


def _in_german(make: Callable[[], bytes]) -> Callable[[], bytes]:
    return partial(exports._or_why, make, Translators().of("de"), "visitors")


def _refusing(error: Exception) -> Callable[[], bytes]:
    def make() -> bytes:
        raise error

    return make


def test_streamlit_alone_does_not_say_why_there_is_no_file() -> None:
    told = _told_of(_refusing(FileRefused("You may not take it.")))
    assert told.error_msg == "Failed to generate file for download"  # once this fails, ours can go


def test_a_file_that_is_refused_says_why_in_the_readers_language_and_leaves_one_line_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "pages")
    exports.wait_for_browsers()
    refused = VisitRefused(msgid("This visit is over. Announce the visitor anew."))
    told = _told_of(_in_german(_refusing(refused)))
    assert told.error_msg == "Dieser Besuch ist vorbei. Kündigen Sie ihn neu an."
    assert [record.getMessage() for record in caplog.records] == [
        "file_refused file=visitors reason=This visit is over. Announce the visitor anew."
    ]
    assert not caplog.records[0].exc_info
    assert _told_of(_in_german(lambda: b"name")).deferred_file.url


def test_a_file_that_fails_is_a_fault_in_the_log_and_one_that_is_gone_is_none(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "pages")
    exports.wait_for_browsers()
    told = _told_of(_in_german(_refusing(ZeroDivisionError("a / b"))))
    assert told.error_msg.startswith("Etwas ist schiefgegangen")
    assert [bool(record.exc_info) for record in caplog.records] == [True]
    caplog.clear()
    assert _told_of(lambda: b"", "gone").error_msg == "Failed to generate file for download"
    assert [bool(record.exc_info) for record in caplog.records] == [False]
