"""The frame around every page: its header, and what is shown when something fails."""

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from face_rec.access.pages import HELP, Page
from face_rec.access.principal import PrincipalKind
from face_rec.access.rights import READS_GUIDE
from face_rec.domain.errors import ArchiveAway, FaceRecError, ProofNeeded, StoreUnavailable
from face_rec.facades.frame import FrameFacade
from face_rec.languages.translator import Translator
from pages.ui.frame.identity import current
from pages.ui.frame.outcome import show_flashes
from pages.ui.frame.parts import ANYBODY, repeating, waiting
from pages.ui.frame.step_up import prove_again
from pages.ui.shared.text import html, plain
from pages.ui.shared.words import in_words, said
from pages.ui.shared.words import words as own_words

log = logging.getLogger(__name__)

_RETRY_SECONDS = 3


@contextmanager
def page(entry: Page, lead: str = "", words: Translator | None = None) -> Iterator[DeltaGenerator]:
    """Draw the header, then the body of the ``with`` statement, whatever happens to it.

    ``words``: what it says, where that is not what this tab speaks (a kiosk's own language).
    Yields the place at the right of the header, for the page's main buttons. A store that
    does not answer becomes a banner that goes away by itself; any other error becomes a
    sentence, never a traceback.
    """
    words = words or own_words()
    actions = _header(entry, lead, words)
    language = words.language  # the start page's script hands it on to the document
    st.html(
        f'<span data-language="{language.code}" data-direction="{language.direction}" hidden>'
        "</span>"
    )
    show_flashes()
    try:
        yield actions
    except ArchiveAway as error:
        log.warning("page_without_archive page=%s error=%s", entry.file, error)
        show_error(error, entry.file)
    except StoreUnavailable as error:
        log.warning("page_without_store page=%s error=%s", entry.file, error)
        _wait_for_store(words)
    except Exception as error:
        show_error(error, entry.file)


@contextmanager
def guarded(where: str, banner: bool = False) -> Iterator[None]:
    """The same for a fragment that runs again by itself: it says what is wrong and goes on.

    One fragment of a page has the ``banner``; the others only say that they wait.
    """
    try:
        yield
    except ArchiveAway as error:
        show_error(error, where)
    except StoreUnavailable:
        if banner:
            store_banner(own_words())
        else:
            waiting()
    except Exception as error:
        show_error(error, where)


def store_banner(words: Translator) -> None:
    """What every page says while Redis is away."""
    st.error(
        words.gettext(
            "**The database does not answer.** Marks are kept on this computer meanwhile and will "
            "be delivered. This page goes on by itself as soon as the database is back; if it "
            "stays away, check that Redis is running and can be reached from here."
        ),
        icon=":material/cloud_off:",
    )


def show_error(error: Exception, where: str) -> None:
    """One sentence for the user; an unexpected error also gets a number to find it by."""
    if isinstance(error, ProofNeeded):
        prove_again()
        return
    if isinstance(error, FaceRecError):
        st.error(plain(in_words(error.said)), icon=":material/error:")
        return
    number = secrets.token_hex(3).upper()
    log.error("page_failed page=%s number=%s", where, number, exc_info=error)
    st.error(
        said(
            "Something went wrong on this page. Reload it to try again; if it happens again, look "
            "for number {number} in the application's log.",
            number=number,
        ),
        icon=":material/error:",
    )


def _header(entry: Page, lead: str, words: Translator) -> DeltaGenerator:
    bar = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    head = bar.container(gap=None, width="stretch", key="page_header")
    head.title(words.gettext(entry.title), anchor=False)
    if lead:
        head.caption(lead)
    english = words.language.code.startswith("en")  # as the guide is
    office = current().kind in {PrincipalKind.LOCAL, PrincipalKind.USER}
    if entry in HELP and (english or office) and current().rights & READS_GUIDE:
        bar.html(_help(entry), width="content")
    return bar.container(horizontal=True, width="content", gap="small")


def _help(entry: Page) -> str:
    """The way to the chapter about this page; in a window of its own, so that the page stays."""
    name = html(said("Help: {page}, in a new window", page=said(entry.title)))
    return (
        f'<a class="fr-help" href="/guide/{HELP[entry]}" target="_blank" rel="noopener" '
        'hreflang="en" '
        f'aria-label="{name}" title="{name}" data-testid="help">?</a>'
    )


@repeating(_RETRY_SECONDS, *ANYBODY)
def _wait_for_store(words: Translator) -> None:
    """The banner; looks again every few seconds and draws the page when Redis answers."""
    try:
        FrameFacade.current().ask_database()
    except StoreUnavailable:
        store_banner(words)
    else:
        st.rerun(scope="app")
