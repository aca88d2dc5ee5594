"""Cameras as an admin adds, changes and removes them: two records, one password."""

from collections.abc import Callable
from dataclasses import replace
from datetime import time

import pytest

from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.rights import Act
from face_rec.cameras.camera import Camera, CameraDraft, Purpose, Region
from face_rec.cameras.camera_service import CameraService, address_of, reseal_cameras
from face_rec.domain.errors import (
    CameraRefused,
    Conflict,
    ProofNeeded,
    RuleRefused,
    StoreUnavailable,
)
from face_rec.domain.liveness import Check
from face_rec.kiosks.kiosk import Direction, KioskRecord
from face_rec.stores.sealing.keyring import derived
from face_rec.stores.sealing.sealer import DataSealer
from tests.fakes.access import MemoryAudit, MemoryRecords
from tests.fakes.cameras import MemoryPlaces
from tests.fakes.clock import FakeClock

OLD, NEW = "key 1 of the tests, long enough", "key 2 of the tests, long enough"
SECRET = "S3cret-w0rd"
GATE = CameraDraft("gate", "rtsp://10.0.0.7/live", "admin", SECRET, title="Gate")


class Office:
    """A service over stores in memory."""

    def __init__(self) -> None:
        self.records: MemoryRecords[Camera] = MemoryRecords()
        self.places = MemoryPlaces(KioskRecord("door"))
        self.audit = MemoryAudit()
        self.sealer = DataSealer(derived((OLD,), "x"))
        self.demanded: list[Act] = []
        self.service = self._service(self.demanded.append)

    def _service(self, demand: Callable[[Act], None]) -> CameraService:
        clock = FakeClock()
        return CameraService(
            self.records, self.places, self.sealer, audit_log=AuditLog(self.audit, clock),
            clock=clock, demand=demand,
        )  # fmt: skip

    def address(self) -> str:
        camera = self.records.get("gate")
        assert camera is not None
        return address_of(camera, self.sealer).text

    def change(self, **fields: object) -> Camera:
        seen = self.service.get("gate")
        assert seen is not None
        return self.service.change(replace(seen.draft(), **fields), seen)  # type: ignore[arg-type]


@pytest.fixture
def office() -> Office:
    return Office()


def test_a_camera_is_a_kiosk_of_the_same_name(office: Office) -> None:
    draft = replace(
        GATE, direction=Direction.IN, opens=time(6), closes=time(20), liveness=Check.ENFORCE,
        site="North", groups=frozenset({"Staff"}), region=Region(0.1, 0.2, 0.9, 1.0), smallest=0.1,
    )  # fmt: skip
    office.service.add(draft, "ada")
    place = office.places.records["gate"]
    assert (place.title, place.site, place.direction) == ("Gate", "North", Direction.IN)
    assert (place.opens, place.closes, place.liveness) == (time(6), time(20), Check.ENFORCE)
    assert place.watched
    entry = office.service.get("gate")
    assert entry is not None
    assert entry.draft() == replace(draft, address="", user="", password="")
    assert office.service.ids() == {"gate"}


@pytest.mark.parametrize("purpose", [Purpose.WATCH, Purpose.ALARM])
def test_a_camera_that_marks_nobody_excuses_nobody(office: Office, purpose: Purpose) -> None:
    office.service.add(replace(GATE, purpose=purpose), "ada")
    watched = [office.places.records["gate"].watched]
    office.change(purpose=Purpose.MARK)
    watched.append(office.places.records["gate"].watched)
    assert watched == [False, True]
    assert office.places.since == office.places.today()


@pytest.mark.parametrize(
    "change",
    [{"id": "door"}, {"id": "Gate 1"}, {"id": ""}, {"address": "file:///etc/passwd"},
     {"address": ""}, {"region": Region(0.5, 0, 0.4, 1)}, {"region": Region(0, 0, 0.01, 1)},
     {"region": Region(0, 0, 1.1, 1)}, {"smallest": 0.9}, {"smallest": -0.1},
     {"region": Region(float("nan"), 0, 1, 1)}, {"smallest": float("nan")}],
)  # fmt: skip
def test_what_no_camera_can_be_is_refused_with_nothing_written(
    office: Office, change: dict[str, object]
) -> None:
    with pytest.raises(CameraRefused):
        office.service.add(replace(GATE, **change), "ada")  # type: ignore[arg-type]
    assert office.service.all() == []
    assert list(office.places.records) == ["door"]


def test_a_name_is_taken_once(office: Office) -> None:
    office.service.add(GATE, "ada")
    with pytest.raises(CameraRefused):
        office.service.add(replace(GATE, address="rtsp://10.0.0.8/"), "eve")
    assert office.address() == f"rtsp://admin:{SECRET}@10.0.0.7/live"


