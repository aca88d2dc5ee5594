"""What a kiosk's link may say: an address that the tablet reaches."""

from dataclasses import replace

import pytest

from face_rec.web.gate import hosts
from face_rec.web.gate.hosts import Reach, addresses

OPEN = Reach(None, None, "0.0.0.0", 8501, https=False, proxied=False)  # noqa: S104


@pytest.fixture(autouse=True)
def _machine(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"127.0.0.1", "192.168.1.20", "fe80::1%eth0", "fd00::5", "::1", "10.0.0.7"}
    monkeypatch.setattr(hosts, "lan_addresses", lambda: found)


def test_the_machine_s_own_addresses_are_named_but_none_that_only_it_can_use() -> None:
    assert addresses(OPEN) == (
        "http://10.0.0.7:8501", "http://192.168.1.20:8501", "http://[fd00::5]:8501",
    )  # fmt: skip


def test_an_app_that_listens_on_this_computer_only_is_reached_by_nobody_else() -> None:
    assert addresses(replace(OPEN, bind_address="127.0.0.1")) == ()


def test_the_one_address_it_listens_on_is_the_one_that_is_named() -> None:
    with_tls = replace(OPEN, bind_address="192.168.1.20", https=True, port=443)
    assert addresses(with_tls) == ("https://192.168.1.20",)


def test_what_the_admin_says_comes_before_all_else() -> None:
    said = replace(OPEN, public_url="https://door.example.org/", allowed_hosts=("a", "b"))
    assert addresses(said) == ("https://door.example.org",)


def test_allowed_hosts_are_named_without_patterns_and_loopback() -> None:
    hosts = ("localhost", "127.0.0.1", "*.example.org", "door.example.org")
    assert addresses(replace(OPEN, allowed_hosts=hosts)) == ("http://door.example.org:8501",)
    behind = replace(OPEN, allowed_hosts=hosts, bind_address="127.0.0.1", proxied=True)
    assert addresses(behind) == ("https://door.example.org",)
