"""The reception: what may be done, one list at a time, and who is in the house."""

from collections import Counter
from datetime import tzinfo
from typing import Final

import pandas as pd
import streamlit as st

from face_rec.facades.people.visitors import VisitorsFacade
from face_rec.formulas import csv_of
from face_rec.languages.language import msgid
from face_rec.visitors import house as lists
from face_rec.visitors.house import Inside, Words, in_house
from face_rec.visitors.visit import Stage
from face_rec.visitors.visitor_service import Listed
from pages.ui.frame.exports import STANDS, moment, noted
from pages.ui.frame.identity import Identity, Right, current
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import repeating
from pages.ui.frame.scope import filters
from pages.ui.shared import times
from pages.ui.shared.text import search_key
from pages.ui.shared.widgets import empty_state
from pages.ui.shared.words import formats, said, said_many
from pages.ui.visitors.announcing import announcing
from pages.ui.visitors.row import erase_many, visit_row

_SEARCH: Final = "visitors_search"
_VIEW: Final = "visitors_view"
_HOUSE: Final = "house"
VIEWS: Final = {
    Stage.EXPECTED.value: msgid("Expected ({count})"),
    Stage.HERE.value: msgid("Here ({count})"),
    Stage.GONE.value: msgid("Gone ({count})"),
    _HOUSE: msgid("In the house"),
}
_NOBODY: Final = {
    Stage.EXPECTED: msgid("Nobody is expected"),
    Stage.HERE: msgid("No visitor is here"),
    Stage.GONE: msgid("Nobody has left lately"),
}
MOST: Final = 50


def reception(app: VisitorsFacade, identity: Identity) -> None:
    """While it is switched off: who is still listed, and who of the people is in the house."""
    if not app.service.on():
        st.info(
            said("Visitors are not entered here. An administrator can switch it on under "
                 "Settings, This site."), icon=":material/info:",
        )  # fmt: skip
    elif identity.may(Right.VISITORS):
        announcing(app)
    _lists()


@repeating(10, Right.VISITORS_SEE)
def _lists() -> None:
    """Who comes in at a kiosk appears by itself, and is counted."""
    with guarded("visitors.list"):
        app, identity = VisitorsFacade.current(), current()
        count = app.service.counts(identity.groups)
        view = _chosen(count, first=Stage.EXPECTED.value if app.service.on() else _HOUSE)
        if view == _HOUSE:
            _house(app)
            return
        st.text_input(
            said("Search"), key=_SEARCH, placeholder=said("Visitor, company or host"),
            label_visibility="collapsed",
        )  # fmt: skip
        _list(app, identity, Stage(view))
        visits_file(app, identity, some=count.total() > 0)


def _chosen(count: Counter[Stage], *, first: str) -> str:
    return st.pills(
        said("View"), list(VIEWS), required=True, label_visibility="collapsed", key=_VIEW,
        default=first,
        format_func=lambda one: said(
            VIEWS[one], count=formats().number(count[Stage(one)] if one != _HOUSE else 0)
        ),
    )  # fmt: skip


def _list(app: VisitorsFacade, identity: Identity, stage: Stage) -> None:
    now = app.clock.now()
    wanted = search_key(str(st.session_state.get(_SEARCH, ""))).split()
    found = [
        one for one in app.service.all(identity.groups)
        if one.visit.stage(now) is stage and all(word in _key(one) for word in wanted)
    ]  # fmt: skip
    if not found:
        empty_state("badge", said(_NOBODY[stage]), "")
        return
    if stage is Stage.GONE:
        found.reverse()
        if identity.may(Right.VISITORS):
            erase_many([one.visit.id for one in found])
    for one in found[:MOST]:
        with st.container(border=True, key=f"row_{one.visit.id}"):
            visit_row(app, one, identity)
    if len(found) > MOST:
        st.caption(
            said(
                "{count} more are not shown: search for a name.",
                count=formats().number(len(found) - MOST),
            )
        )


def _key(one: Listed) -> str:
    host = one.host.name if one.host else ""
    return search_key(f"{one.guest.name} {one.guest.company} {host}")


