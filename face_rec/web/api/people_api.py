"""``/api/v1/people``: registered people, without templates or photos."""

import dataclasses
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from anyio import to_thread
from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from face_rec.access.rights import Right
from face_rec.domain.enrolment_errors import ConsentMissing
from face_rec.domain.errors import PersonMissing
from face_rec.domain.people import Consent, Person
from face_rec.people.details import Details
from face_rec.people.enrolment import Enrolment
from face_rec.people.kept_photos import MOST_TEMPLATES
from face_rec.people.photos.photo_check import EnrolPhoto
from face_rec.people.photos.photos import MAX_BYTES, decode
from face_rec.protocols.people_store import PeopleReader
from face_rec.web.api import schemas
from face_rec.web.api.operation import Operation, Parts
from face_rec.web.api.query import CURSOR, ID, LIMIT, BadRequest, after_cursor, cursor_of, limit_of
from face_rec.web.api.schemas import (
    PeoplePage,
    PersonChanges,
    PhotosForm,
    RegisterForm,
)

_LARGEST_JSON: Final = 16 * 1024
_TEXTS: Final = frozenset(RegisterForm.model_fields) - {"photos"}


async def listed(request: Request, parts: Parts) -> PeoplePage:
    """One page of people, in a lasting order."""
    return await to_thread.run_sync(_page, request.query_params, parts.people)


async def person(request: Request, parts: Parts) -> schemas.Person:
    """Raises PersonMissing."""
    return schemas.Person.of(await to_thread.run_sync(_found, _id(request), parts.people))


async def register(request: Request, parts: Parts) -> schemas.Person:
    """As on the page; ``consent`` must be the text ``yes``. Raises what the page would say."""
    form = await _read_form(request)
    return await to_thread.run_sync(_register, form, parts)


async def edit(request: Request, parts: Parts) -> schemas.Person:
    """Raises PersonMissing, DetailsRefused, IdTaken, Conflict."""
    changes = await _read_changes(request)
    return await to_thread.run_sync(_edit, _id(request), changes, parts)


async def erase(request: Request, parts: Parts) -> schemas.Certificate:
    """Raises PersonMissing."""
    by = f"{request.state.principal.name} (API)"
    return await to_thread.run_sync(_erase, _id(request), by, parts)


async def add_photos(request: Request, parts: Parts) -> schemas.Person:
    """Raises what the page would say."""
    form = await _read_form(request)
    return await to_thread.run_sync(_add_photos, _id(request), form, parts)


