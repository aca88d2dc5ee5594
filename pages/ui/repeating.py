"""Parts of a page that draw themselves again and again.

Use this instead of ``st.fragment(run_every=…)``. When a fragment's own run begins while the page
just drew it, Streamlit (seen in 1.67) drops the page's copy before the browser got it and then
removes the fragment as left over; everything after it moves up by one place, and the fragment
comes back on top of its neighbour, or in no place at all, which leaves the whole window blank.
In a container of its own it has no neighbours.
"""

from collections.abc import Callable
from typing import ParamSpec

import streamlit as st

P = ParamSpec("P")


def repeating(seconds: float) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Decorator: a fragment that runs again every ``seconds``, in a container of its own."""

    def decorate(draw: Callable[P, None]) -> Callable[P, None]:
        fragment = st.fragment(draw, run_every=seconds)

        def place(*args: P.args, **kwargs: P.kwargs) -> None:
            with st.container():
                fragment(*args, **kwargs)

        return place

    return decorate
