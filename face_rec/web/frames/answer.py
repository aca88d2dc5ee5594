"""What ``/frames`` answers: plain values for a browser to draw."""

from datetime import tzinfo

from face_rec.domain.recognition import Verdict
from face_rec.domain.screens import Greeting, Label, Scene
from face_rec.protocols.streams import Stream

_SHOWN_FOR = 4.0
"""Seconds of a greeting over the picture."""
_ROOM = 3.0
"""Seconds after which an unrenewed scene is no longer sent."""


def answer(stream: Stream, now: float, zone: tzinfo) -> dict[str, object]:
    """The newest scene, greetings and figures of ``stream``; ``now`` in monotonic seconds.

    Boxes are [left, top, right, bottom] in pixels of a picture of ``width`` × ``height``."""
    stats = stream.stats()
    return {
        **_scene(stream.scene(), now),
        "greetings": [_greeting(g, zone) for g in stream.greetings(now - _SHOWN_FOR)],
        "stats": {
            "frames": stats.frames,
            "dropped": stats.dropped,
            "inferred": stats.inferred,
            "frame_rate": round(stats.frame_rate, 2),
            "inference_rate": round(stats.inference_rate, 2),
            "time_to_mark": stats.time_to_mark,
        },
    }


def _scene(scene: Scene | None, now: float) -> dict[str, object]:
    if scene is None or now - scene.taken_at > _ROOM:
        return {"width": 0, "height": 0, "faces": []}
    faces = [_face(label) for label in scene.labels]
    return {"width": scene.width, "height": scene.height, "faces": faces}


def _face(label: Label) -> dict[str, object]:
    box = label.box
    return {
        "track": label.track,
        "box": [round(side, 1) for side in (box.left, box.top, box.right, box.bottom)],
        "mood": label.mood.value,
        "name": label.name if label.verdict is Verdict.NAMED else "",
        "problem": label.problem,
    }


def _greeting(greeting: Greeting, zone: tzinfo) -> dict[str, object]:
    receipt = greeting.receipt
    return {
        "id": receipt.event.id,
        "name": greeting.name,
        "outcome": receipt.outcome.value,
        "time": f"{receipt.stands_at.astimezone(zone):%H:%M}",
    }
