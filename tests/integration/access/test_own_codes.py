"""A code that a kiosk shows opens the page of whom it has recognised, once and for minutes; with
the real gate, routes and Redis."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from face_rec.access.limits.throttle import CODES_BY_PERSON
from face_rec.access.signin.own_links import LASTS
from face_rec.assembly.web.web_parts import OwnCodes
from face_rec.domain.errors import AccountRefused
from face_rec.domain.site.own_ways import OwnWay
from face_rec.stores.redis.client import Client
from tests.gate_app import submit
from tests.integration.access.test_own_sign_in import MINE, Site, _is_in


class Door(Site):
    """The same with a kiosk, whose device was linked."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.device = self.gate.kiosk()
        self.codes = OwnCodes(self.gate.access, lambda: ("https://site.example",))

    def code(self) -> str:
        return self.codes.link(self.ada.subject, "front-door")

    def close(self) -> None:
        self.ways = frozenset(OwnWay) - {OwnWay.KIOSK}

    def opens(self, path: str) -> bool:
        browser = self.gate.browser("10.1.1.1")
        browser.get("/my")  # for a form's token
        shown = browser.get(path)
        assert shown.status_code in {200, 410}
        answer = submit(browser, path, {}) if shown.status_code == 200 else shown
        return answer.status_code == 303 and _is_in(browser)


@pytest.fixture
def door(redis_client: Client) -> Door:
    return Door(redis_client)


def test_a_code_signs_a_phone_in_once_and_says_where_it_was_shown(door: Door) -> None:
    path = door.code()
    phone = door.gate.browser()
    assert door.ada.name in phone.get(path).text
    assert submit(phone, path, {}).headers["location"] == MINE
    assert _is_in(phone)
    assert not door.opens(path), "scanned a second time"
    came, shown, *_ = door.gate.access.audit.newest(2)
    assert (shown.who, shown.kind, shown.after) == (
        "front-door", "device", {"shown at": "front-door"}
    )  # fmt: skip
    assert came.after["by"] == "kiosk"
    assert door.codes.base("http://10.0.0.5:8501") == "https://site.example"


def test_a_newer_code_and_three_minutes_end_one_and_no_link_of_the_office_s(door: Door) -> None:
    by_mail, first = door.link(), door.code()
    second = door.code()
    assert not door.opens(first)
    door.clock.advance(LASTS[OwnWay.KIOSK].total_seconds() + 1)
    assert not door.opens(second)
    assert door.opens(by_mail)
    for _ in range(CODES_BY_PERSON.tries - 2):
        door.code()
    with pytest.raises(AccountRefused, match="Too many codes"):
        door.code()


ENDS: dict[str, Callable[[Door], object]] = {
    "revoke": lambda door: door.gate.access.devices.revoke("front-door"),
    "link anew": lambda door: (door.clock.advance(1), door.gate.kiosk()),
    "give up": lambda door: door.gate.access.devices.remove("front-door"),
    "deactivate": lambda door: door.change(lambda person: replace(person, active=False)),
    "erase": lambda door: door.erase(),
    "switch off": lambda door: door.close(),
    "office": lambda door: door.gate.access.own_sign_in.end(door.ada),
}


@pytest.mark.parametrize("end", list(ENDS))
def test_whatever_ends_the_kiosk_s_right_or_the_person_s_ends_a_code(door: Door, end: str) -> None:
    path = door.code()
    ENDS[end](door)
    assert not door.opens(path)
    if end == "erase":
        assert not list(door.client.scan_iter(match="once:*"))
    if end in {"deactivate", "erase", "switch off"}:
        assert door.codes.offered() is (end != "switch off")
        with pytest.raises(AccountRefused):
            door.code()


def test_a_link_of_the_office_s_is_none_where_only_kiosks_show_codes(door: Door) -> None:
    by_mail, code = door.link(), door.code()
    door.ways = frozenset({OwnWay.KIOSK})
    assert not door.opens(by_mail)
    assert door.opens(code)
