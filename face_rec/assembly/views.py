"""Views of Explore: where they rest, whose they are, and what the audit log says of them."""

from face_rec.access.accounts.account import Account
from face_rec.access.audit.audit import Action
from face_rec.access.control.access_control import Access
from face_rec.attendance.explore.view import View
from face_rec.attendance.explore.views import ViewRecords, Views
from face_rec.clock import Clock


def open_views(records: ViewRecords, access: Access, clock: Clock) -> Views:
    """An account that was switched off takes its views with it; accounts are never removed."""

    def ended(owner: str) -> bool:
        account: Account | None = access.accounts.get(owner)
        return account is not None and not account.active

    def note(view: View, saved: bool) -> None:
        about = {
            "owner": view.owner,
            "shows": view.question.title if view.question else view.measure,
            "shared": view.shared,
            "groups": ", ".join(sorted(name or "(none)" for name in view.of_groups)),
        }
        if saved:
            access.audit.record(Action.VIEW_SAVED, view.title, after=about)
        else:
            access.audit.record(Action.VIEW_REMOVED, view.title, before=about)

    return Views(records, clock, ended=ended, note=note)
