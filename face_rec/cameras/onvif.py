"""Asks an ONVIF camera that was found where its streams are, with the login that an admin gave.

What answers may be anybody: it is asked at its own address only, no redirection is followed,
answers are bounded in bytes and time, and of an address that it names nothing but path and port is
taken.
"""

import asyncio
import base64
import hashlib
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit, urlunsplit
from xml.etree import ElementTree  # nosec B405 - see face_rec.cameras.discovery.parsed
from xml.sax.saxutils import escape  # nosec B406 - writes only

from face_rec.cameras.discovery import FoundCamera, local_name, parsed
from face_rec.domain.errors import SourceError
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence

if TYPE_CHECKING:
    import httpx

SECONDS: Final = 10.0
"""For all questions together."""
_LARGEST: Final = 262_144
_MOST: Final = 8
_SOAP: Final = "http://www.w3.org/2003/05/soap-envelope"
_WSSE: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-{}-1.0"
_DEVICE: Final = 'xmlns="http://www.onvif.org/ver10/device/wsdl"'
_MEDIA: Final = 'xmlns="http://www.onvif.org/ver10/media/wsdl"'
_SCHEMES: Final = frozenset({"rtsp", "rtsps", "http", "https"})


@dataclass(frozen=True, slots=True)
class Stream:
    """One that a camera offers: ``address`` without user and password, size in pixels (0: it does
    not say)."""

    name: str
    address: str
    width: int
    height: int

    @property
    def words(self) -> str:
        size = f"{self.width} × {self.height}" if self.width and self.height else ""
        return " · ".join(part for part in (size, self.name) if part)


@dataclass(frozen=True, slots=True)
class _Login:
    """``ahead``: how far its clock is ahead of ours: it refuses what is not of now."""

    user: str
    password: str = field(repr=False)
    ahead: timedelta = timedelta()

    def header(self) -> str:
        """WS-UsernameToken with a digest, which does not tell the password; "" without a user."""
        if not self.user:
            return ""
        nonce = secrets.token_bytes(16)
        created = f"{datetime.now(UTC) + self.ahead:%Y-%m-%dT%H:%M:%SZ}"
        whole = nonce + created.encode() + self.password.encode()
        digest = base64.b64encode(hashlib.sha1(whole).digest()).decode()  # noqa: S324 # nosec B324
        profile = _WSSE.format("username-token-profile")
        message = _WSSE.format("soap-message-security")
        return (
            f'<w:Security xmlns:w="{_WSSE.format("wssecurity-secext")}.xsd" s:mustUnderstand="1">'
            f"<w:UsernameToken><w:Username>{escape(self.user)}</w:Username>"
            f'<w:Password Type="{profile}#PasswordDigest">{digest}</w:Password>'
            f'<w:Nonce EncodingType="{message}#Base64Binary">'
            f"{base64.b64encode(nonce).decode()}</w:Nonce>"
            f'<u:Created xmlns:u="{_WSSE.format("wssecurity-utility")}.xsd">{created}</u:Created>'
            "</w:UsernameToken></w:Security>"
        )


def streams(
    camera: FoundCamera, user: str, password: str, seconds: float = SECONDS
) -> list[Stream]:
    """Its streams, the largest first; in the caller's thread, which has no event loop. Raises
    SourceError, which says what to do."""
    if not camera.service:
        raise SourceError(
            sentence("This camera does not say where it speaks ONVIF. {by_hand}", by_hand=_BY_HAND)
        )
    try:
        asked = asyncio.wait_for(_streams(camera, _Login(user, password)), seconds)
        found = asyncio.run(asked)
    except TimeoutError as error:
        raise SourceError(
            sentence("The camera answers too much, or too slowly. {by_hand}", by_hand=_BY_HAND)
        ) from error
    if not found:
        raise SourceError(sentence("The camera names no stream. {by_hand}", by_hand=_BY_HAND))
    return sorted(found, key=lambda one: -one.width * one.height)


async def _streams(camera: FoundCamera, login: _Login) -> list[Stream]:
    import httpx

    async with httpx.AsyncClient(
        follow_redirects=False, trust_env=False, timeout=SECONDS,
        verify=False,  # noqa: S501 # nosec B501 - cameras have no certificate that others vouch for
    ) as client:  # fmt: skip
        asking = _Asking(client, camera.host)
        login = replace(login, ahead=await asking.clock(camera.service))
        media = await asking.media(camera.service, login)
        return [one async for one in asking.offered(media, login)]


