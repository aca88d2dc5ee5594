"""What pages say, in the language of whoever reads them: the one that their account chose, else
their browser's, else the site's, else English.

Which one that is is settled at each run of a page or of a part of it; saying something is then a
look into a table. Texts are found in the sources by ``make messages``, so they are given whole::

    said("There is no account {name}.", name=name)
    said_many("{count} person", "{count} people", number)
"""

import re
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from typing import Final

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from face_rec.access.principal import Principal, PrincipalKind
from face_rec.facades.frame import FrameFacade
from face_rec.languages.formats import Formats
from face_rec.languages.language import accepted
from face_rec.languages.translator import ENGLISH, Translator
from pages.ui.shared.text import WORD_JOINER

_KEY: Final = "_words"
_LIST_NUMBER: Final = re.compile(r"^(\d+)(?=[.)] )")
_DECIMAL: Final = "_decimal_hours"


def reads(who: Principal) -> None:
    """From now on this tab speaks the language of ``who``; asked at every run, so that a choice
    holds at once in all tabs. A screen at a door has no browser that somebody has set."""
    browser = "" if who.kind is PrincipalKind.DEVICE else accepted(st.context.locale or "")
    st.session_state[_KEY] = FrameFacade.current().words(who.language or browser or None)
    st.session_state[_DECIMAL] = who.decimal_hours


def words() -> Translator:
    """Of this tab; English outside of pages."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return ENGLISH
    found: Translator = st.session_state.get(_KEY, ENGLISH)
    return found


def formats() -> Formats:
    """How its language writes dates, times and numbers."""
    return words().formats


def said(text: str, /, **values: object) -> str:
    """``text`` with its ``{name}`` replaced. Values are shown as they are: numbers and dates by
    :func:`formats`, what people typed by ``plain`` or ``html``, as the place needs."""
    return words().gettext(text, **values)


def said_many(one: str, many: str, number: int, /, **values: object) -> str:
    """The text that goes with ``number``; its ``{count}`` is the number."""
    return words().ngettext(one, many, number, **values)


def in_words(text: str) -> str:
    """A text that was made elsewhere: marked with ``msgid``, or a ``Sentence``, as an error's
    ``said``."""
    return words().said(text)


def day(of: date) -> str:
    """``2 Mar 2026``, also at the beginning of a line: in German Markdown would begin a list
    with ``2. März 2026``."""
    return _LIST_NUMBER.sub(rf"\1{WORD_JOINER}", formats().day(of))


def in_hours(seconds: float) -> str:
    """A duration, as its reader chose: ``7:30`` or ``7.50``."""
    decimal = get_script_run_ctx(suppress_warning=True) is not None and bool(
        st.session_state.get(_DECIMAL)
    )
    return formats().hours(seconds, decimal=decimal)


def busy(text: str) -> AbstractContextManager[None]:
    """A turning wheel beside ``text``; nothing where no page is drawn, as while somebody takes a
    file that is made for them then."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return nullcontext()
    return st.spinner(text)
