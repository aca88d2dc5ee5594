"""The contract of a people store, held by Redis, by a cluster and by the fake alike."""

import dataclasses
import json
import threading
from collections.abc import Callable
from typing import cast

import numpy as np
import pytest

from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.factors.step_up import nothing_to_prove
from face_rec.domain.errors import Conflict, IdTaken, PeopleError, PersonMissing, StoreUnavailable
from face_rec.domain.people import Change, ChangeKind, Moved, Pause, Person
from face_rec.protocols.people import PeopleStore
from face_rec.stores.access.audit_stream import RedisAudit
from face_rec.stores.people import person_codec
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client
from face_rec.stores.site.after_update import settle_leaving_days
from face_rec.stores.site.audited_writers import AuditedPeople
from tests.fakes.clock import MORNING, FakeClock
from tests.fakes.people import FakePeople
from tests.samples import CONSENT, CONTRACT, ODD_TEXTS, a_person, a_template


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["fake", "redis_client", "cluster_client"])
def people(request: pytest.FixtureRequest, clock: FakeClock) -> PeopleStore:
    if request.param == "fake":
        return FakePeople(clock)
    return RedisPeople(request.getfixturevalue(request.param), "main", clock)


def _added(people: PeopleStore, person: Person | None = None, templates: int = 3) -> Person:
    looks = [a_template(slot) for slot in range(templates)]
    return people.create(person or a_person(), looks, people.revision())


def test_an_empty_store_holds_nobody(people: PeopleStore) -> None:
    assert people.revision() == 0
    assert people.count() == 0
    assert list(people.all()) == []
    assert list(people.entries(CONTRACT)) == []
    assert people.many([]) == {}
    assert people.get("nobody") is None
    assert people.by_id("7") is None
    assert people.changes(0) == []


def test_everybody_is_read_once_a_revision_and_comes_by_subject(people: PeopleStore) -> None:
    assert people.everybody().people == ()
    one, two = _added(people), _added(people, a_person("8"))
    everybody = people.everybody()
    assert everybody.people == tuple(sorted((one, two), key=lambda person: person.subject))
    assert everybody.revision == people.revision()
    assert people.everybody() is everybody
    renamed = people.update(dataclasses.replace(one, name="Other"))
    assert renamed in people.everybody().people
    people.delete(two.subject)
    assert people.everybody().people == (renamed,)


def test_everybody_is_not_told_of_while_the_store_is_away() -> None:
    people = FakePeople()
    people.everybody()
    people.available = False
    with pytest.raises(StoreUnavailable):
        people.everybody()


def test_a_created_person_reads_back_the_same(people: PeopleStore) -> None:
    person = _added(people)
    assert person.version == 1
    assert person.created_at == person.updated_at == MORNING
    assert person.consent == CONSENT
    assert [info.slot for info in person.templates] == [0, 1, 2]
    assert people.get(person.subject) == person
    assert people.by_id("7") == person
    assert people.many([person.subject, "nobody"]) == {person.subject: person}
    assert list(people.all()) == [person]
    assert people.count() == 1


def test_templates_read_back_bit_for_bit(people: PeopleStore) -> None:
    person = _added(people)
    stored = people.templates(person.subject)
    assert [t.info for t in stored] == list(person.templates)
    for template in stored:
        assert template.vector.dtype == np.float32
        assert np.array_equal(template.vector, a_template(template.info.slot).vector)


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_any_text_may_be_an_id_or_a_name(people: PeopleStore, text: str) -> None:
    person = _added(people, dataclasses.replace(a_person(text, text), group=text))
    _added(people, a_person(text + "!", "Someone else"))
    assert people.by_id(text) == person
    assert people.get(person.subject) == person
    people.delete(person.subject)
    assert people.by_id(text) is None
    assert people.count() == 1


def test_namesakes_do_not_overwrite_each_other(people: PeopleStore) -> None:
    first, second = _added(people, a_person("1", "Kim")), _added(people, a_person("2", "Kim"))
    assert people.by_id("1") == first
    assert people.by_id("2") == second


def test_an_id_written_in_another_unicode_form_is_the_same_id(people: PeopleStore) -> None:
    person = _added(people, a_person("Jose\u0301"))
    assert people.by_id("Jos\u00e9") == person
    with pytest.raises(IdTaken):
        _added(people, a_person("Jos\u00e9"))


