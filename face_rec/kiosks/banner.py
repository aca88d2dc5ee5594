"""What the kiosk says to the person before it, and by what name: pure words, whoever draws
them."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from face_rec.domain.liveness import Hold, Side
from face_rec.domain.marks import Event, Outcome, Receipt
from face_rec.domain.recognition import Flaw, Verdict
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


Named = Callable[[str], str]
"""How a screen calls who has this name: :func:`full_name` or :func:`short_name`."""


def full_name(name: str) -> str:
    """As it was registered."""
    return name


def banners(
    greetings: Iterable[Greeting],
    scene: Scene | None,
    zone: tzinfo,
    means: Means = _unknown,
    named: Named = full_name,
    *,
    pin: bool = False,
) -> tuple[Banner, ...]:
    """What to say: greetings first, else what is seen; empty: nothing. ``pin``: whether PINs may
    be used here."""
    newest = {g.receipt.event.subject: g for g in greetings}
    said = tuple(of_receipt(named(g.name), g.receipt, zone, means) for g in newest.values())
    return said[-_MOST:] or _of_scene(scene, named, pin)


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


def of_label(
    label: Label,
    zone: tzinfo,
    means: Means = _unknown,
    named: Named = full_name,
    *,
    pin: bool = False,
) -> Banner:
    """The answer to one face of a still; ``pin``: whether PINs may be used here."""
    if label.hold is not None:
        return _held(label, label.hold, pin)
    if label.verdict is not Verdict.NAMED:
        return _unnamed(label)
    name = named(label.name)
    if label.receipt is not None:
        return of_receipt(name, label.receipt, zone, means)
    return Banner(Mood.PROBLEM, name, label.problem or "Recognised, but not marked")


def _of_scene(scene: Scene | None, named: Named, pin: bool) -> tuple[Banner, ...]:
    """What to say of faces that are not greeted; empty: there is none."""
    labels = scene.labels if scene else ()
    for label in labels:
        if label.problem:
            return (Banner(Mood.PROBLEM, named(label.name) or "Not marked", label.problem),)
    for label in sorted(labels, key=lambda one: one.prompt is None):
        if label.hold is not None:
            return (_held(label, label.hold, pin),)
    for verdict in (Verdict.UNKNOWN, Verdict.POOR, Verdict.LOOKING):
        for label in labels:
            if label.verdict is verdict:
                return (_unnamed(label),)
    return ()


_ADVICE: Final[Mapping[Flaw | None, tuple[str, str]]] = {
    None: ("Come a little closer", "and look straight at the camera"),
    Flaw.SMALL: ("Come closer", "and look straight at the camera"),
    Flaw.DARK: ("Face the light", "It is too dark to see you"),
    Flaw.BRIGHT: ("Out of the glare, please", "It is too bright to see you"),
    Flaw.FLAT: ("Face the light", "It comes from behind you"),
    Flaw.COVERED: ("Show your whole face", "Take off the mask, or what else covers it"),
    Flaw.TURNED: ("Look at the camera", "Turn your face to it"),
    Flaw.BLURRED: ("Hold still", "for a moment, please"),
}


def advice(label: Label) -> str:
    """What who cannot be judged may do about it, in a few words; empty for all others."""
    if label.prompt is not None:
        return TURNS[label.prompt.side]
    if label.hold is not None:
        return label.hold.heading
    return _ADVICE[label.flaw][0] if label.verdict is Verdict.POOR else ""


TURNS: Final[Mapping[Side | None, str]] = {
    Side.LEFT: "Turn your head to the left",
    Side.RIGHT: "Turn your head to the right",
    None: "Look at the camera again",
}
"""What somebody is asked to do; None: to turn back."""


def _held(label: Label, hold: Hold, pin: bool) -> Banner:
    """To somebody who would be marked if their face were known to be no picture."""
    if label.prompt is not None:
        side, nonce = label.prompt.side, label.prompt.nonce
        heard = "turn:colours" if label.prompt.colour else f"turn:{nonce}:{side or 'back'}"
        return Banner(Mood.IDLE, TURNS[side], "Stay where you are", heard)
    mood = Mood.IDLE if label.mood is Mood.LOOKING else Mood.PROBLEM
    return Banner(mood, hold.heading, hold.advice(pin))


def _unnamed(label: Label) -> Banner:
    if label.verdict is Verdict.UNKNOWN:
        return Banner(Mood.UNKNOWN, "Not recognised", "Ask to be registered, if you are not yet")
    if label.verdict is Verdict.POOR:
        return Banner(Mood.IDLE, *_ADVICE[label.flaw])
    return Banner(Mood.IDLE, "One moment", "Keep looking at the camera")


# --- short names

_TITLES: Final = frozenset(
    [
        "dr", "prof", "med", "mr", "mrs", "ms", "miss", "mx", "sir", "dame", "herr", "frau",
        "mme", "mlle", "sr", "sra", "srta", "dott", "mag", "ing", "dipl",
    ]
)  # fmt: skip
_AFTER: Final = frozenset(["jr", "sr", "ii", "iii", "iv", "phd", "md", "msc", "bsc", "mba"])
_BRACKETED = re.compile(r"\([^)]*\)|\[[^]]*\]")
_WITHOUT_INITIALS = re.compile(r"CJK|HIRAGANA|KATAKANA|HANGUL|BOPOMOFO|IDEOGRAPHIC")
_HIDDEN: Final = "○"


def short_name(name: str) -> str:
    """``Maria K.`` for Maria Kern: the first name, and the first letter of the last.

    Titles, what stands in brackets and ``Jr.`` are left out; of ``Kern, Maria`` the order is
    turned. Who has one name only keeps it. Chinese, Japanese and Korean names, which have no
    initials, are covered in the middle, as is customary where they are written: 王○明.
    """
    whole = unicodedata.normalize("NFC", _BRACKETED.sub(" ", name)).strip()
    family, comma, given = whole.partition(",")
    if comma and _bare(given.split()[0] if given.split() else "") not in _AFTER | {""}:
        whole = f"{given} {family}"
    words = [word.strip(",") for word in whole.split()]
    words = [word for word in words if any(map(str.isalnum, word))]
    while len(words) > 1 and _bare(words[0]) in _TITLES:
        words = words[1:]
    while len(words) > 1 and _bare(words[-1]) in _AFTER:
        words = words[:-1]
    if words and all(map(_without_initials, words)):
        return _covered("".join(words))
    return f"{words[0]} {_initial(words[-1])}." if len(words) > 1 else "".join(words) or name


def _bare(word: str) -> str:
    return word.replace(".", "").casefold()


def _without_initials(word: str) -> bool:
    first = next(filter(str.isalnum, word))
    return bool(_WITHOUT_INITIALS.match(unicodedata.name(first, "")))


def _covered(name: str) -> str:
    letters = [letter for letter in name if letter.isalnum()]
    last = letters[-1] if len(letters) > 2 else ""
    return letters[0] + _HIDDEN * (len(letters) - 1 - len(last)) + last


def _initial(word: str) -> str:
    """Its first letter with the signs that belong to it."""
    start = next(at for at, letter in enumerate(word) if letter.isalnum())
    end = start + 1
    while end < len(word) and unicodedata.category(word[end]).startswith("M"):
        end += 1
    return word[start:end]
