"""What a people store tells the gallery, and since when somebody has left: held by Redis, by a
cluster and by the fake alike."""

import dataclasses
import json
import threading
from collections.abc import Callable
from typing import cast

import numpy as np
import pytest

from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.domain.errors import StoreUnavailable
from face_rec.domain.people import Change, ChangeKind, Moved, Pause, Person
from face_rec.protocols.people_store import PeopleStore
from face_rec.stores.access.audit_stream import RedisAudit
from face_rec.stores.people import person_codec
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client
from face_rec.stores.site.after_update import settle_leaving_days
from face_rec.stores.site.audited_writers import AuditedPeople
from tests.fakes.access import nothing_to_prove
from tests.fakes.clock import MORNING, FakeClock
from tests.samples import CONSENT, CONTRACT, a_person, a_template, added

# --- what the gallery is told ---


def test_every_write_is_one_change_in_order(people: PeopleStore) -> None:
    person = added(people)
    person = people.update(person)
    people.put_templates(person.subject, [], person.version, people.revision())
    people.delete(person.subject)
    kinds = [ChangeKind.PUT, ChangeKind.PUT, ChangeKind.PUT, ChangeKind.REMOVE]
    expected = [Change(n, kind, person.subject) for n, kind in enumerate(kinds, 1)]
    assert people.changes(0) == expected
    assert people.changes(2) == expected[2:]
    assert people.changes(4) == []
    assert people.revision() == 4


def test_a_revision_from_the_future_asks_for_a_rebuild(people: PeopleStore) -> None:
    added(people)
    assert people.changes(99) is None


def test_changes_waits_for_the_next_one(people: PeopleStore) -> None:
    found: list[list[Change] | None] = []
    waiter = threading.Thread(target=lambda: found.append(people.changes(0, block_ms=900)))
    waiter.start()
    person = added(people)
    waiter.join()
    assert found == [[Change(1, ChangeKind.PUT, person.subject)]]


def test_entries_are_everybodys_rows_of_one_contract(people: PeopleStore) -> None:
    looks = [a_template(0), a_template(1, "0ther", 4), a_template(2)]
    first = people.create(a_person("1"), looks, people.revision())
    second = added(people, a_person("2"), templates=1)
    steps: list[tuple[int, int]] = []
    found = {
        e.subject: e.vectors
        for e in people.entries(CONTRACT, lambda done, total: steps.append((done, total)))
    }
    assert set(found) == {first.subject, second.subject}
    expected = np.stack([a_template(0).vector, a_template(2).vector])
    assert found[first.subject].dtype == np.float32
    assert np.array_equal(found[first.subject], expected)
    other = people.entry(first.subject, "0ther")
    assert other is not None
    assert other.vectors.shape == (1, 4)
    assert steps[-1] == (2, 2)


def test_nobody_without_consent_or_inactive_is_in_the_gallery(people: PeopleStore) -> None:
    never = added(people, a_person("1", consent=None))
    withdrawn = dataclasses.replace(CONSENT, withdrawn_at=MORNING)
    gone = added(people, a_person("2", consent=withdrawn))
    person = added(people, a_person("3"))
    away = people.update(dataclasses.replace(person, active=False))
    assert list(people.entries(CONTRACT)) == []
    for subject in (never.subject, gone.subject, away.subject):
        assert people.entry(subject, CONTRACT) is None
    people.update(dataclasses.replace(away, active=True))
    assert [e.subject for e in people.entries(CONTRACT)] == [person.subject]


def test_a_person_without_templates_is_not_in_the_gallery(people: PeopleStore) -> None:
    person = added(people, templates=0)
    assert people.entry(person.subject, CONTRACT) is None
    assert people.entry("nobody", CONTRACT) is None
    assert list(people.entries(CONTRACT)) == []


def test_more_people_than_one_batch_are_all_read(people: PeopleStore) -> None:
    expected = {added(people, a_person(str(n)), templates=1).subject for n in range(1201)}
    assert {person.subject for person in people.all()} == expected
    entries = [entry.subject for entry in people.entries(CONTRACT)]
    assert len(entries) == 1201
    assert set(entries) == expected


# --- when somebody left ---


def _switched(people: PeopleStore, subject: str, active: bool) -> Person:
    person = people.get(subject)
    assert person is not None
    return people.update(dataclasses.replace(person, active=active))


def test_the_day_of_leaving_is_noted_and_no_later_write_moves_it(
    people: PeopleStore, clock: FakeClock
) -> None:
    subject = added(people).subject
    left = clock.advance(3600)
    assert _switched(people, subject, active=False).deactivated_at == left
    writes: list[Callable[[Person], Person]] = [
        lambda p: people.update(dataclasses.replace(p, name="Other", deactivated_at=None)),
        lambda p: people.update(dataclasses.replace(p, photo=None, pauses=())),
        lambda p: people.update(dataclasses.replace(p, active=False)),
        lambda p: people.put_templates(subject, [a_template(1)], p.version, people.revision()),
        lambda p: people.put_templates(subject, (), p.version, people.revision()),
    ]
    for write in writes:
        clock.advance(86_400)
        person = people.get(subject)
        assert person is not None
        assert write(person).deactivated_at == left
    stored = people.get(subject)
    assert stored is not None
    assert (stored.deactivated_at, stored.pauses) == (left, ())


