"""A server as its users start it, upgraded again and again while people are marked."""

import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Final

from face_rec.domain.marks import Event, is_mark
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.redis.client import RedisAddress, connect
from face_rec.stores.redis.embedded import EmbeddedRedis
from tests.browser.support.kiosks import ADD_KIOSKS
from tests.browser.support.server import ROOT, AppServer
from tests.data import Material
from tests.nginx_server import Nginx, in_front_of
from tests.redis_servers import wait_until
from tests.upgrades.doors import Door

COOLDOWN: Final = 2
_KIOSKS: Final = ("main", "door-0", "door-1")
_MARK: Final = re.compile(r" mark outcome=(\w+) event=(\S+) ")
_CONFIRMED: Final = {"marked", "saved_here", "repeated"}


class UpgradedServer(AppServer):
    """With people, of whom each is marked anew after COOLDOWN seconds."""

    def __init__(self, data_dir: Path, material: Material, people: int = 6) -> None:
        super().__init__(data_dir, material.pack)
        self.photos = [
            [photo.read_bytes() for photo in material.person(number)] for number in range(people)
        ]
        self._material = material

    def environment(self) -> dict[str, str]:
        return super().environment() | {"COOLDOWN_SECONDS": str(COOLDOWN)}

    def fill(self) -> None:
        """Enrol them, and register the kiosks; before it is started."""
        folder = self.data_dir.parent / "people"
        names = [f"E{number}" for number in range(len(self.photos))]
        for number, name in enumerate(names):
            (folder / name).mkdir(parents=True)
            for photo in self._material.person(number)[:2]:
                (folder / name / photo.name).write_bytes(photo.read_bytes())
        rows = [f"{name},{name},Staff" for name in names]
        (folder / "people.csv").write_text("\n".join(["id,name,group", *rows]), "utf-8")
        command = [sys.executable, "-m", "face_rec", "import", str(folder), "--consent", "yes"]
        subprocess.run(command, cwd=ROOT, check=True, env=self.environment(), capture_output=True)
        self.beside.run(ADD_KIOSKS.format(names=_KIOSKS[1:]))

    def newcomer(self) -> "subprocess.Popen[bytes]":
        """A process that is to take over."""
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "app.py", "--take-over"], cwd=self.root, stdout=log, stderr=log,
                env=self.environment(), start_new_session=True,
            )  # fmt: skip

    def becomes(self, newcomer: "subprocess.Popen[bytes]", ends: int = 0) -> None:
        """It takes over: returns when the one that served has ended, with this status."""
        old, self._process = self._process, newcomer
        assert old is not None
        assert old.wait(240) == ends, self.logged()[-2000:]

    def doors(self, proxy: Nginx | None = None) -> list[Door]:
        """People stand before each in another order; before the app itself, or a proxy's."""
        origin = proxy.url if proxy else f"http://127.0.0.1:{self.port}"
        trusted = proxy.certificate if proxy else None
        return [
            Door(origin, kiosk, self.photos[2 * number :] + self.photos[: 2 * number], trusted)
            for number, kiosk in enumerate(_KIOSKS)
        ]

    def confirmed(self) -> list[str]:
        """The ids of the marks of which it was said that they are made."""
        told = _MARK.findall(self.logged())
        return [event for outcome, event in told if outcome in _CONFIRMED]

    def events(self) -> list[Event]:
        """All that is in the database, with the server stopped."""
        redis = EmbeddedRedis(self.data_dir)
        client = connect(RedisAddress(unix_socket=str(redis.start())))
        try:
            today = datetime.now(UTC).date()
            days: list[date] = [today - timedelta(days=1), today]
            return [event for day in days for event in RedisAttendance(client, "main").day(day)]
        finally:
            client.close()
            redis.stop()


@dataclass
class Result:
    """What came of it; gaps in seconds, of a kiosk that saw the longest."""

    upgrades: int = 0
    confirmed: int = 0
    flaws: list[str] = field(default_factory=list)
    pictures: list[float] = field(default_factory=list)
    lines: list[float] = field(default_factory=list)
    failed: Counter[str] = field(default_factory=Counter)


def flaws(confirmed: Sequence[str], events: Sequence[Event]) -> list[str]:
    """What was lost, and what is there twice."""
    there = Counter(event.id for event in events)
    lost = [f"lost: {one}" for one in confirmed if not there[one]]
    twice = [f"twice: {one}" for one, times in there.items() if times > 1]
    of_people: dict[str, list[datetime]] = {}
    for event in events:
        if is_mark(event.kind):
            of_people.setdefault(event.subject, []).append(event.at)
    least = timedelta(seconds=COOLDOWN)
    close = [
        f"within the cooldown: {subject} at {one}"
        for subject, times in of_people.items()
        for one, other in pairwise(sorted(times)) if other - one < least
    ]  # fmt: skip
    return [*lost, *twice, *close]


def run(folder: Path, material: Material, rounds: int, *, proxied: bool = False) -> Result:
    """Upgrade ``rounds`` times under load; ``proxied``: kiosks come through nginx."""
    result = Result(rounds)
    server = UpgradedServer(folder / "data", material)
    server.fill()
    with server:
        with ExitStack() as stack:
            front = in_front_of(server.port, folder / "nginx") if proxied else nullcontext()
            doors = [stack.enter_context(one) for one in server.doors(stack.enter_context(front))]
            for _ in range(rounds):
                newcomer, begun = server.newcomer(), len(server.confirmed())
                server.becomes(newcomer)
                left = time.monotonic()
                wait_until(lambda: len(server.confirmed()) > begun + 3, 240)  # noqa: B023
                _note(result, doors, left)
        result.failed = Counter(one.split("(")[0][:60] for door in doors for one in door.failed)
    result.confirmed = len(server.confirmed())
    result.flaws = flaws(server.confirmed(), server.events())
    return result


def _note(result: Result, doors: Sequence[Door], left: float) -> None:
    """The gaps around the moment at which the old process had left."""
    gaps = [door.longest_gap(left - 10, min(left + 10, time.monotonic())) for door in doors]
    result.pictures.append(max(gap[0] for gap in gaps))
    result.lines.append(max(gap[1] for gap in gaps))
