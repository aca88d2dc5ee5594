"""What nobody acknowledges is told to the next ones: once, whoever dies; and to nobody after."""

import itertools
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from face_rec.domain.errors import NoticeRefused, StoreUnavailable
from face_rec.notices.channel import Channel, NoticeRule, Step
from face_rec.notices.notice import NoticeKind
from face_rec.notices.running.links import ACKNOWLEDGE
from face_rec.notices.waiting import Waiting
from face_rec.stores.notices import outbox_keys
from face_rec.stores.notices.outbox import RedisOutbox
from tests.integration.notices.a_site import Process, Site
from tests.integration.notices.receiver import Mailbox, Receiver
from tests.killed import killed_after

LINK = re.compile(r"https://door\.example\.org/acknowledge/(\S+)")


@pytest.fixture
def told(site: Site, mail: Mailbox) -> NoticeRule:
    """Marks go to the office, after 10 minutes to the head, after 5 more to both."""
    office, head = site.office(mail), site.office(mail, "Head")
    steps = (Step(10, ids(head)), Step(5, ids(office, head)))
    rule = site.rule(office, NoticeKind.MARK)
    return site.channels.save_rule(replace(rule, steps=steps))


def ids(*channels: Channel) -> frozenset[str]:
    return frozenset(one.id for one in channels)


def _later(site: Site, process: Process, minutes: float) -> None:
    site.clock.advance(minutes * 60)
    process.look()
    process.send()


def _marked(site: Site, *names: str) -> Process:
    site.mark(*(names or ("e1",)))
    process = site.opened()
    process.look()
    process.send()
    return process


@pytest.mark.usefixtures("told")
def test_what_nobody_acknowledges_goes_on_from_step_to_step(site: Site, mail: Mailbox) -> None:
    process = _marked(site)
    (first,) = mail.letters
    assert "If nobody does within 10 minutes, others are told." in first
    _later(site, process, 9.9)
    assert len(mail.letters) == 1
    _later(site, process, 0.2)
    assert len(mail.letters) == 2
    assert "Nobody has acknowledged this since 08:00." in mail.letters[1]
    _later(site, process, 5)
    assert len(mail.letters) == 4
    assert "others are told" not in mail.letters[3]
    for _ in range(5):
        _later(site, process, 60)
    assert len(mail.letters) == 4
    (left,) = process.service.escalation.all()
    assert (left.step, left.open) == (2, True)


@pytest.mark.usefixtures("told")
def test_who_takes_care_of_it_in_time_is_named_and_nobody_else_is_told(
    site: Site, mail: Mailbox
) -> None:
    process = _marked(site)
    (left,) = process.service.escalation.all()
    taken = process.service.escalation.acknowledge(left.id, "ada")
    again = process.service.escalation.acknowledge(left.id, "max")
    assert taken is not None
    assert again == taken  # who was first
    assert (taken.by, taken.at) == ("ada", site.clock.now())
    for _ in range(5):
        _later(site, process, 10)
    assert len(mail.letters) == 1
    assert [what for what, _ in site.audit.said if what == "notices.acknowledged"] == [
        "notices.acknowledged"
    ]


@pytest.mark.usefixtures("told")
def test_the_link_of_a_message_says_which_notice_and_by_whom_it_was_told(
    site: Site, mail: Mailbox
) -> None:
    process = _marked(site, "e1", "e2")
    tokens = [found[1] for one in mail.letters if (found := LINK.search(one))]
    assert len(set(tokens)) == 2  # each by itself
    said = [site.links.read(ACKNOWLEDGE, token) for token in tokens]
    names = {channel.id: channel.title for channel in site.channels.all()}
    assert {names[one.who] for one in said if one} == {"Office"}
    open_ones = {one.id for one in process.service.escalation.all()}
    assert {one.what for one in said if one} == open_ones
    assert site.links.read("guardian", tokens[0]) is None  # good for nothing else
    forged = tokens[0].replace(tokens[0][10], "A" if tokens[0][10] != "A" else "B", 1)
    assert site.links.read(ACKNOWLEDGE, forged) is None
    site.clock.advance(15 * 86_400)
    assert site.links.read(ACKNOWLEDGE, tokens[0]) is None


@pytest.mark.usefixtures("told")
def test_a_step_that_waits_to_be_sent_is_not_sent_where_somebody_has_acknowledged(
    site: Site, mail: Mailbox
) -> None:
    process = _marked(site)
    site.clock.advance(601)
    process.look()
    (left,) = process.service.escalation.all()
    process.service.escalation.acknowledge(left.id, "ada")
    process.send()
    assert len(mail.letters) == 1
    assert process.service.recent()[0].problem == "acknowledged meanwhile by ada"
    assert process.service.waiting() == 0


@pytest.mark.nightly
@pytest.mark.timeout(900)
@pytest.mark.usefixtures("told")
def test_a_process_that_is_killed_at_any_point_of_a_step_leaves_it_to_another_one(
    site: Site, mail: Mailbox
) -> None:
    _marked(site)
    for commands in itertools.count():
        site.clock.advance(601)
        before, step = len(mail.letters), _open_step(site)

        def dying() -> None:
            process = site.opened()
            process.look()
            process.send()

        killed = killed_after(commands, dying)
        site.clock.advance(121)  # its leases are over
        survivor = site.opened()
        survivor.look()
        survivor.send()
        new = mail.letters[before:]
        assert _open_step(site) == step + 1, commands
        assert {LINK.search(one) is not None for one in new} == {True}, commands
        assert 1 <= len(new) <= 2, commands  # twice only if it died before it could say so
        assert survivor.service.waiting() == 0
        if not killed:
            break
        _begin_again(site)
    assert commands > 5


