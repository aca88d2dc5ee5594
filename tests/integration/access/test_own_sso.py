"""Registered people come to their own page by single sign-on, against a provider that speaks real
HTTP; who has an account keeps it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from httpx import Response
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from face_rec.access.audit.audit import Action
from face_rec.access.control.cookie_names import SESSION
from face_rec.access.rights import Role
from face_rec.clock import SystemClock
from face_rec.domain.groups import ALL_GROUPS
from face_rec.domain.site.own_ways import OwnWay
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis.client import Client
from face_rec.web.gate.route_rules import OWN_PAGE
from face_rec.web.signin.provider import Provider
from tests.fakes.clock import FakeClock
from tests.gate_app import ORIGIN, SOCKET, GateApp, access_on, submit
from tests.integration.access.test_access_oidc import _back, _sent
from tests.oidc_provider import CLIENT, SECRET, OidcProvider
from tests.samples import a_person

MINE, TOLD = f"/{OWN_PAGE}", "/login/oidc/backchannel"
ADA = {"email": "Ada@Example.org", "email_verified": True, "number": "7"}


class Site:
    """The gate and its provider, with two people; ``ways`` is what the site allows."""

    def __init__(self, client: Client, provider: OidcProvider, claim: str = "") -> None:
        self.clock = FakeClock(SystemClock().now())  # as the provider's words of its sign-outs
        self.provider, self.ways = provider, frozenset(OwnWay)
        self.people = RedisPeople(client, "main", self.clock)
        access = access_on(client, self.clock, registered=self.people, own_ways=lambda: self.ways)
        roles = {"hr": Role.MANAGER}
        known = Provider(provider.issuer, CLIENT, SECRET, roles, person_claim=claim)
        self.gate = GateApp(access, self.clock, known)
        self.gate.add("boss")
        self.ada, self.bo = (self._listed(*one) for one in (("7", "ada@example.org"), ("8", "")))

    def _listed(self, person_id: str, email: str) -> str:
        made = replace(a_person(person_id, f"No {person_id}"), email=email)
        return self.people.create(made, (), self.people.revision()).subject

    def change(self, subject: str, **changed: object) -> None:
        found = self.people.get(subject)
        assert found is not None
        self.people.update(replace(found, **changed))  # type: ignore[arg-type]

    def through(
        self, path: str = "/login/oidc", browser: TestClient | None = None
    ) -> tuple[TestClient, Response]:
        browser = browser or self.gate.browser()
        return browser, _back(browser, self.provider, _sent(browser, path))

    def comes_in(self, path: str = "/login/oidc") -> bool:
        browser, answer = self.through(path)
        assert (SESSION in browser.cookies) == (answer.status_code == 303)
        return answer.status_code == 303 and browser.get(MINE).text == "inside as the person"


@pytest.fixture
def provider() -> Iterator[OidcProvider]:
    with OidcProvider(dict(ADA)).running() as running:
        yield running


@pytest.fixture
def site(redis_client: Client, provider: OidcProvider) -> Site:
    return Site(redis_client, provider)


def test_somebody_without_an_account_comes_to_their_own_page_and_to_nothing_else(
    site: Site,
) -> None:
    assert "/login/oidc?own=1" in site.gate.browser().get("/my").text
    browser, answer = site.through("/login/oidc?next=/records")
    assert (answer.status_code, answer.headers["location"]) == (303, MINE)
    assert browser.get(MINE).text == "inside as the person"
    assert {browser.get(path).status_code for path in ("/records", "/people", "/account")} == {403}
    assert [one.browser for one in site.gate.access.own_sign_in.logins(site.ada)]
    assert site.gate.access.accounts.get("ada@example.org") is None, "no account is made"
    newest, *_ = site.gate.access.audit.newest(1)
    assert (newest.who, newest.target, newest.after["by"]) == ("the person", "7", "sso")
    site.change(site.ada, active=False)
    site.gate.wait()
    assert browser.get(MINE).text != "inside as the person"
    assert not site.comes_in()


def test_who_has_an_account_keeps_it_and_may_choose_their_own_page(site: Site) -> None:
    site.provider.claims["groups"] = ["hr"]
    browser, answer = site.through()
    assert answer.headers["location"] == "/"
    assert browser.get("/records").text == "inside as ada@example.org"
    _, answer = site.through("/login/oidc?own=1", browser)
    assert answer.headers["location"] == MINE
    assert (browser.get("/records").status_code, browser.get(MINE).status_code) == (403, 200)
    account = site.gate.access.accounts.get("ada@example.org")
    assert account is not None
    site.gate.access.accounts.change(account.id, Role.MANAGER, ALL_GROUPS, active=False)
    _, answer = site.through()
    assert answer.status_code == 403, "who is switched off is not let in another way"


def test_nobody_comes_in_who_is_not_exactly_one_person_here(site: Site) -> None:
    claims = site.provider.claims
    for lie in (
        {"email": "eve@example.org"}, {"email_verified": False}, {"email_verified": "true"},
        {"email": ""}, {"email": ["ada@example.org"]}, {"email": None},
        {"email": "ada@example.or\u1d33"}, {"email": "a" * 201},
    ):  # fmt: skip
        site.provider.claims = claims | lie
        assert not site.comes_in(), lie
    site.provider.claims = claims
    site.change(site.bo, email="ADA@example.org ")
    assert not site.comes_in("/login/oidc?own=1"), "whose page would it be?"
    site.change(site.bo, active=False)
    assert site.comes_in()
    site.ways = frozenset(OwnWay) - {OwnWay.SSO}
    assert not site.comes_in()
    assert not site.comes_in("/login/oidc?own=1")
    assert "/login/oidc" not in site.gate.browser().get("/my").text
    site.ways = frozenset(OwnWay)
    kiosk = site.gate.kiosk()
    _, answer = site.through("/login/oidc?own=1", kiosk)
    assert (answer.status_code, "own phone" in answer.text) == (403, True)


def test_letters_that_only_become_ascii_ones_are_another_address(site: Site) -> None:
    site.change(site.ada, email="kim@example.org")
    for email, comes in (("KIM@example.org", True), ("\u212aim@example.org", False)):
        site.provider.claims["email"] = email
        assert site.comes_in() is comes


def test_a_claim_that_is_the_id_is_gone_by_alone(
    redis_client: Client, provider: OidcProvider
) -> None:
    site = Site(redis_client, provider, claim="number")
    assert site.comes_in()
    provider.claims["number"] = 8
    provider.claims["email_verified"] = False
    browser, _ = site.through()
    assert browser.get(MINE).text == "inside as the person"
    assert site.gate.access.own_sign_in.logins(site.bo)
    for wrong in ("9", "", True, None, ["7"]):
        provider.claims["number"] = wrong
        assert not site.comes_in(), wrong


# --- signed out by the provider -------------------------------------------------------------


def _is_in(browser: TestClient) -> bool:
    return bool(browser.get(MINE).text == "inside as the person")


def _told(site: Site, **said: Any) -> int:  # noqa: ANN401 - claims
    """As the provider's server does: no cookie, no browser."""
    token = site.provider.logout_token(**said)
    answer = site.gate.browser("198.51.100.20").post(TOLD, data={"logout_token": token})
    site.gate.wait()
    return int(answer.status_code)


