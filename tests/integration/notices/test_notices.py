"""From a mark in Redis to whoever is told: real Redis, a receiver that fails, a mail server."""

import asyncio
import ipaddress
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, timedelta

import pytest

from face_rec.access.audit.audit_log import AuditLog
from face_rec.domain.errors import ProofNeeded, StoreUnavailable
from face_rec.domain.marks import EventKind
from face_rec.domain.people import Person
from face_rec.notices.channel import Channel, ChannelKind, NoticeRule
from face_rec.notices.channels import Channels, reseal_channels, sealed, target_of
from face_rec.notices.conditions import Condition, ConditionFeed
from face_rec.notices.feeds import DayFeed, MarkFeed, Missed
from face_rec.notices.message import Messages
from face_rec.notices.notice import NoticeKind
from face_rec.notices.sending import Sending, Told
from face_rec.notices.service import NoticeService
from face_rec.notices.sorting import Sorting
from face_rec.notices.webhook import Webhooks
from face_rec.stores.access.records import RedisRecords
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.notices import outbox_keys
from face_rec.stores.notices.outbox import RedisOutbox
from face_rec.stores.people.person_codec import Unsealed
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client
from face_rec.stores.sealing.keyring import derived
from face_rec.stores.sealing.sealer import DataSealer
from tests.fakes.access import MemoryAudit
from tests.fakes.clock import MORNING, FakeClock
from tests.integration.notices.receiver import Mailbox, Receiver, mailbox, receiving
from tests.samples import a_person, an_event

LOOPBACK = [ipaddress.ip_network("127.0.0.0/8")]
ADA = replace(a_person("7", "Ada Byron"), subject="s1")


class Site:
    """One site as it stands in Redis; several processes of it can be opened."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.clock = FakeClock()
        self.people: dict[str, Person] = {ADA.subject: ADA}
        self.missed: list[Missed] = []
        self.wrong: list[Condition] = []
        self.late: dict[str, int] = {}
        self.marks = RedisAttendance(client, "main")
        self.processes: list[Process] = []
        self.audit = MemoryAudit()
        self.channels = Channels(
            RedisRecords(client, "main", Channel), RedisRecords(client, "main", NoticeRule),
            Unsealed(), audit_log=AuditLog(self.audit, self.clock), clock=self.clock,
            demand=lambda _: None,
        )  # fmt: skip

    def opened(self) -> "Process":
        outbox = RedisOutbox(self.client, "main")
        told = Told(self._people, lambda: "School", lambda: UTC, lambda name: name.title())
        sending = Sending(
            self.channels, outbox, told, self.clock,
            webhooks=Webhooks(LOOPBACK), messages=Messages(),
        )  # fmt: skip
        self.processes.append(Process(
            NoticeService(
                self.channels, outbox, self.clock,
                marks=MarkFeed(self.marks, outbox, self.clock, lambda e: self.late.get(e.id, 0)),
                days=DayFeed(self._missed, outbox, self.clock),
                checks=ConditionFeed(lambda: self.wrong, outbox, self.clock),
                kiosks=ConditionFeed(list, outbox, self.clock),
                sorting=Sorting(self.channels, outbox, self._people, self.clock, lambda: UTC),
                sending=sending, today=MORNING.date, turn=lambda _: True,
            ),
            sending,
        ))  # fmt: skip
        return self.processes[-1]

    def close(self) -> None:
        for one in self.processes:
            one.loop.close()

    def _people(self, subjects: list[str]) -> dict[str, Person]:
        return {name: self.people[name] for name in subjects if name in self.people}

    def _missed(self, day: date) -> list[Missed]:
        return [one for one in self.missed if one.day == day]

    def mark(self, *names: str, kind: EventKind = EventKind.IN, seconds: float = 0) -> None:
        for name in names:
            event = replace(an_event(name, "s1", seconds, kind), kiosk="door")
            self.marks.apply(event, 0, replay=True)

    def hook(self, receiver: Receiver, *kinds: NoticeKind) -> Channel:
        made, receiver.secret = self.channels.add(
            "Payroll", ChannelKind.WEBHOOK, receiver.address, "root"
        )
        self.rule(made, *kinds)
        return made

    def rule(self, channel: Channel, *kinds: NoticeKind, digest: int = 0) -> NoticeRule:
        rule = NoticeRule("", "All", frozenset(kinds or NoticeKind), frozenset({channel.id}))
        return self.channels.save_rule(replace(rule, digest=digest))


@dataclass
class Process:
    service: NoticeService
    sending: Sending
    loop: asyncio.Runner = field(default_factory=asyncio.Runner)

    def look(self) -> None:
        self.service.judge()
        self.service.note()

    def send(self, rounds: int = 1) -> None:
        """Send all that is due now, on the process's own event loop."""
        self.loop.run(self._rounds(rounds))

    async def _rounds(self, rounds: int) -> None:
        tasks: set[asyncio.Task[None]] = set()
        for _ in range(rounds):
            await self.sending._begin(tasks)
            await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
