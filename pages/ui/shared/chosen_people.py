"""People who were chosen on one page for another."""

from collections.abc import Iterable
from typing import Final

import streamlit as st

_KEY: Final = "_chosen_people"


def hand_over(subjects: Iterable[str]) -> None:
    st.session_state[_KEY] = tuple(subjects)


def taken_over() -> tuple[str, ...]:
    """Once."""
    found: tuple[str, ...] = st.session_state.pop(_KEY, ())
    return found
