"""A message that outlives the rerun that shows its result."""

import streamlit as st

_KEY = "_flash"


def flash(message: str, icon: str = ":material/check_circle:") -> None:
    """Show ``message`` (Markdown) for a moment, after the coming rerun."""
    st.session_state.setdefault(_KEY, []).append((message, icon))


def show_flashes() -> None:
    """Show what is waiting; every page does so in its header."""
    for message, icon in st.session_state.pop(_KEY, []):
        st.toast(message, icon=icon)
