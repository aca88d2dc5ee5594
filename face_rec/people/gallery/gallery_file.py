"""The gallery's file on this machine: what a start reads it by, and what has it written anew when
that is worth it."""

import logging
from contextlib import suppress
from typing import Final

from face_rec.background import Background, step_back
from face_rec.clock import Clock
from face_rec.domain.errors import GalleryFileRefused, StoreError
from face_rec.people.gallery.gallery import MemoryGallery
from face_rec.protocols.models import ModelSource
from face_rec.protocols.people_store import GalleryFiles, PeopleReader

log = logging.getLogger(__name__)

LEAST: Final = 5_000
"""People, from whom on a file is worth its place: fewer are read from Redis in a fifth of a
second."""
ENOUGH: Final = 2_000
"""Changes after which it is written anew: reading so many people takes a tenth of a second."""
_EVERY: Final = 20.0
_AFTER_START: Final = 60.0
_APART: Final = 600.0
"""Seconds between two tries: who erases many, or changes the model, has it written once."""
_NICE: Final = 10


def quick_start(
    kept: GalleryFiles, store: PeopleReader, empty: MemoryGallery
) -> MemoryGallery | None:
    """``empty``, filled from the file and by what has changed since; None where there is no file
    of use, and everybody must be read. Raises StoreError where Redis does not answer."""
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


class FileKeeper:
    """A thread in each process; the file's lock lets one of them write."""

    def __init__(
        self, kept: GalleryFiles, people: PeopleReader, models: ModelSource, clock: Clock
    ) -> None:
        self._kept = kept
        self._people = people
        self._models = models
        self._clock = clock
        self._not_before = clock.monotonic() + _AFTER_START
        self._thread = Background("gallery-file", self._run)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """What is being written is given up."""
        self._thread.stop(5)

    def _run(self) -> None:
        step_back(_NICE)
        while not self._thread.stopping.wait(_EVERY):
            try:
                self.step()
            except StoreError as error:
                log.warning("gallery_file_waits reason=%s", error)

    def step(self) -> None:
        """Look once whether there is something to do, and do it. Raises StoreError. The thread
        does nothing but repeat this."""
        models = self._models.current()
        if models is None:
            return
        behind = self._kept.behind(models.contract)
        now = self._clock.monotonic()
        current = behind is not None and behind < ENOUGH
        if current or now < self._not_before or self._people.count() < LEAST:
            return
        self._not_before = now + _APART
        if self._kept.write(models.contract, self._thread.stopping.is_set):
            log.info("gallery_file_written seconds=%.1f", self._clock.monotonic() - now)
