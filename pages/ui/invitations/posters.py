"""Posters: one link for a group, by which several register; each of them is to be approved."""

import streamlit as st

from face_rec.facades.people.invitations import InvitationsFacade
from face_rec.invitations import sheet
from face_rec.invitations.invitation import LASTS, LONGEST, MOST
from face_rec.invitations.invitation_service import Invited
from face_rec.people.details import LONGEST_NAME
from face_rec.web.gate.shown_links import bases_of, qr
from pages.ui.frame.exports import STANDS, noted
from pages.ui.frame.identity import Identity, Right, require
from pages.ui.frame.outcome import flash, tried
from pages.ui.invitations.invited import lines, state_of, until_on
from pages.ui.shared import times
from pages.ui.shared.text import plain
from pages.ui.shared.words import said, said_many, words


def posters(app: InvitationsFacade, identity: Identity) -> None:
    """The form, and those there are."""
    st.caption(
        said(
            "Whoever sees a poster may register by it: they type who they are, and "
            "nobody is taken without somebody's approval."
        )
    )
    with st.form("poster", border=True):
        left, middle, right = st.columns([2, 1, 1])
        group = left.text_input(
            said("Group"), max_chars=LONGEST_NAME, placeholder=said("Team, class, shift")
        )
        most = middle.number_input(said("For how many people"), 1, MOST, 30)
        days = right.number_input(said("For how many days"), 1, LONGEST, LASTS.days)
        if st.form_submit_button(said("Make a poster"), icon=":material/add:"):
            require(Right.PEOPLE_WRITE)
            made = tried(
                lambda: app.service.poster(
                    group or "", identity.name, days=int(days), most=int(most)
                )
            )
            if made is not None:
                flash(said("The poster is made. Print it below."))
                st.rerun()
    for one in [one for one in app.service.all() if one.invitation.poster]:
        with st.container(border=True, key=f"poster_{one.invitation.id}"):
            _poster(app, identity, one)


def _poster(app: InvitationsFacade, identity: Identity, one: Invited) -> None:
    poster, usable = one.invitation, one.invitation.usable(app.clock.now())
    until = times.date_and_time(poster.until, app.site.timezone)
    st.markdown(f"**{plain(poster.group or said('No group'))}** · {state_of(poster, app)}")
    st.caption(
        said_many(
            "{taken} of {count} person, until {until}. Made by {by}.",
            "{taken} of {count} people, until {until}. Made by {by}.",
            poster.most,
            taken=poster.taken,
            until=until,
            by=plain(poster.by),
        )
    )
    if not usable:
        return
    base, *_ = bases_of(app.site.addresses, st.context.url or "")
    link = f"{base}{app.service.path(poster)}"
    paper = words()
    by_then = until_on(paper, poster.until, app.site.timezone)
    title = app.site.title
    told = (*lines(paper), paper.gettext("Until {until}", until=by_then))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.image(qr(link), width=140)
        st.download_button(
            said("Print"), noted(
                Right.PEOPLE_WRITE, "poster",
                lambda: sheet.poster(title, poster.group, link, told),
                since=STANDS,
            ),
            file_name="poster.pdf", mime="application/pdf", icon=":material/download:",
            key=f"poster_pdf_{poster.id}",
        )  # fmt: skip
        if st.button(said("Revoke"), icon=":material/block:", key=f"poster_revoke_{poster.id}"):
            require(Right.PEOPLE_WRITE)
            app.service.revoke(poster.id, identity.name)
            flash(said("Revoked: nobody registers by it any more."))
            st.rerun()
    st.code(link, language=None, wrap_lines=True)
