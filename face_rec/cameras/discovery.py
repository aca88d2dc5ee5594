"""Finds ONVIF cameras on the network, by WS-Discovery: one question to all, and what answers.

The library for it that is kept (WSDiscovery) comes as source only, which this product never
installs, and checks nothing of what it receives. What is needed of the protocol is one message
each way; answers come from anybody on the network and are taken as such: bounded, and read for an
address and a name only.
"""

import ipaddress
import re
import select
import socket
import time
import uuid
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree  # nosec B405 - see read_answer

GROUP: Final = ("239.255.255.250", 3702)
SECONDS: Final = 3.0
_MOST: Final = 256
_LARGEST: Final = 65_536

_PROBE: Final = """<?xml version="1.0" encoding="UTF-8"?>
<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"
 xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing"
 xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"
 xmlns:dn="http://www.onvif.org/ver10/network/wsdl">
<e:Header><w:MessageID>uuid:{name}</w:MessageID>
<w:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To>
<w:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</w:Action></e:Header>
<e:Body><d:Probe><d:Types>dn:NetworkVideoTransmitter</d:Types></d:Probe></e:Body></e:Envelope>"""
_SCOPE: Final = re.compile(r"onvif://www\.onvif\.org/(name|hardware|location)/(.+)", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\w .()/&+-]")


@dataclass(frozen=True, slots=True)
class FoundCamera:
    """A camera that answered. ``host``: its address on the network; ``name`` and ``hardware``: as
    it calls itself, "" where it does not; ``service``: where it speaks ONVIF."""

    host: str
    name: str
    hardware: str
    service: str

    @property
    def words(self) -> str:
        return " ".join(part for part in (self.name, self.hardware, self.host) if part)


def discover(
    seconds: float = SECONDS,
    group: tuple[str, int] = GROUP,
    interfaces: Iterable[str] | None = None,
) -> list[FoundCamera]:
    """Cameras that answer within ``seconds``, by address; in the caller's thread. ``interfaces``:
    own addresses to ask from; None: all that this machine has. Never raises."""
    lines = list(filter(None, map(_line, interfaces or _own_addresses())))
    try:
        for line in lines:
            with suppress(OSError):  # this network has no way to the group
                line.sendto(_PROBE.format(name=uuid.uuid4()).encode(), group)
        found = _answers(lines, time.monotonic() + seconds)
    finally:
        for line in lines:
            line.close()
    return sorted(found.values(), key=lambda one: one.host)


def _answers(lines: list[socket.socket], until: float) -> dict[str, FoundCamera]:
    found: dict[str, FoundCamera] = {}
    while lines and (left := until - time.monotonic()) > 0 and len(found) < _MOST:
        ready, _, _ = select.select(lines, [], [], left)
        for line in ready:
            with suppress(OSError):
                text, (host, *_) = line.recvfrom(_LARGEST)
                camera = read_answer(text, host)
                if camera is not None:
                    found[camera.host] = camera
    return found


def read_answer(text: bytes, sender: str) -> FoundCamera | None:
    """What an answer says; None for what is none. The host is the one that it came from, whatever
    it says of itself: a machine cannot name another one."""
    root = parsed(text)
    if root is None:
        return None
    match = next((one for one in root.iter() if local_name(one) == "ProbeMatch"), None)
    if match is None:
        return None
    said = {local_name(one): one.text or "" for one in match.iter()}
    scopes = {
        part[1].lower(): _plain(part[2])
        for one in said.get("Scopes", "").split()
        if (part := _SCOPE.fullmatch(one))
    }
    service = next((one for one in said.get("XAddrs", "").split() if _of(one, sender)), "")
    return FoundCamera(sender, scopes.get("name", ""), scopes.get("hardware", ""), service)


def parsed(text: bytes) -> ElementTree.Element | None:
    """XML from a stranger; None for what is none. Nothing that declares entities is read: they are
    what makes it dangerous."""
    try:
        told = text.decode("utf-8")
        if "<!DOCTYPE" in told.upper():
            return None
        return ElementTree.fromstring(told)  # noqa: S314  # nosec B314
    except (ElementTree.ParseError, ValueError):
        return None


def _of(address: str, sender: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and parts.hostname == sender


def _plain(text: str) -> str:
    return _WORD.sub(" ", unquote(text)).strip()[:80]


def local_name(element: ElementTree.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _line(own: str) -> socket.socket | None:
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        line.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(own))
        line.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
        line.bind((own, 0))
    except OSError:
        line.close()
        return None
    return line


def _own_addresses() -> set[str]:
    """Of this machine, in networks of offices; the one by which it reaches others among them."""
    found = {str(info[4][0]) for info in _infos(socket.gethostname())}
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(GROUP)  # sends nothing
        found.add(probe.getsockname()[0])
    return {one for one in found if ipaddress.ip_address(one).is_private}


def _infos(host: str) -> list[tuple[object, object, object, str, tuple[str, int]]]:
    try:
        return socket.getaddrinfo(host, None, socket.AF_INET)  # type: ignore[return-value]
    except OSError:
        return []
