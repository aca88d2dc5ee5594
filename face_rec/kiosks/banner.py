"""What the kiosk says to the person before it, and by what name: pure words, whoever draws
them."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from face_rec.domain.kiosks.screens import Greeting, Label, Mood, Scene, mood_of
from face_rec.domain.liveness import Hold, Side
from face_rec.domain.marks import Event, Outcome, Receipt
from face_rec.domain.recognition import Flaw, Verdict
from face_rec.languages.language import msgid
from face_rec.languages.translator import ENGLISH, Translator

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
    words: Translator = ENGLISH,
    pin: bool = False,
) -> tuple[Banner, ...]:
    """What to say, in the language of ``words``: greetings first, else what is seen; empty:
    nothing. ``pin``: whether PINs may be used here."""
    newest = {g.receipt.event.subject: g for g in greetings}
    said = tuple(of_receipt(named(g.name), g.receipt, zone, means, words) for g in newest.values())
    return said[-_MOST:] or _of_scene(scene, named, words, pin)


_BECAME: Final[Mapping[Outcome, str]] = {
    Outcome.ALREADY: msgid("Already marked at {time}"),
    Outcome.SAVED_HERE: msgid("Marked at {time} · saved here until the database is back"),
    Outcome.DRY_RUN: msgid("Recognised at {time}; marking is turned off"),
}
_MARKED: Final = msgid("Marked at {time}")


def of_receipt(
    name: str,
    receipt: Receipt,
    zone: tzinfo,
    means: Means = _unknown,
    words: Translator = ENGLISH,
) -> Banner:
    """The answer to somebody who was named: when, and what that means; times in the site's
    zone."""
    at = receipt.stands_at.astimezone(zone)
    became = _BECAME.get(receipt.outcome, _MARKED)
    text = words.gettext(became, time=words.time(at.hour, at.minute))
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
    words: Translator = ENGLISH,
    pin: bool = False,
) -> Banner:
    """The answer to one face of a still; ``pin``: whether PINs may be used here."""
    if label.hold is not None:
        return _held(label, label.hold, words, pin)
    if label.verdict is not Verdict.NAMED:
        return _unnamed(label, words)
    name = named(label.name)
    if label.receipt is not None:
        return of_receipt(name, label.receipt, zone, means, words)
    why = _problem(words) if label.problem else words.gettext("Recognised, but not marked")
    return Banner(Mood.PROBLEM, name, why)


def _problem(words: Translator) -> str:
    """The disk does not take the mark; why is for the office, and stands on System."""
    return words.gettext("No mark can be saved here now. Tell the office.")


def _of_scene(
    scene: Scene | None, named: Named, words: Translator, pin: bool
) -> tuple[Banner, ...]:
    """What to say of faces that are not greeted; empty: there is none."""
    labels = scene.labels if scene else ()
    for label in labels:
        if label.problem:
            name = named(label.name) or words.gettext("Not marked")
            return (Banner(Mood.PROBLEM, name, _problem(words)),)
    for label in sorted(labels, key=lambda one: one.prompt is None):
        if label.hold is not None:
            return (_held(label, label.hold, words, pin),)
    for verdict in (Verdict.UNKNOWN, Verdict.POOR, Verdict.LOOKING):
        for label in labels:
            if label.verdict is verdict:
                return (_unnamed(label, words),)
    return ()


_STRAIGHT: Final = msgid("and look straight at the camera")
_ADVICE: Final[Mapping[Flaw | None, tuple[str, str]]] = {
    None: (msgid("Come a little closer"), _STRAIGHT),
    Flaw.SMALL: (msgid("Come closer"), _STRAIGHT),
    Flaw.DARK: (msgid("Face the light"), msgid("It is too dark to see you")),
    Flaw.BRIGHT: (msgid("Out of the glare, please"), msgid("It is too bright to see you")),
    Flaw.FLAT: (msgid("Face the light"), msgid("It comes from behind you")),
    Flaw.COVERED: (
        msgid("Show your whole face"),
        msgid("Take off the mask, or what else covers it"),
    ),
    Flaw.TURNED: (msgid("Look at the camera"), msgid("Turn your face to it")),
    Flaw.BLURRED: (msgid("Hold still"), msgid("for a moment, please")),
}


def caption(label: Label, words: Translator = ENGLISH) -> str:
    """Beside a face: why it is not marked, or what who cannot be judged may do about it, in a few
    words; empty for all others."""
    if label.problem:
        return _problem(words)
    if label.prompt is not None:
        return words.gettext(TURNS[label.prompt.side])
    if label.hold is not None:
        return words.gettext(label.hold.heading)
    return words.gettext(_ADVICE[label.flaw][0]) if label.verdict is Verdict.POOR else ""


TURNS: Final[Mapping[Side | None, str]] = {
    Side.LEFT: msgid("Turn your head to the left"),
    Side.RIGHT: msgid("Turn your head to the right"),
    None: msgid("Look at the camera again"),
}
"""What somebody is asked to do; None: to turn back."""


def _held(label: Label, hold: Hold, words: Translator, pin: bool) -> Banner:
    """To somebody who would be marked if their face were known to be no picture."""
    if label.prompt is not None:
        side, nonce = label.prompt.side, label.prompt.nonce
        heard = "turn:colours" if label.prompt.colour else f"turn:{nonce}:{side or 'back'}"
        turn, stay = words.gettext(TURNS[side]), words.gettext("Stay where you are")
        return Banner(Mood.IDLE, turn, stay, heard)
    mood = Mood.IDLE if label.mood is Mood.LOOKING else Mood.PROBLEM
    return Banner(mood, words.gettext(hold.heading), _where_else(hold, words, pin))


def _where_else(hold: Hold, words: Translator, pin: bool) -> str:
    """Why, and where else they may go where there is nothing they could do before it."""
    text = words.gettext(hold.text)
    if not hold.ends:
        return text
    other = msgid("Use your PIN, or ask the office") if pin else msgid("Ask the office")
    return f"{text} · {words.gettext(other)}"


def _unnamed(label: Label, words: Translator) -> Banner:
    mood, title, text = Mood.IDLE, msgid("One moment"), msgid("Keep looking at the camera")
    if label.verdict is Verdict.UNKNOWN:
        mood, title = Mood.UNKNOWN, msgid("Not recognised")
        text = msgid("Ask to be registered, if you are not yet")
    elif label.verdict is Verdict.POOR:
        title, text = _ADVICE[label.flaw]
    return Banner(mood, words.gettext(title), words.gettext(text))


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
