"""Redis loses what people were told is done, as real ones do, and it is done again; what was
erased or written since is left alone."""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import config
from config import Settings
from face_rec.access.audit.actor import Actor
from face_rec.access.audit.audit import AuditEntry
from face_rec.access.rights import Role, Scope
from face_rec.access.signin.visitor import Visitor
from face_rec.assembly.storage.stores import open_stores
from face_rec.assembly.watches import open_reoffer
from face_rec.attendance.rules.calendar import Holiday, Leave
from face_rec.attendance.rules.rules import items_of
from face_rec.clock import SystemClock
from face_rec.domain.groups import NO_GROUPS
from face_rec.domain.marks import Source
from face_rec.domain.people import Person
from face_rec.domain.strangers import Decision, Standing, Stranger
from face_rec.domain.strangers import Visit as UnknownVisit
from face_rec.invitations.invitation import SelfEnrolment
from face_rec.stores.people.pins import RedisPins
from face_rec.stores.redis import aof_repair
from face_rec.stores.redis.embedded import folder_of
from face_rec.strangers.storage import Change
from face_rec.visitors.visit import Guest, Visit
from tests import redis_servers
from tests.fakes.clock import MORNING
from tests.gate_app import PASSWORD
from tests.redis_servers import Server, Trio, standalone, wait_until
from tests.samples import a_person, a_photo, a_template, an_event

pytestmark = pytest.mark.usefixtures("cheap_passwords")

DAY = date(2025, 3, 12)
EVERYSEC = ("--appendonly", "yes", "--appendfsync", "everysec")
KEY = "k" * 40
_LONGEST = 90.0  # seconds, on a busy machine


