"""``/snapshots/KEY``: the one door through which a browser gets a snapshot. Kept enrolment photos
are for models to look at, and go through no door; attachments of requests are for who decides."""

import logging
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from face_rec.domain.errors import BadSnapshotKey, SnapshotMissing, StoreError
from face_rec.domain.pictures import attached_of, kept_of
from face_rec.protocols.snapshots import SnapshotStore
from face_rec.web.base.headers import PRIVATE_FILE

log = logging.getLogger(__name__)

_MISSING = "There is no such snapshot."
_HEADERS = {**PRIVATE_FILE, "Content-Disposition": "inline"}


def routes(snapshots: Callable[[], SnapshotStore]) -> list[Route]:
    """The route; ``snapshots`` is asked at every request, on a thread of its own."""

    def snapshot(request: Request) -> Response:
        key = request.path_params["key"]
        if kept_of(key) or attached_of(key):
            return PlainTextResponse(_MISSING, 404, _HEADERS)
        try:
            jpeg = snapshots().get(key)
        except (BadSnapshotKey, SnapshotMissing):
            return PlainTextResponse(_MISSING, 404, _HEADERS)
        except StoreError as error:
            log.warning("snapshot_not_served reason=%s", error)
            return PlainTextResponse("Snapshots cannot be read now; try again.", 503, _HEADERS)
        return Response(jpeg, media_type="image/jpeg", headers=_HEADERS)

    return [Route("/snapshots/{key:path}", snapshot)]
