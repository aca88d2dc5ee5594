"""What a kiosk's screen shows at one moment, and how that is told: values without behaviour.

A message holds the parts that differ from what was told before; the first holds all.
"""

import base64
import json
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from face_rec.domain.kiosks.look import Look
from face_rec.domain.kiosks.screens import Label, Scene, StreamStats
from face_rec.domain.liveness import Prompt
from face_rec.domain.recognition import Verdict
from face_rec.kiosks.badge_words import BadgeCard
from face_rec.kiosks.banner import Banner, Named, caption
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.kiosks.offline import BYTES, KEPT_FOR, STILLS
from face_rec.kiosks.way_choice import Offer
from face_rec.languages.translator import ENGLISH, Translator
from face_rec.web.live.mark_lines import MarkLine
from face_rec.web.live.my_page import MyPage

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

ROOM: Final = 3.0
"""Seconds after which an unrenewed scene is no longer shown."""


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language by its code, and as its speakers call it."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Site:
    """``day``: the date in words; the browser's clock shows ``zone``. How the screen looks, see
    :class:`~face_rec.domain.kiosks.look.Look`; ``logo``: a data URI, empty without one.
    ``language``: of all that is said, its code; a page that speaks another is drawn anew.
    ``languages``: among which whoever stands there may choose, the kiosk's own first; none where
    nothing is offered."""

    title: str
    zone: str
    day: str
    accent: str
    welcome: str
    logo: str
    sounds: bool
    voice: bool
    language: str
    languages: tuple[Tongue, ...] = ()


@dataclass(frozen=True, slots=True)
class Face:
    """``box``: left, top, right, bottom in pixels of a picture of the scene's size. ``name``:
    only of who is named. ``problem``: why they are not marked, or what they may do about it."""

    track: int
    box: tuple[float, float, float, float]
    mood: str
    name: str
    problem: str


@dataclass(frozen=True, slots=True)
class Picture:
    """What is seen; ``number`` is the picture's, 0 where nobody is seen."""

    number: int = 0
    width: int = 0
    height: int = 0
    faces: tuple[Face, ...] = ()


@dataclass(frozen=True, slots=True)
class Marks:
    """``list``: None where the kiosk may not show names; newest first."""

    count: int = 0
    list: tuple[MarkLine, ...] | None = None


@dataclass(frozen=True, slots=True)
class State:
    """``replaced``: another screen feeds the kiosk. ``away``: the database does not answer.
    ``closed``: outside its hours. ``model``: faces can be recognised. ``waiting``: marks that
    are saved on this machine only. ``server``: another one after each start of the server, which
    then knows no video any more. ``camera``: a ``screen_status.CameraState``; pictures are taken
    where it is empty."""

    replaced: bool = False
    away: bool = False
    closed: bool = False
    model: bool = True
    waiting: int = 0
    server: str = ""
    camera: str = ""


@dataclass(frozen=True, slots=True)
class Offline:
    """For while the server is away. ``key``: 32 bytes in base64, empty: nothing may be kept; the
    device seals with it what it keeps, see :mod:`face_rec.kiosks.offline`. ``opens`` and
    ``closes``: minutes of the site's day between which the kiosk takes attendance; equal: always.
    ``stills``, ``bytes`` and ``hours``: how much it may keep, and how long.
    """

    key: str = field(default="", repr=False)
    opens: int = 0
    closes: int = 0
    stills: int = STILLS
    bytes: int = BYTES
    hours: int = KEPT_FOR // timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Shown:
    """The whole screen; each field is one part of a message."""

    site: Site
    scene: Picture
    banners: tuple[Banner, ...]
    choice: Offer | None
    challenge: Prompt | None
    badge: BadgeCard | None
    marks: Marks
    state: State
    stats: StreamStats
    offline: Offline = Offline()
    mine: MyPage | None = None


def message(
    now: "DataclassInstance", before: "DataclassInstance | None", at: datetime
) -> dict[str, Any]:
    """The parts of ``now`` that differ from ``before``, and the server's time in seconds."""
    told: dict[str, Any] = {"at": round(at.timestamp(), 3)}
    for part in fields(now):
        value = getattr(now, part.name)
        if before is None or value != getattr(before, part.name):
            told[part.name] = _plain(value)
    return told


def text_of(told: dict[str, Any]) -> str:
    """As it goes over the line: JSON, no spaces."""
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> Any:  # noqa: ANN401 - any part
    if value is None:
        return None
    return [asdict(one) for one in value] if isinstance(value, tuple) else asdict(value)


def site_of(
    title: str,
    zone: ZoneInfo,
    now: datetime,
    look: Look,
    words: Translator = ENGLISH,
    *,
    languages: tuple[Tongue, ...] = (),
) -> Site:
    day = words.day(now.astimezone(zone).date())
    return Site(
        title, str(zone), day, look.accent, look.welcome, look.logo_source, look.sounds,
        look.voice, words.language.code, languages,
    )  # fmt: skip


def offline_of(key: bytes, record: KioskRecord) -> Offline:
    """Of a kiosk that may seal with ``key``."""
    opens, closes = (_minutes(one) for one in (record.opens, record.closes))
    return Offline(base64.b64encode(key).decode(), opens, closes)


def _minutes(moment: time) -> int:
    return 60 * moment.hour + moment.minute


def picture_of(
    scene: Scene | None, now: float, named: Named, words: Translator = ENGLISH
) -> Picture:
    """The scene, if it is of the last seconds (``now`` is monotonic). Of an empty one neither
    number nor size is told: nothing changes on the screen."""
    if scene is None or now - scene.taken_at > ROOM or not scene.labels:
        return Picture()
    faces = tuple(_face(label, named, words) for label in scene.labels)
    return Picture(scene.frame_number, scene.width, scene.height, faces)


def _face(label: Label, named: Named, words: Translator) -> Face:
    left, top, right, bottom = (
        round(side, 1)
        for side in (label.box.left, label.box.top, label.box.right, label.box.bottom)
    )
    name = named(label.name) if label.verdict is Verdict.NAMED else ""
    box = (left, top, right, bottom)
    return Face(label.track, box, label.mood.value, name, caption(label, words))


def rounded(stats: StreamStats) -> StreamStats:
    """As fine as anybody reads it, so that figures which hardly differ are the same."""
    age = stats.frame_age
    return replace(
        stats,
        frame_rate=round(stats.frame_rate, 2),
        inference_rate=round(stats.inference_rate, 2),
        frame_age=None if age is None else round(age, 1),
    )
