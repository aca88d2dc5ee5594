"""Views of Explore: where they rest, whose they are, and what the audit log says of them."""

from typing import Final

from face_rec.access.accounts.account import Account
from face_rec.access.audit.audit import Action
from face_rec.access.control.access_control import Access
from face_rec.access.pages import Page
from face_rec.access.rights import rights_of
from face_rec.attendance.explore.titles import names
from face_rec.attendance.explore.view import View
from face_rec.attendance.explore.views import ViewRecords, Views
from face_rec.clock import Clock
from face_rec.languages.language import msgid
from face_rec.privacy.ports import Keeper
from face_rec.protocols.people_store import PeopleReader

_RIGHTS: Final = {"": Page.EXPLORE.right} | {page.path: page.right for page in Page}
"""What opens the page of a view."""


def open_views(records: ViewRecords, access: Access, clock: Clock) -> Views:
    """An account that was switched off takes its views with it; accounts are never removed. What
    an account shares on a page that it may not open any more is its own alone. The audit log has
    a view's id: in a title may be a name, which nobody could erase there."""

    def ended(owner: str) -> bool:
        account: Account | None = access.accounts.get(owner)
        return account is not None and not account.active

    def may(view: View) -> bool:
        account: Account | None = access.accounts.get(view.owner)
        right = _RIGHTS.get(view.page)
        return account is None or right is None or right in rights_of(account.role)

    def note(view: View, saved: bool) -> None:
        about = {
            "owner": view.owner,
            "shows": view.question.title if view.question else view.page or view.measure,
            "shared": view.shared,
            "groups": ", ".join(sorted(name or "(none)" for name in view.of_groups)),
        }
        if saved:
            access.audit.record(Action.VIEW_SAVED, view.id, after=about)
        else:
            access.audit.record(Action.VIEW_REMOVED, view.id, before=about)

    return Views(records, clock, ended=ended, note=note, may=may)


def views_keeper(records: ViewRecords, people: PeopleReader) -> Keeper:
    """For erasures: views whose title has the person's name or ID in it."""

    def forget(subject: str) -> int:
        person = people.get(subject)
        if person is None:
            return 0
        named = [view for view in records.all() if names(view.title, person)]
        return sum(records.remove(view.id) for view in named)

    return Keeper(msgid("view that names them"), lambda _: [], forget)
