"""Single sign-on against a provider that speaks real HTTP and signs real tokens."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from httpx import Response as Answer
from joserfc.jwk import RSAKey
from starlette.testclient import TestClient

from face_rec.access.accounts.account import Account
from face_rec.access.audit import actor
from face_rec.access.control.cookie_names import SESSION
from face_rec.access.rights import Role
from face_rec.access.signin.visitor import Visitor
from face_rec.domain.errors import Conflict, SignInRefused
from face_rec.domain.groups import ALL_GROUPS, NO_GROUPS, Groups, only
from face_rec.stores.access.records import RedisRecords
from face_rec.stores.redis.client import Client
from face_rec.web.signin.provider import Provider
from tests.authenticator import Authenticator
from tests.factor_pages import ask, send, with_passkey
from tests.fakes.clock import FakeClock
from tests.gate_app import PASSWORD, GateApp, access_on, sign_in
from tests.oidc_provider import CLIENT, SECRET, OidcProvider

ROLES = {"it": Role.ADMIN, "hr": Role.MANAGER}
EVE = {"email": "Eve@Example.org", "email_verified": True, "groups": ["hr"]}


@pytest.fixture
def provider() -> Iterator[OidcProvider]:
    with OidcProvider(dict(EVE)).running() as running:
        yield running


@pytest.fixture
def gate(redis_client: Client, provider: OidcProvider) -> GateApp:
    return _gate(redis_client, provider)


def _gate(
    client: Client, provider: OidcProvider, local: bool = True,
    scopes: dict[str, str] | None = None,
) -> GateApp:  # fmt: skip
    clock = FakeClock()
    known = Provider(provider.issuer, CLIENT, SECRET, ROLES, scopes=scopes)
    gate = GateApp(access_on(client, clock, local), clock, known)
    gate.add("ada")
    return gate


def _sent(browser: TestClient, path: str = "/login/oidc") -> dict[str, str]:
    """What the browser takes to the provider."""
    answer = browser.get(path)
    assert answer.status_code == 302, answer.text
    query = urlsplit(answer.headers["location"]).query
    return {name: values[0] for name, values in parse_qs(query).items()}


def _back(browser: TestClient, provider: OidcProvider, sent: dict[str, str]) -> Answer:
    answer: Answer = browser.get(provider.authorize(sent))
    return answer


def _through(
    gate: GateApp, provider: OidcProvider, path: str = "/login/oidc"
) -> tuple[TestClient, Answer]:
    browser = gate.browser()
    return browser, _back(browser, provider, _sent(browser, path))


def test_the_provider_s_word_signs_a_person_in_with_the_role_of_their_group(
    gate: GateApp, provider: OidcProvider
) -> None:
    browser, answer = _through(gate, provider, "/login/oidc?next=/records")
    assert (answer.status_code, answer.headers["location"]) == (303, "/records")
    assert browser.get("/records").text == "inside as eve@example.org"
    assert browser.get("/accounts").status_code == 403


def test_the_role_follows_the_groups_at_the_next_sign_in(
    gate: GateApp, provider: OidcProvider
) -> None:
    _through(gate, provider)
    provider.claims["groups"] = ["hr", "it"]
    browser, _ = _through(gate, provider)
    assert browser.get("/accounts").status_code == 200


@pytest.mark.parametrize(
    "claims",
    [{"groups": ["guests"]}, {"groups": []}, {"groups": None}, {"email_verified": False},
     {"email_verified": None}, {"email_verified": "true"}, {"groups": {"it": 1}},
     {"email": None}, {"email": "<script>alert(1)</script>"}],
)  # fmt: skip
def test_who_has_no_role_or_no_name_stays_outside(
    gate: GateApp, provider: OidcProvider, claims: dict[str, Any]
) -> None:
    provider.claims |= claims
    browser, answer = _through(gate, provider)
    assert answer.status_code == 403
    assert "<script>" not in answer.text
    assert SESSION not in browser.cookies


@pytest.mark.parametrize(
    "lie",
    [{"aud": "somebody-else"}, {"iss": "https://evil.example"}, {"exp": 1}, {"nonce": "another"}],
    ids=lambda lie: next(iter(lie)),
)  # fmt: skip
def test_a_token_that_is_not_for_us_now_is_refused(
    gate: GateApp, provider: OidcProvider, lie: dict[str, Any]
) -> None:
    provider.spoil = lie
    browser, answer = _through(gate, provider)
    assert answer.status_code == 403
    assert SESSION not in browser.cookies


def test_a_token_that_somebody_else_signed_is_refused(
    gate: GateApp, provider: OidcProvider
) -> None:
    provider.key = RSAKey.generate_key(2048, {"kid": "one"})
    _, answer = _through(gate, provider)
    assert answer.status_code == 403


def test_an_answer_that_this_browser_did_not_ask_for_is_refused(
    gate: GateApp, provider: OidcProvider
) -> None:
    """Or an attacker could sign somebody in to the attacker's own account."""
    attacker, victim = gate.browser(), gate.browser()
    address = provider.authorize(_sent(attacker))
    _sent(victim)
    assert victim.get(address).status_code == 403
    assert attacker.get(address).status_code == 303
    assert attacker.get(address).status_code == 403  # a code is good once


