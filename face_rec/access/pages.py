"""The pages there are: the one list of them, which menu, gate and links read."""

from collections.abc import Mapping
from enum import Enum
from typing import Final

from face_rec.access.rights import Right
from face_rec.languages.language import msgid


class Page(Enum):
    """In the order of the menu: its group there, its title, its icon, and the right that opens it.

    The member's name in small letters is the page's place in the address and its file in
    ``pages``; a page is added by its file and a line here.
    """

    OVERVIEW = ("Attendance", "Overview", ":material/dashboard:", Right.OVERVIEW)
    TAKE_ATTENDANCE = ("Attendance", msgid("Take attendance"), ":material/videocam:", Right.KIOSK)
    WALL = ("Attendance", "Live wall", ":material/grid_view:", Right.CAMERAS_SEE)
    RECORDS = ("Attendance", "Records", ":material/table_rows:", Right.RECORDS)
    REPORTS = ("Attendance", "Reports", ":material/bar_chart:", Right.RECORDS)
    EXPLORE = ("Attendance", "Explore", ":material/query_stats:", Right.RECORDS)
    PEOPLE = ("People", "People", ":material/groups:", Right.PEOPLE_READ)
    REGISTER = ("People", "Register", ":material/person_add:", Right.PEOPLE_WRITE)
    INVITATIONS = ("People", "Invitations", ":material/how_to_reg:", Right.PEOPLE_WRITE)
    UNKNOWN = ("People", "Unknown", ":material/person_search:", Right.PEOPLE_WRITE)
    SETTINGS = ("Administration", "Settings", ":material/tune:", Right.HR)
    MODELS = ("Administration", "Models", ":material/neurology:", Right.MODELS)
    NOTICES = ("Administration", "Notifications", ":material/notifications:", Right.NOTICES)
    PRIVACY = ("Administration", "Privacy", ":material/shield_person:", Right.SYSTEM)
    SYSTEM = ("Administration", "System", ":material/monitor_heart:", Right.SYSTEM)
    ACCOUNTS = ("Access", "Accounts", ":material/manage_accounts:", Right.ACCOUNTS)
    KIOSKS = ("Access", "Kiosks", ":material/tablet:", Right.KIOSKS)
    CAMERAS = ("Access", "Cameras", ":material/linked_camera:", Right.CAMERAS)
    TOKENS = ("Access", "API tokens", ":material/key:", Right.TOKENS)
    AUDIT = ("Access", "Audit log", ":material/history:", Right.AUDIT)
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
