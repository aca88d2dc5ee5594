"""Files that leave the app: for whoever still may take them, and noted in the audit log."""

from collections.abc import Callable

from face_rec.access.audit.actor import acting, requester
from face_rec.access.audit.audit import Action
from face_rec.access.rights import Act
from face_rec.domain.errors import NotAllowed
from face_rec.facades.frame import FrameFacade
from pages.ui.frame import patient_downloads
from pages.ui.frame.identity import Right, acting_here, standing

patient_downloads.install()  # every page that offers a file comes by here


def noted(
    right: Right, name: str, make: Callable[[], bytes], act: Act | None = None, about: str = ""
) -> Callable[[], bytes]:
    """``make`` for a download button, for who has ``right`` when the file is taken; for an
    ``act`` their proof must still be fresh then. ``about``: the subject that it tells of.

    Streamlit makes the file later, outside of the page, so who it is for is kept from now.
    Raises NotAllowed and ProofNeeded then.
    """
    who, look, access = acting_here(), standing(), FrameFacade.current().access
    audit = access.audit

    def made() -> bytes:
        now = look()
        if not now.may(right) or requester() not in (None, now):
            raise NotAllowed("You may not take this file any more. Reload the page.")
        if act is not None:
            with acting(who):
                access.step_up.demand(act)
        data = make()
        audit.record(Action.EXPORTED, name, after={"bytes": len(data)}, actor=who, about=about)
        return data

    return made
