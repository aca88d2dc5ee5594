"""Every page and every route is named by a rule, and every role gets what its rules say."""

import ast
import re
from pathlib import Path

import pytest
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

import app as entry
from config import load
from face_rec import assembly
from face_rec.access.pages import Page
from face_rec.access.principal import THIS_COMPUTER, Principal, PrincipalKind
from face_rec.access.rights import (
    ACCOUNT_ROLES,
    RULES,
    SCOPES,
    Right,
    Role,
    Scope,
    rights_of,
    rights_of_scopes,
)
from face_rec.web.api.api import ROOT
from face_rec.web.gate.gate_off import GateOff
from face_rec.web.gate.route_rules import API, BELOW, EXACT, KIOSK_PAGE, PAGES, Way, rule_for
from face_rec.web.gate.verdict import may
from face_rec.web.server.strict_http import Elsewhere, StrictHttp

PAGE_FILES = sorted(
    path
    for path in (Path(entry.__file__).parent / "pages").glob("*.py")
    if path.name not in {"__init__.py", "main.py"}
)


def _page_asked_by(page: Path) -> Page | None:
    """The page whose right the script's first own statement requires."""
    body = ast.parse(page.read_text(encoding="utf-8")).body
    own = [node for node in body[1:] if not isinstance(node, ast.Import | ast.ImportFrom)]
    found = re.match(r"(?:identity = )?require\(Page\.(\w+)\.right\)$", ast.unparse(own[0]))
    return Page[found.group(1)] if found else None


def _principal(role: Role) -> Principal:
    return Principal(PrincipalKind.USER, "u", "u", rights_of(role))


# --- the table ------------------------------------------------------------------------------


def test_every_right_is_in_the_table_and_the_admin_has_all_but_what_is_one_s_own() -> None:
    assert set(RULES) == set(Right)
    assert rights_of(Role.ADMIN) == frozenset(Right) - {Right.OWN}


def test_each_role_has_what_the_documentation_promises_and_no_more() -> None:
    assert rights_of(Role.KIOSK) == {Right.KIOSK}
    assert rights_of(Role.PERSON) == {Right.OWN}
    assert Role.PERSON not in ACCOUNT_ROLES
    visitors = {Right.VISITORS_SEE, Right.VISITORS}
    assert rights_of(Role.REGISTRAR) == {Right.PEOPLE_READ, Right.PEOPLE_WRITE} | visitors
    assert rights_of(Role.MANAGER) == {
        Right.OVERVIEW, Right.RECORDS, Right.CORRECT, Right.VISITORS_SEE
    }  # fmt: skip


def test_each_scope_stands_for_one_right() -> None:
    assert set(SCOPES) == set(Scope)
    assert rights_of_scopes(frozenset({Scope.PEOPLE_READ})) == {Right.PEOPLE_READ}


# --- pages ----------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGE_FILES, ids=lambda path: path.stem)
def test_every_page_is_in_the_one_list_and_begins_with_its_right(page: Path) -> None:
    asked = _page_asked_by(page)
    assert asked is not None, f"{page.name} must begin with require(Page.….right)"
    assert asked.file == page.name


def test_every_page_of_the_list_has_its_file() -> None:
    assert sorted(page.file for page in Page) == [path.name for path in PAGE_FILES]


def test_each_role_opens_the_pages_that_the_documentation_promises() -> None:
    def opened(role: Role) -> set[Page]:
        return {page for page in Page if role in RULES[page.right]}

    manager = {Page.OVERVIEW, Page.RECORDS, Page.REPORTS, Page.EXPLORE}
    assert opened(Role.KIOSK) == {Page.TAKE_ATTENDANCE}
    registrar = {Page.PEOPLE, Page.REGISTER, Page.INVITATIONS, Page.UNKNOWN, Page.VISITORS}
    assert opened(Role.REGISTRAR) == registrar
    assert opened(Role.MANAGER) == manager | {Page.VISITORS}
    assert opened(Role.HR) == {*manager, Page.SETTINGS}
    assert opened(Role.ADMIN) == set(Page) - {Page.MY_ATTENDANCE}
    assert opened(Role.PERSON) == {Page.MY_ATTENDANCE}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("page", PAGE_FILES, ids=lambda path: path.stem)
def test_the_gate_opens_each_page_to_the_roles_of_its_right_only(page: Path, role: Role) -> None:
    asked = _page_asked_by(page)
    rule = rule_for(f"/{page.stem}")
    assert asked is not None
    assert rule is not None
    assert may(rule, _principal(role)) == (role in RULES[asked.right])
    assert rule.way is not Way.OPEN


def test_the_walk_notices_a_page_that_does_not_ask(tmp_path: Path) -> None:
    page = tmp_path / "open.py"
    page.write_text(
        '"""A page."""\nimport streamlit as st\nst.write(1)\nrequire(Page.SYSTEM.right)\n'
    )
    assert _page_asked_by(page) is None


# --- routes ----------------------------------------------------------------------------------


