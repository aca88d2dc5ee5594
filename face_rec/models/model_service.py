"""The models of a running app: loaded in the background, exchanged while it runs."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from face_rec.background import Background
from face_rec.clock import Clock, SystemClock
from face_rec.domain.errors import FaceRecError, ModelError, PackMissing, StoreUnavailable
from face_rec.domain.site.own_calibration import OwnCalibration
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.models import model_status as statuses
from face_rec.models.packs.install import QUALITY, Installer
from face_rec.models.packs.installed_packs import Choice, InstalledPacks, marks_of
from face_rec.models.packs.liveness_pack import MANIFEST as LIVENESS_MANIFEST
from face_rec.models.packs.liveness_pack import LivenessPacks
from face_rec.models.packs.manifest import MANIFEST, Pack
from face_rec.models.packs.pack_downloads import Again, give_up, silent
from face_rec.models.runtime.loading import Loaded, load, offered
from face_rec.models.runtime.models_beside import with_models_beside
from face_rec.models.scores.calibration import SiteScores
from face_rec.models.terms.model_facts import Speed
from face_rec.models.terms.model_status import ModelStatus, PackOffer
from face_rec.people.change.plan import Switch
from face_rec.protocols.models import FaceModels, Progress

log = logging.getLogger(__name__)

_LONGEST_LOADING = 60.0
"""Seconds that closing waits for a pack on its way in."""
_NOT_HERE = msgid(
    "The site uses the pack '{pack}', and this machine does not have it, or has another one of "
    "that name. Install it here, and it is used within seconds."
)
_INSTALLING = msgid("Another model pack is being installed; wait until it is done.")
_LOOK_AGAIN = 2.0
"""Seconds until a pack that another process has installed is noticed."""


class ModelService:
    """Implements ``protocols.ModelSource``. Safe to call from several threads.

    ``root``: DATA_DIR/models. ``pack``: name or folder. ``threads``: of one inference.
    ``liveness``: name or folder of the liveness models, which need not be there.
    ``mirror``: address of a folder with the official downloads; empty: where they are published.
    ``taken``: what an admin took over from measurements on the site's own people; asked at every
    look.
    """

    def __init__(
        self,
        root: Path,
        pack: str,
        provider: str = "auto",
        threads: int = 1,
        *,
        liveness: str = "liveness",
        clock: Clock | None = None,
        mirror: str = "",
        switch: Callable[[], Switch | None] = lambda: None,
        taken: Callable[[], Sequence[OwnCalibration]] = tuple,
        by_hand: bool = False,
    ) -> None:
        """``switch``: the pack that the site has chosen last, which all its processes follow, as
        it is stored at this moment (else two processes with one ``root`` would undo each other's);
        may raise StoreUnavailable. ``by_hand``: whether MATCH_THRESHOLD or MATCH_MARGIN is set."""
        self._by_hand = by_hand
        self._switch = switch
        self._refused: object = None
        self._behind = self._because = ""
        self._prepare: Callable[[FaceModels], None] = lambda _: None
        self.packs = InstalledPacks(root)
        self.liveness = LivenessPacks(root, self.packs.digests)
        self._liveness = liveness
        self.installer = Installer(self.packs, clock or SystemClock(), mirror)
        self._choice = Choice(root / "chosen.json", pack)
        self._provider = provider
        self._threads = threads
        self._taken = taken
        self._loaded: Loaded | None = None
        self._status = statuses.loading(pack)
        self._seen: tuple[object, ...] = ()
        self._loading = threading.Lock()
        self._installing = threading.Lock()
        self._follower = Background("models", self._follow)

    # --- what others see -----------------------------------------------------

    @property
    def threads(self) -> int:
        return self._threads

    def current(self) -> FaceModels | None:
        """The pack in use, warmed up; None while there is none."""
        return loaded.models if (loaded := self._loaded) else None

    def status(self) -> ModelStatus:
        """How it stands; cheap."""
        here = statuses.on_this_site(self._status, self.current())
        return replace(here, behind=self._behind, behind_because=self._because)

    def installed(self) -> list[Pack]:
        """All installed packs, custom ones included."""
        return self.packs.installed()

    def offers(self) -> list[PackOffer]:
        """The official packs; the first call times this machine for some tens of ms."""
        here = {pack.name for pack in self.packs.installed() if not pack.custom}
        used = self._status if self._loaded is not None else None
        return statuses.offers(used, here, self.installer.downloads)

    # --- loading -------------------------------------------------------------

    def start(self) -> None:
        """Load in the background, and again whenever the wanted pack changes on disk."""
        self._follower.start()

    def load(self) -> FaceModels:
        """Load and warm up the wanted pack, now; the one in use stays until it is ready. Raises
        PackMissing, PackBroken or ProviderMissing, which :meth:`status` tells as well."""
        with self._loading:
            wanted = self._choice.wanted
            self._seen = self._key(wanted)
            if self._loaded is None:
                self._status = statuses.loading(wanted)
            try:
                return self._exchange(wanted)
            except FaceRecError as error:
                self._status = self._failed(wanted, error)
                raise

    def use(self, name: str) -> FaceModels:
        """Exchange the pack in use for an installed one, here only, and remember the choice until
        MODEL_PACK is changed. Raises what :meth:`load` raises; then nothing has changed."""
        with self._loading:
            models = self._exchange(name)
            self._choice.make(name)
            self._seen = self._key(name)
            return models

    @property
    def wanted(self) -> str:
        """Name or folder of the pack to use."""
        return self._choice.wanted

    def beside(self, name: str) -> FaceModels:
        """An installed pack, loaded beside the one in use, which goes on. Raises ModelError."""
        pack = self.packs.find(name)
        return self._scored(pack, load(pack, self._provider, self._threads)).models

    def before_exchange(self, prepare: Callable[[FaceModels], None]) -> None:
        """``prepare`` is called with new models, on the thread that loads them."""
        self._prepare = prepare

    def close(self) -> None:
        """Follow no more; the models stay usable."""
        self._follower.stop(_LONGEST_LOADING)

    # --- installing ----------------------------------------------------------

    def pull(self, name: str, progress: Progress = silent, again: Again = give_up) -> Pack:
        """Download and install an official pack; see ``Installer.pull``.

        ``progress`` runs in the caller's thread. The pack is taken into use if it is the
        wanted one, or if there is none. Raises ModelError while another is being installed.
        """
        with self._one_installation():
            return self._taken_up(self.installer.pull(name, progress, again))

    def import_archive(self, path: Path, name: str = "", progress: Progress = silent) -> Pack:
        """Install a ZIP or folder; see ``Installer.import_from`` and :meth:`pull`."""
        with self._one_installation():
            return self._taken_up(self.installer.import_from(path, name, progress))

    # --- steps ---------------------------------------------------------------

    def _exchange(self, wanted: str) -> FaceModels:
        pack = self.packs.find(wanted)
        loaded = self._whole(pack)
        return self._put_to_use(pack, loaded)

    def _put_to_use(self, pack: Pack, loaded: Loaded) -> FaceModels:
        if self._loaded is not None and self._loaded.models.contract != loaded.models.contract:
            self._prepare(loaded.models)
        speed = Speed(loaded.detect_seconds, loaded.embed_seconds, measured=True)
        self._status = statuses.ready(pack, loaded.models, speed, loaded.note, offered())
        self._loaded = self._scored(pack, loaded)
        log.info("models_ready pack=%s provider=%s", pack.name, loaded.models.provider)
        return self._loaded.models

    def _scored(self, pack: Pack, loaded: Loaded) -> Loaded:
        """With the threshold that was taken over for this model, where there is one."""
        scores = SiteScores(pack.calibration, loaded.models.contract.digest, self._taken)
        return replace(loaded, models=replace(loaded.models, calibration=scores))

    def _whole(self, pack: Pack) -> Loaded:
        """The pack, with what lies beside it."""
        loaded = load(pack, self._provider, self._threads)
        return with_models_beside(loaded, self.packs, self.liveness, self._liveness, self._threads)

    def _follow(self) -> None:
        while not self._follower.stopping.is_set():
            self._load_if_changed()
            self._follower.stopping.wait(_LOOK_AGAIN)

    def _load_if_changed(self) -> None:
        try:
            self.follow()
            if self._key(self._choice.wanted) != self._seen:
                self.load()
        except FaceRecError as error:
            log.warning("models_not_loaded reason=%s", error)
        except Exception:
            bug = ModelError(msgid("The models could not be loaded; the log says why."))
            self._status = self._failed(self._choice.wanted, bug)
            raise

    def follow(self) -> None:
        """Use what the site has switched to, if that is not known here yet. A process that cannot
        stays with what it has, says so, and tries again once the pack has changed on its disk."""
        switch = self._stored_switch()
        if switch is None or switch.text() == self._choice.followed:
            return
        tried = (switch, self._key(switch.pack))
        if tried == self._refused:
            return
        with self._loading:
            try:
                self._follow_to(switch)
                self._behind = self._because = ""
            except FaceRecError as error:
                self._refused, self._behind, self._because = tried, switch.pack, error.said
                log.warning("switch_not_followed pack=%s reason=%s", switch.pack, error)
                self._status = self._failed(switch.pack, error)

    def _follow_to(self, switch: Switch) -> None:
        """By the name that it has here: the pack that was set here may lie elsewhere there."""
        if self._by_hand:
            self._refuse_foreign_scores(switch)
        for place in dict.fromkeys((switch.pack, self._choice.configured)):
            with suppress(PackMissing):
                pack = self.packs.find(place)
                loaded = self._whole(pack)
                if loaded.models.contract.digest == switch.contract:
                    if self._stored_switch() != switch:  # the next look follows what is newer
                        return
                    self._put_to_use(pack, loaded)
                    self._choice.make(place, switch.text())
                    self._seen = self._key(place)
                    return
        raise PackMissing(sentence(_NOT_HERE, pack=switch.pack))

    def _refuse_foreign_scores(self, switch: Switch) -> None:
        """A threshold set by hand is of the pack in use, or wanted, here."""
        used = self.current()
        with suppress(PackMissing):
            used = used or self.beside(self._choice.wanted)
        if used is None or used.contract.digest != switch.contract:
            raise statuses.foreign_scores(switch.pack)

    def _stored_switch(self) -> Switch | None:
        """None where the store is away, too: what was followed last holds."""
        with suppress(StoreUnavailable):
            return self._switch()
        return None

    def _key(self, wanted: str) -> tuple[object, ...]:
        """Changes whenever loading ``wanted`` may have another result."""
        return (
            wanted,
            marks_of(self.packs.place(wanted), MANIFEST),
            marks_of(self.liveness.place(self._liveness), LIVENESS_MANIFEST),
            marks_of(self.packs.root / QUALITY),
        )

    def _failed(self, wanted: str, error: FaceRecError) -> ModelStatus:
        """The status after a failure: of the pack still in use, if there is one."""
        return statuses.failed(self._status, self.current(), wanted, error)

    @contextmanager
    def _one_installation(self) -> Iterator[None]:
        if not self._installing.acquire(blocking=False):
            raise ModelError(_INSTALLING)
        try:
            yield
        finally:
            self._installing.release()

    def _taken_up(self, pack: Pack) -> Pack:
        if pack.folder == self.packs.place(self._choice.wanted):
            self.load()
        elif self._loaded is None:
            self.use(pack.name)
        return pack