def test_a_local_account_of_the_same_name_is_not_taken_over(
    gate: GateApp, provider: OidcProvider
) -> None:
    gate.add("eve@example.org")
    _, answer = _through(gate, provider)
    assert answer.status_code == 403
    assert sign_in(gate.browser(), "eve@example.org").status_code == 303


def test_another_person_with_the_same_address_is_not_the_same_person(
    gate: GateApp, provider: OidcProvider
) -> None:
    assert _through(gate, provider)[1].status_code == 303
    provider.claims["sub"] = "person-2"
    assert _through(gate, provider)[1].status_code == 403


def test_an_account_that_is_switched_off_stays_off(gate: GateApp, provider: OidcProvider) -> None:
    _through(gate, provider)
    gate.access.accounts.change("eve@example.org", Role.MANAGER, ALL_GROUPS, active=False)
    assert _through(gate, provider)[1].status_code == 403


def test_who_has_no_password_here_is_offered_no_change_of_it(
    gate: GateApp, provider: OidcProvider
) -> None:
    browser, _ = _through(gate, provider)
    assert 'name="old"' not in browser.get("/account").text
    assert 'name="old"' in gate.signed_in("ada").get("/account").text


def test_both_ways_stand_side_by_side_or_the_local_one_is_off(
    redis_client: Client, provider: OidcProvider
) -> None:
    gate = _gate(redis_client, provider)
    page = gate.browser().get("/login").text
    assert "/login/oidc" in page
    assert 'type="password"' in page
    redis_client.flushall()
    only = _gate(redis_client, provider, local=False)
    page = only.browser().get("/login").text
    assert 'type="password"' not in page
    assert _through(only, provider)[1].status_code == 303
    with pytest.raises(SignInRefused, match="Use single sign-on"):
        only.access.sign_in.sign_in("ada", PASSWORD, Visitor("127.0.0.1"))


def test_a_provider_that_is_away_is_said_in_words(redis_client: Client) -> None:
    gone = OidcProvider(issuer="http://127.0.0.1:9")
    gate = _gate(redis_client, gone)
    answer = gate.browser().get("/login/oidc")
    assert answer.status_code == 403
    assert "provider gave no usable answer" in answer.text


@pytest.mark.parametrize(
    ("told", "good"),
    [({"issuer": "https://evil.example"}, False), ({"issuer": "{}/"}, False),
     ({"id_token_signing_alg_values_supported": ["none", "HS256"]}, False),
     ({"id_token_signing_alg_values_supported": ["none", "RS256"]}, True), ({}, True)],
)  # fmt: skip
def test_a_provider_is_who_the_settings_say_and_signs_with_a_public_key(
    gate: GateApp, provider: OidcProvider, monkeypatch: pytest.MonkeyPatch,
    told: dict[str, Any], good: bool,
) -> None:  # fmt: skip
    said = provider.metadata()
    if "issuer" in told:
        told = {"issuer": told["issuer"].format(provider.issuer)}
    monkeypatch.setattr(provider, "metadata", lambda: {**said, **told})
    assert gate.browser().get("/login/oidc").status_code == (302 if good else 403)


# --- rights do not widen ----------------------------------------


def _account(gate: GateApp) -> Account:
    return next(one for one in gate.access.accounts.all() if one.id == "eve@example.org")


def test_groups_that_an_administrator_set_stay_at_the_next_sign_in(
    gate: GateApp, provider: OidcProvider
) -> None:
    _through(gate, provider)
    gate.access.accounts.change("eve@example.org", Role.MANAGER, only("Berlin"), active=True)
    _through(gate, provider)
    assert _account(gate).groups == only("Berlin")


def test_a_new_manager_sees_nobody_s_records_before_somebody_has_said_whose(
    gate: GateApp, provider: OidcProvider
) -> None:
    _through(gate, provider)
    assert (_account(gate).role, _account(gate).groups) == (Role.MANAGER, NO_GROUPS)


def test_groups_outlive_another_role_in_between(gate: GateApp, provider: OidcProvider) -> None:
    _through(gate, provider)
    gate.access.accounts.change("eve@example.org", Role.MANAGER, only("Berlin"), active=True)
    provider.claims["groups"] = ["it"]
    _through(gate, provider)
    assert _account(gate).role is Role.ADMIN
    provider.claims["groups"] = ["hr"]
    _through(gate, provider)
    assert (_account(gate).role, _account(gate).groups) == (Role.MANAGER, only("Berlin"))