class Office:
    """A site at work, as the app has it, without models and pages."""

    def __init__(self, settings: Settings, stack: ExitStack) -> None:
        clock = SystemClock()
        self.stores = open_stores(settings, clock, stack)
        self.client = self.stores.client
        reoffer = open_reoffer(
            self.stores, clock, lambda: None,
            folder_of(settings.data_dir) if settings.embedded_redis else None,
        )  # fmt: skip
        reoffer.start()
        stack.callback(reoffer.close)
        self._pins = RedisPins(self.client, "main")
        self._clock = clock

    def person(self, person_id: str) -> Person:
        (found,) = [one for one in self.stores.people.all() if one.id == person_id]
        return found

    def register(self, person_id: str, name: str) -> Person:
        people = self.stores.people
        return self.stores.writers.people.create(
            a_person(person_id, name), [a_template(1)], people.revision()
        )

    def morning(self) -> None:
        """What Redis keeps."""
        access, rules = self.stores.access, self.stores.writers.rules
        access.accounts.create("boss", PASSWORD, Role.ADMIN)
        access.accounts.create("clerk", PASSWORD, Role.REGISTRAR)
        access.accounts.create("guest", PASSWORD, Role.REGISTRAR)
        self.token, _ = access.tokens.create("Old", frozenset({Scope.PEOPLE_READ}), 90, "boss")
        self.session = access.sign_in.sign_in("boss", PASSWORD, Visitor("127.0.0.1"))
        ada, bob = self.register("ada", "Ada"), self.register("bob", "Bob")
        access.pins.set(ada, "402917")
        access.pins.set(bob, "402918")
        self.announce("visit-here")
        self.announce("visit-erased")
        self.send_photos("refused")
        for name in ("dismissed", "forgotten"):
            self.see_stranger(name)
        rules.put(Leave("ill", bob.subject, DAY, DAY, "sick", author="boss"))
        rules.put(Leave("away", ada.subject, DAY, DAY, "sick", author="boss"))

    def announce(self, name: str) -> None:
        now, visits = self._clock.now(), self.stores.visits
        guest = visits.sealed(name, Guest(f"Guest of {name}"))
        visits.visits.create(Visit(name, "", now, now + timedelta(hours=8), "max", now, guest))

    def send_photos(self, name: str) -> None:
        now, records = self._clock.now(), self.stores.invitations
        one = SelfEnrolment(name, "i", "", now, "I agree.", "1", "en", now)
        records.keep(one, [a_photo()])

    def see_stranger(self, name: str) -> None:
        now = self._clock.now()
        visit = UnknownVisit(f"{name}-1", name, "door", "c", now, now)
        stranger = Stranger(name, "c", now, now, "door", 1, ("door",), (visit.id,))
        self.stores.strangers.write(Change(put=(stranger,), kept=((visit, a_template().vector),)))

    def afternoon(self) -> None:
        """What it loses."""
        stores, writers, access = self.stores, self.stores.writers, self.stores.access
        bob = self.person("bob")
        writers.rules.remove(Leave("ill", bob.subject, DAY, DAY, "sick", author="boss"))
        writers.people.delete(bob.subject)
        access.accounts.change("clerk", Role.REGISTRAR, NO_GROUPS, active=False)
        access.accounts.change("guest", Role.KIOSK, NO_GROUPS, active=True)
        access.accounts.create("night", PASSWORD, Role.REGISTRAR)
        access.tokens.revoke(self.token.id)
        access.sign_in.sign_out(self.session.secret, Actor("boss", "user"))
        ada = writers.people.update(replace(self.person("ada"), name="Ada Lovelace"))
        looks = [a_template(1), a_template(2)]
        writers.people.put_templates(ada.subject, looks, ada.version, stores.people.revision())
        access.pins.clear(ada)
        cid = self.register("cid", "Cid")
        access.pins.set(cid, "402919")
        writers.people.update(replace(self.person("cid"), group="Workshop"))
        writers.rules.put(Holiday("h", DAY, "Founders' day"))
        writers.rules.remove(Leave("away", ada.subject, DAY, DAY, "sick", author="boss"))
        by_hand = replace(an_event("hand", ada.subject), source=Source.MANUAL, author="boss")
        writers.corrections.apply(by_hand, 0.0, replay=True)
        stores.options.change({"title": "Our school"}, stores.options.version)
        self._visitors_and_photos()
        stores.chain.copy()  # the witness has seen all of it

    def _visitors_and_photos(self) -> None:
        visits, invitations = self.stores.visits, self.stores.invitations
        self.announce("visit-late")
        now = self._clock.now()
        visits.change("visit-here", lambda one: replace(one, agreed_at=now, came_at=now))
        visits.visits.remove("visit-erased")
        self.send_photos("waits")
        invitations.drop("refused")
        strangers = self.stores.strangers
        found = strangers.many(["dismissed", "forgotten"])
        decision = Decision(Standing.DISMISSED, "boss", now)
        strangers.decide(found["dismissed"], decision)
        strangers.write(Change(gone=(found["forgotten"],), forgotten=("forgotten-1",)))
        strangers.stay_forgotten([found["forgotten"]])

    def state(self) -> dict[str, Any]:
        """All that people were told is so."""
        stores, access = self.stores, self.stores.access
        people = stores.people.all()
        return {
            "people": sorted(
                (p.id, p.name, p.group, p.subject, len(p.templates), self._has_pin(p))
                for p in people
            ),
            "faces": sorted(
                (entry.subject, entry.vectors.tobytes())
                for entry in stores.people.entries(a_template().info.contract)
            ),
            "rules": sorted(map(str, items_of(stores.rules.load()))),
            "accounts": sorted((a.id, a.role, a.active) for a in access.accounts.all()),
            "tokens": sorted(token.id for token in access.tokens.all()),
            "signed in": access.sign_in.session_of(self.session.secret, used=False) is not None,
            "events": [event.id for event in stores.attendance.day(MORNING.date())],
            "title": self._title(),
            "visits": sorted(
                (one.id, stores.visits.guest(one).name, one.came_at)
                for one in stores.visits.visits.all()
            ),
            "waiting": sorted(
                (one.id, [photo.picture for photo in stores.invitations.faces.get(one.id)])
                for one in stores.invitations.enrolments.all()
            ),
            "decided": sorted((one.id, one.standing) for one in stores.strangers.all()[1]),
            "audit": sorted(
                (e.action, e.target, str(e.before), str(e.after))
                for e in self._audit()
                if not e.action.endswith(".lost")
            ),
        }

    def _has_pin(self, person: Person) -> bool:
        return self._pins.get(person.subject) is not None

    def _title(self) -> str:
        self.stores.options.refresh()
        return self.stores.options.current().title

    def holds(self, state: Mapping[str, Any]) -> None:
        """Within seconds ``state`` is there again, and the chain over it holds."""
        try:
            wait_until(lambda: self.state() == state, _LONGEST)
        except AssertionError:
            assert self.state() == state
        # The chain is told of it after all is there.
        wait_until(lambda: "changes.lost" in {e.action for e in self._audit()}, _LONGEST)
        wait_until(self._verified, _LONGEST)

    def _verified(self) -> bool:
        self.stores.chain.copy()
        return self.stores.chain.verify().findings == ()

    def _audit(self) -> list[AuditEntry]:
        return self.stores.access.audit.newest(200)


@pytest.fixture(params=["", KEY], ids=["clear", "sealed"])
def data_key(request: pytest.FixtureRequest) -> str:
    key: str = request.param
    return key


def _settings(folder: Path, **more: str) -> Settings:
    return config.load({"DATA_DIR": str(folder / "data"), **more}, dotenv=None)


