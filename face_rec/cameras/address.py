"""Where a camera's pictures come from: checked, and told without what is secret of it."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from face_rec.domain.errors import CameraRefused
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence

_SCHEMES: Final = frozenset({"rtsp", "rtsps", "http", "https"})
_INDEX: Final = re.compile(r"\d{1,3}")
_LONGEST: Final = 2000
_FILE: Final = re.compile(r"[\w][\w. -]{0,119}")
_MOST_SECRET: Final = re.compile(r"=")
"""Some makers put user and password into the path: rtsp://host/user=admin&password=…"""


@dataclass(frozen=True, slots=True)
class Address:
    """``text``: a URL with user and password in it, a number, or a file's name."""

    text: str = field(repr=False)

    @property
    def url(self) -> bool:
        return "://" in self.text

    @property
    def index(self) -> int | None:
        """Of a USB camera."""
        return int(self.text) if _INDEX.fullmatch(self.text) else None

    @property
    def file(self) -> bool:
        return not self.url and self.index is None

    @property
    def shown(self) -> str:
        """What may be shown and logged: no user, no password, no query, and no path that has
        them in it."""
        if not self.url:
            return self.text
        parts = urlsplit(self.text)
        path = "/…" if _MOST_SECRET.search(parts.path) else parts.path
        tail = "?…" if parts.query else ""
        return f"{parts.scheme}://{_place(self.text)}{path}{tail}"

    @property
    def user(self) -> str:
        return unquote(urlsplit(self.text).username or "") if self.url else ""

    @property
    def password(self) -> str:
        return unquote(urlsplit(self.text).password or "") if self.url else ""

    @property
    def place(self) -> str:
        """Scheme, host and port: to whom the password is told."""
        return f"{urlsplit(self.text).scheme}://{_place(self.text)}" if self.url else ""

    def with_login(self, user: str, password: str) -> "Address":
        """The same with these."""
        parts = urlsplit(self.text)
        login = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
        place = f"{login}@{_place(self.text)}" if login else _place(self.text)
        return Address(urlunsplit(parts._replace(netloc=place)))


def checked(text: str) -> Address:
    """``text`` as an address. Raises CameraRefused."""
    address = Address(text.strip())
    if not address.text or len(address.text) > _LONGEST or not address.text.isprintable():
        raise CameraRefused(
            msgid("Give the camera's address, such as rtsp://192.168.1.20/stream1.")
        )
    if address.index is not None:
        return address
    if address.file:
        if not _FILE.fullmatch(address.text):
            raise CameraRefused(
                msgid(
                    "A file is named without its folder: put it into the folder "
                    "camera-files in DATA_DIR. Anything else is an address with "
                    "rtsp://, rtsps://, http:// or https:// before it, or the "
                    "number of a USB camera."
                )
            )
        return address
    _check_url(address)
    return address


def _check_url(address: Address) -> None:
    try:
        parts = urlsplit(address.text)
        there = bool(parts.hostname) and parts.port != 0
    except ValueError:
        there, parts = False, urlsplit("")
    if not there or parts.scheme not in _SCHEMES:
        raise CameraRefused(
            msgid(
                "A camera's address begins with rtsp://, rtsps://, http:// or "
                "https:// and names its host, such as "
                "rtsp://192.168.1.20:554/stream1."
            )
        )


def file_in(folder: Path, name: str) -> Path:
    """The file of this name in ``folder``, and in no other: links that lead out are not followed.
    Raises CameraRefused."""
    place = (folder / name).resolve()
    if place.parent != folder.resolve() or not place.is_file():
        raise CameraRefused(
            sentence(
                "There is no {name} in the folder camera-files in DATA_DIR. Copy it.", name=name
            )
        )
    return place


def _place(text: str) -> str:
    return urlsplit(text).netloc.rpartition("@")[2]
