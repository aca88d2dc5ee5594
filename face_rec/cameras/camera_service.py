"""Cameras as an admin adds, changes and removes them."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Final, Protocol

from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.rights import Act
from face_rec.access.storage import Records
from face_rec.cameras.address import Address, checked
from face_rec.cameras.camera import LARGEST_FACE, Camera, CameraDraft, CameraEntry, entry_of
from face_rec.clock import Clock
from face_rec.domain.errors import CameraRefused, Conflict, FaceRecError
from face_rec.kiosks.kiosk import NAME, RULE, KioskRecord
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.protocols.sealing import Sealer, open_text, seal_text
from face_rec.retry import until_first

MOST: Final = 200
"""Cameras of a site."""


class Places(Protocol):
    """What keeps the kiosks' records, of which each camera has one; see
    :class:`face_rec.attendance.kiosk_service.KioskService`."""

    def all(self) -> tuple[KioskRecord, ...]: ...

    def today(self) -> date: ...

    def create(self, record: KioskRecord) -> None: ...

    def save(self, record: KioskRecord, seen: KioskRecord, since: date | None) -> None: ...

    def remove(self, seen: KioskRecord) -> None: ...


class CameraService:
    """Safe to call from any thread. Changes raise CameraRefused, ProofNeeded, Conflict and
    RuleRefused, with nothing changed; all may raise StoreUnavailable.

    A camera is two records: its own, and that of a kiosk of the same name. The camera's is
    written first: one without a kiosk's is shown, marks nobody, and gets it at the next change.
    """

    def __init__(
        self,
        records: Records[Camera],
        places: Places,
        sealer: Sealer,
        *,
        audit_log: AuditLog,
        clock: Clock,
        demand: Callable[[Act], None],
    ) -> None:
        """``places`` ask for no proof of their own. ``demand`` raises ProofNeeded where whoever
        acts must first prove who they are."""
        self._records = records
        self._places = places
        self._sealer = sealer
        self._audit_log = audit_log
        self._clock = clock
        self._demand = demand

    def all(self) -> list[CameraEntry]:
        """By name."""
        places = {one.id: one for one in self._places.all()}
        return [entry_of(one, places) for one in self._records.all()]

    def get(self, camera_id: str) -> CameraEntry | None:
        return next((one for one in self.all() if one.id == camera_id), None)

    def ids(self) -> frozenset[str]:
        """The names of kiosks that are cameras."""
        return frozenset(one.id for one in self._records.all())

    def address(self, camera: Camera) -> Address:
        """Where its pictures come from; for whoever opens it. Raises StoreError where its key is
        missing."""
        return address_of(camera, self._sealer)

    def asked(self, draft: CameraDraft) -> Address:
        """The address that saving ``draft`` would give it; for a picture before that. It takes
        the same proof: with a password that is known already, a picture is more than an address.
        """
        self._demand(Act.CAMERAS)
        return self._address(draft, self._records.get(draft.id))

    def admit(self) -> None:
        """Whoever asks a camera that is not one of ours yet gives the same proof. Raises
        ProofNeeded."""
        self._demand(Act.CAMERAS)

    def add(self, draft: CameraDraft, by: str) -> Camera:
        """A new camera; workers begin with it within two seconds."""
        self._demand(Act.CAMERAS)
        self._check_name(draft.id)
        address = self._address(draft, None)
        made = _written(Camera(draft.id, "", "", by, self._clock.now()), draft, address)
        made = self._sealed(made, address)
        if not self._records.create(made):
            raise CameraRefused(
                sentence("There is a camera {name} already. Choose another name.", name=draft.id)
            )
        try:
            self._places.create(_place(draft, KioskRecord(draft.id)))
        except FaceRecError:
            with suppress(FaceRecError):
                self._records.remove(made.id)
            raise
        self._audit_log.record(Action.CAMERA_ADDED, made.id, after=_about(made))
        return made

    def change(self, draft: CameraDraft, seen: CameraEntry) -> Camera:
        """``seen``: as it was shown to who changes it; raises Conflict where somebody else was
        faster. What days are judged by holds from today on."""
        self._demand(Act.CAMERAS)
        now = self._there(draft.id)
        if now.version != seen.camera.version:
            raise Conflict(
                sentence(
                    "Somebody else changed {name} in the meantime. Try again.",
                    name=repr(draft.id),
                )
            )
        address = self._address(draft, now)
        camera = self._sealed(_written(now, draft, address), address)
        self._save_place(draft, seen.kiosk)
        saved = self._records.update(camera)
        self._audit_log.record(
            Action.CAMERA_CHANGED, saved.id, before=_about(now), after=_about(saved)
        )
        return saved

    def enable(self, camera_id: str, *, enabled: bool) -> None:
        """Switch it on or off."""
        self._demand(Act.CAMERAS)
        now = self._there(camera_id)
        if now.enabled == enabled:
            return
        self._records.update(replace(now, enabled=enabled))
        self._audit_log.record(
            Action.CAMERA_CHANGED, now.id, before={"on": now.enabled}, after={"on": enabled}
        )

    def remove(self, camera_id: str) -> None:
        """No error if there is none: the database may have lost it, and it must not come back.
        What it marked stays. Its kiosk's record goes first: where it ends there, what is left is a
        camera that marks nobody and can be removed again, and no kiosk that nobody knows."""
        self._demand(Act.CAMERAS)
        known = self._records.get(camera_id) is not None
        place = next((one for one in self._places.all() if one.id == camera_id), None)
        if known and place is not None:
            self._places.remove(place)
        there = self._records.remove(camera_id)
        if there or not known:
            self._audit_log.record(Action.CAMERA_REMOVED, camera_id)

    def _there(self, camera_id: str) -> Camera:
        camera = self._records.get(camera_id)
        if camera is None:
            raise CameraRefused(msgid("Somebody has removed this camera. Reload the page."))
        return camera

    def _check_name(self, name: str) -> None:
        if not NAME.fullmatch(name):
            raise CameraRefused(
                sentence("A camera's name has {rule}, such as gate-north.", rule=RULE)
            )
        if any(one.id == name for one in self._places.all()):
            raise CameraRefused(
                sentence("There is a kiosk {name} already. Choose another name.", name=name)
            )
        if self._records.count() >= MOST:
            raise CameraRefused(
                sentence("There are {number} cameras already. Remove one first.", number=MOST)
            )

    def _address(self, draft: CameraDraft, now: Camera | None) -> Address:
        """Of the draft, with the login that is known where it stays on the same host: a password
        is never told to another one."""
        known = self.address(now) if now is not None else None
        same = not draft.address or (now is not None and draft.address == now.shown)
        address = known if known is not None and same else checked(draft.address)
        if draft.user or draft.password:
            return address.with_login(draft.user or address.user, draft.password)
        if known is not None and not address.user and address.place == known.place:
            return address.with_login(known.user, known.password) if address.url else address
        return address

    def _sealed(self, camera: Camera, address: Address) -> Camera:
        return replace(camera, sealed=sealed(camera.id, address, self._sealer))

    def _save_place(self, draft: CameraDraft, seen: KioskRecord) -> None:
        if any(one.id == draft.id for one in self._places.all()):
            self._places.save(_place(draft, seen), seen, self._places.today())
        else:
            self._places.create(_place(draft, KioskRecord(draft.id)))


def _written(camera: Camera, draft: CameraDraft, address: Address) -> Camera:
    """``camera`` as the draft has it, not sealed yet. Raises CameraRefused."""
    if not draft.region.sound:
        raise CameraRefused(msgid("The region that is looked at must be a part of the picture."))
    if not 0 <= draft.smallest <= LARGEST_FACE:
        raise CameraRefused(msgid("The least width of a face is at most half of the picture."))
    return replace(
        camera, shown=address.shown, purpose=draft.purpose, region=draft.region,
        smallest=draft.smallest, machine=draft.machine.strip()[:80], enabled=draft.enabled,
    )  # fmt: skip


def _place(draft: CameraDraft, record: KioskRecord) -> KioskRecord:
    """The kiosk's record as the draft has it. One that marks nobody excuses nobody's absence."""
    return replace(
        record, title=draft.title, site=draft.site, direction=draft.direction,
        opens=draft.opens, closes=draft.closes, liveness=draft.liveness, groups=draft.groups,
        watched=draft.purpose.marks,
    )  # fmt: skip


def _about(camera: Camera) -> dict[str, object]:
    region = camera.region
    return {
        "address": camera.shown,
        "purpose": camera.purpose.value,
        "region": ""
        if region.whole
        else f"{region.left:.2f} {region.top:.2f} {region.right:.2f} {region.bottom:.2f}",
        "least face": camera.smallest or "",
        "machine": camera.machine,
        "on": camera.enabled,
    }


def sealed(camera_id: str, address: Address, sealer: Sealer) -> str:
    """The address as its camera's record keeps it."""
    return seal_text(sealer, address.text, _context(camera_id))


def address_of(camera: Camera, sealer: Sealer) -> Address:
    """What the record keeps sealed; raises StoreError."""
    return Address(open_text(sealer, camera.sealed, _context(camera.id)))


def reseal_cameras(records: Records[Camera], sealer: Sealer) -> int:
    """Seal every address with the key of now; how many. Raises StoreError, Conflict."""
    return sum(until_first(partial(_resealed, records, sealer, one.id)) for one in records.all())


def _resealed(records: Records[Camera], sealer: Sealer, name: str) -> bool:
    one = records.get(name)
    if one is not None:  # else somebody removed it meanwhile
        records.update(replace(one, sealed=sealed(one.id, address_of(one, sealer), sealer)))
    return one is not None


def _context(camera_id: str) -> str:
    return f"camera:{camera_id}"
