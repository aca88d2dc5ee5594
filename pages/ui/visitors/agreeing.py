"""The visitor reads what is kept of them and agrees: on this screen, or on their own phone."""

import streamlit as st

from face_rec.facades.people.visitors import VisitorsFacade
from face_rec.languages.language import LANGUAGES, msgid
from face_rec.visitors.consent import Agreement
from face_rec.web.gate.shown_links import bases_of, own_machine, qr
from pages.ui.frame.identity import Right, require
from pages.ui.frame.outcome import carried_out, flash
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import dialog
from pages.ui.shared.text import plain
from pages.ui.shared.words import said, words


@dialog(msgid("For the visitor"), Right.VISITORS, icon=":material/check:", width="medium")
def agree_dialog(name: str) -> None:
    """Turn the screen, or hold the phone before the code."""
    with guarded("visitors.agree"):
        app = VisitorsFacade.current()
        found = app.desk.get(name)
        if found is None:
            st.info(said("This visit is not there any more. Reload the page."))
            return
        codes, here = list(LANGUAGES), words().language.code
        language = st.selectbox(
            said("Language"), codes, codes.index(here), key="visit_language",
            format_func=lambda code: LANGUAGES[code].own_name,
        )  # fmt: skip
        theirs = app.words(language)
        shown = app.texts.shown(theirs)
        st.markdown(f"**{plain(found.guest.name)}**")
        for line in shown.text.splitlines():
            st.markdown(plain(line))
        st.caption(said("Version {version}", version=plain(shown.version)))
        if found.visit.agreed_at is None:
            _press(app, name, shown, theirs.gettext("I agree"))
            base, *_ = bases_of(app.site.addresses, st.context.url or "")
            if not own_machine(base):
                st.image(qr(f"{base}{app.links.path(found.visit)}"), width=140)
                st.caption(said("Or on their own phone: hold its camera before this code."))
        else:
            st.success(said("The visitor has agreed."))


def _press(app: VisitorsFacade, name: str, shown: Agreement, label: str) -> None:
    """A text that was changed meanwhile is another button: nobody agrees to what they have not
    read."""
    key = f"visit_agreed_{name}_{hash(shown)}"
    if st.button(label, type="primary", icon=":material/check:", key=key):
        require(Right.VISITORS)
        if carried_out(lambda: app.desk.agree(name, shown)):
            flash(said("The visitor has agreed."))
            st.rerun()
