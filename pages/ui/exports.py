"""Files that leave the app, noted in the audit log."""

from collections.abc import Callable

from face_rec.access.audit import Action
from pages.ui.context import system
from pages.ui.identity import acting_here


def noted(name: str, make: Callable[[], bytes]) -> Callable[[], bytes]:
    """``make`` for a download button; who takes the file is known now, for Streamlit makes it
    later, outside of the page."""
    who, audit = acting_here(), system().access.audit

    def made() -> bytes:
        data = make()
        audit.record(Action.EXPORTED, name, after={"bytes": len(data)}, actor=who)
        return data

    return made
