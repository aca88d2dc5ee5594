"""The database goes away in the middle of what is told, killed or ended: nothing of it is lost,
told twice, or told to others too early."""

from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from face_rec.domain.errors import StoreUnavailable
from face_rec.notices.channel import NoticeRule, Step
from face_rec.notices.notice import NoticeKind
from face_rec.notices.sources.feeds import Missed
from face_rec.stores.redis.client import Client, RedisAddress, connect
from tests.fakes.clock import MORNING
from tests.integration.notices.a_site import Process, Site
from tests.integration.notices.receiver import Mailbox
from tests.redis_servers import Server, Trio, catch_up, sentinel_trio, standalone, wait_until

TOLD = frozenset({NoticeKind.LATE.value, NoticeKind.ABSENT.value})


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Which keeps every write, as the embedded one does."""
    with standalone(tmp_path / "redis", "--appendonly", "yes", "--appendfsync", "always") as one:
        yield one


def _site(client: Client, mail: Mailbox) -> Site:
    """Late and absent go to the office, and after ten minutes to the head."""
    made = Site(client)
    made.opened().look()
    office, head = made.office(mail), made.office(mail, "Head")
    next_one = Step(10, frozenset({head.id}))
    rule = NoticeRule("", "Missing", TOLD, frozenset({office.id}), steps=(next_one,))
    made.channels.save_rule(rule)
    return made


@pytest.fixture
def site(server: Server, mail: Mailbox) -> Iterator[Site]:
    with closing(connect(RedisAddress(url=f"redis://127.0.0.1:{server.port}/0"))) as client:
        made = _site(client, mail)
        yield made
        made.close()


def _in_vain(process: Process, mail: Mailbox) -> None:
    before = len(mail.letters)
    with pytest.raises(StoreUnavailable):
        process.look()
    with suppress(StoreUnavailable):
        process.send()
    assert len(mail.letters) == before


def _told(process: Process, mail: Mailbox) -> list[str]:
    """What is new in the mailbox once all that is due has gone out."""
    before = len(mail.letters)
    for _ in range(2):
        process.look()
        process.send()
    return sorted(one.splitlines()[0].partition(": ")[2] for one in mail.letters[before:])


def test_what_is_late_absent_or_unacknowledged_outlives_a_database_that_dies(
    site: Site, server: Server, mail: Mailbox
) -> None:
    process = site.opened()
    site.late["e1"] = 7
    site.mark("e1")
    process.look()  # put in order, and not yet sent
    server.kill()
    _in_vain(process, mail)
    server.start()
    assert _told(process, mail) == ["Came late"]

    server.kill()  # the step's time comes, and somebody's absence, while it is away
    site.clock.advance(601)
    site.missed.append(Missed(NoticeKind.ABSENT, MORNING.date(), "s1"))
    _in_vain(process, mail)
    server.start()
    assert _told(process, mail) == ["Absent", "Came late"]

    (absent,) = [one for one in process.service.escalation.all() if one.open and not one.step]
    process.service.escalation.acknowledge(absent.id, "ada")
    server.stop()
    site.clock.advance(601)
    server.start()
    another = site.opened()  # nor does a process that knows nothing of before tell it again
    assert _told(another, mail) == []
    assert _told(process, mail) == []
    stands = {one.id: one for one in another.service.escalation.all()}
    assert stands[absent.id].by == "ada"


def test_a_mark_that_waited_in_the_journal_is_told_of_as_late_when_the_database_is_back(
    site: Site, server: Server, mail: Mailbox
) -> None:
    process = site.opened()
    server.kill()
    site.late["e9"] = 12
    site.clock.advance(1800)
    server.start()
    site.mark("e9", seconds=-1800)  # as the journal hands it on
    (letter,) = _told(process, mail)
    assert letter == "Came late"
    server.stop()
    server.start()
    assert _told(site.opened(), mail) == []


@pytest.mark.nightly
def test_what_waits_for_somebody_goes_on_at_the_replica_that_takes_over(
    tmp_path: Path, mail: Mailbox
) -> None:
    with sentinel_trio(tmp_path) as trio:
        nodes = (("127.0.0.1", trio.sentinel.port),)
        address = RedisAddress(mode="sentinel", nodes=nodes, service=Trio.SERVICE)
        with closing(connect(address)) as client:
            site = _site(client, mail)
            process = site.opened()
            site.late["e1"] = 7
            site.mark("e1")
            assert _told(process, mail) == ["Came late"]
            site.missed.append(Missed(NoticeKind.ABSENT, MORNING.date(), "s1"))
            process.look()  # put in order, and not yet sent
            wait_until(lambda: trio.in_step(trio.replica))
            catch_up(trio.replica, trio.master)
            trio.master.kill()
            trio.wait_for_failover()
            site.clock.advance(601)
            wait_until(lambda: _answers(process), 30)
            # Both steps of the absence: its ten minutes are over, and nobody took care of it.
            assert _told(process, mail) == ["Absent", "Absent", "Came late"]
            site.clock.advance(601)
            assert _told(site.opened(), mail) == []
            site.close()


def _answers(process: Process) -> bool:
    try:
        return process.service.waiting() >= 0
    except StoreUnavailable:
        return False