def test_who_comes_back_is_not_gone_and_the_time_between_is_kept(
    people: PeopleStore, clock: FakeClock
) -> None:
    subject = added(people).subject
    pauses = []
    for _ in range(2):
        left = clock.advance(86_400)
        _switched(people, subject, active=False)
        back = clock.advance(86_400)
        person = _switched(people, subject, active=True)
        pauses.append(Pause(left, back))
        assert person.deactivated_at is None
        assert person.pauses == tuple(pauses)
    assert people.get(subject) == person


def test_another_group_is_noted_with_the_group_before(
    people: PeopleStore, clock: FakeClock
) -> None:
    person = added(people, dataclasses.replace(a_person(), group="A"))
    at = clock.advance(86_400)
    moved = people.update(dataclasses.replace(person, group="B"))
    assert moved.moved == (Moved("A", at),)
    clock.advance(86_400)
    assert people.update(dataclasses.replace(moved, name="Other", moved=())).moved == moved.moved


def test_somebody_registered_as_inactive_has_left_from_the_beginning(
    people: PeopleStore, clock: FakeClock
) -> None:
    person = added(people, dataclasses.replace(a_person(), active=False))
    assert person.deactivated_at == clock.now()


def _as_an_older_version_wrote_it(client: Client, subject: str) -> None:
    key = keys.person("main", subject)
    about = json.loads(cast("bytes", client.hget(key, keys.ABOUT)))
    del about[person_codec.LEFT], about["pauses"]
    client.hset(key, keys.ABOUT, json.dumps(about))


def test_who_left_before_it_was_noted_keeps_the_day_known_until_then(
    redis_client: Client, clock: FakeClock
) -> None:
    people = RedisPeople(redis_client, "main", clock)
    subject = added(people).subject
    left = clock.advance(3600)
    _switched(people, subject, active=False)
    _as_an_older_version_wrote_it(redis_client, subject)
    clock.advance(86_400)
    person = people.get(subject)
    assert person is not None
    assert people.update(dataclasses.replace(person, name="Other")).deactivated_at == left


def test_the_audit_log_knows_best_when_somebody_left_and_is_asked_once(
    redis_client: Client, clock: FakeClock
) -> None:
    people = RedisPeople(redis_client, "main", clock)
    audit = AuditLog(RedisAudit(redis_client, "main"), clock)
    audited = AuditedPeople(people, audit, nothing_to_prove)
    ada = audited.create(a_person(), [a_template()], people.revision())
    subject = ada.subject
    left = clock.advance(3600)
    person = audited.update(dataclasses.replace(ada, active=False))
    clock.advance(86_400)
    audited.update(dataclasses.replace(person, name="Other"))  # moved the guess by a day
    _as_an_older_version_wrote_it(redis_client, subject)
    assert settle_leaving_days(redis_client, "main", people, audit) == 1
    settled = people.get(subject)
    assert settled is not None
    assert settled.deactivated_at == left
    assert settle_leaving_days(redis_client, "main", people, audit) == 0
    _as_an_older_version_wrote_it(redis_client, subject)
    assert settle_leaving_days(redis_client, "main", people, audit) == 0, "it runs once"


def test_an_erasure_stands_in_the_log_even_if_what_comes_after_it_fails(
    redis_client: Client, clock: FakeClock
) -> None:
    people = RedisPeople(redis_client, "main", clock)
    audit = AuditLog(RedisAudit(redis_client, "main"), clock)

    def left(subject: str) -> None:
        raise StoreUnavailable("Redis went away just now.")

    audited = AuditedPeople(people, audit, nothing_to_prove, left)
    ada = audited.create(a_person(), [a_template()], people.revision())
    with pytest.raises(StoreUnavailable):
        audited.delete(ada.subject)
    assert not list(people.all())
    assert audit.newest(1)[0].action == Action.PERSON_DELETED


def test_an_older_version_reads_what_is_written_now(
    redis_client: Client, clock: FakeClock
) -> None:
    people = RedisPeople(redis_client, "main", clock)
    subject = added(people).subject
    _switched(people, subject, active=False)
    _switched(people, subject, active=True)
    about = json.loads(cast("bytes", redis_client.hget(keys.person("main", subject), keys.ABOUT)))
    old = {"name", "group", "email", "active", "consent", "photo", "created_at", "updated_at"}
    assert old <= set(about)
