"""Notices in words for people, and Apprise, which takes them to mail, chat and phones."""

import logging
from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import anyio
import apprise
from anyio.lowlevel import RunVar

from face_rec.domain.errors import NoticeRefused
from face_rec.domain.people import Person
from face_rec.notices.notice import Notice

_SECONDS: Final = 30.0
_MOST_LINES: Final = 200
"""Of a digest; the rest is counted."""
_NOT_HERE: Final = frozenset(
    {
        "json", "jsons", "xml", "xmls", "form", "forms",  # go anywhere: a webhook is guarded
        "apprise", "apprises", "rsyslog",
        "syslog", "dbus", "qt", "kde", "glib", "gnome", "macosx", "windows", "growl",
    }
)  # fmt: skip
"""What would speak to this machine, or to any address at all."""
_FILES: Final = frozenset({"keyfile", "subfile", "pgp", "pgpkey"})
_ROOM: Final = RunVar[anyio.CapacityLimiter]("room")
_AT_ONCE: Final = 40
"""Messages; those of a service that hangs keep their threads, and none of the webhooks'."""

# Its log has topics, recipients and, in detail, whole addresses: nothing of it is kept.
logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)


def service_of(address: str) -> str:
    """The service that an Apprise address is of, as people know it; raises NoticeRefused."""
    scheme = address.strip().partition(":")[0].lower()
    found = None if scheme in _NOT_HERE else apprise.Apprise.instantiate(address.strip())
    if not isinstance(found, apprise.NotifyBase):
        raise NoticeRefused(
            "This is no address of a service that can be used here. Examples: "
            "mailtos://user:password@mail.example.org?to=office@example.org, "
            "ntfys://ntfy.sh/topic, msteams://…, slack://…, tgram://…"
        )
    if _reads(found, address):
        raise NoticeRefused(
            "Leave files out of the address (template, key file, PGP key): none of this machine "
            "is read for a message."
        )
    return str(found.service_name)


def _reads(service: apprise.NotifyBase, address: str) -> bool:
    """Whether it would read a file, or an address, for what it sends."""
    held = (one for one in vars(service).values() if isinstance(one, apprise.AppriseAttachment))
    asked = {name.lower() for name, _ in parse_qsl(urlsplit(address).query)}
    return any(map(len, held)) or bool(asked & _FILES)


def line(notice: Notice, person: Person | None, kiosk: str, zone: tzinfo) -> str:
    """One notice in one line: "07:58 Ada Byron: Came late (Late by 12 min), Front door"."""
    who = person.name if person else ""
    said = f"{who}: {notice.kind.words}" if who else notice.kind.words
    details = f" ({notice.details})" if notice.details else ""
    where = f", {kiosk}" if kiosk else ""
    return f"{notice.at.astimezone(zone):%H:%M} {said}{details}{where}"


def heading(title: str, notices: Sequence[Notice]) -> str:
    """What stands above them: the site, and what it is about where that is one thing."""
    kinds = {notice.kind for notice in notices}
    words = next(iter(kinds)).words if len(kinds) == 1 else "Notices"
    count = f" ({len(notices)})" if len(notices) > 1 else ""
    return f"{title}: {words}{count}"


def body(lines: Sequence[str], day: datetime) -> str:
    """The whole text."""
    left = len(lines) - _MOST_LINES
    more = [f"and {left} more: see Records"] if left > 0 else []
    return "\n".join([f"{day:%Y-%m-%d}", *lines[:_MOST_LINES], *more])


class Messages:
    """Sends by Apprise; its plugins block, so each message has a thread for itself."""

    async def send(self, address: str, title: str, text: str) -> None:
        """Raises OSError where the service did not take it: Apprise says no more than that."""
        with anyio.fail_after(_SECONDS):
            taken = await anyio.to_thread.run_sync(
                _notify, address, title, text, abandon_on_cancel=True, limiter=_room()
            )
        if not taken:
            raise OSError("the service did not take it: look at its address and its own log")


def _room() -> anyio.CapacityLimiter:
    """Of this event loop."""
    room = _ROOM.get(None)
    if room is None:
        _ROOM.set(room := anyio.CapacityLimiter(_AT_ONCE))
    return room


def _notify(address: str, title: str, text: str) -> bool:
    asset = apprise.AppriseAsset(
        app_id="Face Attendance", storage_mode="memory", secure_logging=True, async_mode=False
    )
    sender = apprise.Apprise(asset=asset)
    return bool(sender.add(address)) and bool(
        sender.notify(body=text, title=title, body_format=apprise.NotifyFormat.TEXT)
    )
