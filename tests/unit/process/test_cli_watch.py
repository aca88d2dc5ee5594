"""``python -m face_rec watch``, with painted faces."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest

from face_rec.cli import watch
from face_rec.cli.watch import Reporter, Watch, as_json, as_text, without_marks
from face_rec.domain.marks import Outcome
from face_rec.journey.engine import Engine
from face_rec.journey.pipeline import PipelineDeps
from face_rec.journey.streams.camera import LiveCamera, PictureFolder, VideoFile
from face_rec.journey.streams.workers import WorkerPool
from tests.fakes.journey import Actor, Stage, picture
from tests.unit.journey.test_journey_camera import FakeCapture, ImpatientEvent

ANN, STRANGER = 0, 25


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage()
    stage.enrol("ann", ANN)
    yield stage
    stage.close()


@pytest.fixture
def engine(stage: Stage) -> Iterator[Engine]:
    s = stage.services
    engine = Engine(s, WorkerPool(1, s.clock))
    yield engine
    engine.close()


@pytest.fixture
def clip(tmp_path: Path) -> VideoFile:
    """A second of Ann and a stranger at 10 frames a second."""
    path = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (640, 480))
    for _ in range(10):
        writer.write(picture([Actor(ANN), Actor(STRANGER, left=400)]))
    writer.release()
    return VideoFile(path)


def watching(engine: Engine, services: PipelineDeps) -> Watch:
    return Watch(engine, services, "cli", fast=True)


def test_a_video_gives_one_line_a_name_and_one_an_unknown_face(
    stage: Stage, engine: Engine, clip: VideoFile
) -> None:
    findings = list(watching(engine, stage.services)(clip))
    assert sorted(f.person or "" for f in findings) == ["", "id-ann"]
    named = next(f for f in findings if f.person)
    assert named.outcome is Outcome.MARKED
    assert named.at == 0.2
    assert stage.marked == ["ann"]


def test_without_marks_nothing_is_written(stage: Stage, engine: Engine, clip: VideoFile) -> None:
    findings = list(watching(engine, without_marks(stage.services, 60))(clip))
    assert [f.outcome for f in findings if f.person] == [Outcome.DRY_RUN]
    assert stage.marked == []
    assert stage.journal.pending() == []
    assert stage.snapshots.offered == []


def test_the_pictures_of_a_folder_are_stills(stage: Stage, engine: Engine, tmp_path: Path) -> None:
    for name, colour in (("a", ANN), ("b", STRANGER), ("c", ANN)):
        cv2.imwrite(str(tmp_path / f"{name}.png"), picture([Actor(colour)]))
    findings = list(watching(engine, stage.services)(PictureFolder(tmp_path)))
    assert [f.person for f in findings] == ["id-ann", None, "id-ann"]
    assert [f.outcome for f in findings] == [Outcome.MARKED, None, Outcome.ALREADY]
    assert (findings[1].file or "").endswith("b.png")


def test_a_live_camera_goes_through_the_engine(
    stage: Stage, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Frames come until somebody has been named."""
    capture = FakeCapture(2000)

    def read() -> tuple[bool, object]:
        stage.clock.advance(1 / 15)
        ImpatientEvent.__mro__[1]().wait(0.002)  # a camera takes its time
        return True, picture([Actor(ANN)])

    monkeypatch.setattr(capture, "read", read)
    camera = LiveCamera(0, None, lambda _: capture)
    findings = watching(engine, stage.services)(camera)
    finding = next(findings)
    findings.close()  # type: ignore[attr-defined]
    assert finding.person == "id-ann"
    assert engine.streams() == ()


def test_the_report_forgets_tracks_that_are_gone(stage: Stage) -> None:
    reporter = Reporter(stage.services)
    list(reporter(stage.show(Actor(STRANGER), frames=5).labels))
    assert len(reporter._said) == 1
    list(reporter(stage.show(frames=30).labels))
    assert len(reporter._said) == 0


def test_json_has_null_for_an_unknown_face(stage: Stage, engine: Engine, clip: VideoFile) -> None:
    lines = [json.loads(as_json(f)) for f in watching(engine, stage.services)(clip)]
    unknown = next(line for line in lines if line["person"] is None)
    assert {"time", "person", "score", "margin", "track"} <= unknown.keys()
    assert unknown["outcome"] is None
    assert "file" not in unknown


def test_the_text_names_the_unknown_too(stage: Stage, engine: Engine, clip: VideoFile) -> None:
    lines = "\n".join(as_text(f) for f in watching(engine, stage.services)(clip))
    assert "Ann (marked)" in lines
    assert "unknown" in lines


def test_the_command_line() -> None:
    parser = argparse.ArgumentParser()
    watch.add(parser.add_subparsers())
    options = parser.parse_args(["watch", "0", "--json", "--no-mark", "--once"])
    assert (options.source, options.json, options.no_mark, options.once) == ("0", True, True, True)
    assert options.run is watch.run
