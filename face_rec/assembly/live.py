"""What the live lines of kiosks read from the running system."""

from collections.abc import Hashable
from datetime import date, timedelta

from face_rec.assembly import system as holder
from face_rec.assembly.system import System
from face_rec.attendance.rules import rule_version
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.people.photos.portraits import Portraits
from face_rec.web.live.view import Sources


class LiveSources:
    """Asked for each line: of the installed system, made once for each; None before the start and
    after shutdown. On the event loop only."""

    def __init__(self) -> None:
        self._made: tuple[System, Sources] | None = None

    def __call__(self) -> Sources | None:
        built = holder.installed()
        if built is None:
            return None
        if self._made is None or self._made[0] is not built:
            self._made = built, sources_of(built)
        return self._made[1]


def sources_of(system: System) -> Sources:
    """All of it safe from any thread."""

    def today() -> date:
        return system.clock.now().astimezone(system.site.timezone).date()

    def record(kiosk: str) -> KioskRecord:
        return rule_version.at(system.kiosks.record(kiosk), today())

    def stamp(day: date) -> Hashable:
        """Lists of marks are only ever appended to, so their length is their revision."""
        near = [day + timedelta(days=number) for number in (-1, 0, 1)]
        rules = system.services.current().timesheets.rules()
        return tuple(system.attendance.lengths(near)), rules.version, system.site.timezone

    return Sources(
        stream=system.engine.kiosk,
        listen=system.engine.listen,
        knows=system.kiosks.knows,
        record=record,
        visits=lambda day: system.services.current().timesheets.visits(day, day),
        stamp=stamp,
        directory=system.directory,
        portrait=Portraits(system.pictures.get, system.clock),
        open_now=system.access.open_now,
        away=system.away,
        model=lambda: system.models.current() is not None,
        waiting=system.marker.pending_count,
        title=lambda: system.site.title,
        zone=lambda: system.site.timezone,
        seats=system.engine.seats,
        reports=system.screens,
        clock=system.clock,
    )
