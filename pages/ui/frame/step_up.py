"""Asking whoever sits there to prove afresh who they are, before what cannot be undone.

The services refuse without it anyway (:mod:`face_rec.access.factors.step_up`); pages
ask beforehand, so that nobody fills in a form for nothing.
"""

from urllib.parse import quote, urlencode, urlsplit

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from face_rec.access.factors.step_up import CONFIRM
from face_rec.domain.errors import AccessError, ProofNeeded
from face_rec.facades.frame import FrameFacade
from pages.ui.frame.identity import acting_here
from pages.ui.shared.text import html, plain


def proven() -> bool:
    """Whether the proof is fresh; else draws the way to it. Ask before drawing a form.

    A form that was drawn stays, with what was typed: its button meets the service's refusal,
    and :func:`refused` says how to go on.
    """
    context = get_script_run_ctx()
    drawn = context is not None and bool(context.fragment_ids_this_run)
    if drawn or fresh():
        return True
    st.markdown("Before this, confirm that it is still you. It takes a moment.")
    _way("Confirm", new_tab=False)
    return False


def fresh() -> bool:
    """The same without drawing anything."""
    return FrameFacade.current().access.step_up.fresh(acting_here())


def refused(error: AccessError) -> None:
    """Say why something was not done; what was typed stays where it is."""
    if isinstance(error, ProofNeeded):
        prove_again()
    else:
        st.error(plain(str(error)), icon=":material/error:")


def prove_again() -> None:
    """For a form that was open for too long: another tab keeps what was typed."""
    st.warning(
        "Your last confirmation is more than five minutes old. Confirm in a new tab that it is "
        "still you, then come back and press the button again. Nothing is lost.",
        icon=":material/lock_clock:",
    )
    _way("Confirm in a new tab", new_tab=True)


def _way(label: str, *, new_tab: bool) -> None:
    address = f"{CONFIRM}?next={quote('/account/confirmed' if new_tab else _here())}"
    target = "_blank" if new_tab else "_self"
    st.html(
        f'<a class="fr-confirm" href="{html(address)}" target="{target}" '
        f'data-testid="confirm">{html(label)}</a>'
    )


def _here() -> str:
    """This page, with what it shows of whom."""
    query = urlencode(st.query_params.to_dict())
    return (urlsplit(st.context.url or "").path or "/") + (f"?{query}" if query else "")