@pytest.mark.parametrize(
    ("groups", "seen"),
    [(["hr", "hr-berlin"], only("Berlin")),
     (["hr", "hr-berlin", "hr-bonn"], only("Berlin", "Bonn")),
     (["hr", "hr-berlin", "board"], ALL_GROUPS), (["hr"], None), (["hr", "other"], None)],
)  # fmt: skip
def test_with_a_mapping_the_provider_says_whose_records_a_manager_sees(
    redis_client: Client, provider: OidcProvider, groups: list[str], seen: Groups | None
) -> None:
    gate = _gate(
        redis_client, provider, scopes={"hr-berlin": "Berlin", "hr-bonn": "Bonn", "board": "*"}
    )
    provider.claims["groups"] = groups
    _, answer = _through(gate, provider)
    assert answer.status_code == (403 if seen is None else 303)
    assert seen is None or _account(gate).groups == seen


def test_a_mapping_takes_back_what_an_administrator_gave(
    redis_client: Client, provider: OidcProvider
) -> None:
    gate = _gate(redis_client, provider, scopes={"hr": "Berlin"})
    _through(gate, provider)
    gate.access.accounts.change("eve@example.org", Role.MANAGER, ALL_GROUPS, active=True)
    _through(gate, provider)
    assert _account(gate).groups == only("Berlin")


def test_what_the_provider_changes_is_in_the_audit_log(
    gate: GateApp, provider: OidcProvider
) -> None:
    _through(gate, provider)
    provider.claims["groups"] = ["it"]
    _through(gate, provider)
    _through(gate, provider)
    entries = gate.access.audit.newest(50)
    made = [e for e in entries if (e.action, e.target) == ("account.created", "eve@example.org")]
    changed = [e for e in entries if e.action == "account.changed"]
    assert [(e.who, e.kind) for e in (*made, *changed)] == [("single sign-on", "provider")] * 2
    assert (changed[0].before["role"], changed[0].after["role"]) == ("manager", "admin")


def _as_the_only_admin(gate: GateApp, provider: OidcProvider) -> None:
    """Eve comes in as an administrator, and nobody else is one any longer."""
    provider.claims["groups"] = ["it"]
    _through(gate, provider)
    gate.access.accounts.change("ada", Role.REGISTRAR, NO_GROUPS, active=True)


def test_the_provider_does_not_take_the_last_admin_away(
    gate: GateApp, provider: OidcProvider, caplog: pytest.LogCaptureFixture
) -> None:
    _as_the_only_admin(gate, provider)
    provider.claims["groups"] = ["hr"]
    browser, answer = _through(gate, provider, "/login/oidc?next=/accounts")
    assert (answer.status_code, answer.headers["location"]) == (303, "/accounts")
    assert browser.get("/accounts").text == "inside as eve@example.org"
    assert _account(gate).role is Role.ADMIN
    told = gate.access.audit.newest(50)
    kept = [entry for entry in told if entry.action == "account.admin.kept"]
    assert [(e.who, e.kind, e.target) for e in kept] == [
        ("single sign-on", "provider", "eve@example.org")
    ]
    assert kept[0].after["the provider says"] == "manager"
    assert "Make somebody else one" in caplog.text
    gate.access.accounts.change("ada", Role.ADMIN, NO_GROUPS, active=True)  # now there is another
    _through(gate, provider)
    assert _account(gate).role is Role.MANAGER


