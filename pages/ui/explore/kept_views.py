"""Views that are kept: opening, saving, sharing and removing them."""

from dataclasses import replace
from typing import Final

import streamlit as st

from face_rec.attendance.explore.question import By, Measure
from face_rec.attendance.explore.view import View
from face_rec.attendance.explore.views import LONGEST
from face_rec.facades.attendance.attendance import AttendanceFacade
from face_rec.languages.language import msgid
from face_rec.languages.sentence import pgettext
from pages.ui.explore.choices import Asked, open_view, opened
from pages.ui.frame.identity import Identity, Right
from pages.ui.frame.outcome import flash
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import callback
from pages.ui.shared.period import CUSTOM
from pages.ui.shared.text import plain
from pages.ui.shared.words import said

_CHOICE: Final = "explore_view"


def _ready(title: str, measure: Measure, by: By, span: str, split: str = "") -> View:
    return View(f"ready-{measure}-{by}", "", title, measure, by, split, span)


READY: Final = (
    _ready(msgid("Who works overtime"), Measure.OVERTIME, By.PERSON, "30 days"),
    _ready(msgid("Hours by week and group"), Measure.HOURS, By.WEEK, "90 days", By.GROUP),
    _ready(msgid("Absences by day of the week"), Measure.ABSENCES, By.WEEKDAY, "90 days"),
    _ready(msgid("Punctuality of the groups"), Measure.ON_TIME, By.GROUP, "30 days"),
    _ready(msgid("Which kiosk is busy when"), Measure.MARKS, By.WEEKDAY, "30 days", By.KIOSK),
)
"""What everybody begins with; they are nobody's and are not stored."""


def views_bar(app: AttendanceFacade, identity: Identity) -> None:
    """The choice of a view."""
    kept = {view.id: view for view in (*app.views.of(identity.id), *READY)}
    asked_for = st.query_params.get("view", "")
    if asked_for in kept and not opened().round:
        open_view(kept[asked_for])  # by a link, once
    st.selectbox(
        said("View"),
        list(kept),
        None,
        placeholder=said("Open a view: your own, those that are shared, and some to begin with"),
        format_func=lambda one: _label(kept[one], identity) if one in kept else said("(removed)"),
        key=_CHOICE,
        on_change=callback(Right.RECORDS, _chosen),
        args=(kept,),
        label_visibility="collapsed",
    )


def _chosen(kept: dict[str, View]) -> None:
    open_view(kept.get(st.session_state.get(_CHOICE) or ""))


def _label(view: View, identity: Identity) -> str:
    if not view.owner:
        return said("{view} · to begin with", view=said(view.title))
    if view.owner != identity.id:
        return said("{view} · shared by {account}", view=view.title, account=view.owner)
    return said("{view} · shared", view=view.title) if view.shared else view.title


def view_buttons(app: AttendanceFacade, identity: Identity, asked: Asked) -> None:
    """Save what is asked now, and remove the view that is open where one may."""
    with st.popover(said("Save view"), icon=":material/bookmark_add:", key="explore_save"):
        _save(app, identity, asked)
    view = opened().view
    may = view.owner == identity.id or (view.shared and identity.may(Right.SITE))
    if (
        view.owner
        and may
        and st.button(said("Remove view"), icon=":material/delete:", key="explore_remove")
    ):
        app.views.remove(view.id, identity.id, anybodys=identity.may(Right.SITE))
        open_view(None)
        st.session_state.pop(_CHOICE, None)
        flash(said("The view “{view}” is removed.", view=plain(view.title)))
        st.rerun(scope="app")


def _save(app: AttendanceFacade, identity: Identity, asked: Asked) -> None:
    begun = opened()
    view, own = begun.view, begun.view.owner == identity.id
    with st.form(f"explore_form_{begun.round}", border=False):
        title = st.text_input(
            said(pgettext("of a thing", "Name")),
            view.title if own else "",
            max_chars=LONGEST,
            key=f"explore_title_{begun.round}",
        )
        shared = st.toggle(
            said("Share it"), view.shared and own, key=f"explore_shared_{begun.round}",
            help=said("Everybody who may read records finds it here. Each sees of it the groups "
                      "that they may see anyway."),
        )  # fmt: skip
        st.caption(said("A view of yours that has this name already is replaced."))
        if not st.form_submit_button(said("Save"), type="primary"):
            return
    with guarded("explore.save"):
        kept = app.views.save(_view(asked, identity, title, shared))
        open_view(kept)
        st.session_state.pop(_CHOICE, None)
        flash(said("The view “{view}” is saved.", view=plain(kept.title)))
        st.rerun(scope="app")


def _view(asked: Asked, identity: Identity, title: str, shared: bool) -> View:
    question, dated = asked.question, asked.span == CUSTOM
    made = View(
        "", identity.id, title, question.measure, question.by, question.split or "", asked.span,
        of_groups=frozenset(asked.groups), shared=shared,
    )  # fmt: skip
    return replace(made, first=asked.first, last=asked.last) if dated else made
