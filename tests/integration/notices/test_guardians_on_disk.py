"""Guardians go with what is old enough, out of the files too; a restore brings back who watches
and who is told, and nobody unknown."""

import base64
import re
import shutil
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from config import Settings
from face_rec.__main__ import main
from face_rec.access.audit.actor import Actor, acting
from face_rec.assembly.people.personal_data import privacy_of
from face_rec.assembly.storage.stores import Stores, open_stores
from face_rec.cameras.address import Address
from face_rec.cameras.camera import Camera
from face_rec.cameras.camera_service import address_of, sealed
from face_rec.clock import SystemClock
from face_rec.domain.people import Person
from face_rec.notices.channel import ChannelKind, NoticeRule
from face_rec.notices.guardians.guardian import Guardian
from face_rec.notices.notice import NoticeKind
from face_rec.stores.attendance.attendance import RedisAttendance
from tests.fakes.clock import FakeClock
from tests.integration.conftest import SettingsFrom
from tests.integration.strangers.test_strangers_on_disk import a_face, kept
from tests.samples import a_person, a_template, an_event

HOME = "mother.of.zaphod@home.example"


@pytest.fixture(params=["plain", "sealed"])
def settings(request: pytest.FixtureRequest, settings_from: SettingsFrom) -> Settings:
    key = "k" * 40 if request.param == "sealed" else ""
    return settings_from(INACTIVE_DAYS="30", STRANGER_DAYS="7", DATA_KEY=key)


def registered(stores: Stores, name: str) -> Person:
    person = a_person(name, name)
    return stores.writers.people.create(
        person, [a_template(1, dimension=512)], stores.people.revision()
    )


def told(stores: Stores, person: Person, name: str, address: str) -> Guardian:
    """A guardian of ``person``, entered just now."""
    book, now = stores.guardians, SystemClock().now()
    one = Guardian(name, book.sealed(name, address), "m…@home.example", "en", "root", now)
    book.add(person.subject, lambda all_: replace(all_, guardians=(*all_.guardians, one)))
    return one


def files(settings: Settings) -> bytes:
    return b"".join(one.read_bytes() for one in (settings.data_dir / "redis").rglob("*.aof"))


def test_guardians_go_with_a_face_that_nobody_has_seen_and_stand_in_no_file(
    settings: Settings,
) -> None:
    with ExitStack() as stack:
        stores = open_stores(settings, SystemClock(), stack)
        gone, stays, late = (registered(stores, name) for name in ("GONE", "STAYS", "LATE"))
        told(stores, gone, "g1", HOME)
        told(stores, gone, "g2", "father@home.example")
        told(stores, stays, "g3", "other@home.example")
        later = FakeClock(SystemClock().now() + timedelta(days=40))
        RedisAttendance(stores.client, "main").apply(
            replace(an_event("e1", stays.subject), at=later.now()), 0
        )
        one = told(stores, late, "g4", "new@home.example")
        entered = replace(one, asked_at=later.now())
        stores.guardians.change(late.subject, lambda all_: all_.having(entered))
        assert (HOME.encode() in _opened(files(settings))) is not bool(settings.data_key)
        privacy = privacy_of(settings, stores, later, lambda _: True)
        run = privacy.retention.run()
        assert run is not None
        assert (run.contacts, run.problem) == (2, "")
        assert not stores.guardians.held(gone.subject)
        assert len(stores.guardians.held(stays.subject)) == 1
        assert len(stores.guardians.held(late.subject)) == 1
        assert b'"g1"' not in files(settings)
        assert HOME.encode() not in _opened(files(settings))


MAIL = "mailto://user:secret@mail.example.org?to=office@example.org"


def _opened(raw: bytes) -> bytes:
    """With what base64 hides."""
    found = re.findall(rb"[A-Za-z0-9+/]{16,}={0,2}", raw)
    return b" ".join(base64.b64decode(one + b"=" * (-len(one) % 4)) for one in found)


def _what_lasts(stores: Stores, person: Person) -> list[object]:
    (camera,), (rule,), (channel,) = (
        stores.cameras.records.all(), stores.channels.rules(), stores.channels.all(),
    )  # fmt: skip
    return [
        stores.guardians.held(person.subject), camera, address_of(camera, stores.cameras.sealer),
        rule, channel, stores.channels.target(channel),
    ]  # fmt: skip


def test_a_restore_brings_back_who_watches_and_who_is_told_and_nobody_unknown(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as stack:
        stores = open_stores(settings, SystemClock(), stack)
        ada = registered(stores, "ADA")
        told(stores, ada, "g1", HOME)
        with acting(Actor("root", "command")):
            channel, _ = stores.channels.add("Mail", ChannelKind.MESSAGE, MAIL, "root")
            late = frozenset({NoticeKind.LATE.value})
            stores.channels.save_rule(NoticeRule("", "Late", late, frozenset({channel.id})))
        gate = Address("rtsp://u:p@192.0.2.7/1")
        stores.cameras.records.create(
            Camera(
                "gate", sealed("gate", gate, stores.cameras.sealer), "rtsp://192.0.2.7/…", "root",
                SystemClock().now(),
            )
        )  # fmt: skip
        kept(stores, "eve", a_face())
        before = _what_lasts(stores, ada)
    out = tmp_path / "backup"
    assert main(["backup", "--out", str(out)]) == 0
    (tmp_path / "data").rename(tmp_path / "before")
    shutil.copytree(tmp_path / "before" / "keys", tmp_path / "data" / "keys")
    assert main(["restore", str(out)]) == 0
    with ExitStack() as stack:
        stores = open_stores(settings, SystemClock(), stack)
        assert _what_lasts(stores, ada) == before
        assert stores.strangers.all()[1] == []
        assert not [key for key in stores.client.scan_iter() if b"strangers:{" in key]
