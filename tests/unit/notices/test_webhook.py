"""What is signed how, held against the reference implementation; and where it may go."""

import ipaddress
import json
from datetime import UTC, datetime

import httpcore
import pytest
import standardwebhooks

from face_rec.domain.errors import NoticeRefused
from face_rec.notices.channel import Target
from face_rec.notices.webhook import (
    GuardedNetwork,
    Resolve,
    checked_address,
    headers_of,
    new_secret,
)

BODY = json.dumps({"type": "attendance.mark", "data": {"name": "Zoë 😀"}}).encode()


def test_the_reference_implementation_accepts_what_is_signed() -> None:
    secret, now = new_secret(), datetime.now(UTC)  # it refuses what is five minutes old
    headers = headers_of(Target("https://x.example", (secret,)), "e1.late", now, BODY)
    standardwebhooks.Webhook(secret).verify(BODY.decode(), headers)
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(secret).verify(BODY.decode() + " ", headers)
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(secret).verify(BODY.decode(), {**headers, "webhook-id": "e2"})


def test_while_secrets_are_exchanged_a_receiver_may_know_either() -> None:
    old, new = new_secret(), new_secret()
    headers = headers_of(Target("https://x.example", (new, old)), "e1", datetime.now(UTC), BODY)
    for secret in (old, new):
        standardwebhooks.Webhook(secret).verify(BODY.decode(), headers)
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(new_secret()).verify(BODY.decode(), headers)


def _has(*addresses: str) -> Resolve:
    """A name that has these addresses."""

    def resolve(*_: object) -> tuple[str, ...]:
        return addresses

    return resolve


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",  # noqa: S104
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1",
        "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
        "64:ff9b:1::7f00:1", "fec0::1", "::7f00:1", "::ffff:0:7f00:1", "2001::1",
        "::ffff:169.254.169.254",
    ],
)  # fmt: skip
def test_no_address_inside_is_reached(address: str) -> None:
    network = GuardedNetwork((), _has(address))
    with pytest.raises(NoticeRefused, match="WEBHOOK_NETWORKS"):
        network.permitted("inside.example", 443)


def test_a_name_with_one_address_inside_is_refused_whole() -> None:
    network = GuardedNetwork((), _has("93.184.216.34", "10.0.0.1"))
    with pytest.raises(NoticeRefused):
        network.permitted("rebound.example", 443)


def test_the_open_internet_and_what_the_owner_allows_are_reached() -> None:
    allowed = [ipaddress.ip_network("10.2.0.0/16")]
    for address in ("93.184.216.34", "2606:2800:220:1::1", "10.2.3.4", "::ffff:10.2.3.4"):
        network = GuardedNetwork(allowed, _has(address))
        assert network.permitted("x.example", 443) == address
    with pytest.raises(NoticeRefused):
        GuardedNetwork(allowed, _has("10.3.0.1")).permitted("x.example", 443)


def test_a_name_that_is_not_known_is_a_line_that_fails() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise OSError("Name or service not known")

    with pytest.raises(httpcore.ConnectError):
        GuardedNetwork((), unknown).permitted("nowhere.example", 443)


@pytest.mark.parametrize(
    "address",
    ["", "ftp://x.example", "x.example/hook", "https://", "https://u:p@x.example/",
     "https://x.example/#a", "https://x.example:99999/", "javascript:alert(1)", "https://[::1",
     "https://x.example/ü", "https://müller.example/", "https://x.example/a b"],
)  # fmt: skip
def test_what_is_no_address_of_a_webhook_is_refused(address: str) -> None:
    with pytest.raises(NoticeRefused):
        checked_address(address)


def test_an_address_is_taken_as_it_is() -> None:
    assert checked_address(" https://x.example/hook?a=1 ") == "https://x.example/hook?a=1"
