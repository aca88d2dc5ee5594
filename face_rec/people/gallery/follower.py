"""Keeps the gallery in memory equal to the store: loads it, then follows its changes."""

import logging
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from face_rec.background import Background
from face_rec.clock import Clock
from face_rec.domain.errors import RowsLost, StoreError
from face_rec.domain.people import Change, Contract, GalleryEntry
from face_rec.languages.language import msgid
from face_rec.people.gallery.gallery import MemoryGallery
from face_rec.people.gallery.live_gallery import LiveGallery
from face_rec.protocols.models import FaceModels, ModelSource
from face_rec.protocols.people_store import Gallery, PeopleReader

log = logging.getLogger(__name__)

Listener = Callable[[Collection[str] | None], None]
"""Told which subjects changed (None: anybody may have). Runs on the follower's thread after
the gallery has the change, so it must be quick and must not raise."""

QuickStart = Callable[[MemoryGallery], MemoryGallery | None]
"""Fills an empty one with what this machine keeps; None where that is of no use."""

_BLOCK_MS = 500  # how long one read waits for a change; also how soon another model is noticed
_RETRY_SECONDS = 1.0
_TOLD_EVERY = 25_000  # people: a line of the log each second or so while a large site is loaded


@dataclass(frozen=True, slots=True)
class FollowerStatus:
    """What ``/readyz`` and the system page show.

    ``loading``: (done, total) people of a rebuild under way, total 0 when unknown; None
    otherwise. ``error``: why the gallery may be out of date, or "". ``age``: seconds since it
    was last known to be up to date; None before the first time. ``blind``: nobody can be compared
    with it now, as ``error`` says.
    """

    revision: int = 0
    people: int = 0
    templates: int = 0
    loading: tuple[int, int] | None = None
    error: str = ""
    age: float | None = None
    blind: bool = False

    @property
    def ready(self) -> bool:
        return self.age is not None