def _open_step(site: Site) -> int:
    (left,) = RedisOutbox(site.client, "main").all_opened()
    return left.step


def _begin_again(site: Site) -> None:
    """As if nobody but the office had been told so far."""
    outbox = RedisOutbox(site.client, "main")
    (left,) = outbox.all_opened()
    assert outbox.move(left, replace(left, step=0), site.clock.now() + timedelta(minutes=10))


@pytest.mark.usefixtures("told")
def test_two_processes_tell_the_next_ones_once(site: Site, mail: Mailbox) -> None:
    one, other = _marked(site), site.opened()
    site.clock.advance(601)
    seen = RedisOutbox(site.client, "main").take_opened(site.clock.now(), timedelta(0), 9)
    for process in (one, other):  # both have seen it at the same step
        for waiting in seen:
            _step(process, waiting, site)
    for process in (one, other):
        process.send()
    assert len(mail.letters) == 2


def _step(process: Process, waiting: Waiting, site: Site) -> None:
    channels = {one.id: one for one in site.channels.all()}
    rule = site.channels.rule(waiting.rule)
    process.service.escalation._further(waiting, rule, channels, site.clock.now())


@pytest.mark.usefixtures("told")
def test_who_dies_in_the_middle_of_a_step_loses_and_doubles_nothing(
    site: Site, mail: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = _marked(site)
    site.clock.advance(601)
    real = RedisOutbox.move

    def dies_before(*_: object) -> bool:
        raise StoreUnavailable("killed before")

    def dies_after(*args: object) -> bool:
        real(*args)  # type: ignore[arg-type]
        raise StoreUnavailable("killed after")

    for dies in (dies_before, dies_after):
        with monkeypatch.context() as patched:
            patched.setattr(RedisOutbox, "move", dies)
            with pytest.raises(StoreUnavailable):
                process.service.escalation.go_on()
        site.clock.advance(31)  # its lease is over
    another = site.opened()
    another.look()
    another.send()
    assert len(mail.letters) == 2


def test_a_rule_that_was_removed_tells_nobody_after(
    site: Site, mail: Mailbox, told: NoticeRule
) -> None:
    process = _marked(site)
    site.channels.remove_rule(told)
    _later(site, process, 60)
    assert len(mail.letters) == 1
    assert process.service.escalation.all()  # it can still be acknowledged
    _later(site, process, 8 * 1440)
    assert process.service.escalation.all() == []
    assert not site.client.exists(outbox_keys.waiting("main"), outbox_keys.waiting_due("main"))


def test_a_step_whose_channels_are_gone_is_passed_at_once(
    site: Site, mail: Mailbox, told: NoticeRule
) -> None:
    (head,) = told.steps[0].channels
    process = _marked(site)
    site.channels.remove(head)
    _later(site, process, 10.1)
    assert len(mail.letters) == 2  # the second step has the office, too


def test_the_minutes_begin_when_the_quiet_hours_are_over(
    site: Site, mail: Mailbox, told: NoticeRule
) -> None:
    morning = site.clock.now().time()
    until = (site.clock.now() + timedelta(hours=1)).time()
    quiet = replace(told, quiet_from=morning, quiet_until=until)
    site.channels.save_rule(quiet)
    process = _marked(site, "e1", "e2")
    assert mail.letters == []
    _later(site, process, 60)
    assert len(mail.letters) == 2  # each by itself, with a link of its own
    _later(site, process, 9)
    assert len(mail.letters) == 2
    _later(site, process, 1.1)
    assert len(mail.letters) == 4


@pytest.mark.usefixtures("told")
def test_what_is_cooled_does_not_wait_either(site: Site, told: NoticeRule) -> None:
    site.channels.save_rule(replace(told, cooldown=30))
    process = _marked(site, "e1", "e2")
    assert len(process.service.escalation.all()) == 1


def test_a_program_is_told_where_to_acknowledge_and_the_same_at_every_try(
    site: Site, receiver: Receiver
) -> None:
    hook = site.hook(receiver, NoticeKind.MARK)
    (rule,) = site.channels.rules()
    site.channels.save_rule(replace(rule, steps=(Step(10, ids(hook)),)))
    process = _marked(site)
    receiver_said = receiver.said["e1"]["data"]["acknowledge"]
    assert receiver_said.startswith("https://door.example.org/acknowledge/")
    _later(site, process, 10.1)
    assert receiver.got["e1"] == 2  # under the same id, with the same words


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"digest": 5}, "Collect"),
        ({"steps": (Step(10, frozenset()),)}, "names nobody"),
        ({"steps": (Step(0, frozenset({"x"})),)}, "names nobody"),
        ({"steps": ()}, ""),
    ],
)
def test_a_rule_that_could_not_work_is_refused_in_words(
    site: Site, told: NoticeRule, changes: dict[str, object], why: str
) -> None:
    wanted = replace(told, **changes)  # type: ignore[arg-type]
    if not why:
        assert site.channels.save_rule(wanted).steps == ()
        return
    with pytest.raises(NoticeRefused, match=why):
        site.channels.save_rule(wanted)


def test_a_step_without_minutes_or_a_sixth_one_is_refused(site: Site, told: NoticeRule) -> None:
    (step, _) = told.steps
    for steps, why in [((replace(step, after=0),), "1 to 1440"), ((step,) * 6, "at most 5")]:
        with pytest.raises(NoticeRefused, match=why):
            site.channels.save_rule(replace(told, steps=steps))
