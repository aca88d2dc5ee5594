"""Webhooks after Standard Webhooks 1.0: what is signed how, and to whom it may go.

The address is an admin's word, and the machine that sends stands inside a network that others do
not reach. So a name is resolved once, every address that it has must be one of the open Internet
or of a network that the machine's owner has allowed (``WEBHOOK_NETWORKS``), and the connection
goes to that very address; nothing is redirected.
"""

import asyncio
import base64
import functools
import hashlib
import hmac
import ipaddress
import json
import secrets
import socket
import ssl
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import anyio
import httpcore

from face_rec.domain.errors import NoticeRefused
from face_rec.languages.language import msgid
from face_rec.languages.sentence import Sentence, sentence
from face_rec.notices.channel import Target

_PREFIX: Final = "whsec_"
_SECRET_BYTES: Final = 32  # the specification asks for 24 to 64
NOT_OPEN: Final = msgid(
    "{host} is {address}, which is not on the open Internet. Allow its network in "
    "WEBHOOK_NETWORKS if that is meant."
)
NOT_KNOWN: Final = msgid("The name {host} is not known ({reason}).")
_SECONDS: Final = 15.0  # as it advises: 15 to 30 s
Networks = Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], "Iterable[str]"]


def new_secret() -> str:
    """As both sides keep it."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def signature(secret: str, name: str, at: int, body: bytes) -> str:
    """``v1,`` and the HMAC-SHA256 over ``name.at.body``."""
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    mac = hmac.digest(key, f"{name}.{at}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(mac).decode()


def headers_of(target: Target, name: str, at: datetime, body: bytes) -> dict[str, str]:
    """Signed with every secret, so that a receiver may still know the one before."""
    second = int(at.timestamp())
    signed = " ".join(signature(secret, name, second, body) for secret in target.secrets)
    return {
        "content-type": "application/json",
        "user-agent": "face-attendance",
        "webhook-id": name,
        "webhook-timestamp": str(second),
        "webhook-signature": signed,
    }


def checked_address(address: str) -> str:
    """The address as it is used; raises NoticeRefused for what is none."""
    try:
        parts = urlsplit(address.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if parts.scheme not in {"http", "https"} or not host or port == 0:
        raise NoticeRefused(msgid("A webhook's address begins with https:// and names a host."))
    if not address.isascii() or any(sign <= " " or sign == "\x7f" for sign in address.strip()):
        raise NoticeRefused(
            msgid(
                "Write the address as a browser copies it: xn--… for a host with "
                "special letters, %20 for a space."
            )
        )
    if parts.username or parts.password or parts.fragment:
        raise NoticeRefused(
            msgid("Leave user, password and # out of the address. The signature says who sends.")
        )
    return parts.geturl()


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Connects to permitted addresses only, each resolved once for its connection."""

    def __init__(self, allowed: Networks, resolve: Resolve | None = None) -> None:
        self._allowed = allowed
        self._resolve = resolve or _resolved
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Raises NoticeRefused, and httpcore.ConnectError."""
        address = await anyio.to_thread.run_sync(
            self.permitted, host, port, abandon_on_cancel=True
        )
        return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)

    def permitted(self, host: str, port: int) -> str:
        """The address to connect to; raises NoticeRefused where any that the name has lies
        inside, for the next look would get that one."""
        try:
            found = list(dict.fromkeys(self._resolve(host, port)))
        except OSError as error:
            raise httpcore.ConnectError(NOT_KNOWN.format(host=host, reason=error)) from error
        for text in found:
            if not self._may(ipaddress.ip_address(text)):
                raise NoticeRefused(Sentence(NOT_OPEN, {"host": host, "address": text}))
        return found[0]

    def _may(self, address: Address) -> bool:
        meant = _meant(address)
        open_internet = meant.is_global and not meant.is_multicast
        if isinstance(meant, ipaddress.IPv6Address):  # all others are of a site, or none at all
            open_internet = open_internet and meant in _GLOBAL
        return open_internet or any(meant in network for network in self._allowed)


_GLOBAL: Final = ipaddress.IPv6Network("2000::/3")  # RFC 4291, as IANA gives them out
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052


def _meant(address: Address) -> Address:
    """The IPv4 address that an IPv6 address only wraps, as networks translate it."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _resolved(host: str, port: int) -> Iterable[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return (str(address[0]).partition("%")[0] for *_, address in found)


class Answer(Exception):
    """The receiver said no; ``gone``: it never wants to hear from this channel again (410)."""

    def __init__(self, status: int) -> None:
        super().__init__(sentence("the receiver answered {status}", status=status))
        self.gone = status == 410


# Reading them takes a twentieth of a second.
_authorities = functools.cache(ssl.create_default_context)


class Webhooks:
    """Sends; connections are kept for each event loop that sends."""

    def __init__(self, allowed: Networks) -> None:
        self._network = GuardedNetwork(allowed)
        self._trusted = _authorities()
        self._pools: WeakKeyDictionary[asyncio.AbstractEventLoop, httpcore.AsyncConnectionPool] = (
            WeakKeyDictionary()
        )

    async def send(
        self, target: Target, name: str, at: datetime, said: Mapping[str, object]
    ) -> None:
        """Raises Answer, NoticeRefused, and OSError or httpcore's errors for a line that fails."""
        body = json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode()
        headers = list(headers_of(target, name, at, body).items())
        with anyio.fail_after(2 * _SECONDS):
            async with self._pool().stream(
                "POST", target.address, headers=headers, content=body, extensions=_TIMEOUTS
            ) as answer:
                if not 200 <= answer.status < 300:
                    raise Answer(answer.status)

    async def close(self) -> None:
        """Let go of this event loop's connections."""
        pool = self._pools.pop(asyncio.get_running_loop(), None)
        if pool is not None:
            await pool.aclose()

    def _pool(self) -> httpcore.AsyncConnectionPool:
        loop = asyncio.get_running_loop()
        if loop not in self._pools:
            self._pools[loop] = httpcore.AsyncConnectionPool(
                ssl_context=self._trusted, network_backend=self._network, keepalive_expiry=30.0
            )
        return self._pools[loop]


_TIMEOUTS: Final = {
    "timeout": {"connect": _SECONDS, "read": _SECONDS, "write": _SECONDS, "pool": _SECONDS}
}