def test_a_taken_id_is_refused_and_nothing_is_written(people: PeopleStore) -> None:
    first = _added(people)
    revision = people.revision()
    second = a_person()
    with pytest.raises(IdTaken):
        people.create(second, [], revision)
    assert people.get(second.subject) is None
    assert people.revision() == revision
    assert people.by_id("7") == first


def test_a_create_that_saw_an_old_gallery_is_refused(people: PeopleStore) -> None:
    seen = people.revision()
    _added(people)
    late = a_person("8")
    with pytest.raises(Conflict):
        people.create(late, [], seen)
    assert people.get(late.subject) is None


def test_a_subject_is_never_used_twice(people: PeopleStore) -> None:
    first = _added(people)
    with pytest.raises(Conflict):
        people.create(dataclasses.replace(first, id="8"), [], people.revision())
    assert people.get(first.subject) == first


def test_of_two_creates_of_one_id_at_once_one_wins(people: PeopleStore) -> None:
    outcomes = _at_once(8, lambda n: _added(people, a_person("7", f"Clerk {n}")))
    winners = [o for o in outcomes if isinstance(o, Person)]
    assert len(winners) == 1
    assert all(isinstance(o, IdTaken | Conflict) for o in outcomes if o not in winners)
    assert people.by_id("7") == winners[0]
    assert people.count() == people.revision() == 1


def test_an_update_keeps_templates_and_day_of_creation(
    people: PeopleStore, clock: FakeClock
) -> None:
    person = _added(people)
    later = clock.advance(60)
    edited = dataclasses.replace(person, name="Ada L.", templates=(), created_at=later)
    updated = people.update(edited)
    assert people.get(person.subject) == updated
    assert (updated.name, updated.version) == ("Ada L.", 2)
    assert (updated.created_at, updated.updated_at) == (MORNING, later)
    assert updated.templates == person.templates
    assert len(people.templates(person.subject)) == 3


def test_a_new_id_frees_the_old_one(people: PeopleStore) -> None:
    person = _added(people)
    people.update(dataclasses.replace(person, id="8"))
    assert people.by_id("7") is None
    assert people.by_id("8") is not None
    _added(people, a_person("7"))
    assert people.count() == 2


def test_an_update_to_a_taken_id_is_refused(people: PeopleStore) -> None:
    _added(people, a_person("8"))
    person = _added(people)
    with pytest.raises(IdTaken):
        people.update(dataclasses.replace(person, id="8"))
    assert people.by_id("7") == person


def test_an_update_of_an_old_version_is_refused(people: PeopleStore) -> None:
    person = _added(people)
    newer = people.update(dataclasses.replace(person, name="Newer"))
    with pytest.raises(Conflict):
        people.update(dataclasses.replace(person, name="Older"))
    assert people.get(person.subject) == newer


def test_of_many_updates_at_once_one_wins(people: PeopleStore) -> None:
    person = _added(people)
    outcomes = _at_once(8, lambda n: people.update(dataclasses.replace(person, name=str(n))))
    assert [isinstance(o, Person) for o in outcomes].count(True) == 1
    assert sum(isinstance(o, Conflict) for o in outcomes) == 7


def test_a_deleted_person_cannot_be_changed(people: PeopleStore) -> None:
    person = _added(people)
    assert people.delete(person.subject) == person
    with pytest.raises(PersonMissing):
        people.update(person)
    with pytest.raises(PersonMissing):
        people.put_templates(person.subject, [], person.version, people.revision())


def test_deleting_leaves_nothing_and_frees_the_id(people: PeopleStore) -> None:
    person = _added(people)
    people.delete(person.subject)
    assert people.get(person.subject) is None
    assert people.templates(person.subject) == []
    assert people.count() == 0
    assert people.delete(person.subject) is None
    assert people.revision() == 2
    again = _added(people)
    assert people.by_id("7") == again


