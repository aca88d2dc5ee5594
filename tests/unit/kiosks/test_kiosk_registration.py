"""Every kiosk device is a registered kiosk, those too that were made before it mattered."""

from types import SimpleNamespace
from typing import Any

from face_rec.access.devices.device import Device
from face_rec.assembly.app import _register
from face_rec.kiosks.kiosk import Direction, KioskRecord
from tests.fakes.clock import MORNING
from tests.fakes.rules import FakeRules


def test_a_device_without_a_record_gets_one_and_is_watched_from_its_next_beat() -> None:
    rules = FakeRules(KioskRecord("gate", direction=Direction.IN))
    listed = [Device("gate", "Gate"), Device("yard", "Yard")]
    stores: Any = SimpleNamespace(
        access=SimpleNamespace(kiosks=SimpleNamespace(all=lambda: listed)),
        rules=rules,
        writers=SimpleNamespace(rules=rules),
    )
    _register(stores)
    version = rules.version()
    _register(stores)
    assert rules.version() == version, "nothing to do the second time"
    rules.beat("yard", MORNING)
    records = {one.id: one for one in rules.load().kiosks}
    assert records["gate"].direction is Direction.IN
    assert records["yard"].watched_from == MORNING