def site(redis_client: Client) -> Iterator[Site]:
    made = Site(redis_client)
    made.opened().look()  # begun: what was before is told to nobody
    yield made
    made.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving(Receiver()) as made:
        yield made


@pytest.fixture
def mail() -> Iterator[Mailbox]:
    with mailbox() as made:
        yield made


def test_a_program_is_told_of_a_mark_with_name_and_signature(
    site: Site, receiver: Receiver
) -> None:
    site.hook(receiver)
    site.mark("e1")
    process = site.opened()
    process.look()
    process.send()
    assert receiver.said == {
        "e1": {
            "type": "attendance.mark",
            "timestamp": "2025-03-10T08:00:00Z",
            "data": {
                "id": "e1",
                "person": {"id": "7", "name": "Ada Byron", "group": "Office"},
                "kiosk": "door",
                "event": "e1",
                "details": "Check-in",
            },
        }
    }
    assert receiver.forged == 0
    assert process.service.waiting() == 0
    assert [one.problem for one in process.service.recent()] == [""]


def test_what_was_marked_before_anybody_could_be_told_is_told_to_nobody(
    redis_client: Client, receiver: Receiver
) -> None:
    site = Site(redis_client)
    site.mark("old", "older")
    site.opened().look()
    site.hook(receiver)
    site.mark("new")
    site.mark("next day", seconds=86_400)
    site.clock.advance(86_400)
    process = site.opened()
    process.look()
    process.send()
    assert set(receiver.got) == {"new", "next day"}
    site.close()


def test_late_held_and_corrected_are_told_as_such(site: Site, receiver: Receiver) -> None:
    site.hook(receiver)
    site.late["e1"] = 720
    site.mark("e1")
    site.mark("h1", kind=EventKind.HELD)
    correction = replace(an_event("c1", "s1", 60, EventKind.VOID), target="e1", author="Grace")
    site.marks.apply(correction, 0, replay=True)
    process = site.opened()
    process.look()
    process.send()
    told = {name: (said["type"], said["data"]["details"]) for name, said in receiver.said.items()}
    assert told["e1-late"] == ("attendance.late", "Late by 12 min")
    assert told["h1"][0] == "attendance.held"
    assert told["c1"] == ("attendance.correction", "voided by Grace")


def test_an_absence_is_told_once_however_often_and_by_whomever_it_is_seen(
    site: Site, receiver: Receiver
) -> None:
    site.hook(receiver)
    site.missed = [Missed(NoticeKind.ABSENT, MORNING.date(), "s1")]
    for _ in range(3):
        process = site.opened()
        process.look()
        process.send()
    (name,) = receiver.got
    assert receiver.got[name] == 1
    assert receiver.said[name]["data"]["details"] == "on 2025-03-10"


def test_what_goes_wrong_and_is_right_again_is_told_if_it_lasts(
    site: Site, receiver: Receiver
) -> None:
    site.hook(receiver)
    feed = ConditionFeed(lambda: site.wrong, RedisOutbox(site.client, "main"), site.clock)
    for wrong, told in [(False, 0), (True, 0), (False, 0), (True, 0), (True, 1), (True, 0),
                        (False, 0), (False, 1), (False, 0)]:  # fmt: skip
        site.wrong = [Condition("disk", wrong, "disk: 0.1 GB free")]
        assert feed.read() == told
        site.clock.advance(20)
    process = site.opened()
    process.look()
    process.send()
    kinds = [said["type"] for said in receiver.said.values()]
    assert sorted(kinds) == ["site.problem", "site.solved"]


def test_people_get_a_letter_with_names_and_local_times(site: Site, mail: Mailbox) -> None:
    made, secret = site.channels.add("Office", ChannelKind.MESSAGE, mail.address, "root")
    assert (secret, made.shown) == ("", "E-Mail")
    site.rule(made)
    site.mark("e1")
    process = site.opened()
    process.look()
    process.send()
    (letter,) = mail.letters
    assert "School: Marked" in letter
    assert "08:00 Ada Byron: Marked (Check-in), Door" in letter


