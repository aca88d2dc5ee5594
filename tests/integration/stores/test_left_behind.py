"""Whoever saves something about somebody looks whether they are still there; a process that is
killed before it looks leaves a record of somebody who is gone. The nightly run takes it."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date

import pytest

from config import Settings
from face_rec.access.audit.audit import Action
from face_rec.access.devices.badge import Badge, BadgeKey
from face_rec.assembly.people.personal_data import privacy_of
from face_rec.assembly.storage.stores import Stores, open_stores
from face_rec.attendance.rules.calendar import Leave
from face_rec.calendars.feed import Feed, group_id
from face_rec.clock import SystemClock
from face_rec.domain.people import Person
from face_rec.mobile.agreed import MobileConsent
from face_rec.notices.guardians.guardian import Guardian
from face_rec.privacy.retention_run import Run
from face_rec.stores.access.records import RedisRecords
from face_rec.stores.chain import ledger
from face_rec.stores.people.erased_people import ErasedPeople
from face_rec.stores.redis import keys
from face_rec.visitors.visit import Guest, Visit, visit_id
from tests.integration.conftest import SettingsFrom
from tests.integration.stores.what_is_left import left
from tests.samples import a_person

KEY = "k" * 40
TOLD = "what a killed writer says"
DAY = date(2025, 3, 12)
GUEST = Guest("Ada Guest")
KINDS = ("guardian", "leave", "badge", "calendar", "consent")


@pytest.fixture(params=["plain", "sealed"])
def settings(request: pytest.FixtureRequest, settings_from: SettingsFrom) -> Settings:
    return settings_from(DATA_KEY=KEY if request.param == "sealed" else "")


@pytest.fixture
def stores(settings: Settings) -> Iterator[Stores]:
    with ExitStack() as stack:
        yield open_stores(settings, SystemClock(), stack)


def _erased(settings: Settings, stores: Stores) -> Person:
    person = _registered(stores, "gone")
    privacy_of(settings, stores, SystemClock(), lambda _: True).erasure.erase(
        person.subject, "boss"
    )
    return person


def _registered(stores: Stores, person_id: str) -> Person:
    made = a_person(person_id, f"Zaphod {person_id}")
    return stores.writers.people.create(made, [], stores.people.revision())


def _badges(settings: Settings, stores: Stores) -> RedisRecords[Badge]:
    """As the app writes them: linked in the chain, and kept."""
    return RedisRecords(stores.client, settings.site, Badge, ledger=stores.calendars._ledger)


def _badge_keys(settings: Settings, stores: Stores) -> RedisRecords[BadgeKey]:
    return RedisRecords(stores.client, settings.site, BadgeKey, ledger=stores.calendars._ledger)


def _saved(settings: Settings, stores: Stores, subject: str, kind: str) -> None:
    """What saves something about somebody, up to the moment at which it looks whether they are
    there."""
    now = SystemClock().now()
    if kind == "guardian":
        one = Guardian("g", stores.guardians.sealed("g", "m@h.example"), TOLD, "en", "boss", now)
        stores.guardians.add(subject, lambda found: replace(found, guardians=(one,)))
    elif kind == "leave":
        leave = Leave(f"l{subject}", subject, DAY, DAY, "sick", author="boss", reason=TOLD)
        stores.rules.put(leave)
    elif kind == "badge":
        _badges(settings, stores).create(Badge(subject, f"digest of {subject}", now, by=TOLD))
    elif kind == "calendar":
        feed = Feed(subject, f"digest of {subject}", now, content=TOLD)
        stores.calendars.create(feed)
    else:
        agreed = MobileConsent(subject, now, TOLD)
        stores.mobile_consents.add(subject, lambda found: replace(agreed, version=found.version))


def _night(settings: Settings, stores: Stores) -> Run:
    run = privacy_of(settings, stores, SystemClock(), lambda _: True).retention.run()
    assert run is not None
    assert not run.problem
    return run


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_killed_writer_left_of_somebody_erased_is_nowhere_after_the_nightly_run(
    settings: Settings, stores: Stores, kind: str
) -> None:
    person = _erased(settings, stores)
    _saved(settings, stores, person.subject, kind)
    assert left(settings, stores, TOLD), "or this could not fail"
    run = _night(settings, stores)
    assert run.left == 1
    stores.offers.look()  # hourly: what this machine keeps of the write itself
    assert left(settings, stores, TOLD) == []
    noted = next(one for one in stores.audit.newest(20) if one.action == Action.RETENTION)
    assert noted.after["left behind"] == "1"
    assert _night(settings, stores).left == 0


def test_a_key_of_a_badge_and_the_tie_of_a_visit_to_its_host_go_too(
    settings: Settings, stores: Stores
) -> None:
    subject, now = _erased(settings, stores).subject, SystemClock().now()
    _badge_keys(settings, stores).create(BadgeKey("digest", subject))
    visit = Visit(
        visit_id("v"), subject, now, now, "boss", now, stores.visits.sealed(visit_id("v"), GUEST)
    )
    stores.visits.visits.create(visit)
    assert _night(settings, stores).left == 2
    assert _badge_keys(settings, stores).get("digest") is None
    kept = stores.visits.visits.get(visit.id)
    assert kept is not None
    assert (kept.host, stores.visits.guest(kept)) == ("", GUEST), "who comes is a visitor still"


def test_nothing_of_who_is_registered_of_groups_or_of_visitors_is_taken_for_left_behind(
    settings: Settings, stores: Stores
) -> None:
    ada, now = _registered(stores, "stays"), SystemClock().now()
    for kind in KINDS:
        _saved(settings, stores, ada.subject, kind)
    stores.calendars.create(Feed(group_id("boss", ""), "d", now, account="boss"))
    _badges(settings, stores).create(Badge(visit_id("v"), "digest of a visitor", now))
    assert _night(settings, stores).left == 0
    assert len(stores.guardians.of(ada.subject).guardians) == 1
    assert len(stores.calendars.all()) == 2
    assert len(_badges(settings, stores).all()) == 2
    assert stores.mobile_consents.agreed(ada.subject)
    assert stores.rules.load().leaves


def test_whoever_s_record_does_not_open_any_more_is_not_taken_for_gone(
    settings_from: SettingsFrom,
) -> None:
    """Their requests neither: verify says of such a record that they are to be erased."""
    settings = settings_from(DATA_KEY=KEY)
    with ExitStack() as stack:
        stores = open_stores(settings, SystemClock(), stack)
        ada = _registered(stores, "stays")
        for kind in KINDS:
            _saved(settings, stores, ada.subject, kind)
        stores.requests.add(ada.subject, lambda found: replace(found, language="de"))
        stores.client.delete(keys.person_keys(settings.site))
        assert stores.people.get(ada.subject) is None
        run = _night(settings, stores)
        assert (run.left, run.requests) == (0, 0)
        assert len(stores.guardians.of(ada.subject).guardians) == 1
        assert stores.requests.language(ada.subject) == "de"


def test_whoever_redis_has_merely_lost_keeps_all_that_is_about_them(
    settings: Settings, stores: Stores
) -> None:
    """The machine that registered them is off, and brings them back once it runs again."""
    gone, ada = _erased(settings, stores), _registered(stores, "lost")
    for kind in KINDS:
        _saved(settings, stores, ada.subject, kind)
    stores.requests.add(ada.subject, lambda found: replace(found, language="de"))
    stores.client.delete(keys.person(settings.site, ada.subject))
    assert not stores.people.recorded([ada.subject])
    run = _night(settings, stores)
    assert (run.left, run.requests) == (0, 0)
    assert len(stores.guardians.of(ada.subject).guardians) == 1
    assert stores.requests.language(ada.subject) == "de"
    assert stores.rules.load().leaves
    among = ErasedPeople(stores.client, settings.site, stores.people.recorded).among
    assert among({gone.subject, ada.subject}) == {gone.subject}


def test_an_erasure_is_found_however_much_was_written_since(
    settings: Settings, stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "_AT_ONCE", 2)
    _registered(stores, "one")
    person = _erased(settings, stores)
    for number in range(3):
        _registered(stores, f"n{number}")
    erased = ErasedPeople(stores.client, settings.site, stores.people.recorded)
    assert erased.among([person.subject]) == {person.subject}
    assert erased.others([person.subject, "x"]) == {"x"}