def test_the_other_admin_is_demoted_while_the_provider_s_word_is_being_followed(
    gate: GateApp, provider: OidcProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.claims["groups"] = ["it"]
    _through(gate, provider)
    provider.claims["groups"] = ["hr"]
    get, done = RedisRecords.get, list[bool]()

    def meanwhile(self: RedisRecords[Account], record_id: str) -> Account | None:
        found = get(self, record_id)
        if record_id == "eve@example.org" and not done:
            done.append(True)
            with actor.acting(actor.SYSTEM):
                gate.access.accounts.change("ada", Role.REGISTRAR, NO_GROUPS, active=True)
        return found

    monkeypatch.setattr(RedisRecords, "get", meanwhile)
    assert _through(gate, provider)[1].status_code == 303
    admins = [one.id for one in gate.access.accounts.all() if one.administers]
    assert admins == ["eve@example.org"]


def test_an_account_that_is_being_changed_gets_a_page_not_an_error(
    gate: GateApp, provider: OidcProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    _through(gate, provider)
    provider.claims["groups"] = ["it"]
    update, turns = RedisRecords.update, iter(range(2))

    def meanwhile(
        self: RedisRecords[Account], record: Account, keeps: Mapping[str, object] | None = None
    ) -> Account:
        if next(turns, None) is not None:
            raise Conflict("in the meantime")
        return update(self, record, keeps)

    monkeypatch.setattr(RedisRecords, "update", meanwhile)
    assert _through(gate, provider)[1].status_code == 303
    assert _account(gate).role is Role.ADMIN
    provider.claims["groups"] = ["hr"]
    turns = iter(range(1000))
    browser, answer = _through(gate, provider)
    assert answer.status_code == 403
    assert "being changed at this moment" in answer.text
    assert SESSION not in browser.cookies


# --- a second factor, and a fresh proof ----------------------------------------


def _confirmed(gate: GateApp, provider: OidcProvider, browser: TestClient) -> Answer:
    """Through the provider once more, as the confirmation page asks."""
    sent = _sent(browser, "/login/oidc?confirm=1&next=/account/factors/add")
    assert (sent["prompt"], sent["max_age"]) == ("login", "0")
    return _back(browser, provider, sent)


def _fresh(browser: TestClient) -> bool:
    return bool(browser.get("/account/factors/add").status_code == 200)


def test_a_sign_in_at_the_provider_is_a_proof_only_if_it_says_when_it_asked(
    gate: GateApp, provider: OidcProvider
) -> None:
    assert not _fresh(_through(gate, provider)[0])
    provider.claims["auth_time"] = int(gate.clock.now().timestamp()) - 3600
    assert not _fresh(_through(gate, provider)[0])
    provider.claims["auth_time"] = int(gate.clock.now().timestamp()) - 5
    assert _fresh(_through(gate, provider)[0])


def test_who_comes_by_single_sign_on_confirms_at_the_provider(
    gate: GateApp, provider: OidcProvider
) -> None:
    browser, _ = _through(gate, provider)
    page = browser.get("/account/confirm?next=/account/factors/add").text
    assert "/login/oidc?confirm=1" in page
    assert 'type="password"' not in page
    old = browser.cookies[SESSION]
    provider.claims["auth_time"] = int(gate.clock.now().timestamp())
    answer = _confirmed(gate, provider, browser)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account/factors/add")
    assert browser.cookies[SESSION] != old
    assert _fresh(browser)


@pytest.mark.parametrize("auth_time", [None, -3600, "now", True], ids=repr)
def test_a_provider_that_did_not_ask_again_confirms_nothing(
    gate: GateApp, provider: OidcProvider, auth_time: object
) -> None:
    browser, _ = _through(gate, provider)
    said = auth_time
    if isinstance(auth_time, int) and not isinstance(auth_time, bool):
        said = int(gate.clock.now().timestamp()) + auth_time
    provider.claims["auth_time"] = said
    assert _confirmed(gate, provider, browser).status_code == 403
    assert not _fresh(browser)


def test_somebody_else_s_answer_from_the_provider_confirms_nothing(
    gate: GateApp, provider: OidcProvider
) -> None:
    browser, _ = _through(gate, provider)
    provider.claims |= {"sub": "person-2", "auth_time": int(gate.clock.now().timestamp())}
    assert _confirmed(gate, provider, browser).status_code == 403
    assert not _fresh(browser)
    stranger = gate.browser()
    provider.claims["sub"] = "person-1"
    assert _confirmed(gate, provider, stranger).status_code == 403
    assert SESSION not in stranger.cookies


@pytest.mark.parametrize(("amr", "asks"), [(["pwd", "mfa"], False), (["pwd"], True), ([], True)])
def test_a_second_factor_is_asked_for_unless_the_provider_has_seen_one(
    redis_client: Client, provider: OidcProvider, amr: object, asks: bool
) -> None:
    clock = FakeClock()
    known = Provider(provider.issuer, CLIENT, SECRET, ROLES)
    access = access_on(redis_client, clock, factor_roles=frozenset({Role.MANAGER}))
    gate = GateApp(access, clock, known)
    gate.add("ada", Role.REGISTRAR)
    provider.claims["amr"] = amr
    browser, answer = _through(gate, provider)
    assert answer.headers["location"].startswith("/login/factor") is asks
    assert (SESSION in browser.cookies) is not asks


def test_a_passkey_does_not_pass_by_the_provider(gate: GateApp, provider: OidcProvider) -> None:
    """Who was shut out there must not come in here."""
    provider.claims["auth_time"] = int(gate.clock.now().timestamp())
    browser, _ = _through(gate, provider)
    device = Authenticator()
    assert with_passkey(browser, device).status_code == 200
    stranger = gate.browser()
    shown = device.get(ask(stranger, "/login", "/login/passkey"))
    assert send(stranger, "/login", "/login/passkey", shown).status_code == 401
    assert SESSION not in stranger.cookies
