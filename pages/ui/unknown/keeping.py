"""Whether unknown people are kept, for how long, and what has to hang at the door then."""

from typing import Final

import streamlit as st

from face_rec.access.pages import Page
from face_rec.facades.people.privacy import PrivacyFacade
from face_rec.languages.language import msgid
from pages.ui.frame.identity import Right, require
from pages.ui.frame.navigation import link
from pages.ui.frame.outcome import save
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import dialog
from pages.ui.frame.step_up import again, proven
from pages.ui.shared.words import said, said_many

OFF: Final = "strangers_off"
_LONGEST: Final = 90
_FIRST: Final = 14


def keeping_card(app: PrivacyFacade) -> None:
    """Off, or for how many days; the notice; and the way to the other."""
    days = app.strangers.days
    if days:
        kept = said_many("{count} visit", "{count} visits", app.strangers.count())
        st.markdown(
            said_many(
                "**Kept for {count} day**: {kept} at present.",
                "**Kept for {count} days**: {kept} at present.",
                days,
                kept=kept,
            )
        )
        link(Page.UNKNOWN)
    else:
        st.markdown(
            said("**Nobody unknown is kept.** A face that nobody knows is forgotten at once.")
        )
    st.caption(
        said(
            "Who is seen well and is not registered is kept with a template and one "
            "picture of each visit, to notice who comes again. They have not agreed: it "
            "takes a reason that outweighs their interests, a line in your impact "
            "assessment, and this notice at every camera:"
        )
    )
    st.code(notice(app, days or _FIRST), language=None, wrap_lines=True)
    if app.strangers.fixed:
        st.caption(
            said("STRANGER_DAYS is set in the environment or .env and wins. Change it there.")
        )
        return
    _form(app, days)


def notice(app: PrivacyFacade, days: int) -> str:
    """What stands at the door."""
    return app.site.stranger_notice.replace("{days}", str(days))


def _form(app: PrivacyFacade, days: int) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        wanted = st.number_input(
            said("Days"), 1, _LONGEST, days or _FIRST, key=f"strangers_days_{days}", width=140
        )
        off = False
        if days:
            save = st.button(said("Change"), key="strangers_change", disabled=wanted == days)
            off = st.button(
                said("Switch off …"), icon=":material/block:", key="strangers_off_press"
            )
        else:
            hangs = st.checkbox(said("The notice hangs at every camera"), key="strangers_hangs")
            save = st.button(
                said("Keep them"),
                icon=":material/visibility:",
                key="strangers_on",
                disabled=not hangs,
            )
    if save:
        _change(app, int(wanted), said("Saved. It holds from now on, at every camera."))
    if off or again(OFF):
        switch_off(app)


@dialog(msgid("Keep nobody unknown?"), Right.SYSTEM, icon=":material/delete_forever:")
def switch_off(app: PrivacyFacade) -> None:
    with guarded("privacy.strangers"):
        if not proven(OFF):
            return
        st.markdown(
            said_many(
                "**{count} visit** of unknown people are erased, with pictures, faces, "
                "decisions and the block list, and cannot be brought back. People who "
                "were registered by such pictures stay.",
                "**{count} visits** of unknown people are erased, with pictures, faces, "
                "decisions and the block list, and cannot be brought back. People who "
                "were registered by such pictures stay.",
                app.strangers.count(),
            )
        )
        if st.button(said("Switch off and erase"), type="primary", key="strangers_off_sure"):
            _change(app, 0, said("Switched off. What was kept is being erased."))


def _change(app: PrivacyFacade, days: int, words: str) -> None:
    require(Right.SITE)
    save(lambda: app.strangers.change(days), words)
