"""Apprise, which takes messages to mail, chat and phones: which of its addresses may be used."""

import logging
from collections.abc import Mapping
from functools import partial
from mimetypes import guess_type
from types import MappingProxyType
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlsplit

import anyio
from anyio.lowlevel import RunVar

from face_rec.domain.errors import NoticeRefused
from face_rec.languages.language import msgid
from face_rec.notices.attached import Attached

if TYPE_CHECKING:
    import apprise
    from apprise.attachment.memory import AttachMemory
    from apprise.plugins.email.base import NotifyEmail

_SECONDS: Final = 30.0
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
    import apprise

    scheme = address.strip().partition(":")[0].lower()
    found = None if scheme in _NOT_HERE else apprise.Apprise.instantiate(address.strip())
    if not isinstance(found, apprise.NotifyBase):
        raise NoticeRefused(
            msgid(
                "This is no address of a service that can be used here. Examples: "
                "mailtos://user:password@mail.example.org?to=office@example.org, "
                "ntfys://ntfy.sh/topic, msteams://…, slack://…, tgram://…"
            )
        )
    if _reads(found, address):
        raise NoticeRefused(
            msgid(
                "Leave files out of the address (template, key file, PGP key): "
                "none of this machine is read for a message."
            )
        )
    return str(found.service_name)


def _reads(service: "apprise.NotifyBase", address: str) -> bool:
    """Whether it would read a file, or an address, for what it sends."""
    import apprise

    held = (one for one in vars(service).values() if isinstance(one, apprise.AppriseAttachment))
    asked = {name.lower() for name, _ in parse_qsl(urlsplit(address).query)}
    return any(map(len, held)) or bool(asked & _FILES)


class Messages:
    """Sends by Apprise; its plugins block, so each message has a thread for itself."""

    async def send(
        self, address: str, title: str, text: str, to: str = "",
        headers: Mapping[str, str] = MappingProxyType({}), *, attached: Attached | None = None,
    ) -> None:  # fmt: skip
        """``to``: instead of those whom the address names, for mail alone, as ``headers`` and
        what is ``attached``. Raises
        OSError where the service did not take it: Apprise says no more than that."""
        with anyio.fail_after(_SECONDS):
            taken = await anyio.to_thread.run_sync(
                partial(_notify, attached=attached), address, title, text, to, headers,
                abandon_on_cancel=True, limiter=_room(),
            )  # fmt: skip
        if not taken:
            raise OSError("the service did not take it: look at its address and its own log")


def _room() -> anyio.CapacityLimiter:
    """Of this event loop."""
    room = _ROOM.get(None)
    if room is None:
        _ROOM.set(room := anyio.CapacityLimiter(_AT_ONCE))
    return room


def is_mail(address: str) -> bool:
    """Whether it is one of a mail server, by which others can be written to."""
    import apprise
    from apprise.plugins.email.base import NotifyEmail

    found = apprise.Apprise.instantiate(address.strip())
    return isinstance(found, NotifyEmail)


def _notify(
    address: str, title: str, text: str, to: str = "",
    headers: Mapping[str, str] = MappingProxyType({}), *, attached: Attached | None = None,
) -> bool:  # fmt: skip
    import apprise
    from apprise.plugins.email.base import NotifyEmail

    asset = apprise.AppriseAsset(
        app_id="Face Attendance", storage_mode="memory", secure_logging=True, async_mode=False
    )
    sender = apprise.Apprise.instantiate(address, asset=asset)
    if to:
        if not isinstance(sender, NotifyEmail):
            return False
        _redirect(sender, to, headers)
    service = apprise.Apprise(asset=asset)
    plain = apprise.NotifyFormat.TEXT
    return (
        isinstance(sender, apprise.NotifyBase)
        and service.add(sender)
        and bool(service.notify(body=text, title=title, body_format=plain, attach=_held(attached)))
    )


def _held(attached: Attached | None) -> "AttachMemory | None":
    """Never by way of a file of this machine."""
    from apprise.attachment.memory import AttachMemory

    if attached is None:
        return None
    kind = guess_type(attached.name)[0] or "application/octet-stream"
    return AttachMemory(  # type: ignore[no-untyped-call]
        content=attached.data, name=attached.name, mimetype=kind
    )


def _redirect(sender: "NotifyEmail", to: str, headers: Mapping[str, str]) -> None:
    """To one address, and to none of those whom the channel writes to."""
    sender.targets = [(False, to)]
    sender.cc, sender.bcc = set(), set()
    sender.headers |= headers
