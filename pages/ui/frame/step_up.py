"""Asking whoever sits there to prove afresh who they are, before what cannot be undone.

The services refuse without it anyway (:mod:`face_rec.access.factors.step_up`); pages
ask beforehand, so that nobody fills in a form for nothing.
"""

from typing import Final
from urllib.parse import quote, urlencode, urlsplit

import streamlit as st

from face_rec.access.factors.step_up import CONFIRM
from face_rec.domain.errors import AccessError, ProofNeeded
from face_rec.facades.frame import FrameFacade
from pages.ui.frame.identity import acting_here
from pages.ui.frame.parts import redrawn
from pages.ui.shared.text import html, plain
from pages.ui.shared.words import in_words, said

_AGAIN: Final = "open"
"""What the address names the dialog by."""


def proven(dialog: str) -> bool:
    """Whether the proof is fresh; else draws the way to it. Ask before drawing a form. The way
    leads back to the page, where ``again(dialog)`` opens the same dialog.

    A form that was drawn stays, with what was typed: its button meets the service's refusal,
    and :func:`refused` says how to go on.
    """
    if redrawn() or fresh():
        return True
    ask(dialog)
    return False


def ask(dialog: str) -> None:
    """Draw the way to a proof, which leads back to the page."""
    st.markdown(said("Before this, confirm that it is still you. It takes a moment."))
    _way(said("Confirm"), _here(dialog))


def again(dialog: str) -> bool:
    """Whether the page is to open ``dialog`` by itself, as if its button had been pressed: a
    proof was given for it, which led back here. Opening does nothing yet; an address that
    somebody made by hand opens what its reader could open anyway."""
    if awaited() != dialog:
        return False
    del st.query_params[_AGAIN]
    return fresh()


def awaited() -> str:
    """The dialog that the address names, or ""."""
    return st.query_params.get(_AGAIN, "")


def fresh() -> bool:
    """The same without drawing anything."""
    return FrameFacade.current().access.step_up.fresh(acting_here())


def refused(error: AccessError) -> None:
    """Say why something was not done; what was typed stays where it is."""
    if isinstance(error, ProofNeeded):
        prove_again()
    else:
        st.error(plain(in_words(error.said)), icon=":material/error:")


def prove_again() -> None:
    """For a form that was open for too long: another tab keeps what was typed."""
    st.warning(
        said(
            "Your last confirmation is more than five minutes old. Confirm in a new tab that it "
            "is still you, then come back and press the button again. Nothing is lost."
        ),
        icon=":material/lock_clock:",
    )
    _way(said("Confirm in a new tab"), "/account/confirmed", "_blank")


def _way(label: str, back: str, target: str = "_self") -> None:
    address = f"{CONFIRM}?next={quote(back)}"
    st.html(
        f'<a class="fr-confirm" href="{html(address)}" target="{target}" '
        f'data-testid="confirm">{html(label)}</a>'
    )


def _here(dialog: str) -> str:
    """This page, with what it shows of whom, and the dialog that is open."""
    query = urlencode({**st.query_params.to_dict(), _AGAIN: dialog})
    return f"{urlsplit(st.context.url or '').path or '/'}?{query}"
