"""Somebody who is told by mail when a person comes in and goes out: a parent, of a pupil."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from face_rec.domain.marks import Way


class State(StrEnum):
    """Nothing is told before they have agreed, nor after they have stopped it."""

    ASKED = "asked"
    AGREED = "agreed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Guardian:
    """``sealed``: the address; ``shown``: as much of it as lists show. ``inwards``, ``outwards``:
    of which way they are told. ``text``, ``text_version``, ``agreed_at``: what they agreed to, in
    ``language``, and when."""

    id: str
    sealed: str = field(repr=False)
    shown: str
    language: str
    created_by: str
    asked_at: datetime
    inwards: bool = True
    outwards: bool = True
    state: State = State.ASKED
    text: str = ""
    text_version: str = ""
    agreed_at: datetime | None = None
    stopped_at: datetime | None = None

    def told_of(self, way: Way) -> bool:
        wanted = self.inwards if way is Way.IN else way is Way.OUT and self.outwards
        return wanted and self.state is State.AGREED

    def agreed(self, text: str, version: str, now: datetime) -> "Guardian":
        return replace(
            self, state=State.AGREED, text=text, text_version=version, agreed_at=now,
            stopped_at=None,
        )  # fmt: skip

    def stopped(self, now: datetime) -> "Guardian":
        return replace(self, state=State.STOPPED, stopped_at=now)


@dataclass(frozen=True, slots=True)
class Guardians:
    """Those of one person; ``id``: the person's subject."""

    id: str
    guardians: tuple[Guardian, ...] = ()
    version: int = 0

    def get(self, guardian_id: str) -> Guardian | None:
        return next((one for one in self.guardians if one.id == guardian_id), None)

    def having(self, changed: Guardian) -> "Guardians":
        """With this one in the place of the one of its id."""
        return replace(
            self,
            guardians=tuple(changed if o.id == changed.id else o for o in self.guardians),
        )