def test_a_camera_whose_kiosk_is_refused_is_not_there(office: Office) -> None:
    office.places.refuses = True
    with pytest.raises(RuleRefused):
        office.service.add(GATE, "ada")
    assert office.service.all() == []


def test_the_password_is_sealed_and_nowhere_else(office: Office) -> None:
    made = office.service.add(GATE, "ada")
    office.change(title="Yard")
    office.service.enable("gate", enabled=False)
    office.service.remove("gate")
    assert SECRET not in f"{made!r} {made.sealed} {office.audit.entries!r}"
    assert SECRET not in repr(GATE)
    assert [what for what, _ in office.audit.said] == [
        "camera.added", "camera.changed", "camera.changed", "camera.removed"
    ]  # fmt: skip


def test_the_login_stays_where_nothing_is_said_of_it(office: Office) -> None:
    office.service.add(GATE, "ada")
    before = office.address()
    office.change(title="Yard")
    assert office.address() == before
    office.change(address="rtsp://10.0.0.7/live")  # as it is shown
    assert office.address() == before
    office.change(address="rtsp://10.0.0.7/other")
    assert office.address() == f"rtsp://admin:{SECRET}@10.0.0.7/other"
    office.change(password="new")
    assert office.address() == "rtsp://admin:new@10.0.0.7/other"


@pytest.mark.parametrize(
    "address", ["rtsp://10.0.0.8/live", "rtsp://10.0.0.7:555/live", "http://10.0.0.7/live", "0"]
)
def test_a_password_is_never_told_to_another_host(office: Office, address: str) -> None:
    """Whoever sits at an open page could else have it sent to their own machine."""
    office.service.add(GATE, "ada")
    seen = office.service.get("gate")
    assert seen is not None
    draft = replace(seen.draft(), address=address)
    assert office.service.asked(draft).text == address
    office.change(address=address)
    assert office.address() == address


def test_of_two_admins_one_is_told(office: Office) -> None:
    office.service.add(GATE, "ada")
    seen = office.service.get("gate")
    assert seen is not None
    office.change(title="Yard")
    with pytest.raises(Conflict):
        office.service.change(replace(seen.draft(), title="Court"), seen)
    assert office.places.records["gate"].title == "Yard"


def test_a_kiosk_is_not_removed_as_a_camera(office: Office) -> None:
    office.service.remove("door")
    assert "door" in office.places.records


def test_a_camera_without_its_kiosk_gets_it_at_the_next_change(office: Office) -> None:
    office.service.add(GATE, "ada")
    del office.places.records["gate"]  # the app died between the two
    entry = office.service.get("gate")
    assert entry is not None
    assert not entry.kiosk.watched
    assert not entry.placed
    office.change(title="Yard")
    assert office.places.records["gate"].title == "Yard"


def test_what_is_left_of_a_removal_that_was_cut_off_is_a_camera_to_be_removed_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.service.add(GATE, "ada")
    office.places.refuses = True  # somebody changed the kiosk meanwhile
    with pytest.raises(RuleRefused):
        office.service.remove("gate")
    assert office.service.ids() == {"gate"}
    assert "gate" in office.places.records
    office.places.refuses = False
    with monkeypatch.context() as away:
        away.setattr(office.records, "remove", _away)
        with pytest.raises(StoreUnavailable):
            office.service.remove("gate")
    (left,) = office.service.all()
    assert not left.placed
    office.service.remove("gate")
    assert office.service.all() == []
    assert list(office.places.records) == ["door"]
    assert [what for what, _ in office.audit.said] == ["camera.added", "camera.removed"]


def _away(_: object) -> bool:
    raise StoreUnavailable("The database is away.")


def test_every_change_and_every_look_asks_for_a_proof(office: Office) -> None:
    office.service.add(GATE, "ada")

    def refuse(_: Act) -> None:
        raise ProofNeeded("Confirm first.")

    service, seen = office._service(refuse), office.service.get("gate")
    assert seen is not None
    acts: list[Callable[[], object]] = [
        lambda: service.add(replace(GATE, id="b"), "eve"),
        lambda: service.change(seen.draft(), seen),
        lambda: service.enable("gate", enabled=False),
        lambda: service.remove("gate"),
        lambda: service.asked(GATE),
    ]
    for act in acts:
        with pytest.raises(ProofNeeded):
            act()
    assert set(office.demanded) == {Act.CAMERAS}


def test_addresses_are_sealed_anew_with_the_key_of_now(office: Office) -> None:
    office.service.add(GATE, "ada")
    before = office.address()
    both = DataSealer(derived((NEW, OLD), "x"))
    assert reseal_cameras(office.records, both) == 1
    office.sealer = DataSealer(derived((NEW,), "x"))
    assert office.address() == before
