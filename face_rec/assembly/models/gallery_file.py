"""The sealed copy of the gallery in DATA_DIR, which makes a start quick."""

import logging
from contextlib import ExitStack
from functools import partial

from config import Settings
from face_rec.assembly.storage.sealing import gallery_key
from face_rec.assembly.storage.stores import Stores
from face_rec.background import started
from face_rec.clock import Clock
from face_rec.domain.errors import StoreError
from face_rec.people.gallery.follower import QuickStart
from face_rec.people.gallery.gallery_file import FileKeeper, quick_start
from face_rec.protocols.models import ModelSource
from face_rec.stores.gallery.gallery_file import GalleryFile

log = logging.getLogger(__name__)


def open_gallery_file(
    settings: Settings, stores: Stores, models: ModelSource, clock: Clock, stack: ExitStack
) -> QuickStart | None:
    """What reads it at a start; it is looked after until ``stack`` is closed. None where there is
    to be none, and one of before is removed: GALLERY_FILE is off, or an engine outside holds the
    gallery."""
    machine = gallery_key(settings)
    kept = GalleryFile(settings.data_dir, settings.site, stores.client, stores.people, machine)
    if not settings.gallery_file or settings.gallery == "redis-vectors":
        try:
            kept.forget()
        except StoreError as error:
            log.warning("gallery_file_key_stays reason=%s", error)
        return None
    started(FileKeeper(kept, stores.people, models, clock), stack)
    return partial(quick_start, kept, stores.people)
