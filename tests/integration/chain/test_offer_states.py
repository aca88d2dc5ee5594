"""Two machines write to one Redis, which goes back to what it was at some moment, or to nothing,
and whose answers get lost; they bring back what they keep in any order, and enter what they find.
In the end all that was confirmed is there as it was confirmed last, nobody who was erased is, no
list is shorter than a witness has seen it, and the chain's check says nothing."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final
from unittest import mock

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from face_rec.access.accounts.account import Account
from face_rec.access.audit.audit import Action
from face_rec.access.rights import Role
from face_rec.attendance.rules.calendar import Holiday
from face_rec.domain.errors import PeopleError, StoreUnavailable
from face_rec.stores.access.audit_stream import RedisAudit
from face_rec.stores.chain.kept_write import KeptWrite
from face_rec.stores.chain.ledger import ADMINISTRATION, AUDIT, PEOPLE, RULES, STREAMS, Ledger
from face_rec.stores.chain.linked_hashes import LinkedHashes
from face_rec.stores.chain.linking import Linking
from face_rec.stores.chain.newest_entries import NewestEntries
from face_rec.stores.chain.statements import FOUND, Statement
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, RedisAddress, connect
from face_rec.stores.redis.lua import Argument
from face_rec.stores.verify.chain_records import (
    AdministrationRecords,
    AuditRecords,
    PeopleRecords,
    Records,
    RuleRecords,
)
from face_rec.stores.verify.chain_report import Finding, Flaw
from face_rec.visitors.visit import Visit
from tests.fakes.clock import MORNING, FakeClock
from tests.integration.chain.write_machines import DAY, Machine, remembered
from tests.redis_servers import Server
from tests.states import BROKEN_STATES, STATES

RULE_IDS: Final = ("r0", "r1", "r2")
ACCOUNTS: Final = ("eve", "bob")
OPTIONS: Final = ("title", "welcome")
WHO: Final = st.integers(0, 1)
LISTS: Final = [keys.chain("main", name) for name in STREAMS]


class _Line:
    """Of the next writes as many get an answer at the second time only: the client sends them
    again. Of all in :meth:`cut` none comes."""

    def __init__(self) -> None:
        self.again = 0

    def __get__(self, linking: Linking, of: type[Linking]) -> Callable[..., object]:
        return partial(self._run, linking)

    def _run(self, linking: Linking, client: Client, link: list[Argument]) -> object:
        answer = RUN(linking, client, link)
        if self.again:
            self.again -= 1
            answer = RUN(linking, client, link)
        return answer

    @contextmanager
    def cut(self, *, taken: bool) -> Iterator[None]:
        def run(linking: Linking, client: Client, link: list[Argument]) -> object:
            if taken:
                RUN(linking, client, link)
            raise StoreUnavailable("the line was cut")

        with mock.patch.object(Linking, "run", run), suppress(StoreUnavailable):
            yield


RUN: Final = Linking.run


class OfferStates(RuleBasedStateMachine):
    """``address`` and ``folder`` are set by the test: hypothesis makes the machines."""

    address: RedisAddress
    folder: Path
    made = 0

    def __init__(self) -> None:
        super().__init__()
        self._client: Client = connect(self.address)
        self._client.flushall()
        self._clock = FakeClock()
        self._machines = [self._machine() for _ in range(2)]
        self._earlier: list[Callable[[], object]] = [self._client.flushall]
        self._count = 0
        self._rules: dict[str, str] = {}
        self._people: dict[str, str] = {}  # names, by their subjects
        self._erased: set[str] = set()
        self._pins: dict[str, str] = {}
        self._options: dict[str, str] = {}
        self._guests: dict[str, None] = {}  # accounts of a name that nobody else ever has
        self._accounts: dict[str, bool] = {}  # whether they may come in
        self._visits: dict[str, str] = {}  # who changed them last
        self._told: list[str] = []
        self._unsure: set[str] = set()  # rules and accounts of whose last change nobody was told
        self._longest = dict.fromkeys(LISTS, 0)
        self._line = _Line()
        self._patch = mock.patch.object(Linking, "run", self._line)
        self._patch.start()

    def _machine(self) -> Machine:
        OfferStates.made += 1
        return Machine(self._client, self.folder / str(OfferStates.made), self._clock)

    def _next(self) -> str:
        self._clock.advance(1)
        self._count += 1
        return f"n{self._count}"

    # --- what is confirmed

    @rule(who=WHO, names=st.lists(st.sampled_from(RULE_IDS), min_size=1, unique=True))
    def saves_rules(self, who: int, names: list[str]) -> None:
        value = self._next()
        self._machines[who].rules.put(*(Holiday(name, DAY, value) for name in names))
        self._rules |= dict.fromkeys(names, value)
        self._unsure -= {*names}

    @rule(who=WHO, name=st.sampled_from(RULE_IDS))
    def removes_a_rule(self, who: int, name: str) -> None:
        self._machines[who].rules.remove(Holiday(name, DAY, self._next()))
        self._rules.pop(name, None)
        self._unsure.discard(name)

    @rule(who=WHO)
    def tells_the_audit_log(self, who: int) -> None:
        self._told.append(self._next())
        self._machines[who].access.audit.record(Action.SIGN_IN, self._told[-1])

    @rule(who=WHO)
    def registers(self, who: int) -> None:
        made = self._machines[who].register(self._next())
        self._people[made.subject] = made.name

    @precondition(lambda self: self._people)
    @rule(who=WHO, data=st.data())
    def renames(self, who: int, data: st.DataObject) -> None:
        people, name = self._machines[who].people, self._next()
        there = people.get(data.draw(st.sampled_from(list(self._people))))
        if there is not None:
            people.update(replace(there, name=name))
            self._people[there.subject] = name

    @precondition(lambda self: self._people)
    @rule(who=WHO, data=st.data())
    def erases(self, who: int, data: st.DataObject) -> None:
        subject = data.draw(st.sampled_from(list(self._people)))
        self._next()
        self._machines[who].people.delete(subject)
        del self._people[subject]
        self._erased.add(subject)
        self._pins.pop(subject, None)

    @precondition(lambda self: self._people)
    @rule(who=WHO, data=st.data())
    def sets_a_pin(self, who: int, data: st.DataObject) -> None:
        subject, pin = data.draw(st.sampled_from(list(self._people))), self._next()
        if self._machines[who].pins.put(subject, pin):
            self._pins[subject] = pin

    @precondition(lambda self: self._pins)
    @rule(who=WHO, data=st.data())
    def clears_a_pin(self, who: int, data: st.DataObject) -> None:
        subject = data.draw(st.sampled_from(list(self._pins)))
        self._next()
        self._machines[who].pins.clear(subject)  # also where Redis has just lost it
        del self._pins[subject]

    @rule(who=WHO, name=st.sampled_from(ACCOUNTS), active=st.booleans())
    def changes_an_account(self, who: int, name: str, active: bool) -> None:
        self._next()
        accounts = self._machines[who].records(Account)
        there = {one.id: one for one in accounts.all()}.get(name)
        if there is None:
            role = Role.MANAGER
            accounts.create(Account(id=name, role=role, active=active, created_at=MORNING))
        else:
            accounts.update(replace(there, active=active))
        self._accounts[name] = active
        self._unsure.discard(name)

    @rule(who=WHO)
    def lets_a_guest_in(self, who: int) -> None:
        guest = self._next()
        account = Account(id=guest, role=Role.MANAGER, created_at=MORNING)
        self._machines[who].records(Account).create(account)
        self._guests[guest] = None

    @precondition(lambda self: self._guests)
    @rule(who=WHO, data=st.data())
    def takes_a_guest_away(self, who: int, data: st.DataObject) -> None:
        guest = data.draw(st.sampled_from(list(self._guests)))
        self._next()
        self._machines[who].records(Account).remove(guest)
        del self._guests[guest]

    @rule(who=WHO, name=st.sampled_from(OPTIONS), there=st.booleans())
    def chooses(self, who: int, name: str, there: bool) -> None:
        """The page shows what Redis has, and saves that with what was chosen on it."""
        options, value = self._machines[who].options, self._next()
        found = options.load()
        values = {**found.values, name: value}
        if not there:
            del values[name]
        assert options.save(values, found.version)
        if there:
            self._options[name] = value
        elif name in found.values:
            self._options.pop(name, None)

    @rule(who=WHO)
    def announces_a_visit(self, who: int) -> None:
        name = self._next()
        until = MORNING + timedelta(hours=8)
        visit = Visit(f"visit-{name}", "", MORNING, until, name, MORNING)
        assert self._machines[who].records(Visit).create(visit)
        self._visits[visit.id] = name

    @precondition(lambda self: self._visits)
    @rule(who=WHO, data=st.data())
    def changes_a_visit(self, who: int, data: st.DataObject) -> None:
        visits, name = self._machines[who].records(Visit), self._next()
        there = visits.get(data.draw(st.sampled_from(sorted(self._visits))))
        if there is not None:
            visits.update(replace(there, by=name))
            self._visits[there.id] = name

    @precondition(lambda self: self._visits)
    @rule(who=WHO, data=st.data())
    def erases_a_visit(self, who: int, data: st.DataObject) -> None:
        visit = data.draw(st.sampled_from(sorted(self._visits)))
        self._next()
        self._machines[who].records(Visit).remove(visit)
        del self._visits[visit]
        self._erased.add(f"visits/{visit}")

    # --- what goes wrong, and is mended

    @rule()
    def what_a_replica_has(self) -> None:
        self._earlier.append(remembered(self._client))

    @rule(data=st.data())
    def redis_forgets(self, data: st.DataObject) -> None:
        data.draw(st.sampled_from(self._earlier))()

    @rule()
    def a_command_is_sent_again(self) -> None:
        self._line.again += 1

    @rule(who=WHO, name=st.sampled_from([*RULE_IDS, *ACCOUNTS]), taken=st.booleans())
    def no_answer_comes(self, who: int, name: str, taken: bool) -> None:
        of = self._rules if name in RULE_IDS else self._accounts
        before = dict(of)
        with self._line.cut(taken=taken):
            if name in RULE_IDS:
                self.saves_rules(who, [name])
            else:
                self.changes_an_account(who, name, active=True)
        assert of == before
        self._unsure.add(name)

    @invariant()
    def witnessed(self) -> None:
        for name in LISTS:
            self._longest[name] = max(self._longest[name], self._client.llen(name))

    @rule(who=WHO)
    def offers(self, who: int) -> None:
        self._machines[who].offer()

    @rule(who=WHO)
    def begins(self, who: int) -> None:
        self._next()
        for each in self._records(self._machines[who]):
            each.begin()

    # --- what must hold

    def teardown(self) -> None:
        try:
            self._holds()
        finally:
            self._patch.stop()
            for machine in self._machines:
                machine.kept.close()
            self._client.close()

    def _holds(self) -> None:
        for machine in [*self._machines] * 2:
            machine.offer()
        one = self._machines[0]
        rules = {h.id: h.name for h in one.rules.load().holidays}
        assert self._sure(rules) == self._sure(self._rules)
        assert {p.subject: p.name for p in one.people.all()} == self._people
        accounts = {a.id: a.active for a in one.records(Account).all()}
        confirmed = {**self._accounts, **dict.fromkeys(self._guests, True)}
        assert self._sure(accounts) == self._sure(confirmed)
        assert {who: pin for who in self._people if (pin := one.pins.get(who))} == self._pins
        assert one.options.load().values == self._options
        kept = set().union(*(each.kept.subjects() for each in self._machines))
        assert not kept & self._erased
        assert {v.id: v.by for v in one.records(Visit).all()} == self._visits
        assert sorted(e.target for e in one.access.audit.newest(999)) == sorted(self._told)
        findings = [found for each in self._records(one) for found in each.findings()]
        assert [f.sentence() for f in findings if not self._was_unsure(f)] == []
        assert {name: self._client.llen(name) >= self._longest[name] for name in LISTS} == (
            dict.fromkeys(LISTS, True)
        )

    def _was_unsure(self, finding: Finding) -> bool:
        """An app that began found what nobody was told of, and Redis lost it."""
        return finding.flaw is Flaw.LOST and finding.event.split("/")[1] in self._unsure

    def _sure(self, values: Mapping[str, object]) -> dict[str, object]:
        return {name: value for name, value in values.items() if name not in self._unsure}

    def _records(self, machine: Machine) -> list[Records]:
        streams = PEOPLE, RULES, AUDIT, ADMINISTRATION
        people, rules, audit, rights = (machine.ledger(name) for name in streams)
        return [
            PeopleRecords(machine.people, people),
            RuleRecords(machine.rules, rules),
            AuditRecords(RedisAudit(self._client, "main", audit), audit),
            AdministrationRecords(LinkedHashes(self._client, "main", rights), rights),
        ]


@pytest.fixture
def states(redis_server: Server, tmp_path: Path) -> Iterator[type[OfferStates]]:
    logging.getLogger("face_rec").setLevel(logging.CRITICAL)
    OfferStates.address = RedisAddress(nodes=(("127.0.0.1", redis_server.port),))
    OfferStates.folder = tmp_path
    yield OfferStates
    logging.getLogger("face_rec").setLevel(logging.NOTSET)


def test_what_two_machines_confirmed_is_there_whatever_was_lost(states: type[OfferStates]) -> None:
    run_state_machine_as_test(states, settings=STATES)


def _believes_what_was_found(self: NewestEntries, statement: Statement) -> None:
    _LEARN(self, replace(statement, flags=statement.flags - {FOUND}))


def _says_all_that_was_found(self: NewestEntries, write: KeptWrite) -> bytes:
    return write.entry


def _yields_as_a_whole(self: NewestEntries, write: KeptWrite) -> str:
    return _BARS(self, replace(write, apart=False))


def _stands_over_its_own_alone(self: NewestEntries, write: KeptWrite) -> bool:
    return _BEFORE(self, write) and all(
        one.id in self._own for name in write.names for one in self._of[name][-1:]
    )


def _keeps_nothing_of_it(self: Ledger, write: KeptWrite, kept: str, **_: object) -> None:
    self._drop(kept)


_LEARN, _BARS = NewestEntries._learn, NewestEntries.bars
_BEFORE = NewestEntries.came_back_before
BROKEN: Final[dict[str, tuple[type, str, Callable[..., object]]]] = {
    "believes what was found": (NewestEntries, "_learn", _believes_what_was_found),
    "says all that was found": (NewestEntries, "unsaid", _says_all_that_was_found),
    "yields as a whole": (NewestEntries, "bars", _yields_as_a_whole),
    "stands over its own alone": (NewestEntries, "came_back_before", _stands_over_its_own_alone),
    "never stands over another": (NewestEntries, "came_back_before", lambda *_: False),
    "yields to nothing": (NewestEntries, "bars", lambda *_: ""),
    "does not know again what is sent again": (Ledger, "_stands", lambda *_: False),
    "keeps nothing of what gets no answer": (Ledger, "_unanswered", _keeps_nothing_of_it),
}


@pytest.mark.nightly
@pytest.mark.parametrize("broken", BROKEN)
def test_offers_broken_on_purpose_are_noticed(states: type[OfferStates], broken: str) -> None:
    of, name, other = BROKEN[broken]
    with mock.patch.object(of, name, other), pytest.raises((AssertionError, PeopleError)):
        run_state_machine_as_test(states, settings=BROKEN_STATES)
