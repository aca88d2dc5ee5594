"""People, templates and events for tests; made up, the same in every run."""

import secrets
from dataclasses import fields
from datetime import UTC, datetime, timedelta

import numpy as np

from face_rec.domain.faces import Quality, Vector, View
from face_rec.domain.marks import Event, EventKind, Source, is_mark
from face_rec.domain.people import Consent, Contract, Person, Template, TemplateInfo
from face_rec.people.photos.photo_check import EnrolPhoto
from face_rec.protocols.marks import MarkReader
from face_rec.protocols.people_store import PeopleStore
from face_rec.stores.attendance import event_codec, usual_lines
from face_rec.stores.chain.links import Chain
from face_rec.stores.sealing import keyring
from tests.fakes.clock import MORNING

CONTRACT = "c0ffee"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CONSENT = Consent("I agree.", "1", MORNING)
ODD_TEXTS = [
    "}x",
    "{main}",
    "@",
    "a@b",
    "😀👩🏽‍🚀",
    "two\nlines",
    "a:b|c",
    " ",
    "\x00",
    "Ünïcødé",
    "*?[]",
]


def a_vector(seed: int = 0, dimension: int = 8) -> Vector:
    raw = np.random.default_rng(seed).standard_normal(dimension).astype(np.float32)
    return raw / np.float32(np.linalg.norm(raw))


def a_template(slot: int = 0, contract: str = CONTRACT, dimension: int = 8) -> Template:
    info = TemplateInfo(slot, View.FRONT, 0.9, contract, MORNING)
    return Template(info, a_vector(abs(slot), dimension))


def a_person(person_id: str = "7", name: str = "Ada", consent: Consent | None = CONSENT) -> Person:
    subject = secrets.token_hex(16)
    return Person(subject, person_id, name, "Office", "ada@example.org", consent=consent)


def a_photo(picture: bytes = b"a JPEG of somebody", vector: Vector | None = None) -> EnrolPhoto:
    """Taken on a phone, with its ``vector``."""
    grey = np.full((64, 64, 3), 128, np.uint8)
    quality = Quality(99, 99, 99, 99, 0, 0, 0, 1, View.FRONT, 0.9)
    face = a_vector() if vector is None else vector
    return EnrolPhoto(grey, grey, quality, face, Contract("c", len(face)), picture)


def added(people: PeopleStore, person: Person | None = None, templates: int = 3) -> Person:
    """Somebody who was added to ``people`` with so many templates."""
    looks = [a_template(slot) for slot in range(templates)]
    return people.create(person or a_person(), looks, people.revision())


def an_event(
    event_id: str = "e1",
    subject: str = "s1",
    seconds: float = 0,
    kind: EventKind = EventKind.PUNCH,
) -> Event:
    """An event ``seconds`` after MORNING."""
    at = MORNING + timedelta(seconds=seconds)
    return Event(event_id, subject, at, kind, Source.VIDEO, "main", 0.7, 0.3)


def a_chain(*secrets_: str, site: str = "main") -> Chain:
    """A chain with keys that every test shares."""
    return Chain(
        site, keyring.derived(secrets_ or ("a secret of the tests, 32 long ..",), "chain")
    )


def read_both_ways(line: bytes) -> Event | None:
    """The event in ``line``, which a glance at it must not find to be another one."""
    event, (light,) = event_codec.read(line), usual_lines.read_all([line])
    (part,) = usual_lines.parts([line])
    if part.ids:
        assert event is not None
        assert event == part.whole(0)
        moment = int(part.at[0]) * 1_000_000 + int(part.micro[0])
        assert moment == (event.at - _EPOCH) // timedelta(microseconds=1)
        for name in ("id", "subject", "kiosk", "kind", "source"):
            assert getattr(part, f"{name}s")[0] == getattr(event, name)
        for name in ("score", "margin", "liveness"):
            assert getattr(part, name)[0] == getattr(event, name)
        assert event.doubts == ((event.source.doubt,) if event.source.doubt else ())
        assert (event.target, event.becomes, event.recorded_at, event.where) == (None,) * 4
        assert is_mark(event.kind)
    else:
        assert (part.others[0] is None) == (event is None)
    assert (event is None) == (light is None)
    if event is not None and light is not None:
        names = [field.name for field in fields(Event)]
        told = [[getattr(one, name) for name in (*names, "doubts")] for one in (event, light)]
        assert told[0] == told[1]
    return event


def events_between(marks: MarkReader, start: datetime, end: datetime) -> list[Event]:
    """Events with start ≤ at < end, sorted by time."""
    first, last = start.astimezone(UTC).date(), end.astimezone(UTC).date()
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    found = [event for day in days for event in marks.day(day) if start <= event.at < end]
    return sorted(found, key=lambda event: event.at)