def test_a_digest_is_one_letter(site: Site, mail: Mailbox) -> None:
    made, _ = site.channels.add("Office", ChannelKind.MESSAGE, mail.address, "root")
    site.rule(made, NoticeKind.MARK, digest=30)
    site.mark(*[f"e{number}" for number in range(20)])
    process = site.opened()
    process.look()
    process.send()
    assert mail.letters == []
    site.clock.advance(1800)
    process.send()
    (letter,) = mail.letters
    assert letter.count("Ada Byron") == 20
    assert process.service.waiting() == 0


def test_nothing_is_told_of_who_was_erased_meanwhile(
    site: Site, mail: Mailbox, receiver: Receiver
) -> None:
    made, _ = site.channels.add("Office", ChannelKind.MESSAGE, mail.address, "root")
    site.rule(made)
    site.hook(receiver)
    site.mark("e1")
    process = site.opened()
    process.look()
    site.people.clear()
    process.send()
    assert mail.letters == []
    assert receiver.said["e1"]["data"]["person"] is None
    assert process.service.waiting() == 0
    kept = b"".join(site.client.dump(name) or b"" for name in site.client.keys("notices:*"))
    assert b"Ada" not in kept


def test_a_receiver_that_is_gone_switches_its_channel_off(site: Site, receiver: Receiver) -> None:
    channel = site.hook(receiver)
    receiver.status = 410
    site.mark("e1")
    process = site.opened()
    process.look()
    process.send()
    found = site.channels.get(channel.id)
    assert found is not None
    assert (found.active, "410" in found.why_off) == (False, True)
    receiver.status = 204
    site.clock.advance(86_400)
    process.send()
    assert receiver.got["e1"] == 1  # not asked again while it is off
    site.channels.switch(channel.id, active=True)
    site.clock.advance(700)
    process.send()
    assert receiver.got["e1"] == 2


def test_what_never_gets_through_is_kept_and_can_be_sent_again(
    site: Site, receiver: Receiver
) -> None:
    site.hook(receiver)
    receiver.status = 500
    site.mark("e1")
    process = site.opened()
    process.look()
    for _ in range(10):
        process.send()
        site.clock.advance(100_000)
    (dead,) = process.service.dead()
    assert (dead.tries, dead.problem) == (10, "the receiver answered 500")
    receiver.status = 204
    assert process.service.outbox.again(dead.id, site.clock.now())
    process.send()
    assert (process.service.dead(), process.service.waiting()) == ([], 0)


def test_a_webhook_goes_nowhere_inside_and_follows_no_redirection(
    site: Site, receiver: Receiver
) -> None:
    site.hook(receiver)
    receiver.status = 302
    site.mark("e1")
    process = site.opened()
    process.look()
    process.send()
    assert receiver.got["e1"] == 1  # and nothing was asked of /elsewhere
    process.sending._webhooks = Webhooks(())
    site.clock.advance(10)
    process.send()
    assert receiver.got["e1"] == 1


def test_a_channel_that_is_removed_lets_go_of_what_was_on_its_way(
    site: Site, receiver: Receiver
) -> None:
    channel = site.hook(receiver)
    site.mark("e1")
    process = site.opened()
    process.look()
    site.channels.remove(channel.id)
    process.send()
    assert receiver.got == {}
    assert [one.problem for one in process.service.recent()] == ["the channel was removed"]


def test_where_a_failover_took_the_end_of_a_day_what_comes_again_is_told(
    site: Site, receiver: Receiver
) -> None:
    site.hook(receiver)
    site.mark("e1", "e2", "e3")
    process = site.opened()
    process.look()
    site.client.ltrim(keys.attendance("main", MORNING.date()), 0, 0)
    site.client.delete(keys.seen("main", MORNING.date()))
    site.mark("e3", "e2", "e4")
    process.look()
    process.send(3)
    assert set(receiver.got) == {"e1", "e2", "e3", "e4"}
    assert set(receiver.got.values()) == {1}


def test_what_the_outbox_still_holds_is_not_told_again_where_a_list_went_back(
    site: Site, receiver: Receiver
) -> None:
    site.hook(receiver)
    site.mark("e1", "e2", "e3")
    process = site.opened()
    process.look()
    process.send()
    site.client.ltrim(keys.attendance("main", MORNING.date()), 0, 0)
    site.client.delete(keys.seen("main", MORNING.date()))
    site.mark("e4", "e3", "e2")
    process.look()
    process.send()
    assert receiver.got == {"e1": 1, "e2": 1, "e3": 1, "e4": 1}


