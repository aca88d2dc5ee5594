"""The gallery of this machine's file, brought up to date by what has changed since."""

import logging
from contextlib import suppress

from face_rec.domain.errors import GalleryFileRefused, StoreError
from face_rec.people.gallery.gallery import MemoryGallery
from face_rec.protocols.people_store import GalleryFiles, PeopleReader

log = logging.getLogger(__name__)


def quick_start(
    kept: GalleryFiles, store: PeopleReader, empty: MemoryGallery
) -> MemoryGallery | None:
    """``empty``, filled; None where there is no file of use, and everybody must be read. Raises
    StoreError where Redis does not answer."""
    try:
        found = kept.read(empty.contract)
        if found is None:
            return None
        empty.load_blocks(found.blocks, found.revision, found.expected)
    except GalleryFileRefused as error:
        log.warning("gallery_file_refused reason=%s", error)
        _forget(kept)
        return None
    except StoreError:
        raise
    except Exception:  # a bug, then: nobody must stand before a kiosk that knows no one for it
        log.exception("gallery_file_not_read")
        _forget(kept)
        return None
    if _caught_up(empty, store) and empty.people <= store.count():
        return empty
    log.info("gallery_file_too_old revision=%d", found.revision)
    return None


def _forget(kept: GalleryFiles) -> None:
    with suppress(StoreError):  # the keeper tries it again
        kept.forget()


def _caught_up(gallery: MemoryGallery, store: PeopleReader) -> bool:
    """Read whoever changed since, many at once; False where it is not known who did."""
    while changes := store.changes(gallery.revision):
        newest = changes[-1].revision
        subjects = list(dict.fromkeys(change.subject for change in changes))
        found = {one.subject: one for one in store.some(subjects, gallery.contract.digest)}
        for subject in subjects:
            entry = found.get(subject)
            if entry is not None and gallery.fits(entry):
                gallery.put(entry, newest)
            else:
                gallery.remove(subject, newest)
    return changes is not None
