"""What became of a press: said after the rerun that shows its result, or refused in place, where
what was typed stays."""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from face_rec.domain.errors import AccessError, FaceRecError, RuleRefused, StoreUnavailable
from pages.ui.frame.step_up import refused
from pages.ui.shared.text import plain

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
            st.error(plain(problem), icon=":material/error:")
    except FaceRecError as error:
        st.error(plain(str(error)), icon=":material/error:")
    return None


def carried_out(act: Callable[[], object]) -> bool:
    """Whether ``act`` was done; else its reason is shown."""
    return tried(lambda: (act(),)) is not None


def save(change: Callable[[], object], said: str = "Saved.") -> None:
    """Do it, say so, and draw the page anew; a dialog ends by that."""
    if carried_out(change):
        flash(said)
        st.rerun()