def built_routes() -> list[BaseRoute]:
    """Every route of the app with all that settings can add, Streamlit's included."""
    oidc = {"OIDC_ISSUER": "https://id.example", "OIDC_CLIENT_ID": "a", "OIDC_ROLES": "it=admin"}
    settings = load({"ACCOUNTS": "on", "OIDC_CLIENT_SECRET": "b", **oidc}, dotenv=None)
    return [*assembly.routes(settings), *entry.app._build_starlette_app().routes]


def _paths() -> list[str]:
    """Every path that is served, with something in place of parameters."""
    found = []
    for route in built_routes():
        if isinstance(route, Elsewhere):
            continue  # whatever nobody serves
        if isinstance(route, Route | WebSocketRoute):
            found.append(re.sub(r"\{[^}]+\}", "x", route.path))
        else:
            assert isinstance(route, Mount)
            assert route.path == "", "only Streamlit's static files are mounted"
    return sorted(set(found))


@pytest.mark.parametrize("path", _paths())
def test_every_route_is_named_by_a_rule(path: str) -> None:
    assert rule_for(path) is not None, f"no rule in route_rules names {path}"


OPEN = {"/healthz", "/readyz", "/login", "/login/oidc", "/login/oidc/callback", "/access.css",
        "/login/oidc/out", "/login/oidc/backchannel",
        "/my", "/my/out", "/my/link/x",
        "/enrol/x", "/enrol/x/camera", "/enrol/x/start", "/enrol/x/picture", "/enrol/x/again",
        "/enrol/x/send", "/enrol.js", "/enrol.css", "/punch.js", "/punch.css",
        "/session", "/setup/x", "/acknowledge/x", "/guardian/x", "/decide/x", "/kiosk/link/x",
        "/visit/x", "/calendar/x",
        "/kiosk/start", "/kiosk/start.js",
        "/kiosk/challenge", "/kiosk/prove", "/kiosk/forget.js", "/kiosk/worker.js", "/kiosk/away",
        "/kiosk/away.css", "/kiosk/away.js", "/kiosk/app.webmanifest", "/kiosk/icons/x.png",
        "/.well-known/security.txt", "/passkeys.js",
        "/login/passkey", "/login/passkey/options", "/login/factor", "/login/factor/passkey",
        "/login/factor/passkey/options", "/login/enrol", "/login/enrol/app",
        "/login/enrol/passkey", "/login/enrol/passkey/options"}  # fmt: skip
"""Below /login: for half a session, whose cookie these pages look at themselves; below /kiosk: for
a device, whose cookie and key they do, and what a browser fetches as nobody to keep a kiosk as an
app (face_rec/web/server/installed.py); below /enrol: for who has an invitation, which they look at
themselves."""


@pytest.mark.parametrize("path", _paths())
def test_only_the_way_in_is_open_to_strangers(path: str) -> None:
    rule = rule_for(path)
    assert rule is not None
    assert (rule.way in {Way.OPEN, Way.SIGNED}) == (path in OPEN)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("path", _paths())
def test_every_role_gets_exactly_the_routes_of_its_rights(path: str, role: Role) -> None:
    rule = rule_for(path)
    assert rule is not None
    has = not rule.rights or any(role in RULES[right] for right in rule.rights)
    assert may(rule, _principal(role)) == (has and rule.way is not Way.NEVER)


def test_a_path_that_nobody_named_has_no_rule() -> None:
    for path in ("/nothing", "/pages/main.py", "/.env", "/overview.py", "/registers", "//login"):
        assert rule_for(path) is None, path


def test_streamlit_s_own_paths_below_a_page_follow_their_own_rules() -> None:
    assert rule_for("/register/_stcore/stream") is EXACT["/_stcore/stream"]
    assert rule_for("/register/static/a.js") is BELOW["/static/"]
    assert rule_for("/register/register") is None


def test_every_operation_of_the_api_is_in_the_table() -> None:
    served = {path for path in _paths() if path.startswith(ROOT)}
    assert served == {ROOT + path.replace("{id}", "x") for _, path in API}


def test_without_accounts_all_but_the_question_who_asks_stays_and_nobody_can_sign_in() -> None:
    off = load({"ACCOUNTS": "off"}, dotenv=None)
    layers: list[object] = [layer.cls for layer in assembly.middleware(off)]
    assert layers == [StrictHttp, GateOff]
    paths = {getattr(route, "path", "") for route in assembly.routes(off)}
    assert not paths & {"/login", "/account"}
    assert not any(path.startswith(ROOT) for path in paths)
    assert THIS_COMPUTER.may(Right.KIOSK)
    assert not THIS_COMPUTER.may(Right.ACCOUNTS)
    assert not THIS_COMPUTER.may(Right.OWN)


def test_the_kiosk_s_page_is_the_one_its_right_opens() -> None:
    assert PAGES[KIOSK_PAGE] is Right.KIOSK
    assert [page for page, right in PAGES.items() if right is Right.KIOSK] == [KIOSK_PAGE]


def test_the_rights_of_a_role_are_one_set_however_often_they_are_asked_for() -> None:
    assert all(rights_of(role) is rights_of(role) for role in Role)
