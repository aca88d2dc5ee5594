"""Fragments, dialogs and callbacks ask for their right at every run, not only their page."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit import config as streamlit_config
from streamlit.testing.v1 import AppTest

from face_rec.access.principal import Principal, PrincipalKind
from face_rec.access.rights import Role, rights_of
from pages.ui.frame.exports import FileRefused, noted
from pages.ui.frame.identity import REFUSAL, Right
from pages.ui.frame.parts import fragment
from tests.fakes.access import OneVisitor
from tests.fakes.system import FakeSystem

SCRIPT = """
import streamlit as st
from pages.ui.frame.identity import Right
from pages.ui.frame.parts import callback, dialog, fragment, repeating

st.session_state.setdefault("called", 0)

def count():
    st.session_state["called"] += 1

@fragment(Right.ACCOUNTS)
def part():
    st.text("secret of the fragment")

@repeating(3600, Right.ACCOUNTS)
def live():
    st.text("secret that repeats")

@dialog("Add", Right.ACCOUNTS)
def add():
    st.text("secret of the dialog")

part()
live()
add()
st.button("Do", key="do", on_click=callback(Right.ACCOUNTS, count))
"""
OVERTAKEN = """
import streamlit as st
from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx
from pages.ui.frame.identity import Right
from pages.ui.frame.parts import callback

st.session_state.setdefault("done", [])

def work():
    # What a camera's state, or a field that is left, does at that moment.
    get_script_run_ctx().script_requests.request_rerun(RerunData())
    st.session_state["done"].append("first half")
    st.session_state["done"].append("second half")

st.button("Do", key="do", on_click=callback(Right.ACCOUNTS, work))
st.text("drawn")
"""
SECRETS = ["secret of the fragment", "secret that repeats", "secret of the dialog"]


@pytest.fixture
def access() -> Iterator[OneVisitor]:
    found = OneVisitor()
    with FakeSystem(access=found).running():
        yield found


def _somebody(role: Role) -> Principal:
    return Principal(PrincipalKind.USER, "u", "u", rights_of(role))


def _texts(app: AppTest) -> list[str]:
    return [text.value for text in app.text]


def test_parts_are_drawn_for_who_has_their_right(access: OneVisitor) -> None:
    access.principal = _somebody(Role.ADMIN)
    app = AppTest.from_string(SCRIPT).run()
    assert sorted(_texts(app)) == sorted(SECRETS)
    app.button(key="do").click().run()
    assert app.session_state["called"] == 1


def test_what_a_press_does_is_done_whole_though_another_run_is_asked_for_meanwhile(
    access: OneVisitor,
) -> None:
    access.principal = _somebody(Role.ADMIN)
    app = AppTest.from_string(OVERTAKEN).run()
    app.button(key="do").click().run()
    assert app.session_state["done"] == ["first half", "second half"]
    assert _texts(app) == ["drawn"]


def test_a_run_that_is_asked_for_waits_until_the_one_before_it_looks_up() -> None:
    """Streamlit's default ends that one at once, with what was pressed for it."""
    written = tomllib.loads(Path(".streamlit/config.toml").read_text("utf-8"))
    assert written["runner"]["fastReruns"] is False
    assert "runner.fastReruns" in streamlit_config._config_options_template


@pytest.mark.parametrize("role", [Role.KIOSK, Role.REGISTRAR, Role.MANAGER, None])
def test_parts_of_a_page_left_open_show_and_do_nothing_once_the_right_is_gone(
    access: OneVisitor, role: Role | None
) -> None:
    access.principal = _somebody(Role.ADMIN)
    app = AppTest.from_string(SCRIPT).run()
    access.principal = _somebody(role) if role else None
    app.button(key="do").click().run()
    assert not app.exception
    assert _texts(app) == []
    assert [warning.value for warning in app.warning] == [REFUSAL] * 3
    assert app.session_state["called"] == 0


def test_a_part_that_names_no_right_is_refused_when_it_is_defined() -> None:
    with pytest.raises(TypeError, match="names no right"):

        @fragment()
        def _nobody_s() -> None: ...


def test_a_file_prepared_before_is_not_made_for_somebody_who_lost_the_right() -> None:
    access = OneVisitor(_somebody(Role.MANAGER))
    made: list[str] = []

    def make() -> bytes:
        made.append("once")
        return b"name,time"

    with FakeSystem(access=access).running():
        take = noted(Right.RECORDS, "records", make)
        assert take() == b"name,time"
        access.principal = _somebody(Role.KIOSK)
        with pytest.raises(FileRefused, match="may not take this file"):
            take()
    assert made == ["once"]
