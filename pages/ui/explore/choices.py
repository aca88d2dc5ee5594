"""What is asked on the page Explore: measure, by, split, period and groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from face_rec.attendance.explore.question import By, Measure, Question, bys_of, splits_of
from face_rec.attendance.explore.view import View
from face_rec.facades.attendance.attendance import AttendanceFacade
from pages.ui.frame.identity import Identity
from pages.ui.frame.scope import NO_GROUP, visible_groups
from pages.ui.shared.period import CUSTOM, period
from pages.ui.shared.words import said

_SPANS: Final = ("7 days", "30 days", "90 days", "Last month", "12 months")
_FIRST: Final = View("", "", "", Measure.PEOPLE, By.DAY, span="30 days")
_OPENED: Final = "_explore_opened"


@dataclass(frozen=True, slots=True)
class Asked:
    """``span``: the period by its name, or CUSTOM; ``groups``: those that were chosen, of those
    that the reader may see; none: all of these."""

    question: Question
    span: str
    first: date
    last: date
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """The view that the choices begin with. ``round``: each opening has fields of its own, or
    they would keep what was chosen before."""

    round: int = 0
    view: View = _FIRST


def opened() -> Opened:
    """The view that was opened last in this tab; the first time a plain one."""
    found = st.session_state.get(_OPENED)
    return found if isinstance(found, Opened) else Opened()


def open_view(view: View | None) -> None:
    """Begin the choices anew with this one; None: with the plain one."""
    st.session_state[_OPENED] = Opened(opened().round + 1, view or _FIRST)


def asked(app: AttendanceFacade, identity: Identity) -> Asked:
    """Draw the fields; what they say."""
    begun = opened()
    key, view = f"explore_{begun.round}", begun.view
    with st.container(border=True, key="explore_choices"):
        left, right = st.columns([2.9, 1])
        with left:
            question = _question(key, view)
        with right:
            groups = _groups(app, identity, key, view)
        dates = (view.first, view.last) if view.first and view.last else None
        today = app.service.timesheets.today()
        span = view.span if view.span in {*_SPANS, CUSTOM} else _FIRST.span
        first, last = period(key, today, _SPANS, span, dates)
        if len(view.of_groups - set(visible_groups(app.people, identity))):
            text = said(
                "This view is also about groups that you may not see, or that are not there any "
                "more."
            )
            st.caption(f":material/lock: {text}")
    chosen = str(st.session_state.get(f"{key}_span") or span)
    return Asked(question, chosen, first, last, tuple(groups))


def _question(key: str, view: View) -> Question:
    known = view.question or Question(Measure.PEOPLE, By.DAY)
    one, two, three = st.columns([1.2, 1, 1])
    measures: Sequence[Measure] = tuple(Measure)
    measure = one.selectbox(
        said("Measure"),
        measures,
        measures.index(known.measure),
        format_func=lambda one: said(one.what.words),
        key=f"{key}_measure",
        help="\n".join(
            f"- **{said(one.what.words)}**: {said(one.what.meaning)}" for one in Measure
        ),
    )
    by = _choice(two, said("By"), bys_of(measure), known.by, f"{key}_by_{measure.what.at_kiosk}")
    offered = (None, *splits_of(measure, by))
    split: By | None = three.selectbox(
        said("Split by"),
        offered,
        offered.index(known.split) if known.split in offered else 0,
        format_func=lambda one: said(one.named.words) if one else said("Nothing"),
        key=f"{key}_split_{by}_{measure.what.at_kiosk}",
        help=said("Each bar in parts, one for each group, shift, kiosk or day of the week."),
    )
    return Question(measure, by, split)


def _choice(place: DeltaGenerator, label: str, offered: Sequence[By], known: By, key: str) -> By:
    return place.selectbox(
        label,
        offered,
        offered.index(known) if known in offered else 0,
        format_func=lambda one: said(one.named.words),
        key=key,
    )


def _groups(app: AttendanceFacade, identity: Identity, key: str, view: View) -> list[str]:
    """Of a shared view those that the reader may see; of others not even the names."""
    seen = visible_groups(app.people, identity)
    begun = [group for group in seen if group in view.of_groups]
    return st.multiselect(
        said("Groups"),
        seen,
        begun,
        placeholder=said("All groups"),
        format_func=lambda name: name or said(NO_GROUP),
        key=f"{key}_groups",
    )
