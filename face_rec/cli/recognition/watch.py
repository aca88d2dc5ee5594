"""``watch``: the kiosk's journey on a video, a folder, a USB camera or an RTSP URL.

Prints a line for everybody who is named and one for each unknown face.
"""

import argparse
import dataclasses
import json
import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Final

import config
from face_rec.cameras.address import Address
from face_rec.cameras.camera import Camera, CameraEntry, Purpose
from face_rec.cameras.serving.served import ServedCamera, Surroundings
from face_rec.cameras.source import HELP, Source, source_of
from face_rec.clock import Clock, SystemClock
from face_rec.domain.faces import Frame
from face_rec.domain.kiosks.screens import Label
from face_rec.domain.marks import Outcome
from face_rec.domain.recognition import Verdict
from face_rec.journey.engine import Engine
from face_rec.journey.marking.mark import DryRunMarker
from face_rec.journey.pipeline import Journey
from face_rec.journey.pipeline_deps import PipelineDeps
from face_rec.journey.still import Stills
from face_rec.journey.streams.recorded import PictureFolder, VideoFile
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.languages.language import msgid
from face_rec.terminal.words import figure, in_words, said

if TYPE_CHECKING:
    from face_rec.assembly.recognition import Recognition

_OUTCOMES: Final = {
    Outcome.MARKED: msgid("marked"),
    Outcome.SAVED_HERE: msgid("saved_here"),
    Outcome.ALREADY: msgid("already"),
    Outcome.REPEATED: msgid("repeated"),
    Outcome.DRY_RUN: msgid("dry_run"),
}
GALLERY_SECONDS = 120.0
"""How long to wait until everybody is in memory."""


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """One line of output. ``person``: the ID, None for an unknown face. ``at``: seconds into
    a video; ``file``: which picture of a folder."""

    time: datetime
    person: str | None
    name: str
    score: float
    margin: float
    track: int
    outcome: Outcome | None
    at: float | None = None
    file: str | None = None


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    command = commands.add_parser("watch", help=said("recognise on a video, folder or camera"))
    command.add_argument(
        "source",
        help=said(
            "video file, folder of pictures, USB index or RTSP URL, {how}", how=in_words(HELP)
        ),
    )
    command.add_argument("--kiosk", default="watch", help=said("name that the marks carry"))
    command.add_argument("--json", action="store_true", help=said("one JSON object a line"))
    command.add_argument("--no-mark", action="store_true", help=said("write nothing to Redis"))
    command.add_argument("--once", action="store_true", help=said("stop after the first name"))
    command.add_argument("--fast", action="store_true", help=said("do not keep a file's own pace"))
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Watch until the source ends, or for ever."""
    source = source_of(options.source)
    from face_rec.assembly.recognition import build_recognition

    with build_recognition(config.load()) as (core, _):
        _wait_until_ready(core)
        watch = Watch(
            core.engine, options.kiosk, core.stores.options.current().cooldown,
            marks=not options.no_mark, fast=options.fast,
        )  # fmt: skip
        for finding in watch(source):
            print(as_json(finding) if options.json else as_text(finding), flush=True)
            if options.once and finding.person is not None:
                break
    return 0


def without_marks(deps: PipelineDeps, cooldown: float) -> PipelineDeps:
    """The same, except that nothing is written."""
    return dataclasses.replace(deps, marker=DryRunMarker(cooldown), snapshots=None)


class Watch:
    """Sends a source on the journey and yields what comes of it.

    Files run in the caller's thread, every frame, in the file's own time; a camera is served as
    those are that an admin has added: through the engine's workers, and only its newest frame
    counts.
    """

    def __init__(
        self, engine: Engine, kiosk: str, cooldown: float, *, marks: bool, fast: bool
    ) -> None:
        """``cooldown``: seconds, of the site."""
        self._engine = engine
        self._deps = engine.deps if marks else without_marks(engine.deps, cooldown)
        self._kiosk = kiosk
        self._cooldown = cooldown
        self._purpose = Purpose.MARK if marks else Purpose.WATCH
        self._fast = fast
        self._report = Reporter(self._deps)

    def __call__(self, source: Source) -> Iterator[Finding]:
        """Findings as they are made; raises SourceError and CameraRefused."""
        if isinstance(source, VideoFile):
            return self._video(source)
        return self._folder(source) if isinstance(source, PictureFolder) else self._live(source)

    def _video(self, source: VideoFile) -> Iterator[Finding]:
        journey, start = Journey(self._kiosk, self._deps), time.monotonic()
        for number, (at, image) in enumerate(source.frames(), 1):
            if not self._fast:
                time.sleep(max(0.0, start + at - time.monotonic()))
            scene = journey.process(Frame(image, number, start + at))
            yield from self._report(scene.labels, at=at)

    def _folder(self, source: PictureFolder) -> Iterator[Finding]:
        still = Stills(self._deps)
        for path, image in source.pictures():
            labels = still(image, self._kiosk)
            yield from self._report(labels, file=str(path.relative_to(source.path.parent)))
            self._report.forget()

    def _live(self, address: Address) -> Iterator[Finding]:
        """For ever. A network camera may still be starting and is waited for."""
        if address.index is not None:
            from face_rec.cameras.picture import Trial

            Trial(Path())(address)
        looked = Event()
        unheard = self._engine.listen(self._kiosk, looked.set)
        served = ServedCamera(self._entry(address), self._around(address), lambda: True)
        try:
            while True:
                looked.wait()
                looked.clear()
                stream = self._engine.live(self._kiosk)
                scene = stream.scene if stream else None
                yield from self._report(scene.labels if scene else ())
        finally:
            served.stop()
            unheard()

    def _entry(self, address: Address) -> CameraEntry:
        now = self._deps.clock.now()
        camera = Camera(self._kiosk, "", address.shown, "", now, purpose=self._purpose)
        return CameraEntry(camera, KioskRecord(self._kiosk))

    def _around(self, address: Address) -> Surroundings:
        return Surroundings(
            self._engine, SystemClock(), lambda _: address, Path(), lambda: self._cooldown,
            lambda *_: None, "watch",
        )  # fmt: skip


class Reporter:
    """Says each thing once: a name a track, an unknown face a track."""

    def __init__(self, deps: PipelineDeps) -> None:
        self._directory = deps.directory
        self._clock: Clock = deps.clock
        self._said: set[tuple[int, str]] = set()

    def __call__(
        self, labels: Iterable[Label], at: float | None = None, file: str | None = None
    ) -> Iterator[Finding]:
        """What is new in ``labels``."""
        labels = tuple(labels)
        tracks = {label.track for label in labels}
        self._said = {one for one in self._said if one[0] in tracks}
        for label in labels:
            subject = label.receipt.event.subject if label.receipt else ""
            told = label.receipt is not None or label.verdict is Verdict.UNKNOWN
            if told and (label.track, subject) not in self._said:
                self._said.add((label.track, subject))
                yield self._finding(label, at, file)

    def forget(self) -> None:
        """The next labels are of another picture; their numbers begin anew."""
        self._said.clear()

    def _finding(self, label: Label, at: float | None, file: str | None) -> Finding:
        receipt = label.receipt
        person = self._directory.person(receipt.event.subject) if receipt else None
        return Finding(
            time=receipt.event.at if receipt else self._clock.now(),
            person=(person.id if person else receipt.event.subject) if receipt else None,
            name=label.name,
            score=round(label.score, 4),
            margin=round(label.margin, 4),
            track=label.track,
            outcome=receipt.outcome if receipt else None,
            at=None if at is None else round(at, 3),
            file=file,
        )


def as_json(finding: Finding) -> str:
    """One object; ``at`` and ``file`` only where they mean something."""
    fields = dataclasses.asdict(finding)
    fields["time"] = finding.time.isoformat()
    optional = ("at", "file")
    return json.dumps(
        {k: v for k, v in fields.items() if k not in optional or v is not None},
        ensure_ascii=False,
    )


def as_text(finding: Finding) -> str:
    """For people."""
    who = said("unknown")
    if finding.person and finding.outcome:
        who = f"{finding.name or finding.person} ({in_words(_OUTCOMES[finding.outcome])})"
    place = finding.file or ("" if finding.at is None else f"{finding.at:.2f} s")
    figures = (
        said("score {score}", score=figure(finding.score, 3)),
        said("margin {margin}", margin=figure(finding.margin, 3)),
        said("track {number}", number=finding.track),
    )
    return "  ".join((f"{finding.time:%Y-%m-%d %H:%M:%S}", who, *figures, place)).rstrip()


def _wait_until_ready(core: "Recognition") -> None:
    """A watch on a file must not run past people who are not loaded yet."""
    if core.models.current() is None:
        core.models.load()
    core.follower.wait(core.stores.people.revision(), GALLERY_SECONDS)