def test_put_templates_replaces_all_of_them(people: PeopleStore) -> None:
    person = _added(people)
    changed = people.put_templates(
        person.subject, [a_template(9), a_template(4)], person.version, people.revision()
    )
    assert [info.slot for info in changed.templates] == [4, 9]
    assert [t.info.slot for t in people.templates(person.subject)] == [4, 9]
    assert people.get(person.subject) == changed
    entry = people.entry(person.subject, CONTRACT)
    assert entry is not None
    assert entry.vectors.shape == (2, 8)


def test_put_templates_checks_version_and_gallery(people: PeopleStore) -> None:
    person = _added(people)
    with pytest.raises(Conflict):
        people.put_templates(person.subject, [], person.version + 1, people.revision())
    with pytest.raises(Conflict):
        people.put_templates(person.subject, [], person.version, people.revision() - 1)
    assert len(people.templates(person.subject)) == 3


@pytest.mark.parametrize("slots", [[0, 0], [10], [-1], list(range(11))])
def test_a_slot_that_does_not_exist_is_refused(people: PeopleStore, slots: list[int]) -> None:
    with pytest.raises(PeopleError):
        people.create(a_person(), [a_template(slot) for slot in slots], 0)
    assert people.count() == 0


# --- what the gallery is told ---------------------------------------------------


def test_every_write_is_one_change_in_order(people: PeopleStore) -> None:
    person = _added(people)
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
    _added(people)
    assert people.changes(99) is None


def test_changes_waits_for_the_next_one(people: PeopleStore) -> None:
    found: list[list[Change] | None] = []
    waiter = threading.Thread(target=lambda: found.append(people.changes(0, block_ms=900)))
    waiter.start()
    person = _added(people)
    waiter.join()
    assert found == [[Change(1, ChangeKind.PUT, person.subject)]]


def test_entries_are_everybodys_rows_of_one_contract(people: PeopleStore) -> None:
    looks = [a_template(0), a_template(1, "0ther", 4), a_template(2)]
    first = people.create(a_person("1"), looks, people.revision())
    second = _added(people, a_person("2"), templates=1)
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
    never = _added(people, a_person("1", consent=None))
    withdrawn = dataclasses.replace(CONSENT, withdrawn_at=MORNING)
    gone = _added(people, a_person("2", consent=withdrawn))
    person = _added(people, a_person("3"))
    away = people.update(dataclasses.replace(person, active=False))
    assert list(people.entries(CONTRACT)) == []
    for subject in (never.subject, gone.subject, away.subject):
        assert people.entry(subject, CONTRACT) is None
    people.update(dataclasses.replace(away, active=True))
    assert [e.subject for e in people.entries(CONTRACT)] == [person.subject]


def test_a_person_without_templates_is_not_in_the_gallery(people: PeopleStore) -> None:
    person = _added(people, templates=0)
    assert people.entry(person.subject, CONTRACT) is None
    assert people.entry("nobody", CONTRACT) is None
    assert list(people.entries(CONTRACT)) == []


def test_more_people_than_one_batch_are_all_read(people: PeopleStore) -> None:
    expected = {_added(people, a_person(str(n)), templates=1).subject for n in range(1201)}
    assert {person.subject for person in people.all()} == expected
    entries = [entry.subject for entry in people.entries(CONTRACT)]
    assert len(entries) == 1201
    assert set(entries) == expected


# --- what only Redis can get wrong ----------------------------------------------


@pytest.fixture
def stored(redis_client: Client) -> RedisPeople:
    return RedisPeople(redis_client, "main", FakeClock())


def test_a_cut_stream_asks_for_a_rebuild(stored: RedisPeople, redis_client: Client) -> None:
    for number in range(5):
        _added(stored, a_person(str(number)))
    redis_client.xtrim(keys.changes("main"), maxlen=2, approximate=False)
    assert stored.changes(1) is None
    assert stored.changes(2) is None
    assert stored.changes(3) is not None
    redis_client.delete(keys.changes("main"))
    assert stored.changes(3) is None
    assert stored.changes(5) == []


def test_an_emptied_redis_asks_for_a_rebuild(stored: RedisPeople, redis_client: Client) -> None:
    _added(stored)
    redis_client.flushall()
    assert stored.changes(1) is None


def test_sites_do_not_see_each_other(stored: RedisPeople, redis_client: Client) -> None:
    _added(stored)
    other = RedisPeople(redis_client, "other", FakeClock())
    assert other.count() == other.revision() == 0
    _added(other)
    assert stored.revision() == 1


