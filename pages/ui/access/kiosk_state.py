"""How a kiosk's open screens are, and what it did without the server, on its card."""

from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import Final

from face_rec.kiosks.offline import Tally
from face_rec.kiosks.screen_status import Report, ScreenStatus, open_screens
from face_rec.languages.language import msgid
from pages.ui.shared.text import plain
from pages.ui.shared.words import formats, said, said_many

_WAYS: Final = {"webrtc": "WebRTC", "http": "HTTP"}
_STATES: Final = {"othercamera": msgid("Not its enrolled camera: marks nobody by face")}
_LOW: Final = 0.2
"""Of a battery."""


def screen_words(reports: Iterable[Report], age: float | None, now: datetime) -> str:
    """Markdown, a line for each open screen, and what is wrong before it; empty while none is
    open. ``age``: seconds since the kiosk's newest picture came, None without one."""
    here = open_screens(reports, now)
    if not here:
        return ""
    warned = []
    if len(here) > 1:
        warned = [said_many("{count} screen is open", "{count} screens are open", len(here))]
    warned += dict.fromkeys(word for one in here for word in _troubles(one.status))
    badges = " ".join(f":orange-badge[{plain(word)}]" for word in warned)
    picture = said("no picture yet")
    if age is not None:
        picture = said("last picture {seconds} s ago", seconds=formats().number(age, 0))
    lines = [badges, *(plain(_facts(one.status)) for one in here), picture]
    return "  \n".join(line for line in lines if line)


def _battery(level: float) -> str:
    return said("battery {percent}", percent=formats().percent(level))


def _facts(status: ScreenStatus) -> str:
    battery = "" if status.battery is None else _battery(status.battery)
    size = f"{status.width}×{status.height}" if status.width else ""
    rate = said("{number} pictures/s", number=formats().number(status.rate, 0))
    facts = [_WAYS[status.transport], rate, status.camera, size, battery]
    return " · ".join(fact for fact in facts if fact)


def _troubles(status: ScreenStatus) -> list[str]:
    """What somebody should look after."""
    found = [said("Sees nothing: covered, or no light")] if status.dark else []
    if status.state not in {"", "ok"}:
        known = _STATES.get(status.state)
        found.append(said(known) if known else said("Camera: {state}", state=status.state))
    found += [said("Calls itself a virtual camera")] if status.virtual else []
    low = status.battery is not None and status.battery < _LOW
    return found + ([said("Battery is low")] if low else [])


def offline_words(tally: Tally, zone: tzinfo) -> str:
    """What became of what the kiosk took while the server was away; empty where that was
    nothing lately."""
    if tally.last is None:
        return ""
    number = formats().number
    became = [said("{number} marked (under Records, Review)", number=number(tally.marks))]
    if tally.nobody:
        became.append(said("{number} with nobody recognised", number=number(tally.nobody)))
    if tally.refused:
        why = said(_NOT_TAKEN)
        became.append(said("{number} not taken: {why}", number=number(tally.refused), why=why))
    last = tally.last.astimezone(zone)
    return said(
        "Taken while the server was away: {stills}, {became}. Last {time}.",
        stills=said_many("{count} still", "{count} stills", tally.stills),
        became=", ".join(became),
        time=f"{formats().day_of_year(last)} {formats().clock(last)}",
    )


_NOT_TAKEN: Final = msgid(
    "in the future, older than 72 h, outside its hours, damaged, or of a kiosk that marks live "
    "faces only, or takes the pictures of one camera only"
)
