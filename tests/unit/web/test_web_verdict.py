"""One table and one reading of it: who gets which path, method by method, hours and kiosk too."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from starlette.routing import Route

from face_rec.access.accounts.account import Account
from face_rec.access.control.tabs import SentFiles, Tabs
from face_rec.access.devices.device import Device
from face_rec.access.principal import Principal, PrincipalKind
from face_rec.access.rights import Right, Role, Scope, rights_of_scopes
from face_rec.access.signin.authenticator import device_principal, user_principal
from face_rec.domain.groups import ALL_GROUPS, only
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.web.gate.route_rules import API, below, rule_for
from face_rec.web.gate.verdict import Asked, Verdict, sees_details, verdict
from face_rec.web.server.strict_http import Elsewhere
from tests.unit.access.test_access_rights import OPEN, built_routes

DOOR = device_principal(Device("door"), KioskRecord("door"))
WHO: dict[str, Principal | None] = {
    "stranger": None,
    **{role.value: user_principal(Account(id=role.value, role=role, groups=ALL_GROUPS))
       for role in Role},
    "narrowed": user_principal(Account(id="n", role=Role.MANAGER, groups=only("Office"))),
    "door": DOOR,
}  # fmt: skip
FULL = "0123456789abcdef"


def _token(*scopes: Scope) -> Principal:
    return Principal(
        PrincipalKind.TOKEN, "t", "t", rights_of_scopes(frozenset(scopes)), ALL_GROUPS
    )  # fmt: skip


def _judged(
    who: Principal | None,
    path: str,
    method: str = "GET",
    *,
    kiosk: str = "",
    open_now: bool = True,
) -> Verdict:
    asked = Asked(who, below(path), kiosk, open_now, Tabs(), SentFiles(), "", Tabs())
    return verdict(rule_for(path, method), asked)


def _let_in(path: str, method: str = "GET", kiosk: str = "") -> set[str]:
    return {
        name for name, who in WHO.items()
        if _judged(who, path, method, kiosk=kiosk) is Verdict.FINE
    }  # fmt: skip


# --- every route of the built app -------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "method"),
    sorted(
        (re.sub(r"\{[^}]+\}", "x", route.path), method)
        for route in built_routes()
        if isinstance(route, Route) and not isinstance(route, Elsewhere)
        for method in route.methods or ()
    ),
)
def test_every_method_of_every_route_has_a_rule_and_no_stranger_passes_another_than_the_open(
    path: str, method: str
) -> None:
    rule = rule_for(path, method)
    assert rule is not None, f"no rule names {method} {path}"
    assert _judged(None, path, method) is not Verdict.FINE or path in OPEN


# --- what was decided outside the table ----------------------------------------------------


@pytest.mark.parametrize(("path", "method"), [("/frames", "POST"), ("/live", "GET")])
def test_pictures_and_the_line_are_for_a_kiosk_of_its_own_and_within_its_hours(
    path: str, method: str
) -> None:
    assert _let_in(path, method, kiosk="door") == {"admin", "kiosk", "door"}
    assert _let_in(path, method, kiosk="gate") == {"admin", "kiosk"}
    assert _let_in(path, method) == {"admin", "kiosk"}
    assert _judged(DOOR, path, method, kiosk="gate") is Verdict.DENIED
    closed = _judged(DOOR, path, method, kiosk="door", open_now=False)
    assert closed is Verdict.CLOSED


CAPTURE = [("/capture", "POST"), ("/capture/start", "POST"), ("/capture/live", "GET")]


@pytest.mark.parametrize(("path", "method"), CAPTURE)
def test_a_guided_capture_is_for_who_opened_it_and_may_register_people(
    path: str, method: str
) -> None:
    captures, rule = Tabs(), rule_for(path, method)
    for name, who in WHO.items():
        if who is not None:
            captures.claim(name, who)

    def judged(who: Principal | None, capture: str) -> Verdict:
        return verdict(rule, Asked(who, path, "", True, Tabs(), SentFiles(), capture, captures))

    may = {name for name, who in WHO.items() if judged(who, name) is Verdict.FINE}
    assert may == {"admin", "registrar"}
    assert judged(WHO["registrar"], "admin") is Verdict.MISSING
    assert judged(WHO["registrar"], "invented") is Verdict.MISSING
    assert judged(WHO["manager"], "manager") is Verdict.DENIED
    registrar = WHO["registrar"]
    assert registrar is not None
    assert judged(replace(registrar, sign_in="another"), "registrar") is Verdict.MISSING


def test_snapshots_are_for_who_sees_everybody_s_records() -> None:
    assert _let_in("/snapshots/marks/2026/a.jpg") == {"admin", "manager", "hr"}
    assert _judged(_token(*Scope), "/snapshots/a.jpg") is Verdict.DENIED


def test_health_is_told_to_all_and_its_details_to_who_runs_the_system() -> None:
    assert _let_in("/readyz") == set(WHO)
    told = {name for name, who in WHO.items() if sees_details(rule_for("/readyz"), who)}
    assert told == {"admin"}
    assert not any(sees_details(rule_for("/healthz"), who) for who in WHO.values())


def test_metrics_are_for_admins_and_tokens_of_their_scope() -> None:
    assert _let_in("/metrics") == {"admin"}
    assert _judged(_token(Scope.METRICS_READ), "/metrics") is Verdict.FINE
    assert _judged(_token(Scope.PEOPLE_READ), "/metrics") is Verdict.DENIED


@pytest.mark.parametrize(("method", "path"), API)
@pytest.mark.parametrize("scope", Scope)
def test_each_operation_of_the_api_needs_its_scope_and_is_judged_at_the_gate(
    method: str, path: str, scope: Scope
) -> None:
    right, asked = API[method, path], "/api/v1" + path.replace("{id}", "E 1")
    fine = right is None or right in rights_of_scopes(frozenset({scope}))
    assert (_judged(_token(scope), asked, method) is Verdict.FINE) == fine
    if method == "GET":
        assert (_judged(_token(scope), asked, "HEAD") is Verdict.FINE) == fine
    assert _judged(None, asked, method) is Verdict.SIGN_IN


def test_a_large_body_is_taken_where_photos_come_and_nowhere_else() -> None:
    taken = {
        (method, path) for method, path in API
        if (rule := rule_for("/api/v1" + path.replace("{id}", "x"), method)) and rule.most > 2**20
    }  # fmt: skip
    assert taken == {("POST", "/people"), ("POST", "/people/{id}/photos")}


@pytest.mark.parametrize("before", ["", "/records", "/register", "/take_attendance"])
def test_files_and_uploads_are_nobody_s_until_they_are_somebody_s(before: str) -> None:
    upload, media = f"{before}/_stcore/upload_file/tab/file", f"{before}/media/{FULL}.csv"
    for who in WHO.values():
        assert _judged(who, upload, "PUT") is not Verdict.FINE
        assert _judged(who, media) is not Verdict.FINE


@pytest.mark.parametrize("before", ["", "/records", "/register"])
def test_what_is_somebody_s_is_theirs_alone(before: str) -> None:
    admin = WHO["admin"]
    assert admin is not None
    tabs, files = Tabs(), SentFiles()
    assert tabs.claim("tab", admin)
    files.note(FULL, admin)
    again = replace(admin, sign_in="another")
    for path, method in (
        (f"{before}/_stcore/upload_file/tab/file", "PUT"), (f"{before}/media/{FULL}.csv", "GET"),
    ):  # fmt: skip
        for who in (*WHO.values(), again):
            asked = Asked(who, below(path), "", True, tabs, files, "", Tabs())
            fine = verdict(rule_for(path, method), asked) is Verdict.FINE
            assert fine == (who == admin)


def test_a_proof_given_anew_is_the_same_sign_in() -> None:
    admin = WHO["admin"]
    assert admin is not None
    tabs = Tabs()
    assert tabs.claim("tab", admin)
    assert tabs.owned("tab", replace(admin, proved_at=datetime(2026, 1, 1, tzinfo=UTC)))
    assert not tabs.owned("tab", replace(admin, rights=frozenset({Right.KIOSK})))


def test_a_tab_stays_its_first_one_s() -> None:
    admin, manager = WHO["admin"], WHO["manager"]
    assert admin is not None
    assert manager is not None
    tabs = Tabs()
    assert tabs.claim("tab", admin)
    assert not tabs.claim("tab", manager)
    assert tabs.claim("tab", admin)
    assert not tabs.owned("other", admin)
