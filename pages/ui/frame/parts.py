"""Parts of a page that run on their own: fragments, dialogs, and what a widget calls.

Streamlit runs each of them again without the page around it, so the page's ``require`` says
nothing about such a run: what was open would stay usable for somebody who lost the right. So a
part names its right here and is asked for it at every run. The architecture test refuses
``st.fragment``, ``st.dialog`` and a widget's callback anywhere else.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Final, Literal, ParamSpec

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from face_rec.domain.errors import StoreUnavailable
from face_rec.languages.language import msgid
from pages.ui.frame.identity import REFUSAL, Right, current
from pages.ui.shared.words import in_words

P = ParamSpec("P")

ANYBODY: Final = tuple(Right)
"""For a part that tells nothing of people: whoever may open any page."""
_opening: ContextVar[bool] = ContextVar("opening", default=False)
_WAITING: Final = msgid("Waiting for the database …")


def waiting() -> None:
    """Instead of a part, while the database is away."""
    st.caption(f":material/hourglass_empty: {in_words(_WAITING)}")


def fragment(*rights: Right) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Decorator: a part that is drawn anew when its own widgets change; for whoever has one of
    ``rights``."""

    def decorate(draw: Callable[P, None]) -> Callable[P, None]:
        return st.fragment(_asking(draw, rights))

    return decorate


def repeating(seconds: float, *rights: Right) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Decorator: a part that runs again every ``seconds``, in a container of its own.

    When a fragment's own run begins while the page just drew it, Streamlit (seen in 1.67) drops
    the page's copy before the browser got it and then removes the fragment as left over;
    everything after it moves up by one place, and the fragment comes back on top of its
    neighbour, or in no place at all, which leaves the whole window blank. In a container of its
    own it has no neighbours.
    """

    def decorate(draw: Callable[P, None]) -> Callable[P, None]:
        part = st.fragment(_asking(draw, rights), run_every=seconds)

        @wraps(draw)
        def place(*args: P.args, **kwargs: P.kwargs) -> None:
            with st.container():
                part(*args, **kwargs)

        return place

    return decorate


def dialog(
    title: str,
    *rights: Right,
    icon: str | None = None,
    width: Literal["small", "medium", "large"] = "small",
) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Decorator: a dialog, asked for one of ``rights`` when it opens and at every press of a
    button in it. ``title`` is said in the reader's language."""

    def decorate(draw: Callable[P, None]) -> Callable[P, None]:
        asking = _asking(draw, rights)

        @wraps(draw)
        def open_it(*args: P.args, **kwargs: P.kwargs) -> None:
            token = _opening.set(True)
            try:
                st.dialog(in_words(title), icon=icon, width=width)(asking)(*args, **kwargs)
            finally:
                _opening.reset(token)

        return open_it

    return decorate


def callback(right: Right, work: Callable[P, None]) -> Callable[P, None]:
    """``work`` for a widget's ``on_click`` or ``on_change``, which Streamlit calls before the
    page has asked for anything; without the right nothing happens, and the page says why."""

    @wraps(work)
    def called(*args: P.args, **kwargs: P.kwargs) -> None:
        with _uninterrupted():
            if _allowed((right,)):
                work(*args, **kwargs)

    return called


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """What is done inside is done to its end.

    Whatever else the browser sends meanwhile (a camera's state, a field that was left) makes
    Streamlit end the run at its next look at the session's state, also in the middle of a
    callback, and the press that it was called for does not come again (seen in 1.67: one press
    in ten beside a starting camera was lost so). The request waits until the callback is done.
    """
    context = get_script_run_ctx()
    if context is None:
        yield
        return
    state, name = context.session_state, "_yield_callback"  # there is no public "not now"
    looks = object.__getattribute__(state, name)
    object.__setattr__(state, name, _go_on)  # its own setattr would write into the session
    try:
        yield
    finally:
        object.__setattr__(state, name, looks)


def _go_on() -> None:
    """Nothing asks the run to end."""


def _asking(draw: Callable[P, None], rights: tuple[Right, ...]) -> Callable[P, None]:
    if not rights:
        raise TypeError(f"{draw.__qualname__} names no right: say who may run it.")

    @wraps(draw)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            allowed = _allowed(rights)
        except StoreUnavailable:
            waiting()
            return
        if allowed:
            draw(*args, **kwargs)
        else:
            _refuse()

    return run


def by_itself() -> bool:
    """Whether a part runs now without its page."""
    context = get_script_run_ctx()
    return context is not None and bool(context.fragment_ids_this_run)


def redrawn() -> bool:
    """Whether what is drawn now was on the screen before, in a part of its own: not in a page's
    run, nor in a dialog that is just being opened, be it by a part that runs by itself."""
    return by_itself() and not _opening.get()


def _allowed(rights: tuple[Right, ...]) -> bool:
    """Whether whoever is at the browser now has one of ``rights``."""
    return not current().rights.isdisjoint(rights)


def _refuse() -> None:
    """A part that runs by itself gives way to its page, whose first line says what is wrong.
    Where the sign-in has ended the page stays as it is, with what was typed in it, behind the
    curtain of ``session_watch.js``."""
    if by_itself():
        if not current().rights:
            return
        st.rerun(scope="app")
    st.warning(in_words(REFUSAL), icon=":material/lock:")
