"""The app of a checkout, with a company in it: sixty people and a month of marks up to now."""

import subprocess
import sys
from pathlib import Path
from typing import Final, Self

from tests.browser.support.server import ROOT, AppServer
from tests.data import shared_data

_FILL: Final = """
from datetime import UTC, datetime, timedelta
import config
from face_rec import assembly
try:
    from face_rec.domain.marks import Event, EventKind, Source
    from face_rec.domain.people import Consent, Person
except ImportError:  # a checkout from before 0.3
    from face_rec.entities import Consent, Event, EventKind, Person, Source
now = datetime.now(UTC)
def opened():
    if hasattr(assembly, "build_attendance_stores"):
        return assembly.build_attendance_stores(config.load())
    return assembly.build_office(config.load())  # a checkout from before 0.3
with opened() as found:
    people, marks = ((found[1].people, found[1].marks) if isinstance(found, tuple)
                     else (found.stores.people, found.stores.attendance))
    for n in range(60):
        agreed = Consent("yes", "1", now - timedelta(days=40))
        person = Person(f"s{n:03}", f"E{n}", f"Person {n}", f"Group {n % 5}", consent=agreed)
        people.create(person, (), people.revision())
    for day in range(30, -1, -1):
        for n in range(60):
            for hour in (9, 1):
                at = now - timedelta(days=day, hours=hour, seconds=7 * n)
                event = Event(f"{day}-{n}-{hour}", f"s{n:03}", at, EventKind.PUNCH, Source.VIDEO,
                              "main", score=0.6)
                marks.apply(event, cooldown=0.0, replay=True)
"""


class FilledServer(AppServer):
    """``root``: the checkout; it runs with the packages of this one."""

    def __init__(self, data_dir: Path, root: Path = ROOT) -> None:
        super().__init__(data_dir, shared_data("models/buffalo_sc"), root)
        self.log = data_dir / "server.log"

    def __enter__(self) -> Self:
        self._fill()
        return super().__enter__()

    def _fill(self) -> None:
        """By the checkout's own stores, before its app runs."""
        self.data_dir.mkdir()
        environment = self.environment() | {"PYTHONPATH": str(self.root)}
        command = [sys.executable, "-c", _FILL]
        subprocess.run(command, cwd=self.root, env=environment, check=True)
