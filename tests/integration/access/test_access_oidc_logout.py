"""Signing out at the provider and by the provider, over real HTTP and real signatures."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from httpx import Response as Answer
from joserfc.jwk import RSAKey
from starlette.testclient import TestClient

from face_rec.access.audit.audit import Action
from face_rec.access.control.cookie_names import SESSION
from face_rec.access.rights import Role
from face_rec.clock import SystemClock
from face_rec.domain.errors import StoreUnavailable
from face_rec.stores.access.records import RedisRecords
from face_rec.stores.redis.client import Client
from face_rec.web.signin.provider import Provider
from tests.fakes.clock import FakeClock
from tests.gate_app import GateApp, access_on, submit
from tests.oidc_provider import CLIENT, SECRET, OidcProvider

TOLD = "/login/oidc/backchannel"
EVE = {"email": "eve@example.org", "email_verified": True, "groups": ["it"], "sid": "there-1"}


@pytest.fixture
def provider() -> Iterator[OidcProvider]:
    with OidcProvider(dict(EVE)).running() as running:
        yield running


@pytest.fixture
def gate(redis_client: Client, provider: OidcProvider) -> GateApp:
    clock = FakeClock(SystemClock().now())
    known = Provider(provider.issuer, CLIENT, SECRET, {"it": Role.ADMIN})
    gate = GateApp(access_on(redis_client, clock), clock, known)
    gate.add("ada")
    return gate


def _enter(gate: GateApp, provider: OidcProvider, **claims: Any) -> TestClient:  # noqa: ANN401
    provider.claims |= claims
    browser = gate.browser()
    query = parse_qs(urlsplit(browser.get("/login/oidc").headers["location"]).query)
    back = provider.authorize({name: values[0] for name, values in query.items()})
    assert browser.get(back).status_code == 303
    return browser


def _inside(browser: TestClient) -> bool:
    return bool(browser.get("/system").text.startswith("inside"))


def _tell(gate: GateApp, token: str) -> Answer:
    """As the provider's server does: no cookie, no origin, no browser."""
    answer: Answer = gate.browser("198.51.100.20").post(TOLD, data={"logout_token": token})
    return answer


# --- from there ----------------------------------------------------------------------------


def test_the_provider_ends_one_session_of_somebody(gate: GateApp, provider: OidcProvider) -> None:
    first = _enter(gate, provider)
    second = _enter(gate, provider, sid="there-2")
    answer = _tell(gate, provider.logout_token(sid="there-1"))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert not _inside(first)
    assert _inside(second)
    entry = gate.access.audit.newest(1)[0]
    assert (entry.action, entry.target) == (Action.SESSION_ENDED, "eve@example.org")
    assert (entry.who, entry.kind) == ("single sign-on", "provider")


def test_by_the_session_alone_it_is_found_too(gate: GateApp, provider: OidcProvider) -> None:
    first, second = _enter(gate, provider), _enter(gate, provider, sid="there-2")
    assert _tell(gate, provider.logout_token(sub=None, sid="there-2")).status_code == 200
    assert _inside(first)
    assert not _inside(second)


def test_the_provider_ends_all_sessions_of_somebody_and_nobody_else_s(
    gate: GateApp, provider: OidcProvider
) -> None:
    mine = [_enter(gate, provider), _enter(gate, provider, sid="there-2")]
    other = _enter(gate, provider, sub="person-2", email="max@example.org", sid="there-3")
    local = gate.signed_in("ada")
    assert _tell(gate, provider.logout_token()).status_code == 200
    assert not any(_inside(one) for one in mine)
    assert _inside(other)
    assert _inside(local)


def test_a_session_that_the_provider_never_named_ends_with_its_person(
    gate: GateApp, provider: OidcProvider
) -> None:
    del provider.claims["sid"]
    browser = _enter(gate, provider)
    assert _tell(gate, provider.logout_token(sub=None, sid="there-9")).status_code == 200
    assert _inside(browser)
    assert _tell(gate, provider.logout_token(sid="there-9")).status_code == 200
    assert not _inside(browser)


