"""``python -m face_rec watch``, with painted faces."""

import argparse
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import cv2
import pytest

from face_rec.cameras.address import Address
from face_rec.cli.recognition import watch
from face_rec.cli.recognition.watch import Reporter, Watch, as_json, as_text
from face_rec.clock import SystemClock
from face_rec.domain.errors import SourceError
from face_rec.domain.marks import Outcome
from face_rec.journey.engine import Engine
from face_rec.journey.streams.recorded import PictureFolder, VideoFile
from face_rec.journey.streams.workers import WorkerPool
from tests.fakes.journey import Actor, Stage, picture
from tests.rtsp import RtspCamera
from tests.rtsp import clip as recorded

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


def watching(engine: Engine, *, marks: bool = True) -> Watch:
    return Watch(engine, "cli", 60, marks=marks, fast=True)


def test_a_video_gives_one_line_a_name_and_one_an_unknown_face(
    stage: Stage, engine: Engine, clip: VideoFile
) -> None:
    findings = list(watching(engine)(clip))
    assert sorted(f.person or "" for f in findings) == ["", "id-ann"]
    named = next(f for f in findings if f.person)
    assert named.outcome is Outcome.MARKED
    assert named.at == 0.2
    assert stage.marked == ["ann"]


def test_without_marks_nothing_is_written(stage: Stage, engine: Engine, clip: VideoFile) -> None:
    findings = list(watching(engine, marks=False)(clip))
    assert [f.outcome for f in findings if f.person] == [Outcome.DRY_RUN]
    assert stage.marked == []
    assert stage.journal.pending() == []
    assert stage.snapshots.offered == []


def test_the_pictures_of_a_folder_are_stills(stage: Stage, engine: Engine, tmp_path: Path) -> None:
    for name, colour in (("a", ANN), ("b", STRANGER), ("c", ANN)):
        cv2.imwrite(str(tmp_path / f"{name}.png"), picture([Actor(colour)]))
    findings = list(watching(engine)(PictureFolder(tmp_path)))
    assert [f.person for f in findings] == ["id-ann", None, "id-ann"]
    assert [f.outcome for f in findings] == [Outcome.MARKED, None, Outcome.ALREADY]
    assert (findings[1].file or "").endswith("b.png")


@pytest.mark.heavy
def test_a_camera_is_served_as_those_are_that_an_admin_has_added(stage: Stage) -> None:
    """Over RTSP, through the engine, until somebody has been named."""
    services = replace(stage.services, clock=SystemClock())
    engine = Engine(services, WorkerPool(1, services.clock))
    with RtspCamera(recorded([picture([Actor(ANN)])] * 30, 15)) as camera, closing(engine):
        findings = Watch(engine, "cli", 60, marks=True, fast=True)(Address(camera.url))
        finding = next(findings)
        findings.close()  # type: ignore[attr-defined]
    assert finding.person == "id-ann"
    assert engine.streams() == ()


def test_a_camera_of_this_machine_that_is_not_there_is_said_at_once(engine: Engine) -> None:
    with pytest.raises(SourceError, match="plugged in"):
        next(Watch(engine, "cli", 60, marks=True, fast=True)(Address("99")))


def test_the_report_forgets_tracks_that_are_gone(stage: Stage) -> None:
    reporter = Reporter(stage.services)
    list(reporter(stage.show(Actor(STRANGER), frames=5).labels))
    assert len(reporter._said) == 1
    list(reporter(stage.show(frames=30).labels))
    assert len(reporter._said) == 0


def test_json_has_null_for_an_unknown_face(stage: Stage, engine: Engine, clip: VideoFile) -> None:
    lines = [json.loads(as_json(f)) for f in watching(engine)(clip)]
    unknown = next(line for line in lines if line["person"] is None)
    assert {"time", "person", "score", "margin", "track"} <= unknown.keys()
    assert unknown["outcome"] is None
    assert "file" not in unknown


def test_the_text_names_the_unknown_too(stage: Stage, engine: Engine, clip: VideoFile) -> None:
    lines = "\n".join(as_text(f) for f in watching(engine)(clip))
    assert "Ann (marked)" in lines
    assert "unknown" in lines


def test_the_command_line() -> None:
    parser = argparse.ArgumentParser()
    watch.add(parser.add_subparsers())
    options = parser.parse_args(["watch", "0", "--json", "--no-mark", "--once"])
    assert (options.source, options.json, options.no_mark, options.once) == ("0", True, True, True)
    assert options.run is watch.run
