"""Pages under accounts: each refuses who has no right to it, whoever runs it and however."""

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from face_rec.access.pages import Page
from face_rec.access.principal import Principal, PrincipalKind
from face_rec.access.rights import RULES, Role, rights_of
from face_rec.web.gate.route_rules import PAGES
from pages.ui.frame.identity import NOBODY
from tests.fakes.access import OneVisitor
from tests.fakes.system import FakeSystem

FOLDER = Path(__file__).resolve().parents[3] / "pages"
REFUSAL = "You are not allowed to open this page"


@pytest.fixture
def access() -> Iterator[OneVisitor]:
    found = OneVisitor()
    with FakeSystem(access=found).running():
        yield found


def _run(page: str) -> AppTest:
    """The page's file alone, as if the router had never been there."""
    return AppTest.from_file(str(FOLDER / f"{page}.py"), default_timeout=20).run()


def _refused(app: AppTest) -> bool:
    return any(REFUSAL in warning.value for warning in app.warning)


def _somebody(role: Role) -> Principal:
    return Principal(PrincipalKind.USER, "u", "u", rights_of(role))


@pytest.mark.parametrize(
    ("page", "role"),
    [(page, role) for page, right in PAGES.items() for role in Role if role not in RULES[right]],
)
def test_a_page_that_is_run_past_the_menu_refuses_every_role_without_the_right(
    access: OneVisitor, page: str, role: Role
) -> None:
    access.principal = _somebody(role)
    app = _run(page)
    assert _refused(app)
    assert not app.title
    assert not app.button


@pytest.mark.parametrize("page", PAGES)
def test_a_page_refuses_a_session_that_has_ended(access: OneVisitor, page: str) -> None:
    access.principal = None
    assert _refused(_run(page))
    assert NOBODY.rights == frozenset()


@pytest.mark.parametrize("role", Role)
def test_the_menu_shows_what_is_allowed_and_nothing_else(access: OneVisitor, role: Role) -> None:
    somebody = _somebody(role)
    access.principal = somebody
    with patch.object(st, "navigation", wraps=st.navigation) as drawn:
        AppTest.from_file(str(FOLDER / "main.py"), default_timeout=20).run()
    menu = drawn.call_args_list[0].args[0]
    shown = {page.title for group, pages in menu.items() if group for page in pages}
    assert shown == {page.title for page in Page if somebody.may(page.right)}
    assert all(menu.values()), "a group with nothing in it"
    assert ("Accounts" in shown) == (role is Role.ADMIN)


def test_a_right_that_is_taken_away_is_felt_at_the_next_run(access: OneVisitor) -> None:
    access.principal = _somebody(Role.ADMIN)
    app = _run("system")
    assert not _refused(app)
    assert any("/guide/it#is-it-well" in one.proto.body for one in app.get("html"))
    access.principal = _somebody(Role.REGISTRAR)
    assert _refused(app.run())


def test_a_session_that_ends_while_a_page_is_open_is_told_so_instead_of_failing(
    access: OneVisitor,
) -> None:
    access.principal = _somebody(Role.ADMIN)
    app = AppTest.from_file(str(FOLDER / "main.py"), default_timeout=20).run()
    access.principal = None
    app.run()
    assert not app.exception
    assert "session has ended" in app.info[0].value
    assert not app.title