OPERATIONS: Final = (
    Operation(
        "GET", "/people", listed, "Registered people", PeoplePage, query=(LIMIT, CURSOR, ID)
    ),
    Operation(
        "POST", "/people", register, "Register somebody with their photos", schemas.Person,
        status=201, form=RegisterForm,
    ),
    Operation("GET", "/people/{id}", person, "One person", schemas.Person),
    Operation(
        "PATCH", "/people/{id}", edit, "Change a person", schemas.Person, json=PersonChanges,
        read_by=Right.PEOPLE_READ,
        description="active: false deactivates: everything is kept, and the person is not "
        "recognised until activated again. active: true with a reason says of somebody who "
        "resembles another person (see there) that they are two people.",
    ),
    Operation(
        "DELETE", "/people/{id}", erase,
        "Erase a person for good, everywhere; returns the certificate", schemas.Certificate,
        description="The same as Erase on the pages, and cannot be undone: templates, photos, "
        "pictures of marks, profile, PIN, shifts and leave go, and the tie to the marks, which "
        "stay without a name. To let somebody rest, send active: false instead.",
    ),
    Operation(
        "POST", "/people/{id}/photos", add_photos, "Add photos to a person", schemas.Person,
        form=PhotosForm, read_by=Right.PEOPLE_READ,
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Form:
    """A multipart body: texts, and the bytes of the photos."""

    texts: Mapping[str, str]
    photos: tuple[bytes, ...]


async def _read_form(request: Request) -> Form:
    """Raises BadRequest for what is no such form."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise BadRequest("Send multipart/form-data with the photos in fields named photos.")
    async with request.form(
        max_files=MOST_TEMPLATES, max_fields=len(_TEXTS), max_part_size=16 * 1024
    ) as form:
        texts = {name: value for name, value in form.items() if isinstance(value, str)}
        files = [file for file in form.getlist("photos") if isinstance(file, UploadFile)]
        if set(texts) - _TEXTS:
            raise BadRequest(f"Unknown fields: {', '.join(sorted(set(texts) - _TEXTS))}.")
        # The name of a file is never looked at.
        photos = tuple([await file.read(MAX_BYTES + 1) for file in files])
    if not photos:
        raise BadRequest("There is no photo. Send at least one in a field named photos.")
    return Form(texts, photos)


async def _read_changes(request: Request) -> PersonChanges:
    """The JSON body of a change; raises BadRequest."""
    try:
        return PersonChanges.model_validate_json(await _bounded(request, _LARGEST_JSON))
    except ValidationError as error:
        kinds = {problem["type"] for problem in error.errors()}
    if kinds <= {"string_type", "bool_type"}:
        raise BadRequest("id, name, group, email and reason are texts, active is true or false.")
    raise BadRequest("Send a JSON object with any of id, name, group, email, active and reason.")


async def _bounded(request: Request, most: int) -> bytes:
    """The body, no longer than ``most`` bytes; raises HTTPException 413."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most:
            raise HTTPException(413, f"The JSON is too large; at most {most:,} bytes are taken.")
    return bytes(body)


def _page(query: Mapping[str, str], people: PeopleReader) -> PeoplePage:
    if ID.name in query:
        one = people.by_id(query[ID.name])
        return PeoplePage(items=(schemas.Person.of(one),) if one else (), next=None)
    limit, after = limit_of(query), after_cursor(query)
    everybody = people.everybody().people
    begin = bisect_right(everybody, after, key=lambda person: person.subject)
    shown, more = everybody[begin : begin + limit], len(everybody) > begin + limit
    following = cursor_of(shown[-1].subject) if more else None
    return PeoplePage(items=tuple(schemas.Person.of(one) for one in shown), next=following)


def _register(form: Form, parts: Parts) -> schemas.Person:
    if form.texts.get("consent") != "yes":
        raise ConsentMissing(
            "A face may be stored only with the person's consent. Ask for it, then send "
            "consent=yes."
        )
    texts, consent = form.texts, parts.consent
    details = Details(
        texts.get("id", ""), texts.get("name", ""), texts.get("group", ""),
        texts.get("email", ""), Consent(consent.text, consent.version, parts.clock.now()),
    )  # fmt: skip
    photos = _photos(form, parts.enrolment)
    return schemas.Person.of(parts.enrolment.register(details, photos, texts.get("reason", "")))


def _edit(person_id: str, changes: PersonChanges, parts: Parts) -> schemas.Person:
    found = _found(person_id, parts.people)
    texts = changes.model_dump(exclude_unset=True, exclude={"active", "reason"})
    if texts:
        found = parts.enrolment.edit(dataclasses.replace(found, **texts))
    if "active" in changes.model_fields_set:
        found = parts.enrolment.set_active(found.subject, changes.active, changes.reason)
    return schemas.Person.of(found)


def _erase(person_id: str, by: str, parts: Parts) -> schemas.Certificate:
    subject = _found(person_id, parts.people).subject
    return schemas.Certificate.of(parts.erasure.erase(subject, by))


def _add_photos(person_id: str, form: Form, parts: Parts) -> schemas.Person:
    subject = _found(person_id, parts.people).subject
    photos = _photos(form, parts.enrolment)
    return schemas.Person.of(
        parts.enrolment.add_photos(subject, photos, form.texts.get("reason", ""))
    )


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


def _id(request: Request) -> str:
    return str(request.path_params["id"])