def test_text_that_is_no_unicode_is_refused(stored: RedisPeople) -> None:
    with pytest.raises(PeopleError, match="not valid text"):
        _added(stored, a_person("\ud800"))
    assert stored.count() == 0


def test_damaged_rows_leave_out_one_person_and_keep_the_others(
    stored: RedisPeople, redis_client: Client
) -> None:
    damaged, whole = _added(stored, a_person("1")), _added(stored, a_person("2"))
    redis_client.hset(keys.person("main", damaged.subject), keys.vector(1), b"short")
    assert [e.subject for e in stored.entries(CONTRACT)] == [whole.subject]


class Xor:
    """Not a cipher; enough to see that bytes go through a sealer with their context."""

    def seal(self, plain: bytes, context: str) -> bytes:
        return context.encode() + bytes(b ^ 0x5A for b in plain)

    def open(self, sealed: bytes, context: str) -> bytes:
        assert sealed.startswith(context.encode())
        return bytes(b ^ 0x5A for b in sealed[len(context.encode()) :])


def test_embeddings_are_sealed_before_they_leave_the_process(redis_client: Client) -> None:
    people = RedisPeople(redis_client, "main", FakeClock(), Xor())
    person = _added(people)
    raw = redis_client.hget(keys.person("main", person.subject), keys.vector(0))
    assert isinstance(raw, bytes)
    assert a_template(0).vector.tobytes() not in raw
    entry = people.entry(person.subject, CONTRACT)
    assert entry is not None
    assert np.array_equal(entry.vectors[0], a_template(0).vector)
    assert np.array_equal(people.templates(person.subject)[2].vector, a_template(2).vector)


def test_a_write_sent_twice_by_the_client_is_done_once(
    stored: RedisPeople, redis_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As redis-py does when the connection breaks before the answer comes.
    once: Callable[..., object] = redis_client.evalsha

    def twice(*command: object) -> object:
        once(*command)
        return once(*command)

    person = _added(stored, a_person("1"))
    monkeypatch.setattr(redis_client, "evalsha", twice)
    assert stored.update(person).version == 2
    assert _added(stored, a_person("2")).version == 1
    assert stored.delete(person.subject) is not None
    assert stored.revision() == 4


def _at_once(number: int, act: Callable[[int], Person]) -> list[Person | Exception]:
    start = threading.Barrier(number)
    outcomes: list[Person | Exception] = []

    def run(n: int) -> None:
        start.wait()
        try:
            outcomes.append(act(n))
        except PeopleError as error:
            outcomes.append(error)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


# --- when somebody left ----------------------------------------------------------


def _switched(people: PeopleStore, subject: str, active: bool) -> Person:
    person = people.get(subject)
    assert person is not None
    return people.update(dataclasses.replace(person, active=active))


def test_the_day_of_leaving_is_noted_and_no_later_write_moves_it(
    people: PeopleStore, clock: FakeClock
) -> None:
    subject = _added(people).subject
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
    subject = _added(people).subject
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
    person = _added(people, dataclasses.replace(a_person(), group="A"))
    at = clock.advance(86_400)
    moved = people.update(dataclasses.replace(person, group="B"))
    assert moved.moved == (Moved("A", at),)
    clock.advance(86_400)
    assert people.update(dataclasses.replace(moved, name="Other", moved=())).moved == moved.moved


def test_somebody_registered_as_inactive_has_left_from_the_beginning(
    people: PeopleStore, clock: FakeClock
) -> None:
    person = _added(people, dataclasses.replace(a_person(), active=False))
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
    subject = _added(people).subject
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


def test_an_older_version_reads_what_is_written_now(
    redis_client: Client, clock: FakeClock
) -> None:
    people = RedisPeople(redis_client, "main", clock)
    subject = _added(people).subject
    _switched(people, subject, active=False)
    _switched(people, subject, active=True)
    about = json.loads(cast("bytes", redis_client.hget(keys.person("main", subject), keys.ABOUT)))
    old = {"name", "group", "email", "active", "consent", "photo", "created_at", "updated_at"}
    assert old <= set(about)
