"""What the kiosk says to the person before it: pure words, whoever draws them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import tzinfo

from face_rec.domain.marks import Event, Outcome, Receipt
from face_rec.domain.recognition import Verdict
from face_rec.domain.screens import Greeting, Label, Mood, Scene, mood_of

SHOWN_FOR = 6.0
"""Seconds that a greeting stays."""
_RECORDED = {Outcome.MARKED, Outcome.REPEATED}
_MOST = 3  # people greeted at once; with more, the newest


@dataclass(frozen=True, slots=True)
class Banner:
    """One message; moods are style classes, ``sound`` names the event to be heard, once."""

    mood: Mood
    title: str
    text: str
    sound: str = ""


Means = Callable[[Event], str]
"""What a mark means to the one who made it (:mod:`face_rec.attendance.marks.meaning`); empty:
not known."""


def _unknown(_event: Event) -> str:
    return ""


def banners(
    greetings: Iterable[Greeting], scene: Scene | None, zone: tzinfo, means: Means = _unknown
) -> tuple[Banner, ...]:
    """What to say: greetings first, else what is seen; empty: nothing."""
    newest = {g.receipt.event.subject: g for g in greetings}
    said = tuple(of_receipt(g.name, g.receipt, zone, means) for g in newest.values())[-_MOST:]
    return said or _of_scene(scene)


def of_receipt(name: str, receipt: Receipt, zone: tzinfo, means: Means = _unknown) -> Banner:
    """The answer to somebody who was named: when, and what that means; times in the site's
    zone."""
    time = f"{receipt.stands_at.astimezone(zone):%H:%M}"
    text = {
        Outcome.ALREADY: f"Already marked at {time}",
        Outcome.SAVED_HERE: f"Marked at {time} · saved here until the database is back",
        Outcome.DRY_RUN: f"Recognised at {time}; marking is turned off",
    }.get(receipt.outcome, f"Marked at {time}")
    if receipt.outcome in _RECORDED and (what := means(receipt.event)):
        text = f"{text} · {what}"
    mood = mood_of(receipt)
    return Banner(mood, name, text, sound=f"{mood}:{receipt.event.id}")


def of_label(label: Label, zone: tzinfo, means: Means = _unknown) -> Banner:
    """The answer to one face of a still."""
    if label.verdict is not Verdict.NAMED:
        return _unnamed(label.verdict)
    if label.receipt is not None:
        return of_receipt(label.name, label.receipt, zone, means)
    return Banner(Mood.PROBLEM, label.name, label.problem or "Recognised, but not marked")


def _of_scene(scene: Scene | None) -> tuple[Banner, ...]:
    """What to say of faces that are not greeted; empty: there is none."""
    labels = scene.labels if scene else ()
    for label in labels:
        if label.problem:
            return (Banner(Mood.PROBLEM, label.name or "Not marked", label.problem),)
    for verdict in (Verdict.UNKNOWN, Verdict.POOR, Verdict.LOOKING):
        if any(label.verdict is verdict for label in labels):
            return (_unnamed(verdict),)
    return ()


def _unnamed(verdict: Verdict) -> Banner:
    if verdict is Verdict.UNKNOWN:
        return Banner(Mood.UNKNOWN, "Not recognised", "Ask to be registered, if you are not yet")
    if verdict is Verdict.POOR:
        return Banner(Mood.IDLE, "Come a little closer", "and look straight at the camera")
    return Banner(Mood.IDLE, "One moment", "Keep looking at the camera")
