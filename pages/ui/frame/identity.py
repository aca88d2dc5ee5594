"""Who is using the page, and what they may do.

Every page asks with ``require(...)`` in its first line: a page file can be reached by its URL
without the navigation having run, so hiding a menu entry protects nothing. The answer is looked
up anew at each run, so that a changed role or a revoked kiosk is felt at once.
"""

from collections.abc import Callable
from typing import Final

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from face_rec.access.audit import actor
from face_rec.access.audit.actor import Actor
from face_rec.access.control.permit import Permit
from face_rec.access.principal import THIS_COMPUTER, Principal, PrincipalKind
from face_rec.access.rights import Right
from face_rec.facades.frame import FrameFacade
from face_rec.languages.language import msgid
from pages.ui.shared.words import in_words, reads

Identity = Principal
"""The person (or device) at the browser. ``name`` goes into logs and corrections."""

REFUSAL: Final = msgid(
    "You are not allowed to open this page. Ask an administrator for the right to do so."
)
NOBODY: Final = Identity(PrincipalKind.USER, "nobody", "nobody", frozenset())


def current() -> Identity:
    """The identity behind this session.

    The gate lets a WebSocket through only with a good cookie; which one, Streamlit still knows.
    Who is not, or no longer, the one that the session was opened for is nobody in it; the gate
    closes it and the browser opens another. While accounts are switched off only this computer
    can connect, and may do everything.
    """
    who = standing()()
    reads(who)
    return who


def standing() -> Callable[[], Identity]:
    """Looks up who this session is when it is called, which may be outside of any script: a
    download is made when it is asked for."""
    access, context = FrameFacade.current().access, get_script_run_ctx(suppress_warning=True)
    tab, cookies = context.session_id if context else "", dict(st.context.cookies)

    def look() -> Identity:
        return (access.in_tab(tab, cookies) if access.enabled else THIS_COMPUTER) or NOBODY

    return look


def require(right: Right | str) -> Identity:
    """The identity, if it has ``right``; else the page says so and ends here."""
    identity = current()
    if not identity.may(Right(right)):
        st.warning(in_words(REFUSAL), icon=":material/lock:")
        st.stop()
    return identity


def permit(right: Right) -> Permit:
    """For work that goes on when the page is left: it ends when its starter loses ``right``."""
    begun, access = require(right), FrameFacade.current().access

    def now() -> Identity | None:
        user = begun.kind is PrincipalKind.USER
        return access.authenticator.account(begun.id) if user else begun

    return Permit(begun, right, acting_here(), now)


def acting_here() -> Actor:
    """Whose doing this script's work is."""
    identity = current()
    address = st.context.ip_address or "127.0.0.1"
    return Actor(identity.name, identity.kind.value, address, identity.proved_at)


def _actor() -> Actor | None:
    """The same for the audit log; None outside of scripts."""
    return acting_here() if get_script_run_ctx(suppress_warning=True) else None


actor.ask(_actor)

__all__ = [
    "REFUSAL",
    "Identity",
    "Right",
    "acting_here",
    "current",
    "permit",
    "require",
    "standing",
]