@pytest.mark.parametrize(
    "lie",
    [{"iss": "https://evil.example"}, {"aud": "another"}, {"exp": 1}, {"nonce": "n"},
     {"events": {}}, {"sub": None}, {"jti": None}, {"iat": None}],
    ids=lambda lie: next(iter(lie)),
)  # fmt: skip
def test_a_token_that_is_not_right_ends_nothing(
    gate: GateApp, provider: OidcProvider, lie: dict[str, Any]
) -> None:
    browser = _enter(gate, provider)
    answer = _tell(gate, provider.logout_token(**lie))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert answer.headers["cache-control"] == "no-store"
    assert _inside(browser)


@pytest.mark.parametrize("token", ["", "a.b.c", "x" * 9000])
def test_no_token_ends_nothing(gate: GateApp, provider: OidcProvider, token: str) -> None:
    browser = _enter(gate, provider)
    assert _tell(gate, token).status_code == 400
    assert gate.browser().post(TOLD).status_code == 400
    assert _inside(browser)


def test_a_token_is_good_once(gate: GateApp, provider: OidcProvider) -> None:
    """Or whoever has seen one signs somebody out again and again."""
    token = provider.logout_token()
    assert _tell(gate, token).status_code == 200
    browser = _enter(gate, provider)
    assert _tell(gate, token).status_code == 400
    assert _inside(browser)


def test_a_token_that_could_not_be_followed_may_come_again(
    gate: GateApp, provider: OidcProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, token = _enter(gate, provider), provider.logout_token()

    def away(_: RedisRecords[Any]) -> list[Any]:
        raise StoreUnavailable("away")

    with monkeypatch.context() as patched:
        patched.setattr(RedisRecords, "all", away)
        assert _tell(gate, token).status_code == 503
    assert _inside(browser)
    assert _tell(gate, token).status_code == 200
    assert not _inside(browser)


def test_a_token_of_a_stranger_s_key_ends_nothing_and_keys_are_not_fetched_at_will(
    gate: GateApp, provider: OidcProvider
) -> None:
    browser = _enter(gate, provider)
    good, provider.key = provider.key, RSAKey.generate_key(2048, {"kid": "one"})
    assert _tell(gate, provider.logout_token()).status_code == 400
    provider.key = good
    before = provider.fetches
    for _ in range(5):
        assert _tell(gate, provider.logout_token(kid="unknown")).status_code == 400
    assert provider.fetches <= before + 1
    assert _inside(browser)


# --- from here -----------------------------------------------------------------------------


def test_signing_out_ends_the_session_here_and_leads_to_the_provider(
    gate: GateApp, provider: OidcProvider
) -> None:
    browser = _enter(gate, provider)
    session = browser.cookies[SESSION]
    assert "/logout/provider" in browser.get("/logout").text
    answer = _leave(browser)
    assert answer.status_code == 200
    there = urlsplit(answer.headers["refresh"].partition("url=")[2])
    assert f"{there.scheme}://{there.netloc}{there.path}" == f"{provider.issuer}/logout"
    told = {name: values[0] for name, values in parse_qs(there.query).items()}
    assert told["client_id"] == CLIENT
    assert told["post_logout_redirect_uri"] == "http://localhost/login/oidc/out"
    assert told["id_token_hint"].count(".") == 2
    thief = gate.browser()
    thief.cookies.set(SESSION, session)
    assert not _inside(thief)
    assert not _inside(browser)
    assert browser.get("/login/oidc/out").headers["location"] == "/login?note=out"


@pytest.mark.parametrize("endpoint", [None, "javascript:alert(1)", 7])
def test_a_provider_without_such_a_place_signs_out_here_only(
    gate: GateApp, provider: OidcProvider, monkeypatch: pytest.MonkeyPatch, endpoint: object
) -> None:
    said = {**provider.metadata(), "end_session_endpoint": endpoint}
    monkeypatch.setattr(provider, "metadata", lambda: said)
    browser = _enter(gate, provider)
    answer = _leave(browser)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login/oidc/out")
    assert not _inside(browser)


def test_who_signed_in_with_a_password_is_not_led_there(gate: GateApp) -> None:
    browser = gate.signed_in("ada")
    assert "/logout/provider" not in browser.get("/logout").text
    assert submit(browser, "/logout", {}).status_code == 303


def _leave(browser: TestClient) -> Answer:
    page = browser.get("/logout").text
    token = page.partition('name="form_token" value="')[2].partition('"')[0]
    answer: Answer = browser.post(
        "/logout/provider", data={"form_token": token}, headers={"origin": "http://localhost"}
    )
    return answer
