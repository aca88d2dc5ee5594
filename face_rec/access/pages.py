"""The pages there are: the one list of them, which menu, gate and links read."""

from collections.abc import Mapping
from enum import Enum
from typing import Final

from face_rec.access.rights import Right
from face_rec.languages.language import msgid
from face_rec.languages.sentence import pgettext

_ATTENDANCE: Final = msgid("Attendance")
_PEOPLE: Final = msgid("People")
_ADMINISTRATION: Final = msgid("Administration")
_ACCESS: Final = msgid("Access")


class Page(Enum):
    """In the order of the menu: its group there, its title, its icon, and the right that opens it.
    Group and title are said in the reader's language.

    The member's name in small letters is the page's place in the address and its file in
    ``pages``; a page is added by its file and a line here.
    """

    OVERVIEW = (_ATTENDANCE, msgid("Overview"), ":material/dashboard:", Right.OVERVIEW)
    TAKE_ATTENDANCE = (_ATTENDANCE, msgid("Take attendance"), ":material/videocam:", Right.KIOSK)
    WALL = (_ATTENDANCE, msgid("Live wall"), ":material/grid_view:", Right.CAMERAS_SEE)
    RECORDS = (_ATTENDANCE, msgid("Records"), ":material/table_rows:", Right.RECORDS)
    REPORTS = (_ATTENDANCE, msgid("Reports"), ":material/bar_chart:", Right.RECORDS)
    EXPLORE = (_ATTENDANCE, msgid("Explore"), ":material/query_stats:", Right.RECORDS)
    PEOPLE = (_PEOPLE, msgid("People"), ":material/groups:", Right.PEOPLE_READ)
    REGISTER = (_PEOPLE, msgid("Register"), ":material/person_add:", Right.PEOPLE_WRITE)
    INVITATIONS = (_PEOPLE, msgid("Invitations"), ":material/how_to_reg:", Right.PEOPLE_WRITE)
    UNKNOWN = (
        _PEOPLE,
        pgettext("people", "Unknown"),
        ":material/person_search:",
        Right.PEOPLE_WRITE,
    )
    VISITORS = (_PEOPLE, msgid("Visitors"), ":material/badge:", Right.VISITORS_SEE)
    SETTINGS = (_ADMINISTRATION, msgid("Settings"), ":material/tune:", Right.HR)
    MODELS = (_ADMINISTRATION, msgid("Models"), ":material/neurology:", Right.MODELS)
    NOTICES = (_ADMINISTRATION, msgid("Notifications"), ":material/notifications:", Right.NOTICES)
    PRIVACY = (_ADMINISTRATION, msgid("Privacy"), ":material/shield_person:", Right.SYSTEM)
    SYSTEM = (_ADMINISTRATION, msgid("System"), ":material/monitor_heart:", Right.SYSTEM)
    ACCOUNTS = (_ACCESS, msgid("Accounts"), ":material/manage_accounts:", Right.ACCOUNTS)
    KIOSKS = (_ACCESS, msgid("Kiosks"), ":material/tablet:", Right.KIOSKS)
    CAMERAS = (_ACCESS, msgid("Cameras"), ":material/linked_camera:", Right.CAMERAS)
    TOKENS = (_ACCESS, msgid("API tokens"), ":material/key:", Right.TOKENS)
    AUDIT = (_ACCESS, msgid("Audit log"), ":material/history:", Right.AUDIT)
    MY_ATTENDANCE = ("Own", msgid("My attendance"), ":material/person:", Right.OWN)

    def __init__(self, group: str, title: str, icon: str, right: Right) -> None:
        self.group = group
        self.title = title
        self.icon = icon
        self.right = right

    @property
    def path(self) -> str:
        """Its place in the address."""
        return self.name.lower()

    @property
    def file(self) -> str:
        """Its script, in the folder ``pages``."""
        return f"{self.path}.py"


HELP: Final[Mapping[Page, str]] = {
    Page.OVERVIEW: "teachers#who-is-here-today",
    Page.TAKE_ATTENDANCE: "everyday#at-the-kiosk",
    Page.WALL: "it#cameras",
    Page.RECORDS: "teachers#marks-and-days",
    Page.REPORTS: "teachers#reports",
    Page.EXPLORE: "teachers#explore",
    Page.PEOPLE: "hr#people",
    Page.REGISTER: "hr#register-somebody",
    Page.INVITATIONS: "hr#invite-people-to-register",
    Page.UNKNOWN: "privacy#unknown-people",
    Page.VISITORS: "hr#visitors",
    Page.SETTINGS: "hr#rules-shifts-holidays-leave",
    Page.MODELS: "it#the-model",
    Page.NOTICES: "it#notifications",
    Page.PRIVACY: "privacy#what-people-may-ask-for",
    Page.SYSTEM: "it#is-it-well",
    Page.ACCOUNTS: "it#accounts",
    Page.KIOSKS: "it#kiosks",
    Page.CAMERAS: "it#cameras",
    Page.TOKENS: "api#a-token",
    Page.AUDIT: "it#audit-log",
    Page.MY_ATTENDANCE: "everyday#your-own-times",
}
"""Where in the guide each page leads for help: chapter and heading in ``docs/guide``."""
