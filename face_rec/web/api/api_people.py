"""``/api/v1/people``: registered people, without templates or photos."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from face_rec.clock import Clock
from face_rec.domain.errors import ConsentMissing, PersonMissing
from face_rec.domain.people import Consent, Person
from face_rec.people.details import Details
from face_rec.people.enrolment import Enrolment
from face_rec.people.photos.photo_check import EnrolPhoto
from face_rec.people.photos.photos import MAX_BYTES, decode
from face_rec.privacy.erase import Erasure
from face_rec.protocols.people import PeopleReader
from face_rec.web.api.api_request import BadRequest, ConsentText, after_cursor, cursor_of, limit_of

_MOST_PHOTOS: Final = 10
_LARGEST_JSON: Final = 16 * 1024
_FIELDS: Final = frozenset({"id", "name", "group", "email", "consent", "reason"})
_EDITABLE: Final = frozenset({"id", "name", "group", "email"})


@dataclass(frozen=True, slots=True)
class Form:
    """A multipart body: texts, and the bytes of the photos."""

    texts: Mapping[str, str]
    photos: tuple[bytes, ...]


async def read_form(request: Request) -> Form:
    """Raises BadRequest for what is no such form."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise BadRequest("Send multipart/form-data with the photos in fields named photos.")
    async with request.form(
        max_files=_MOST_PHOTOS, max_fields=len(_FIELDS), max_part_size=16 * 1024
    ) as form:
        texts = {name: value for name, value in form.items() if isinstance(value, str)}
        files = [file for file in form.getlist("photos") if isinstance(file, UploadFile)]
        if set(texts) - _FIELDS:
            raise BadRequest(f"Unknown fields: {', '.join(sorted(set(texts) - _FIELDS))}.")
        # The name of a file is never looked at.
        photos = tuple([await file.read(MAX_BYTES + 1) for file in files])
    if not photos:
        raise BadRequest("There is no photo. Send at least one in a field named photos.")
    return Form(texts, photos)


async def read_changes(request: Request) -> dict[str, Any]:
    """The JSON body of a change; raises BadRequest."""
    try:
        changes = json.loads(await _bounded(request, _LARGEST_JSON))
    except (ValueError, RecursionError):  # the latter: brackets within brackets
        changes = None
    if not isinstance(changes, dict) or set(changes) - (_EDITABLE | {"active"}):
        raise BadRequest("Send a JSON object with any of id, name, group, email and active.")
    texts = all(isinstance(changes[name], str) for name in changes.keys() & _EDITABLE)
    if not texts or not isinstance(changes.get("active", True), bool):
        raise BadRequest("id, name, group and email are texts, active is true or false.")
    return changes


async def _bounded(request: Request, most: int) -> bytes:
    """The body, no longer than ``most`` bytes; raises HTTPException 413."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most:
            raise HTTPException(413, f"The JSON is too large; at most {most:,} bytes are taken.")
    return bytes(body)


def page(query: Mapping[str, str], people: PeopleReader) -> dict[str, object]:
    """One page of people, in a lasting order."""
    limit, after = limit_of(query), after_cursor(query)
    found = sorted((p for p in people.all() if p.subject > after), key=lambda p: p.subject)
    shown, more = found[:limit], len(found) > limit
    following = cursor_of(shown[-1].subject) if more else None
    return {"items": [_as_json(person) for person in shown], "next": following}


def one(person_id: str, people: PeopleReader) -> dict[str, object]:
    """Raises PersonMissing."""
    return _as_json(_found(person_id, people))


def register(
    form: Form, enrolment: Enrolment, consent: ConsentText, clock: Clock
) -> dict[str, object]:
    """As on the page; ``consent`` must be the text ``yes``."""
    if form.texts.get("consent") != "yes":
        raise ConsentMissing(
            "A face may be stored only with the person's consent. Ask for it, then send "
            "consent=yes."
        )
    texts = form.texts
    details = Details(
        texts.get("id", ""), texts.get("name", ""), texts.get("group", ""),
        texts.get("email", ""), Consent(consent.text, consent.version, clock.now()),
    )  # fmt: skip
    photos = _photos(form, enrolment)
    return _as_json(enrolment.register(details, photos, texts.get("reason", "")))


def edit(
    person_id: str, changes: dict[str, Any], people: PeopleReader, enrolment: Enrolment
) -> dict[str, object]:
    """Raises PersonMissing, DetailsRefused, IdTaken, Conflict."""
    person = _found(person_id, people)
    texts = {name: value for name, value in changes.items() if name in _EDITABLE}
    if texts:
        person = enrolment.edit(dataclasses.replace(person, **texts))
    if "active" in changes:
        person = enrolment.set_active(person.subject, changes["active"])
    return _as_json(person)


def erase(person_id: str, people: PeopleReader, erasure: Erasure, by: str) -> dict[str, object]:
    """The certificate, of which the app keeps no copy. Raises PersonMissing."""
    return erasure.erase(_found(person_id, people).subject, by).as_dict()


def add_photos(
    person_id: str, form: Form, people: PeopleReader, enrolment: Enrolment
) -> dict[str, object]:
    """Raises what the page would say."""
    person = _found(person_id, people)
    photos = _photos(form, enrolment)
    reason = form.texts.get("reason", "")
    return _as_json(enrolment.add_photos(person.subject, photos, reason))


def _photos(form: Form, enrolment: Enrolment) -> list[EnrolPhoto]:
    """Each photo checked against those before it; raises PictureError."""
    checked: list[EnrolPhoto] = []
    for data in form.photos:
        checked.append(enrolment.check(decode(data), checked))
    return checked


def _found(person_id: str, people: PeopleReader) -> Person:
    person = people.by_id(person_id)
    if person is None:
        raise PersonMissing("There is nobody with this ID.")
    return person


def _as_json(person: Person) -> dict[str, object]:
    return {
        "id": person.id,
        "name": person.name,
        "group": person.group,
        "email": person.email,
        "active": person.active,
        "consent": bool(person.consent and person.consent.valid),
        "photos": len(person.templates),
        "created_at": _text(person.created_at),
        "updated_at": _text(person.updated_at),
    }


def _text(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None
