"""The reception: what may be done, and one list at a time."""

from typing import Final

import streamlit as st

from face_rec.facades.people.visitors import VisitorsFacade
from face_rec.languages.language import msgid
from face_rec.visitors.desk import Listed
from face_rec.visitors.visit import Stage
from pages.ui.frame.identity import Identity, Right, current
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import repeating
from pages.ui.shared.text import search_key
from pages.ui.shared.widgets import empty_state
from pages.ui.shared.words import formats, said
from pages.ui.visitors.announcing import announcing
from pages.ui.visitors.files import visits_file
from pages.ui.visitors.house import house
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
    if not app.desk.on():
        st.info(
            said("Visitors are not entered here. An administrator can switch it on under "
                 "Settings, This site."), icon=":material/info:",
        )  # fmt: skip
    elif identity.may(Right.VISITORS):
        announcing(app)
    count = app.desk.counts(identity.groups)
    view = st.pills(
        said("View"), list(VIEWS), required=True, label_visibility="collapsed", key=_VIEW,
        default=Stage.EXPECTED.value if app.desk.on() else _HOUSE,
        format_func=lambda one: said(
            VIEWS[one], count=formats().number(count[Stage(one)] if one != _HOUSE else 0)
        ),
    )  # fmt: skip
    if view == _HOUSE:
        house()
        return
    st.text_input(
        said("Search"), key=_SEARCH, placeholder=said("Visitor, company or host"),
        label_visibility="collapsed",
    )  # fmt: skip
    _list()
    visits_file(app, identity, some=count.total() > 0)


@repeating(10, Right.VISITORS_SEE)
def _list() -> None:
    """Who comes in at a kiosk appears by itself."""
    with guarded("visitors.list"):
        app, identity = VisitorsFacade.current(), current()
        stage, now = Stage(st.session_state[_VIEW]), app.clock.now()
        wanted = search_key(str(st.session_state.get(_SEARCH, ""))).split()
        found = [
            one for one in app.desk.all(identity.groups)
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