# Visits as a table that leaves the app.

_COLUMNS = (
    "name", "company", "host_id", "host", "purpose", "from", "until", "came", "left",
    "agreed", "text_version",
)  # fmt: skip


def visits_file(app: VisitorsFacade, identity: Identity, *, some: bool) -> None:
    """All that are listed when it is taken, at whatever stage: it has nothing of who was erased
    since the page was drawn. ``some``: whether there are any."""
    service, zone, groups = app.service, app.site.timezone, identity.groups

    def made() -> bytes:
        return csv_of(_COLUMNS, [_row(one, zone) for one in service.all(groups)])

    st.download_button(
        said("Visits (CSV)"), noted(Right.VISITORS_SEE, "visitors", made, since=STANDS),
        file_name="visits.csv", mime="text/csv", icon=":material/download:", key="visits_csv",
        disabled=not some, on_click="ignore",
    )  # fmt: skip


def _row(one: Listed, zone: tzinfo) -> tuple[str, ...]:
    """Times in the site's zone."""
    visit, guest, host = one.visit, one.guest, one.host
    moments = (visit.begins, visit.until, visit.came_at, visit.left_at, visit.agreed_at)
    told = (at.astimezone(zone).isoformat(timespec="seconds") if at else "" for at in moments)
    return (
        guest.name, guest.company, host.id if host else "", host.name if host else "",
        guest.purpose, *told, visit.text_version,
    )  # fmt: skip


# Who is in the house now, people and visitors: for an evacuation.


def _house(app: VisitorsFacade) -> None:
    """As it is at this moment."""
    since = moment()
    found = _found(app)
    if not found:
        empty_state("groups", said("Nobody is in the house"), "")
        return
    visitors = sum(one.visitor for one in found)
    people = said_many("{count} person", "{count} people", len(found) - visitors)
    counted = said(
        "{people} and {visitors} in the house.", people=people,
        visitors=said_many("{count} visitor", "{count} visitors", visitors),
    )  # fmt: skip
    rule = said(
        "Who came and has not checked out, also before midnight: who forgot to is listed, too."
    )
    st.caption(f"{counted} {rule}")
    words, lines = _words(app, counted), _lines(app, found)
    _files(words, lines, since)
    st.dataframe(
        pd.DataFrame(lines, columns=list(words.heads)), hide_index=True,
        height=min(640, 38 + 35 * len(lines)), alt=words.title,
    )  # fmt: skip


def _found(app: VisitorsFacade) -> list[Inside]:
    identity, now = current(), app.clock.now()
    people = app.people_inside(filters(identity), now)
    return in_house(people, app.service.all(identity.groups), now)


def _words(app: VisitorsFacade, counted: str) -> Words:
    made = times.date_and_time(app.clock.now(), app.site.timezone)
    return Words(
        said("{site}: who is in the house", site=app.site.title), f"{made} · {counted}",
        (said("Name"), said("Group or company"), said("Host"), said("Since")),
    )  # fmt: skip


def _lines(app: VisitorsFacade, found: list[Inside]) -> list[tuple[str, str, str, str]]:
    zone, now = app.site.timezone, app.clock.now()
    since = [times.moment(one.since, now, zone) if one.since else "" for one in found]
    return lists.rows(found, since)


def _files(words: Words, lines: list[tuple[str, str, str, str]], since: int) -> None:
    with st.container(horizontal=True):
        st.download_button(
            said("Print (PDF)"),
            noted(Right.VISITORS_SEE, "in-the-house", lambda: lists.paper(words, lines),
                  since=since),
            file_name="in-the-house.pdf", mime="application/pdf", icon=":material/download:",
            key="house_pdf", type="primary", on_click="ignore",
        )  # fmt: skip
        st.download_button(
            said("CSV"),
            noted(Right.VISITORS_SEE, "in-the-house", lambda: csv_of(words.heads, lines),
                  since=since),
            file_name="in-the-house.csv", mime="text/csv", icon=":material/download:",
            key="house_csv", on_click="ignore",
        )  # fmt: skip