def test_a_mark_that_a_kiosk_kept_for_three_days_is_told(site: Site, receiver: Receiver) -> None:
    site.hook(receiver)
    site.clock.advance(3 * 86_400 - 60)
    site.mark("kept")
    process = site.opened()
    process.look()
    process.send()
    assert receiver.got == {"kept": 1}


def test_a_clock_that_jumps_ahead_and_back_tells_nothing_twice(
    site: Site, receiver: Receiver
) -> None:
    site.hook(receiver)
    site.mark("e1")
    process = site.opened()
    for days in (0, 40, -40, 4000, -4000):
        site.clock.set(site.clock.now() + timedelta(days=days))
        process.look()
        process.send()
    assert receiver.got == {"e1": 1}


def test_who_was_missed_before_anybody_could_be_told_is_told_to_nobody(
    redis_client: Client, receiver: Receiver
) -> None:
    site = Site(redis_client)
    site.hook(receiver)
    site.missed = [Missed(NoticeKind.ABSENT, MORNING.date(), "s1")]
    process = site.opened()
    process.look()
    site.missed.append(Missed(NoticeKind.MISSING_OUT, MORNING.date(), "s1"))
    process.look()
    process.send()
    assert list(receiver.got) == ["2025-03-10-attendance-missing-out-s1"]
    site.close()


def test_a_digest_that_the_mail_server_refused_is_one_letter_later(
    site: Site, mail: Mailbox
) -> None:
    made, _ = site.channels.add("Office", ChannelKind.MESSAGE, mail.address, "root")
    site.rule(made, NoticeKind.MARK, digest=30)
    site.mark(*[f"e{number}" for number in range(20)])
    process = site.opened()
    process.look()
    site.clock.advance(1800)
    mail.away = True
    process.send()
    mail.away = False
    site.clock.advance(10)
    process.send()
    (letter,) = mail.letters
    assert letter.count("Ada Byron") == 20
    assert process.service.waiting() == 0


def test_whatever_cannot_be_read_nothing_else_waits_for_it(site: Site, receiver: Receiver) -> None:
    site.hook(receiver)
    site.mark("e1")
    site.opened().service._marks.read()
    process = site.opened()
    process.service._marks._late_by = _broken
    site.mark("e2")
    with pytest.raises(ZeroDivisionError):
        process.service.note()
    process.send()
    assert set(receiver.got) == {"e1"}


def _broken(_: object) -> int:
    raise ZeroDivisionError


def test_the_more_the_days_cost_the_less_often_they_are_judged(site: Site) -> None:
    service, asked = site.opened().service, []

    def slow(_: date) -> list[Missed]:
        site.clock.advance(15)
        return []

    def turn(seconds: float) -> bool:
        asked.append(seconds)
        return True

    service._turn = turn
    service._days._missed = slow
    assert service.pause == 20
    service.judge()
    assert service.pause == 270  # of two days
    service.judge()
    assert asked == [15, 202.5]


def test_what_is_sent_goes_on_after_its_thread_began_anew(site: Site, receiver: Receiver) -> None:
    site.hook(receiver)
    process = site.opened()
    for some in (range(30), range(30, 60)):
        site.mark(*[f"e{number}" for number in some])
        process.look()
        looks = iter(range(100))
        wanted = some[-1] + 1
        asyncio.run(
            process.sending.run(lambda: len(receiver.got) >= wanted or next(looks) > 20)  # noqa: B023
        )
    assert len(receiver.got) == 60


def test_many_refusals_at_once_switch_a_channel_off_once(site: Site, receiver: Receiver) -> None:
    site.hook(receiver)
    receiver.status = 410
    site.mark(*[f"e{number}" for number in range(8)])
    process = site.opened()
    process.look()
    process.send()
    changed = [what for what, _ in site.audit.said if what == "notices.channel.changed"]
    assert len(changed) == 1


def test_to_send_again_and_to_forget_needs_a_proof_and_is_written_down(
    site: Site, receiver: Receiver
) -> None:
    site.hook(receiver)
    receiver.status = 500
    site.mark("e1", "e2")
    process = site.opened()
    process.look()
    for _ in range(10):
        process.send()
        site.clock.advance(100_000)
    one, other = process.service.dead()
    real, site.channels._demand = site.channels._demand, _unproven
    for change in (process.service.again, process.service.drop):
        with pytest.raises(ProofNeeded):
            change(one)
    site.channels._demand = real
    assert len(process.service.dead()) == 2
    process.service.again(one)
    process.service.drop(other)
    told = site.audit.said[-2:]
    assert [what for what, _ in told] == ["notices.sent.again", "notices.forgotten"]
    assert all(target.startswith("Payroll") for _, target in told)


