"""Kiosks whose streams answer every picture at once, or never."""

from collections.abc import Callable
from dataclasses import dataclass, field

from face_rec.domain.faces import Image
from face_rec.domain.kiosks.screens import Greeting, Label, Scene, StreamStats
from face_rec.kiosks.seats import Seats
from face_rec.web.frames.frames import Kiosks
from tests.fakes.clock import FakeClock


@dataclass
class AnsweringStream:
    """A stream that sees ``labels`` in every picture; ``blind`` ones see nothing at all."""

    name: str
    clock: FakeClock
    labels: tuple[Label, ...] = ()
    said: tuple[Greeting, ...] = ()
    blind: bool = False
    pictures: list[Image] = field(default_factory=list)
    newest: Scene | None = None

    def submit(self, image: Image) -> None:
        self.pictures.append(image)
        if not self.blind:
            height, width = image.shape[:2]
            now = self.clock.monotonic()
            self.newest = Scene(len(self.pictures), now, width, height, self.labels)

    def scene(self) -> Scene | None:
        return self.newest

    def greetings(self, since: float = 0.0) -> tuple[Greeting, ...]:
        return tuple(one for one in self.said if one.shown_from >= since)

    def stats(self) -> StreamStats:
        return StreamStats(len(self.pictures), 0, len(self.pictures), 9.5, 8.25, 0.7, 0.0)

    def close(self) -> None: ...


@dataclass
class FakeKiosks:
    """Opens streams by name; ``labels``, ``said`` and ``blind`` go to each of them."""

    clock: FakeClock = field(default_factory=FakeClock)
    labels: tuple[Label, ...] = ()
    said: tuple[Greeting, ...] = ()
    blind: bool = False
    known: frozenset[str] = frozenset({"door", "a", "b"})
    demanding: frozenset[str] = frozenset()
    stills: list[tuple[Image, str]] = field(default_factory=list)
    opened: dict[str, AnsweringStream] = field(default_factory=dict)
    seats: Seats = field(default_factory=Seats)
    few: bool = False

    def open(self, name: str) -> AnsweringStream:
        new = AnsweringStream(name, self.clock, self.labels, self.said, self.blind)
        return self.opened.setdefault(name, new)

    def still(self, image: Image, kiosk: str) -> tuple[Label, ...]:
        self.stills.append((image, kiosk))
        return self.labels

    def source(self) -> Callable[[], Kiosks]:
        """What the route asks."""
        kiosks = Kiosks(
            self.open, lambda name: name in self.known, self.still, self.seats, self.clock,
            few=lambda: self.few,
            demands=lambda name: name in self.demanding,
        )  # fmt: skip
        return lambda: kiosks