@pytest.mark.parametrize(
    ("said", "ends"),
    [
        ({"sid": "there-1"}, "first"),
        ({"sub": None, "sid": "there-1"}, "first"),
        ({}, "both"),
        ({"sub": "person-2", "sid": "there-1"}, "none"),
        ({"sub": "person-2"}, "none"),
        ({"sub": None, "sid": "there-9"}, "none"),
    ],
)
def test_the_provider_ends_the_sign_ins_to_an_own_page_that_it_means_and_no_other(
    site: Site, said: dict[str, str | None], ends: str
) -> None:
    site.provider.claims["sid"] = "there-1"
    first, _ = site.through()
    site.provider.claims["sid"] = "there-2"
    second, _ = site.through()
    assert _told(site, **said) == 200
    assert (_is_in(first), _is_in(second)) == (ends == "none", ends != "both")


def test_a_page_that_is_open_ends_and_another_way_in_does_not(site: Site) -> None:
    browser, _ = site.through()
    person = site.people.get(site.ada)
    assert person is not None
    by_link, door = site.gate.browser(), site.gate.access.own_sign_in
    submit(by_link, f"/my/link/{door.make_link(person, 'boss')}", {})
    assert _is_in(by_link)
    with browser.websocket_connect(SOCKET, headers=ORIGIN) as socket:
        assert _told(site, sid="there-9") == 200, "one that it never named is over with its person"
        with pytest.raises(WebSocketDisconnect):
            socket.receive_text()
    assert not _is_in(browser)
    assert _is_in(by_link)
    (ended,) = [one for one in site.gate.access.audit.newest(9)
                if one.action == Action.SESSION_ENDED]  # fmt: skip
    assert (ended.who, ended.kind, ended.target) == ("single sign-on", "provider", "7")
    assert site.comes_in(), "who signs in there again comes in again"


def test_an_erased_person_s_sign_in_by_the_provider_is_gone_and_its_word_finds_nobody(
    site: Site, redis_client: Client
) -> None:
    browser, _ = site.through()
    site.people.delete(site.ada)
    site.gate.access.own_sign_in.forget(site.ada)
    assert not list(redis_client.scan_iter(match="session:*"))
    assert _told(site) == 200
    assert not _is_in(browser)
    assert not list(redis_client.scan_iter(match="sessions:*")), "nothing is found by its name"
