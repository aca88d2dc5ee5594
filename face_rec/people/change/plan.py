"""A change of the recognition model: what was asked for, how far it is, and where that rests."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol, Self

from face_rec.domain.people import Person
from face_rec.people.kept_photos import MOST_TEMPLATES

WAY_BACK: Final = timedelta(days=30)
"""After a switch the templates of the model before are kept so long; then they are removed."""
NAMED: Final = 200
"""Of whom and of which pairs a trial says who they are; the others are counted."""
PORTRAIT: Final = ""
"""Stands for a person's portrait, where no photo of theirs was kept."""
_SWITCHING: Final = timedelta(minutes=1)
NOT_ONE: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Side:
    """A pack, and the contract that its embeddings are made under."""

    pack: str
    contract: str


@dataclass(frozen=True, slots=True)
class Plan:
    """``old`` was in use when it began; ``name`` is random: a plan made anew is another one.
    ``dropped``: the contract whose templates are being removed, with which the change ends.
    ``switches`` counts the presses of a switch, and ``switching_at`` is set while one is being
    made: a switch and an end exclude each other by them."""

    name: str
    old: Side
    new: Side
    begun_at: datetime
    paused: bool = False
    dropped: str = ""
    switches: int = 0
    switching_at: datetime | None = None

    def switching(self, now: datetime) -> bool:
        """Whether a switch is being made; a process killed at it holds nobody up for long."""
        return self.switching_at is not None and now - self.switching_at < _SWITCHING


@dataclass(frozen=True, slots=True)
class Tally:
    """How people stand to a contract. ``done``: with templates of it, and nothing left to make;
    ``waiting``: with something left to make. The others cannot be recognised under it:
    ``withheld`` have not consented, of ``without`` there is no picture, and ``failed`` none that
    could be used. ``portraits``: of those done, how many from their portrait only."""

    done: int = 0
    waiting: int = 0
    withheld: int = 0
    without: int = 0
    failed: int = 0
    portraits: int = 0

    @property
    def people(self) -> int:
        return self.done + self.waiting + self.withheld + self.without + self.failed

    @property
    def called_in(self) -> int:
        """How many need to come for a photo."""
        return self.without + self.failed

    def after(self, done: int) -> Self:
        """The same, so many more people later."""
        done = min(done, self.waiting)
        return replace(self, done=self.done + done, waiting=self.waiting - done)


@dataclass(frozen=True, slots=True)
class Progress:
    """Of the plan of this ``name``. ``rate``: people a second lately. ``complete``: whether
    nothing was left to make when it was last looked. ``problem``: what holds it up, or ""."""

    name: str
    at: datetime
    tally: Tally = Tally()
    rate: float = 0.0
    complete: bool = False
    problem: str = ""


class Stage(StrEnum):
    MAKING = "making"
    TRYING = "trying"
    READY = "ready"
    SWITCHED = "switched"
    ENDING = "ending"


@dataclass(frozen=True, slots=True)
class Looks:
    """What became of looks at known people, each at a photo that was kept back: the right name,
    nobody's, or another one."""

    right: int = 0
    nobody: int = 0
    wrong: int = 0
    threshold: float = 0.0
    margin: float = 0.0


@dataclass(frozen=True, slots=True)
class Alike:
    """Two people whom a model takes for nearly one; ``score`` is the cosine of their faces."""

    one: str
    other: str
    score: float


@dataclass(frozen=True, slots=True)
class Trial:
    """Both models side by side. ``people``: known to the new one; ``looks``: at photos that were
    kept back, each under both models; ``single``: people of whom none could be kept back, because
    they have one photo only. ``differently``: whom the new one would name differently at least
    once, ``lost``: of these, whom it would not name at all where the old one did; some of them by
    subject in ``changed``. ``alike``: pairs over the new threshold, the likest in ``pairs``."""

    name: str
    at: datetime
    people: int
    looks: int
    single: int
    old: Looks
    new: Looks
    differently: int
    lost: int
    changed: tuple[str, ...]
    alike_old: int
    alike: int
    pairs: tuple[Alike, ...]

    def subjects(self) -> set[str]:
        """All that it names."""
        return {*self.changed, *(pair.one for pair in self.pairs), *(p.other for p in self.pairs)}

    def without(self, subject: str) -> Self:
        """The same, telling nothing of ``subject``."""
        changed = tuple(one for one in self.changed if one != subject)
        pairs = tuple(pair for pair in self.pairs if subject not in {pair.one, pair.other})
        return replace(self, changed=changed, pairs=pairs)


