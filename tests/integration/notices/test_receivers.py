"""Receivers that fail, are gone, or lie inside; and what is given up."""

import asyncio

import pytest

from face_rec.domain.errors import ProofNeeded
from face_rec.notices.webhook import Webhooks
from tests.integration.notices.a_site import Site
from tests.integration.notices.receiver import Receiver


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


def test_a_test_message_says_why_it_did_not_go(site: Site, receiver: Receiver) -> None:
    channel = site.hook(receiver)
    service = site.opened().service
    assert service.try_out(channel.id) == ""
    assert next(iter(receiver.said.values()))["type"] == "site.test"
    receiver.status = 503
    assert service.try_out(channel.id) == "the receiver answered 503"
    assert "removed" in service.try_out("nobody")
