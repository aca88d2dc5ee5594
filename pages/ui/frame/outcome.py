"""What became of a press: said after the rerun that shows its result, or refused in place, where
what was typed stays."""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from face_rec.domain.errors import AccessError, FaceRecError, RuleRefused, StoreUnavailable
from pages.ui.frame.step_up import refused
from pages.ui.shared.text import plain
from pages.ui.shared.words import in_words, said

Result = TypeVar("Result")

_KEY = "_flash"


def flash(message: str, icon: str = ":material/check_circle:") -> None:
    """Show ``message`` (Markdown) for a moment, after the coming rerun."""
    st.session_state.setdefault(_KEY, []).append((message, icon))


def show_flashes() -> None:
    """Show what is waiting; every page does so in its header."""
    for message, icon in st.session_state.pop(_KEY, []):
        st.toast(message, icon=icon)


def tried(act: Callable[[], Result]) -> Result | None:
    """What ``act`` returns; None, with the reason shown, where it was refused. That the database
    is away is the page's to say: StoreUnavailable passes."""
    try:
        return act()
    except StoreUnavailable:
        raise
    except AccessError as error:
        refused(error)
    except RuleRefused as error:
        for problem in error.problems:
            st.error(plain(in_words(problem)), icon=":material/error:")
    except FaceRecError as error:
        st.error(plain(in_words(error.said)), icon=":material/error:")
    return None


def carried_out(act: Callable[[], object]) -> bool:
    """Whether ``act`` was done; else its reason is shown."""
    return tried(lambda: (act(),)) is not None


def save(change: Callable[[], object], done: str = "") -> None:
    """Do it, say so, and draw the page anew; a dialog ends by that. ``done``: what is said; "":
    that it is saved."""
    if carried_out(change):
        flash(done or said("Saved."))
        st.rerun()