@dataclass(frozen=True, slots=True)
class Switch:
    """Which pack a site uses: the ``number``-th choice of one."""

    number: int
    contract: str
    at: datetime
    pack: str

    def text(self) -> str:
        """As it is kept among the site's options."""
        return f"{self.number} {self.contract} {self.at.isoformat()} {self.pack}"

    @classmethod
    def of(cls, text: str) -> Self | None:
        """None for "": nobody has chosen. Raises ValueError for what is none."""
        if not text:
            return None
        number, contract, at, pack = text.split(" ", 3)
        return cls(int(number), contract, datetime.fromisoformat(at), pack)


class ChangeStore(Protocol):
    """Where a change rests, for all processes of a site. All may raise StoreUnavailable."""

    def plan(self) -> Plan | None: ...

    def begin(self, plan: Plan) -> bool:
        """False if there is one already."""
        ...

    def swap(self, was: Plan, becomes: Plan) -> bool:
        """False if ``was`` does not stand any more."""
        ...

    def end(self, plan: Plan) -> None:
        """Forget ``plan`` and all about it."""
        ...

    def progress(self) -> Progress | None: ...

    def note(self, progress: Progress) -> None: ...

    def trial(self) -> Trial | None: ...

    def keep(self, trial: Trial | None) -> None: ...

    def failures(self) -> Mapping[str, Mapping[str, str]]:
        """By subject and photo, why it could not be embedded."""
        ...

    def fail(self, subject: str, reasons: Mapping[str, str]) -> None: ...

    def forgive(self, *subjects: str) -> None:
        """What failed of these people is tried again; of everybody, if none are named."""
        ...

    def forget(self, subject: str) -> int:
        """Tell nothing of this person any more, whatever else is being written; what that was."""
        ...

    @property
    def lease(self) -> float:
        """Seconds that a claim holds."""
        ...

    def claim(self) -> bool:
        """True for one process at a time, for some seconds; for the one that has it, again."""
        ...

    def release(self) -> None: ...


def missing(person: Person, contract: str, failed: Iterable[str] = NOT_ONE) -> list[str]:
    """Of which photos a template of ``contract`` can still be made; PORTRAIT where there is no
    other picture, or none that could be used (photos that are not kept any more leave their names
    in the templates). None of somebody who has not consented."""
    if person.consent is None or not person.consent.valid:
        return []
    own = [info for info in person.templates if info.contract == contract]
    photos = list(dict.fromkeys(info.photo for info in person.templates if info.photo))
    if person.photo and person.templates and not own and all(name in failed for name in photos):
        photos = [PORTRAIT]
    made = {info.photo for info in own}
    left = [name for name in photos if name not in made and name not in failed]
    return left[: max(0, MOST_TEMPLATES - len(own))]


def tally(
    people: Sequence[Person], contract: str, failures: Mapping[str, Mapping[str, str]]
) -> Tally:
    """How ``people`` stand; those without any template are no matter of a change."""
    count = dict.fromkeys(("done", "waiting", "withheld", "without", "failed", "portraits"), 0)
    for person in people:
        if person.templates:
            failed = failures.get(person.subject, {})
            count[_standing(person, contract, failed)] += 1
            count["portraits"] += _from_portrait(person, contract)
    return Tally(**count)


def _standing(person: Person, contract: str, failed: Mapping[str, str]) -> str:
    if missing(person, contract, failed):
        return "waiting"
    if any(info.contract == contract for info in person.templates):
        return "done"
    if person.consent is None or not person.consent.valid:
        return "withheld"
    return "failed" if failed else "without"


def _from_portrait(person: Person, contract: str) -> bool:
    """Whether all that there is under ``contract`` was made from the portrait. Of templates made
    at an enrolment without kept photos that cannot be told, and does not matter."""
    own = [info.photo for info in person.templates if info.contract == contract]
    others = any(info.contract != contract for info in person.templates)
    return others and own == [PORTRAIT]
