"""The choice of the first model pack: in plain words, one press, and it goes on by itself."""

from functools import partial
from typing import Final

import streamlit as st

from face_rec.domain.site.first_steps import Step
from face_rec.facades.admin import AdminFacade
from face_rec.models.terms.model_status import ModelState, PackOffer
from pages.ui.frame import first_steps
from pages.ui.frame.identity import Right
from pages.ui.frame.jobs import JOBS, Job
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import repeating
from pages.ui.frame.progress import show_job, tell_stopped
from pages.ui.shared.text import at_colon, plain
from pages.ui.shared.words import formats, in_words, said
from pages.ui.system.model_packs import JOB, STOPS, amount, begin_download, upload, who_may

_CHOOSING: Final = "_first_pack"


def wanted(app: AdminFacade) -> bool:
    """Whether there is no pack at all. Whoever has seen the choice is led on once there is one."""
    if app.models.status().state is ModelState.MISSING:
        st.session_state[_CHOOSING] = True
        return True
    if app.models.current() is not None and st.session_state.pop(_CHOOSING, False):
        first_steps.go_on(Step.MODEL)
    return False


def choose(app: AdminFacade) -> None:
    """The packs that can be had, the one for most first, and the way without a network."""
    job = JOBS.get(JOB)
    if job is not None and job.running:
        with st.container(border=True):
            show_job(JOB, Right.MODELS, amount, _nothing, stops=said(STOPS))
            st.caption(said("Then it goes on by itself."))
        return
    failed = job is not None and bool(job.error)
    if job is not None and job.error:
        st.error(plain(in_words(job.error)), icon=":material/error:")
    elif job is not None and job.stopped:
        tell_stopped(job, said(STOPS))
    listed = app.models.offers()
    st.markdown(_advice(listed[0]))
    for column, offer in zip(st.columns(len(listed), gap="medium"), listed, strict=True):
        with column.container(border=True, height="stretch", key=f"pack_{offer.name}"):
            _card(app, offer, best=offer is listed[0])
    _by_hand(app, listed, opened=failed)
    _licences(listed)
    _watch(app, job)


def _advice(best: PackOffer) -> str:
    return said(
        "**For most, “{name}” is right:** every company may use it free of charge, "
        "and {size} are quickly here.",
        name=_name(best),
        size=formats().size(best.bytes),
    )


def _name(offer: PackOffer) -> str:
    return at_colon(in_words(offer.title))[0]


def _card(app: AdminFacade, offer: PackOffer, *, best: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(_name(offer))}**")
        if best:
            st.badge(said("Recommended"), icon=":material/thumb_up:", color="green")
    who_may(offer.licence)
    st.markdown(plain(in_words(offer.plainly)))
    st.caption(
        said(
            "{size} to download; {speed}.",
            size=formats().size(offer.bytes),
            speed=in_words(offer.speed.told()),
        )
    )
    if st.button(
        _press(offer), key=f"pull_{offer.name}", type="primary" if best else "secondary",
        icon=":material/download:", width="stretch",
    ):  # fmt: skip
        begin_download(app, offer.name)


def _press(offer: PackOffer) -> str:
    if not offer.begun:
        return said("Use this one")
    share = min(99, 100 * offer.begun // max(1, offer.bytes))
    return said("Go on with it: {share} % is here", share=formats().number(share))


def _by_hand(app: AdminFacade, listed: list[PackOffer], *, opened: bool) -> None:
    with st.expander(said("No internet here, or a pack of your own"), expanded=opened):
        st.markdown(
            said(
                "Download the files of one pack on another computer, bring them here, "
                "and give them below:"
            )
        )
        st.markdown("\n".join(f"- {_name(one)}: {_links(one)}" for one in listed))
        upload(app, busy=False)


def _links(offer: PackOffer) -> str:
    return formats().listed(f"<{address}>" for address in offer.sources)


def _licences(listed: list[PackOffer]) -> None:
    with st.expander(said("Licences and published accuracy")):
        for one in listed:
            st.markdown(f"**{plain(_name(one))}** · `{one.name}`")
            st.caption(
                said(
                    "{text} Published accuracy: {accuracy}.",
                    text=plain(in_words(one.licence.text)),
                    accuracy=plain(in_words(one.accuracy)),
                )
            )


def _nothing(_job: Job) -> None:
    """How it ended is seen: there is a model."""


def _watch(app: AdminFacade, drawn: Job | None) -> None:
    """Goes on when a pack came in another way: by a command, or from another browser, whose
    failures are told here as well."""
    repeating(2, Right.MODELS)(partial(_look, app, drawn))()


def _look(app: AdminFacade, drawn: Job | None) -> None:
    with guarded("first_pack"):
        if app.models.current() is not None or JOBS.get(JOB) is not drawn:
            st.rerun(scope="app")
