"""Files that leave the app: for whoever still may take them, and noted in the audit log."""

import asyncio
import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Final

from streamlit.proto.BackMsg_pb2 import BackendOperationRequest
from streamlit.proto.ForwardMsg_pb2 import BackendOperationResponse, DeferredFileResponsePayload
from streamlit.runtime import media_file_manager
from streamlit.runtime.backend_operation_handler import DeferredFileHandler
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.media_file_manager import MediaFileMetadata
from streamlit.runtime.media_file_storage import MediaFileKind, MediaFileStorageError

from face_rec.access.audit.actor import acting, requester
from face_rec.access.audit.audit import Action
from face_rec.access.rights import Act
from face_rec.domain.errors import FaceRecError, NotAllowed
from face_rec.domain.groups import Groups
from face_rec.facades.frame import FrameFacade
from face_rec.languages.language import msgid
from face_rec.languages.translator import Translator
from pages.ui.frame.identity import Right, acting_here, standing
from pages.ui.shared.words import words

log = logging.getLogger(__name__)

# Files that a browser has been told of wait until it has fetched them.
#
# Streamlit (seen in 1.67) keeps a file that is made when its button is pressed for no session:
# the next run of any page marks it, and the one after that removes it. With some kiosks and
# open pages that is within a tenth of a second, and the download answers 404.

PATIENCE: Final = 60.0  # seconds between the press and the end of a slow line's request


class PatientMetadata(MediaFileMetadata):
    """Marked for removal like any other, and removed a minute later."""

    def __init__(self, kind: MediaFileKind = MediaFileKind.MEDIA) -> None:
        super().__init__(kind)
        self._marked_at = 0.0

    @property
    def is_marked_for_delete(self) -> bool:
        marked = super().is_marked_for_delete
        return marked and time.monotonic() - self._marked_at > PATIENCE

    def mark_for_delete(self) -> None:
        if not super().is_marked_for_delete:
            self._marked_at = time.monotonic()
        super().mark_for_delete()


# What a browser is told waits in a queue until the event loop comes by, and whoever begins a run
# of the page empties it (seen in 1.67): where the answer to somebody who takes a file lay in it,
# their button turned until they loaded the page anew.

_ANSWERS: Final = {"backend_operation_response", "file_urls_response"}
_clear = ForwardMsgQueue.clear


def _clear_but_answers(
    self: ForwardMsgQueue,
    retain_lifecycle_msgs: bool = False,
    fragment_ids_this_run: list[str] | None = None,
) -> None:
    """A run that begins takes back what the one before has drawn, and no answer to a browser."""
    waiting = [message for message in self._queue if message.WhichOneof("type") in _ANSWERS]
    _clear(self, retain_lifecycle_msgs, fragment_ids_this_run)
    if retain_lifecycle_msgs:  # else all of it goes out, or nobody is there any more
        kept = tuple(self._queue)
        self._queue += [one for one in waiting if not any(one is other for other in kept)]


# Of a file that is not made Streamlit (seen in 1.67) says below the button that it failed, in
# English and without the reason, and leaves a traceback in the log for whatever was refused.

_FAILED: Final = msgid("Something went wrong; the application's log has the details. Try again.")
_LOST: Final = "Failed to generate file for download"  # Streamlit's own: here no language is known


_handle = DeferredFileHandler.handle


class FileRefused(Exception):
    """Why there is no file, in the language of whoever pressed the button."""


async def _with_the_reason(
    self: DeferredFileHandler, request: BackendOperationRequest, session_id: str
) -> BackendOperationResponse:
    """The address of the file, or why there is none. Runs in the event loop."""
    make = self._get_media_file_mgr().execute_deferred
    try:
        url = await asyncio.to_thread(make, request.deferred_file.file_id)
    except MediaFileStorageError as error:
        known = isinstance(error.__cause__, FileRefused)
        if not known:
            log.info("file_not_made tab=%s reason=%s", session_id, error)
        told = str(error.__cause__) if known else _LOST
        return BackendOperationResponse(request_id=request.request_id, error_msg=told)
    file = DeferredFileResponsePayload(url=url)
    return BackendOperationResponse(request_id=request.request_id, deferred_file=file)


def wait_for_browsers() -> None:
    """From now on every file is one of these, no page loses an answer, and each says why there is
    no file; once a process, before the first file."""
    media_file_manager.MediaFileMetadata = PatientMetadata  # type: ignore[misc]
    ForwardMsgQueue.clear = _clear_but_answers  # type: ignore[method-assign]
    DeferredFileHandler.handle = _with_the_reason  # type: ignore[method-assign]


wait_for_browsers()  # every page that offers a file comes by here


OVER: Final = msgid("You may not take this file any more. Reload the page.")
STANDS: Final = -1
"""In the place of a moment: of a file that is read when it is taken, or tells of one person alone
and looks whether they are there, or of whom it says that they are erased."""


def moment() -> int:
    """Before what a file is made of is read: see :func:`noted`. Raises StoreUnavailable."""
    return FrameFacade.current().departures.now()


def is_over(since: int, groups: Groups) -> bool:
    """Whether somebody was erased, or has left ``groups``, since that moment."""
    return since != STANDS and FrameFacade.current().departures.since(since, groups)


def noted(
    right: Right,
    name: str,
    make: Callable[[], bytes],
    act: Act | None = None,
    about: str = "",
    *,
    since: int | None = None,
) -> Callable[[], bytes]:
    """``make`` for a download button, for who has ``right`` when the file is taken; for an
    ``act`` their proof must still be fresh then. ``about``: the subject that it tells of.
    ``since``: the :func:`moment` before what it is made of was read; without one ``make`` reads
    that itself. Of whoever was erased since, or has left the groups of who takes it, no file is
    handed out.

    Streamlit makes the file later, outside of the page, so who it is for is kept from now, and
    what they speak. It keeps ``make`` for as long as the page, some minutes after that is closed,
    so ``make`` holds what was asked for and not the table that it was answered with. Raises
    FileRefused then.
    """
    who, look, access = acting_here(), standing(), FrameFacade.current().access

    def made() -> bytes:
        now = look()
        if not now.may(right) or requester() not in (None, now):
            raise NotAllowed(OVER)
        if act is not None:
            with acting(who):
                access.step_up.demand(act)
        begun = moment() if since is None else since
        data = make()
        if is_over(begun, now.groups):
            raise NotAllowed(OVER)
        after = {"bytes": len(data)}
        access.audit.record(Action.EXPORTED, name, after=after, actor=who, about=about)
        return data

    return partial(_or_why, made, words(), name)


def _or_why(make: Callable[[], bytes], speaks: Translator, name: str) -> bytes:
    try:
        return make()
    except FaceRecError as error:
        log.info("file_refused file=%s reason=%s", name, error)
        raise FileRefused(speaks.said(error.said)) from error
    except Exception as error:
        log.exception("file_failed file=%s", name)
        raise FileRefused(speaks.gettext(_FAILED)) from error
