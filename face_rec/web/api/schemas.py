"""What the API answers and takes, as models that both its handlers and its description use."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema

from face_rec.domain import marks, people
from face_rec.domain.clock_state import Stamp
from face_rec.domain.liveness import Liveness
from face_rec.domain.marks import EventKind, Source, Whereabouts
from face_rec.people.kept_photos import MOST_TEMPLATES
from face_rec.privacy import certificate as erasure

T = TypeVar("T")


def _in_utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


Moment = Annotated[
    datetime,
    PlainSerializer(_in_utc),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A time in UTC (RFC 3339)."""
Photo = Annotated[bytes, WithJsonSchema({"type": "string", "format": "binary"})]


class Said(BaseModel):
    """One of our answers."""

    model_config = ConfigDict(frozen=True)


class Person(Said):
    """A registered person, without templates or photos."""

    id: str
    name: str
    group: str
    email: str
    active: bool
    consent: bool
    photos: int
    weak: Annotated[bool, Field(description="only photos that better ones are wanted for")]
    liveness: Annotated[
        str,
        Field(
            description="what is known of whether they themselves were before the camera when the "
            "photos were taken, of the poorest one: live, unsure, attack (taken for a picture; an "
            "administrator has vouched), file or still (single pictures: not checked), or empty"
        ),
    ]
    resembles: Annotated[
        bool,
        Field(
            description="an import found this face registered already: inactive until somebody "
            "decides (PATCH active: true with a reason, or DELETE)"
        ),
    ]
    created_at: Moment | None
    updated_at: Moment | None

    @classmethod
    def of(cls, person: people.Person) -> Self:
        return cls(
            id=person.id,
            name=person.name,
            group=person.group,
            email=person.email,
            active=person.active,
            consent=bool(person.consent and person.consent.valid),
            photos=len(person.templates),
            weak=person.weak,
            liveness=person.life,
            resembles=bool(person.resembles),
            created_at=person.created_at,
            updated_at=person.updated_at,
        )


class EventPerson(Said):
    """The person of an event."""

    id: str
    name: str
    group: str

    @classmethod
    def of(cls, person: people.Person) -> Self:
        return cls(id=person.id, name=person.name, group=person.group)


class EventClock(Said):
    """What was known of the clock that an event was written by."""

    boot: Annotated[str, Field(description="which start of which machine")]
    uptime: Annotated[float, Field(description="seconds since that start; nobody can set them")]
    ntp: Annotated[bool | None, Field(description="whether NTP kept the clock; null: unknown")]
    ahead: Annotated[
        float | None,
        Field(description="seconds that it showed too much; null: nothing was against it"),
    ]

    @classmethod
    def of(cls, stamp: Stamp) -> Self:
        return cls(boot=stamp.boot, uptime=stamp.up, ntp=stamp.kept, ahead=stamp.ahead)


class EventWhere(Said):
    """Where somebody was who marked themselves on their phone; no coordinates are kept."""

    place: Annotated[str, Field(description="the name of the place that it counted at")]
    distance: Annotated[int, Field(description="metres from it, as the phone had it")]
    accuracy: Annotated[int, Field(description="metres that the phone may be wrong by")]

    @classmethod
    def of(cls, where: Whereabouts) -> Self:
        return cls(place=where.place, distance=where.distance, accuracy=where.accuracy)


class Event(Said):
    """An event as it was recorded. The subject stays inside: it would undo a later erasure."""

    id: str
    at: Moment
    person: Annotated[EventPerson | None, Field(description="null: the person was erased")]
    kind: EventKind
    source: Source
    kiosk: str
    score: float | None
    liveness: Annotated[float | None, Field(description="median of the liveness models, 0 to 1")]
    live: Annotated[Liveness | None, Field(description="null: not checked")]
    doubts: Annotated[tuple[str, ...], Field(description="why somebody should look at the mark")]
    target: Annotated[str | None, Field(description="the event that a correction is about")]
    becomes: EventKind | None
    author: str | None
    reason: str | None
    recorded_at: Moment | None
    clock: Annotated[EventClock | None, Field(description="of the machine; null: not noted")]
    where: Annotated[EventWhere | None, Field(description="of a mark by a phone; else null")]

    @classmethod
    def of(cls, event: marks.Event, person: people.Person | None, doubt: str = "") -> Self:
        """``doubt``: what is known against its time beyond what it says itself."""
        return cls(
            id=event.id,
            at=event.at,
            person=EventPerson.of(person) if person else None,
            kind=event.kind,
            source=event.source,
            kiosk=event.kiosk,
            score=event.score,
            liveness=event.liveness,
            live=event.live,
            doubts=event.doubts + ((doubt,) if doubt else ()),
            target=event.target,
            becomes=event.becomes,
            author=event.author,
            reason=event.reason,
            recorded_at=event.recorded_at,
            clock=EventClock.of(event.clock) if event.clock else None,
            where=EventWhere.of(event.where) if event.where else None,
        )


Next = Annotated[str | None, Field(description="the cursor of the next page; null: the last")]


class PeoplePage(Said):
    """A page of people, in a lasting order."""

    items: tuple[Person, ...]
    next: Next


class EventPage(Said):
    """A page of events, oldest first."""

    items: tuple[Event, ...]
    next: Next


class Removed(Said):
    what: str
    count: int
    where: str


class Gallery(Said):
    revision: int
    confirmed: bool


class ErasedPerson(Said):
    id: str
    name: str


class Certificate(Said):
    """The certificate of an erasure, of which the app keeps no copy."""

    certificate: str
    site: str
    person: ErasedPerson
    erased_at: Moment
    erased_by: str
    removed: tuple[Removed, ...]
    gallery: Gallery
    database_files: tuple[str, ...]
    kept: tuple[str, ...]

    @classmethod
    def of(cls, made: erasure.Certificate) -> Self:
        return cls.model_validate(made.as_dict())


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


Unsaid = Annotated[T, Field(json_schema_extra=_without_default)]
"""What is not given is left as it is; it has no default that a program could rely on."""


class PersonChanges(BaseModel):
    """What may be changed of a person; what is not given stays."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    id: Unsaid[str] = ""
    name: Unsaid[str] = ""
    group: Unsaid[str] = ""
    email: Unsaid[str] = ""
    active: Unsaid[bool] = True
    reason: Annotated[
        Unsaid[str],
        Field(description="why somebody may be active whose face is registered for another, too"),
    ] = ""


class PhotosForm(BaseModel):
    """Photos for somebody who is registered."""

    photos: Annotated[list[Photo], Field(max_length=MOST_TEMPLATES)]
    reason: str = ""


class RegisterForm(PhotosForm):
    """Somebody new, with their photos and consent."""

    id: str
    name: str
    group: str = ""
    email: str = ""
    consent: Literal["yes"]
