"""How a camera is, as the worker says that serves it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol, Self

from face_rec.languages.language import msgid
from face_rec.languages.sentence import Sentence


class CameraState(StrEnum):
    """What is the matter with a camera; ``words`` for people."""

    words: str

    RUNNING = "running", msgid("Running")
    STARTING = "starting", msgid("Connecting")
    LOST = "lost", msgid("Does not answer")
    BLIND = "blind", msgid("Sees nothing: covered or dark")
    FROZEN = "frozen", msgid("Sends the same picture again and again")
    CLOSED = "closed", msgid("Outside its hours")
    OFF = "off", msgid("Switched off")
    UNSERVED = "unserved", msgid("No worker serves it")

    def __new__(cls, value: str, words: str) -> "CameraState":
        one = str.__new__(cls, value)
        one._value_ = value
        one.words = words
        return one

    @property
    def sees(self) -> bool:
        """Whether whoever comes past is seen."""
        return self is CameraState.RUNNING

    @property
    def wrong(self) -> bool:
        """Whether somebody has to look after it."""
        return self not in {CameraState.RUNNING, CameraState.STARTING, CameraState.CLOSED,
                            CameraState.OFF}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CameraHealth:
    """``worker``: machine and process that serve it. ``picture_at``: when the newest picture came;
    ``rate``: pictures a second that come, ``looked``: that are looked at; ``dropped``: pictures
    that a newer one replaced before they were looked at; ``reconnects``: since the worker has it;
    ``kilobits``: a second; ``decoder``: such as h264 or h264 (cuda); ``problem``: why it does not
    answer, and ``problem_is`` and ``problem_of`` what that was made of, for :attr:`trouble`.
    ``said_at``: by the worker's clock."""

    camera: str
    state: CameraState
    said_at: datetime
    worker: str = ""
    picture_at: datetime | None = None
    rate: float = 0.0
    looked: float = 0.0
    dropped: int = 0
    reconnects: int = 0
    kilobits: float = 0.0
    width: int = 0
    height: int = 0
    decoder: str = ""
    problem: str = ""
    problem_is: str = ""
    problem_of: Mapping[str, str] = field(default_factory=dict)

    @property
    def trouble(self) -> str:
        """``problem`` as a sentence, which is said in each reader's language; a worker of an
        earlier version says it in English alone."""
        return Sentence(self.problem_is, self.problem_of) if self.problem_is else self.problem

    def with_problem(self, problem: str) -> Self:
        """The same with why it does not answer, and with what that is made of."""
        if not isinstance(problem, Sentence):
            return replace(self, problem=problem, problem_is=problem)
        values = {name: str(one) for name, one in problem.values.items()}
        return replace(self, problem=str(problem), problem_is=problem.template, problem_of=values)

    def age(self, now: datetime) -> float | None:
        """Seconds since the newest picture; None before the first."""
        return None if self.picture_at is None else (now - self.picture_at).total_seconds()


class HealthBoard(Protocol):
    """Where workers say how cameras are; both may raise StoreUnavailable."""

    def say(self, health: CameraHealth) -> None:
        """It is forgotten some seconds later unless it is said again."""
        ...

    def said(self, cameras: list[str]) -> dict[str, CameraHealth]:
        """By camera; those of which nothing was said lately are not there."""
        ...
