"""The kinds of value that settings have: what text each accepts, and in words what is allowed.

pydantic reads the text. Where a kind refuses, :func:`allowed` replaces pydantic's account of it
by one sentence that tells an administrator what to write instead.
"""

import ipaddress
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from annotated_types import Ge, GroupedMetadata, Le, Len
from pydantic import (
    AfterValidator,
    AllowInfNan,
    BeforeValidator,
    DirectoryPath,
    FilePath,
    PlainValidator,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import ErrorDetails

from face_rec.domain import names
from face_rec.languages import language
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence

ROOT: Final = Path(__file__).resolve().parents[2]
"""The folder of ``config.py``: a path that is not absolute begins there."""


def reason(problem: ErrorDetails) -> str:
    """What is allowed instead, in words that complete "must be …"."""
    match problem["type"]:
        case "value_error":
            return rule_of(problem["ctx"]["error"])
        case "literal_error":
            expected = problem["ctx"]["expected"].replace(" or ", ", ").replace("'", "")
            return sentence("one of {list}", list=expected.lower())
        case "bool_parsing":
            return msgid("true or false")
        case _:  # every other kind says it itself, through allowed(); this is better than nothing
            return problem["msg"]


def rule_of(error: ValueError) -> str:
    """What is allowed, as it was raised: a sentence where a person may read it."""
    return error.args[0] if error.args and isinstance(error.args[0], str) else str(error)


def parser(kind: Any) -> Callable[[str], Any]:  # noqa: ANN401
    """A function that reads one text as a setting of this kind is read.

    It raises ValueError with what is allowed.
    """
    adapter = TypeAdapter(kind)

    def parse(text: str) -> Any:  # noqa: ANN401
        try:
            return adapter.validate_python(text)
        except ValidationError as error:
            raise ValueError(reason(error.errors()[0])) from None

    return parse


def allowed(words: str) -> WrapValidator:
    """Whatever is wrong with a value of this kind, ``words`` say what would be right."""

    def check(value: object, read: ValidatorFunctionWrapHandler) -> object:
        try:
            return read(value)
        except ValidationError:
            raise ValueError(words) from None

    return WrapValidator(check)


@dataclass(frozen=True, slots=True)
class WholeNumber(GroupedMetadata):
    """A whole number from ``low`` to ``high``."""

    low: int
    high: int

    def __iter__(self) -> Iterator[object]:
        yield from (BeforeValidator(_digits), Ge(self.low), Le(self.high))
        yield allowed(
            sentence("a whole number from {low} to {high}", low=str(self.low), high=str(self.high))
        )


@dataclass(frozen=True, slots=True)
class Number(GroupedMetadata):
    """A number from ``low`` to ``high``."""

    low: float
    high: float

    def __iter__(self) -> Iterator[object]:
        yield from (AllowInfNan(False), Ge(self.low), Le(self.high))
        yield allowed(f"a number from {self.low:g} to {self.high:g}")


def _digits(text: str) -> str:
    """Digits only: pydantic takes 1_0 for ten too, and a slip of the keys could erase pictures."""
    if not re.fullmatch(r"-?[0-9]+", text):
        raise ValueError(text)
    return text


class Mark:
    """Says of a kind what may not be shown of a value that is refused."""


SECRET: Final = Mark()
"""Nothing of it. Such a setting may also be given as a file, by NAME_FILE."""
LOGIN: Final = Mark()
"""Not what stands before an ``@``: an address may hold a name and a password there."""


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder
        raise ValueError(msgid("a time zone of the IANA list, such as Europe/Berlin")) from None


def _language(text: str) -> str:
    known = {code.lower(): code for code in language.LANGUAGES}
    if text.lower() not in known:
        raise ValueError(language.RULE)
    return known[text.lower()]


def _from_root(text: str) -> Path:
    return ROOT / Path(text).expanduser()


def _ip_address(text: str) -> str:
    return str(ipaddress.ip_address("127.0.0.1" if text == "localhost" else text))


def _network(text: str) -> str:
    return str(ipaddress.ip_network(text))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _node(text: str) -> tuple[str, str]:
    host, _, port = text.partition(":")
    return host.strip(), port.strip()


def _paired(text: str) -> dict[str, str]:
    pairs = (pair.rpartition("=") for pair in _listed(text))
    return {left.strip(): right.strip() for left, _, right in pairs}


def _pattern(pattern: str) -> StringConstraints:
    return StringConstraints(pattern=f"^({pattern})$")


Secret = Annotated[str, SECRET]
Slug = Annotated[
    str,
    _pattern(names.SHORT.pattern),
    allowed(names.RULE),
]
Title = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=80),
    allowed(msgid("a name of 1 to 80 characters")),
]
Zone = Annotated[ZoneInfo, PlainValidator(_zone)]
LanguageCode = Annotated[str, AfterValidator(_language)]
Port = Annotated[int, WholeNumber(1, 65_535)]
Days = Annotated[int, WholeNumber(0, 3650)]
FewDays = Annotated[int, WholeNumber(0, 90)]
Cooldown = Annotated[int, WholeNumber(0, 86_400)]
"""Seconds."""

