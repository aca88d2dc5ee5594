"""Who is using the page, and what they may do.

Every page asks with ``require(...)`` in its first line: a page file can be reached by its URL
without the navigation having run, so hiding a menu entry protects nothing.
"""

from dataclasses import dataclass
from enum import StrEnum

import streamlit as st


class Right(StrEnum):
    """One thing that somebody may or may not do."""

    OVERVIEW = "overview.read"
    KIOSK = "kiosk.use"
    RECORDS = "records.read"
    PEOPLE_READ = "people.read"
    PEOPLE_WRITE = "people.write"
    MODELS = "models.manage"
    SYSTEM = "system.read"


@dataclass(frozen=True, slots=True)
class Identity:
    """The person (or device) at the browser. ``name`` goes into logs and corrections."""

    name: str
    rights: frozenset[Right]

    def may(self, right: Right) -> bool:
        return right in self.rights


THIS_COMPUTER = Identity(name="this computer", rights=frozenset(Right))


def current() -> Identity:
    """The identity behind this session.

    Only this computer can connect while the app is bound to 127.0.0.1, and whoever sits at it
    may do everything.
    """
    return THIS_COMPUTER


def require(right: Right | str) -> Identity:
    """The identity, if it has ``right``; else the page says so and ends here."""
    identity = current()
    if not identity.may(Right(right)):
        st.warning(
            "You are not allowed to open this page. Ask an administrator for the right to do so.",
            icon=":material/lock:",
        )
        st.stop()
    return identity
