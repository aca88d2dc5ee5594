"""Before another model pack is used: what that means here, and how it is done."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from face_rec.domain.errors import FaceRecError
from face_rec.facades.admin import AdminFacade
from face_rec.languages.language import msgid
from face_rec.people.change.plan import Tally
from pages.ui.frame.identity import Right
from pages.ui.frame.outcome import flash
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import dialog
from pages.ui.shared.text import plain
from pages.ui.shared.words import in_words, said, said_many


@dialog(msgid("Use another model pack?"), Right.MODELS, icon=":material/swap_horiz:")
def confirm_change(app: AdminFacade, name: str) -> None:
    """Prepare it from the kept photos, or use it at once."""
    with guarded("models.change"):
        if not app.people.count():
            st.markdown(
                said("**{name}** will be used from now on, by all kiosks.", name=plain(name))
            )
            if st.button(said("Use this pack"), type="primary", key="use_confirmed"):
                done(
                    partial(app.change.use, name),
                    said("{name} is in use within seconds.", name=plain(name)),
                )
            return
        st.markdown(_outlook_words(name, app.change.outlook()))
        if st.button(said("Prepare the change"), type="primary", key="change_confirmed"):
            with st.spinner(said("Loading …")):
                done(partial(app.change.begin, name), said("The change is being prepared."))
        st.caption(
            said(
                "Or use it at once: right where both packs have the same recogniser, so "
                "that nobody has to be embedded anew. Else nobody is recognised until "
                "they have new photos."
            )
        )
        if st.button(said("Use it at once"), key="use_confirmed"):
            with st.spinner(said("Loading …")):
                done(
                    partial(app.change.use, name),
                    said("{name} is in use within seconds.", name=plain(name)),
                )


def _outlook_words(name: str, outlook: Tally) -> str:
    ready = outlook.waiting
    lines = [
        said(
            "Nobody has to come in for **{name}** of whom a photo is kept: everybody is "
            "embedded anew in the background, while the kiosks go on with the present "
            "pack. You switch when you have seen the comparison, and can go back for 30 "
            "days.",
            name=plain(name),
        ),
        said_many(
            "- {count} person has photos or a portrait that are kept.",
            "- {count} people have photos or a portrait that are kept.",
            ready,
        ),
    ]
    if outlook.without:
        lines.append(
            said_many(
                "- {count} person needs to come for a photo.",
                "- {count} people need to come for a photo.",
                outlook.without,
            )
        )
    if outlook.withheld:
        lines.append(
            said_many(
                "- {count} person has not consented.",
                "- {count} people have not consented.",
                outlook.withheld,
            )
        )
    return "\n".join([lines[0], "", *lines[1:]])


def done(act: Callable[[], object], words: str) -> None:
    """Do it, and say that it was done or why not."""
    try:
        act()
    except FaceRecError as error:
        st.error(plain(in_words(error.said)), icon=":material/error:")
        return
    flash(words)
    st.rerun()