def _of(server: Server, folder: Path, **more: str) -> Settings:
    return _settings(folder, REDIS_URL=f"redis://127.0.0.1:{server.port}/0", **more)


@contextmanager
def office(settings: Settings) -> Iterator[Office]:
    with ExitStack() as stack:
        yield Office(settings, stack)


def _log_of(folder: Path) -> Path:
    (path,) = folder.glob("appendonlydir/*.incr.aof")
    return path


def _cut(server: Server, folder: Path, synced: int) -> None:
    """A power cut: what was written since is gone, and a piece of what was before."""
    server.kill()
    os.truncate(_log_of(folder), synced - 7)  # in the middle of a command


@pytest.mark.parametrize("restarted", [False, True], ids=["app runs on", "app begins anew"])
def test_a_power_cut_of_a_redis_that_syncs_every_second(
    tmp_path: Path, restarted: bool, data_key: str, thorough: bool
) -> None:
    if restarted is bool(data_key) and not thorough:
        pytest.skip("with --thorough")
    folder = tmp_path / "redis"
    with standalone(folder, *EVERYSEC) as server, ExitStack() as stack:
        settings = _of(server, tmp_path, DATA_KEY=data_key)
        at_work = stack.enter_context(office(settings))
        at_work.morning()
        synced = _log_of(folder).stat().st_size
        at_work.afternoon()
        told = at_work.state()
        if restarted:
            session = at_work.session
            stack.close()
            _cut(server, folder, synced)
            server.start()
            stack.callback(server.stop)
            at_work = stack.enter_context(office(settings))
            at_work.session = session
        else:
            _cut(server, folder, synced)
            server.start()
        at_work.holds(told)


def test_what_was_cut_from_a_damaged_file_of_the_embedded_redis(tmp_path: Path) -> None:
    """Everything behind the damage is lost there: people, rules, rights, the audit log."""
    redis_servers.redis_binary()
    settings = _settings(tmp_path, DATA_KEY=KEY)
    folder = folder_of(settings.data_dir)
    with office(settings) as at_work:
        at_work.morning()
        place = _written(folder).stat().st_size
        at_work.afternoon()
        told, session = at_work.state(), at_work.session
    damaged = bytearray(_written(folder).read_bytes())
    damaged[place : place + 4] = b"\xff\xff\r\n"
    _written(folder).write_bytes(damaged)
    with office(settings) as at_work:
        at_work.session = session
        at_work.holds(told)
    said = aof_repair.repaired_check(folder, 72)()
    assert said.warning
    assert "bytes were cut; 1 marks and" in said.detail
    assert "other changes came back from this machine's disk" in said.detail


def _written(folder: Path) -> Path:
    """What an embedded Redis appends to, of either form."""
    return next(iter([*folder.glob("appendonlydir/*.incr.aof"), folder / "appendonly.aof"]))


def test_a_redis_that_comes_back_empty(tmp_path: Path) -> None:
    with standalone(tmp_path / "redis") as server, office(_of(server, tmp_path)) as at_work:
        at_work.morning()
        at_work.afternoon()
        told = at_work.state()
        server.kill()
        server.start()
        told["signed in"] = False
        told["decided"] = []  # who is unknown goes with it, and so what was decided about them
        at_work.holds(told)


def test_a_failover_to_a_replica_that_lags(tmp_path: Path) -> None:
    with redis_servers.sentinel_trio(tmp_path) as trio:
        settings = _settings(
            tmp_path, REDIS_MODE="sentinel", REDIS_SENTINEL_SERVICE=Trio.SERVICE,
            REDIS_NODES=f"127.0.0.1:{trio.sentinel.port}",
        )  # fmt: skip
        with office(settings) as at_work:
            at_work.morning()
            redis_servers.catch_up(trio.replica, trio.master)
            with redis_servers.lagging(trio.replica, trio.master):
                at_work.afternoon()
                told = at_work.state()
                trio.master.kill()
            wait_until(lambda: trio.current() is trio.replica, _LONGEST)
            at_work.holds(told)


def test_without_keeping_all_of_it_is_lost(tmp_path: Path) -> None:
    """Or the tests above could not fail."""
    folder = tmp_path / "redis"
    with standalone(folder, *EVERYSEC) as server:
        settings = _of(server, tmp_path, JOURNAL_HOURS="0")
        with office(settings) as at_work:
            at_work.morning()
            synced, before = _log_of(folder).stat().st_size, at_work.state()
            at_work.afternoon()
            _cut(server, folder, synced)
            server.start()
            wait_until(at_work.client.ping)
            assert {key for key, value in at_work.state().items() if value != before[key]} <= {
                "audit", "events",
            }  # fmt: skip
