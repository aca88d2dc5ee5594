"""Asking an ONVIF camera for its streams: a responder that checks the login, and hostile ones."""

import base64
import hashlib
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from face_rec.background import Background
from face_rec.cameras.discovery import FoundCamera, parsed
from face_rec.cameras.onvif import Stream, streams
from face_rec.domain.errors import SourceError

USER, PASSWORD = "onvif & co", "geheim-ü"
AHEAD = timedelta(hours=3)
Answer = Callable[[str], tuple[int, bytes]]


def _envelope(inner: str) -> bytes:
    return (
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
        'xmlns:t="http://www.onvif.org/ver10/schema" xmlns:m="http://www.onvif.org/ver10/media/wsdl">'
        f"<s:Body>{inner}</s:Body></s:Envelope>"
    ).encode()


def _said(asked: str, name: str) -> str:
    """Under the names that the specification has, which cameras compare letter by letter."""
    token = "{" + _OASIS.format("secext") + "}"
    utility = "{" + _OASIS.format("utility") + "}"
    known = {"Created": utility + name}.get(name, token + name)
    root = parsed(asked.encode())
    assert root is not None
    return next((one.text or "" for one in root.iter(known)), "")


_OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-{}-1.0.xsd"


def _may(asked: str) -> bool:
    """As a camera checks it, by its own clock."""
    created = _said(asked, "Created")
    if not created:
        return False
    late = datetime.now(UTC) + AHEAD - datetime.fromisoformat(created)
    nonce = base64.b64decode(_said(asked, "Nonce"))
    whole = hashlib.sha1(nonce + created.encode() + PASSWORD.encode()).digest()  # noqa: S324
    right = base64.b64encode(whole).decode() == _said(asked, "Password")
    return right and _said(asked, "Username") == USER and abs(late) < timedelta(minutes=1)


class Camera:
    """Answers as a camera does whose clock is wrong; ``uri``: what it says of its streams."""

    def __init__(self, uri: str = "rtsp://10.9.9.9:8554/{}?unicast=1") -> None:
        self.uri = uri
        self.port = 0
        self.heard: list[str] = []

    def __call__(self, asked: str) -> tuple[int, bytes]:
        self.heard.append(asked)
        if "GetSystemDateAndTime" in asked:
            now = datetime.now(UTC) + AHEAD
            told = [f"<t:{name}>{getattr(now, name.lower())}</t:{name}>" for name in _PARTS]
            return 200, _envelope(f"<t:UTCDateTime>{''.join(told)}</t:UTCDateTime>")
        if not _may(asked):
            return 400, _envelope("<s:Subcode><s:Value>ter:NotAuthorized</s:Value></s:Subcode>")
        if "GetCapabilities" in asked:
            media = f"http://127.0.0.1:{self.port}/onvif/media"
            return 200, _envelope(f"<t:Media><t:XAddr>{media}</t:XAddr></t:Media>")
        if "GetProfiles" in asked:
            return 200, _envelope(_PROFILES)
        token = re.search(r"<ProfileToken>(\w+)</ProfileToken>", asked)
        assert token
        return 200, _envelope(f"<m:Uri>{self.uri.format(token[1])}</m:Uri>")


_PARTS = ("Year", "Month", "Day", "Hour", "Minute", "Second")
_PROFILES = "".join(
    f'<m:Profiles token="{token}"><t:Name>{token} &lt;b&gt;</t:Name><t:Resolution>'
    f"<t:Width>{width}</t:Width><t:Height>{height}</t:Height></t:Resolution></m:Profiles>"
    for token, width, height in (("sub", 640, 480), ("main", 1920, 1080))
)


@contextmanager
def serving(answer: Answer) -> Iterator[FoundCamera]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["content-length"])).decode()
            status, body = answer(asked)
            self.send_response(status)
            self.send_header("location", "http://127.0.0.1:1/elsewhere")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        if isinstance(answer, Camera):
            answer.port = server.server_port
        thread = Background(
            "onvif", lambda: server.serve_forever(0.01), wake=server.shutdown
        ).start()
        try:
            service = f"http://127.0.0.1:{server.server_port}/onvif/device_service"
            yield FoundCamera("127.0.0.1", "Gate", "DS", service)
        finally:
            thread.stop(5)


def test_a_camera_names_its_streams_to_who_knows_the_password_and_at_its_own_host_only() -> None:
    camera = Camera()
    with serving(camera) as found:
        assert streams(found, USER, PASSWORD) == [
            Stream("main b", "rtsp://127.0.0.1:8554/main?unicast=1", 1920, 1080),
            Stream("sub b", "rtsp://127.0.0.1:8554/sub?unicast=1", 640, 480),
        ]
        with pytest.raises(SourceError, match="refuses this user and password"):
            streams(found, USER, "wrong")
    assert not [asked for asked in camera.heard if PASSWORD in asked]


@pytest.mark.parametrize(
    "uri",
    ["file:///etc/passwd", "rtsp://[", "rtsp://x:y@/", "gopher://10.0.0.1/", "rtsp://h:99999/"],
)
def test_an_address_that_is_none_of_a_stream_is_not_taken(uri: str) -> None:
    with serving(Camera(uri)) as found, pytest.raises(SourceError, match="names no stream"):
        streams(found, USER, PASSWORD)


def _endless(_: str) -> tuple[int, bytes]:
    return 200, b"<a>" * 200_000


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (_endless, "too much, or too slowly"),
        (lambda _: (200, BOMB), "none of ONVIF"),
        (lambda _: (200, b"\xff"), "none of ONVIF"),
        (lambda _: (302, b""), "HTTP 302"),
        (lambda _: (401, b""), "refuses this user"),
        (lambda _: (200, _envelope("")), "names no stream"),
    ],
)
def test_hostile_answers_end_in_words(answer: Answer, said: str) -> None:
    with serving(answer) as found, pytest.raises(SourceError, match=said):
        streams(found, USER, PASSWORD)


def test_who_answers_by_drops_or_not_at_all_is_left_alone_in_time() -> None:
    stop = threading.Event()

    def silent(_: str) -> tuple[int, bytes]:
        stop.wait(20)
        return 200, b""

    with serving(silent) as found:
        with pytest.raises(SourceError, match="too slowly"):
            streams(found, USER, PASSWORD, seconds=0.4)
        stop.set()
    with pytest.raises(SourceError, match="does not say where"):
        streams(FoundCamera("127.0.0.1", "", "", ""), USER, PASSWORD)