RootedPath = Annotated[Path, BeforeValidator(_from_root)]
ExistingFile = Annotated[
    FilePath, BeforeValidator(_from_root), allowed("the path of a file that exists")
]
ExistingPath = Annotated[
    FilePath | DirectoryPath,
    BeforeValidator(_from_root),
    allowed("the path of a file or folder that exists"),
]

Address = Annotated[str, AfterValidator(_ip_address), allowed("an IP address, such as 127.0.0.1")]
WebUrl = Annotated[
    str, _pattern(r"https?://\S+"), LOGIN, allowed("a URL beginning with http:// or https://")
]
RedisUrl = Annotated[
    str,
    _pattern(r"(rediss?|unix)://\S+"),
    LOGIN,
    allowed("a URL beginning with redis:// or rediss:// or unix://"),
]
Contact = Annotated[
    str,
    _pattern(r"mailto:[^\s@]+@[^\s@]+|https://[^\s/]+\S*"),
    allowed("mailto:somebody@example.org or an https:// address"),
]
TurnUrl = Annotated[
    str, _pattern(r"turns?:[^\s,]+"), LOGIN, allowed("an address beginning with turn: or turns:")
]
IceUrls = Annotated[
    tuple[Annotated[str, _pattern(r"(stuns?|turns?):[^\s,]+")], ...],
    Len(1),
    BeforeValidator(_listed),
    allowed("addresses such as stun:stun.example.org:3478, separated by commas"),
]
Hosts = Annotated[
    tuple[Annotated[str, BeforeValidator(str.lower), _pattern(r"(\*\.)?[a-z0-9._:-]+")], ...],
    Len(1),
    BeforeValidator(_listed),
    allowed("host names without port, separated by commas"),
]
Nodes = Annotated[
    tuple[
        Annotated[
            tuple[Annotated[str, _pattern(r"[^\s,:]+")], Port],
            BeforeValidator(_node),
        ],
        ...,
    ],
    Len(1),
    BeforeValidator(_listed),
    allowed("host:port, several separated by commas"),
]
Networks = Annotated[
    tuple[Annotated[str, AfterValidator(_network)], ...],
    Len(1),
    BeforeValidator(_listed),
    allowed("addresses or networks such as 10.0.0.0/16, separated by commas"),
]

RoleName = Annotated[
    Literal["admin", "registrar", "hr", "manager", "kiosk"], BeforeValidator(str.lower)
]
RoleNames = Annotated[
    tuple[RoleName, ...],
    Len(1),
    BeforeValidator(_listed),
    allowed("roles admin, registrar, hr, manager or kiosk, separated by commas"),
]
Name = Annotated[str, StringConstraints(min_length=1)]
RolesByGroup = Annotated[
    dict[Name, RoleName],
    Len(1),
    BeforeValidator(_paired),
    allowed("group=role,group=role with roles admin, registrar, hr, manager or kiosk"),
]
GroupsByGroup = Annotated[
    dict[Name, Name],
    Len(1),
    BeforeValidator(_paired),
    allowed("group=group,group=group, such as hr-berlin=Berlin"),
]

LogLevel = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(str.upper)]
LogFormat = Annotated[Literal["text", "json"], BeforeValidator(str.lower)]
Provider = Annotated[
    Literal["auto", "cpu", "cuda", "coreml", "directml"], BeforeValidator(str.lower)
]
CameraWorker = Annotated[Literal["auto", "off"], BeforeValidator(str.lower)]
GalleryKind = Annotated[Literal["exact", "int8", "redis-vectors"], BeforeValidator(str.lower)]
VideoTransport = Annotated[Literal["auto", "webrtc", "http"], BeforeValidator(str.lower)]
RedisMode = Annotated[Literal["standalone", "cluster", "sentinel"], BeforeValidator(str.lower)]
Encryption = Annotated[Literal["aes256", "aws:kms", "none"], BeforeValidator(str.lower)]