class _Asking:
    """One conversation with one host."""

    def __init__(self, client: "httpx.AsyncClient", host: str) -> None:
        self._client = client
        self._host = host

    async def clock(self, service: str) -> timedelta:
        """By how much the camera's clock is ahead; none where it does not say."""
        try:
            answer = await self._ask(service, _Login("", ""), f"<GetSystemDateAndTime {_DEVICE}/>")
            utc = _first(answer, "UTCDateTime")
            if utc is None:
                return timedelta()
            names = ("Year", "Month", "Day", "Hour", "Minute", "Second")
            year, month, day, hour, minute, second = (_number(utc, name) for name in names)
            there = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        except (SourceError, ValueError):
            return timedelta()
        return there - datetime.now(UTC)

    async def media(self, service: str, login: _Login) -> str:
        """Where it tells of its streams: at its own host, else where it speaks at all."""
        what = f"<GetCapabilities {_DEVICE}><Category>Media</Category></GetCapabilities>"
        media = _first(await self._ask(service, login, what), "Media")
        said = _text(media, "XAddr") if media is not None else ""
        try:
            parts = urlsplit(said)
            own = parts.scheme in {"http", "https"} and parts.hostname == self._host
        except ValueError:
            own = False
        return said if own else service

    async def offered(self, media: str, login: _Login) -> AsyncIterator[Stream]:
        profiles = await self._ask(media, login, f"<GetProfiles {_MEDIA}/>")
        for profile in [one for one in profiles.iter() if local_name(one) == "Profiles"][:_MOST]:
            token = escape(profile.get("token", "")[:64], {'"': "&quot;"})
            answer = await self._ask(media, login, _STREAM_URI.format(_MEDIA, token))
            address = self._own(_text(answer, "Uri"))
            if address:
                size = _first(profile, "Resolution")
                yield Stream(
                    _plain(_text(profile, "Name")), address, _number(size, "Width"),
                    _number(size, "Height"),
                )  # fmt: skip

    def _own(self, said: str) -> str:
        """An address as the camera says it, at the host that was asked; "" for none."""
        try:
            parts = urlsplit(said.strip())
            port = f":{parts.port}" if parts.port else ""
        except ValueError:
            return ""
        whole = parts.scheme in _SCHEMES and parts.hostname and said.isprintable()
        if not whole or len(said) > 1000:
            return ""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return urlunsplit((parts.scheme, host + port, parts.path, parts.query, ""))

    async def _ask(self, address: str, login: _Login, what: str) -> ElementTree.Element:
        import httpx

        body = (
            f'<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="{_SOAP}">'
            f"<s:Header>{login.header()}</s:Header><s:Body>{what}</s:Body></s:Envelope>"
        )
        kind = {"content-type": "application/soap+xml; charset=utf-8"}
        try:
            async with self._client.stream("POST", address, content=body, headers=kind) as answer:
                text, status = await self._read(answer), answer.status_code
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise SourceError(
                sentence(
                    "The camera does not answer to ONVIF ({kind}). {by_hand}",
                    kind=type(error).__name__,
                    by_hand=_BY_HAND,
                )
            ) from error
        return _understood(text, status)

    async def _read(self, answer: "httpx.Response") -> bytes:
        """At most so many bytes, as they are: what is packed is not unpacked."""
        found = bytearray()
        async for part in answer.aiter_raw():
            found += part
            if len(found) > _LARGEST:
                raise SourceError(
                    sentence(
                        "The camera answers too much, or too slowly. {by_hand}", by_hand=_BY_HAND
                    )
                )
        return bytes(found)


def _first(root: ElementTree.Element | None, name: str) -> ElementTree.Element | None:
    if root is None:
        return None
    return next((one for one in root.iter() if local_name(one) == name), None)


def _text(root: ElementTree.Element | None, name: str) -> str:
    found = _first(root, name)
    return (found.text or "").strip() if found is not None else ""


def _number(root: ElementTree.Element | None, name: str) -> int:
    text = _text(root, name)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def _plain(text: str) -> str:
    return "".join(one for one in text if one.isalnum() or one in " ._-")[:40]


_STREAM_URI: Final = (
    "<GetStreamUri {}><StreamSetup>"
    '<Stream xmlns="http://www.onvif.org/ver10/schema">RTP-Unicast</Stream>'
    '<Transport xmlns="http://www.onvif.org/ver10/schema"><Protocol>RTSP</Protocol></Transport>'
    "</StreamSetup><ProfileToken>{}</ProfileToken></GetStreamUri>"
)
_BY_HAND: Final = msgid("Type its address in, as its manual says.")


def _understood(text: bytes, status: int) -> ElementTree.Element:
    """What a camera has answered. Raises SourceError where it refuses, or speaks no ONVIF."""
    root = parsed(text)
    refused = root is not None and any("NotAuthorized" in (e.text or "") for e in root.iter())
    if status in {401, 403} or refused:
        raise SourceError(
            msgid(
                "The camera refuses this user and password. Some have a user "
                "of their own for ONVIF, which is made on the camera's page."
            )
        )
    if status != 200 or root is None:
        raise SourceError(
            sentence(
                "The camera's answer is none of ONVIF (HTTP {status}). {by_hand}",
                status=status,
                by_hand=_BY_HAND,
            )
        )
    return root