def _unproven(_: object) -> None:
    raise ProofNeeded("Confirm first.")


def test_channels_are_sealed_anew_also_while_somebody_changes_one(site: Site) -> None:
    made, _ = site.channels.add("Hook", ChannelKind.WEBHOOK, "https://x.example/hook", "root")
    old, new = (DataSealer(derived((f"key {n} of the tests, long enough",), "x")) for n in (1, 2))
    records = RedisRecords(site.client, "main", Channel)
    target = site.channels.target(made)
    records.update(replace(made, version=1, sealed=sealed(made.id, target, old)))
    raced = iter([True])

    class Racing(RedisRecords[Channel]):
        def update(self, record: Channel, keeps: Mapping[str, object] | None = None) -> Channel:
            if next(raced, False):
                site.channels.switch(made.id, active=False)
            return super().update(record, keeps)

    both = DataSealer(
        derived(("key 2 of the tests, long enough", "key 1 of the tests, long enough"), "x")
    )
    assert reseal_channels(Racing(site.client, "main", Channel), both) == 1
    found = records.get(made.id)
    assert found is not None
    assert not found.active
    assert target_of(found, new) == target


class Unlucky:
    """An outbox whose process dies before or after a step, now and then."""

    def __init__(self, outbox: RedisOutbox, luck: Callable[[], float]) -> None:
        self._outbox = outbox
        self._luck = luck

    def __getattr__(self, name: str) -> object:
        step = getattr(self._outbox, name)

        def unlucky(*args: object, **more: object) -> object:
            luck = self._luck()
            if luck < 0.05:
                raise StoreUnavailable("killed before")
            done = step(*args, **more)
            if luck < 0.1:
                raise StoreUnavailable("killed after")
            return done

        return unlucky


@contextmanager
def _dying(monkeypatch: pytest.MonkeyPatch, receiver: Receiver) -> Iterator[None]:
    luck, lock = receiver.luck, threading.Lock()

    def drawn() -> float:
        with lock:
            return luck.random()

    real = RedisOutbox

    def made(client: Client, name: str) -> Unlucky:
        return Unlucky(real(client, name), drawn)

    with monkeypatch.context() as patched:
        patched.setattr("tests.integration.notices.test_notices.RedisOutbox", made)
        patched.setattr("face_rec.stores.notices.outbox._ABANDONED_MS", 0)
        yield


@pytest.mark.timeout(1800)  # with --thorough
def test_whatever_fails_nothing_is_lost_and_doubles_carry_the_same_id(
    site: Site, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, thorough: bool
) -> None:
    """Two processes die at every step, and the receiver answers wrongly, hangs up, or fails after
    it has taken the notice: 10,000 events with ``--thorough``."""
    site.hook(receiver, NoticeKind.MARK)
    receiver.failing = 0.3
    count, made = 10_000 if thorough else 150, 0
    with _dying(monkeypatch, receiver):
        processes = [site.opened(), site.opened()]
        for round_ in range(4000):
            if made < count:
                site.mark(*[f"e{number}" for number in range(made, made + 50)])
                made += 50
            _survives(processes[round_ % 2])
            site.clock.advance(121)  # leases of the dead are over
            if (
                made >= count
                and not site.client.zcard(outbox_keys.deliveries_due("main"))
                and (len(receiver.got) == count)
            ):
                break
    assert receiver.forged == 0
    assert set(receiver.got) == {f"e{number}" for number in range(count)}
    assert not site.client.hlen(outbox_keys.deliveries_dead("main"))


def _survives(process: Process) -> None:
    for step in (process.look, process.send):
        with suppress(StoreUnavailable):
            step()


def test_a_test_message_says_why_it_did_not_go(site: Site, receiver: Receiver) -> None:
    channel = site.hook(receiver)
    service = site.opened().service
    assert service.try_out(channel.id) == ""
    assert next(iter(receiver.said.values()))["type"] == "site.test"
    receiver.status = 503
    assert service.try_out(channel.id) == "the receiver answered 503"
    assert "removed" in service.try_out("nobody")


def test_threads_take_a_mark_to_the_receiver_by_themselves(site: Site, receiver: Receiver) -> None:
    site.hook(receiver)
    service = site.opened().service
    service.start()
    try:
        site.mark("e1")
        waited = threading.Event()
        for _ in range(600):
            if receiver.got:
                break
            waited.wait(0.1)
    finally:
        service.close()
    assert receiver.got == {"e1": 1}