class GalleryFollower:
    """A thread that applies the store's changes in revision order, within a second.

    After a gap, or when the model in use changes, the matrix is rebuilt beside the old one and
    swapped. A failed rebuild or read leaves the old matrix in use, says so in :meth:`status`
    and is tried again every second.
    """

    def __init__(
        self,
        store: PeopleReader,
        models: ModelSource,
        clock: Clock,
        listeners: Iterable[Listener] = (),
        make: Callable[[Contract], MemoryGallery] = MemoryGallery,
        *,
        quick: QuickStart | None = None,
    ) -> None:
        """``make``: an empty gallery of a contract. ``quick``: what the first one is tried
        with."""
        self._store = store
        self._models = models
        self._clock = clock
        self._listeners = tuple(listeners)
        self._make = make
        self._quick = quick
        self._live = LiveGallery(models, clock)
        self._status = FollowerStatus()
        self._current_at: float | None = None
        self._doubted = False
        self._applied = threading.Condition()
        self._thread = Background("gallery", self._run)
        self._stop = self._thread.stopping

    @property
    def gallery(self) -> Gallery:
        """Stays the same object for good; the matrix behind it changes."""
        return self._live

    def matrix(self) -> MemoryGallery | None:
        """The one in use; None until the first is loaded, and none of another model."""
        return self._live.live if self._live.fits else None

    def recognises(self) -> bool:
        """Whether anybody can be recognised now: there is a model, and a gallery of it that
        answers."""
        return self._live.fits and not (self._status.blind or self._live.trouble)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Stop following; returns within about a second. The gallery stays as it is."""
        self._thread.stop(5)

    def status(self) -> FollowerStatus:
        live, since, trouble = self._live.live, self._current_at, self._live.trouble
        return replace(
            self._status,
            revision=self._live.revision,
            people=self._live.people,
            templates=live.templates if live else 0,
            age=None if since is None else self._clock.monotonic() - since,
            blind=self._status.blind or bool(trouble),
            error=self._status.error or trouble,
        )

    def wait(self, revision: int, timeout: float) -> bool:
        """Wait until the gallery of the model in use has ``revision``; False if it has not
        within ``timeout`` seconds."""
        with self._applied:
            return self._applied.wait_for(lambda: self._has(revision), timeout)

    def _has(self, revision: int) -> bool:
        live, models = self._live.live, self._models.current()
        return (
            live is not None
            and models is not None
            and live.contract == models.contract
            and live.revision >= revision
        )

    def prepare(self, models: FaceModels) -> None:
        """Load the gallery of ``models``, which will be in use in a moment, beside the one in use:
        so that nobody stands before a kiosk that knows no one. Where that fails they are loaded
        afterwards. On the thread of whoever exchanges the models."""
        try:
            self._live.prepare(self._loaded(models.contract))
        except StoreError as error:
            log.warning("gallery_not_prepared reason=%s", error)

    def doubt(self) -> None:
        """The store may have lost changes that it had told: everybody is loaded anew. By revisions
        alone that is not seen once others have taken the place of those that are gone. Safe from
        any thread."""
        self._doubted = True

    # --- the thread

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self.step()
            except StoreError as error:
                self._failed(error.said)
                self._stop.wait(_RETRY_SECONDS)
            except Exception:  # a bug: Background goes on, but the gallery must not age unseen
                self._failed(msgid("The gallery could not be updated; the log says why."))
                raise

    def _failed(self, error: str) -> None:
        if error != self._status.error:
            log.warning("gallery_behind revision=%d reason=%s", self._live.revision, error)
        self._status = replace(self._status, error=error, loading=None)

    def step(self, block_ms: int = _BLOCK_MS) -> None:
        """Apply what has changed, waiting up to ``block_ms`` for something to change.

        The thread does nothing but repeat this. Raises StoreError.
        """
        models, live = self._models.current(), self._live.live
        if models is None:
            self._stop.wait(block_ms / 1000)
            return
        if live is not None and not self._doubted:
            self._look_at(live)
        if live is None or live.contract != models.contract or self._doubted:
            self._rebuild(models.contract)
            return
        changes = self._store.changes(live.revision, block_ms)
        if changes is None:
            self._rebuild(models.contract)
            return
        if changes:
            self._apply(live, changes)
        self._up_to_date()

    def _look_at(self, live: MemoryGallery) -> None:
        """Raises StoreError while nobody can be compared; what was lost is loaded anew."""
        try:
            live.check()
        except StoreError as error:
            self._status = replace(self._status, blind=True)
            self._doubted = isinstance(error, RowsLost) or self._doubted
            raise
        self._status = replace(self._status, blind=False)

    def _rebuild(self, contract: Contract) -> None:
        """Load everybody beside what is in use. The revision is read first: what changes
        while loading is applied once more afterwards, which does no harm."""
        log.info("gallery_loading contract=%s", contract.digest[:12])
        doubted, self._doubted = self._doubted, False
        quick = None if doubted or self._live.live is not None else self._quick
        try:
            self._load(contract, quick)
        except BaseException:
            self._doubted = self._doubted or doubted
            raise

    def _loaded(self, contract: Contract) -> MemoryGallery:
        revision = self._store.revision()
        fresh = self._make(contract)
        fresh.load(self._fitting(fresh, contract), revision, self._store.count())
        return fresh

    def _load(self, contract: Contract, quick: QuickStart | None) -> None:
        found = quick(self._make(contract)) if quick else None
        fresh = found or self._loaded(contract)
        if self._stop.is_set():
            return
        self._live.swap(fresh)
        self._status = replace(self._status, blind=False)
        source = "redis" if found is None else "file"
        log.info(
            "gallery_loaded people=%d revision=%d from=%s", fresh.people, fresh.revision, source
        )
        self._tell(None)
        self._up_to_date()

    def _fitting(self, gallery: MemoryGallery, contract: Contract) -> Iterator[GalleryEntry]:
        for entry in self._store.entries(contract.digest, self._progress):
            if self._stop.is_set():
                return
            if gallery.fits(entry):
                yield entry
            else:
                log.error("gallery_entry_broken subject=%s", entry.subject)

    def _progress(self, done: int, total: int) -> None:
        before = self._status.loading or (0, total)
        self._status = replace(self._status, loading=(done, total))
        if done // _TOLD_EVERY > before[0] // _TOLD_EVERY:
            log.info("gallery_loading people=%d of=%d", done, total)

    def _apply(self, live: MemoryGallery, changes: list[Change]) -> None:
        for change in changes:
            entry = self._store.entry(change.subject, live.contract.digest)
            if entry is not None and live.fits(entry):
                live.put(entry, change.revision)
            else:
                live.remove(change.subject, change.revision)
        self._tell({change.subject for change in changes})

    def _tell(self, subjects: Collection[str] | None) -> None:
        for listener in self._listeners:
            listener(subjects)

    def _up_to_date(self) -> None:
        self._current_at = self._clock.monotonic()
        self._status = replace(self._status, error="", loading=None)
        with self._applied:
            self._applied.notify_all()
