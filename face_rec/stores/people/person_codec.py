"""How a person becomes the fields of a hash, and back: JSON, never a separator inside a string.
Their embeddings: :mod:`face_rec.stores.people.template_codec`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import msgspec

from face_rec.domain.people import Consent, Moved, Pause, Person, TemplateInfo
from face_rec.stores.redis import keys
from face_rec.stores.stored_json import Reader, beyond, in_utc, time_to_text, written

Fields = Mapping[str, bytes | None]


class Unsealed:
    """Stores as it is: no key is set."""

    def seal(self, plain: bytes, context: str) -> bytes:  # noqa: ARG002
        return plain

    def open(self, sealed: bytes, context: str) -> bytes:  # noqa: ARG002
        return sealed


# --- a person -------------------------------------------------------------------

LEFT = "deactivated_at"
"""In ``about``; absent from what older versions wrote."""


@dataclass(frozen=True, slots=True)
class Over:
    """The record that is written over: what a later version has added to it stays."""

    about: bytes
    templates: bytes


def person_fields(person: Person, over: Over | None = None) -> dict[str, bytes]:
    """All fields but the version and the embeddings."""
    about = beyond(over.about, _About.__struct_fields__) if over else {}
    added = _added(over.templates) if over else {}
    infos = [{**_info(one), **added.get(_name_of(one), {})} for one in person.templates]
    return {
        keys.ID: person.id.encode(),
        keys.INDEXED: keys.indexed(person.id),
        keys.ABOUT: written({**_about(person), **about}),
        keys.TEMPLATES: written(infos),
        keys.ROWS: written(_rows(person)),
    }


def _name_of(info: TemplateInfo) -> tuple[int, datetime | None]:
    return info.slot, info.added_at


def _added(templates: bytes) -> dict[tuple[int, datetime | None], dict[str, Any]]:
    """What a later version says of templates: which one, and what."""
    known = {field.name for field in fields(TemplateInfo)}
    stored = json.loads(templates)
    return {
        _name_of(info): beyond(written(one), known)
        for info, one in zip(_read_templates(templates), stored, strict=True)
    }


PERSON_FIELDS = (keys.VERSION, keys.ID, keys.ABOUT, keys.TEMPLATES)
"""What :func:`person_of` reads."""


def person_of(subject: str, stored: Fields) -> Person | None:
    """The person in ``stored`` (PERSON_FIELDS); None if there is none. Raises ValueError for
    what is not understood."""
    version, person_id = stored[keys.VERSION], stored[keys.ID]
    if version is None or person_id is None:
        return None
    about = _read_about(stored[keys.ABOUT] or b"{}")
    return Person(
        subject=subject,
        id=person_id.decode(),
        name=about.name,
        group=about.group,
        email=about.email,
        active=about.active,
        consent=_consent_of(about.consent),
        photo=about.photo,
        created_at=_moment(about.created_at),
        updated_at=_moment(about.updated_at),
        version=int(version),
        templates=_read_templates(stored[keys.TEMPLATES] or b"[]"),
        deactivated_at=_left_of(about),
        pauses=tuple(Pause(since, until) for since, until in about.pauses),
        moved=tuple(Moved(group, until) for group, until in about.moved),
        resembles=about.resembles,
        vouched=about.vouched,
    )


class _Consent(msgspec.Struct):
    text: str
    version: str
    given_at: datetime | None = None
    withdrawn_at: datetime | None = None


class _About(msgspec.Struct):
    """What ABOUT holds; what older versions did not write has a default."""

    name: str = ""
    group: str = ""
    email: str = ""
    active: bool = True
    consent: _Consent | None = None
    photo: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    deactivated_at: datetime | msgspec.UnsetType | None = msgspec.UNSET
    pauses: tuple[tuple[datetime, datetime], ...] = ()
    moved: tuple[tuple[str, datetime], ...] = ()
    resembles: str = ""
    vouched: str = ""


_read_about: Final = Reader(_About)
_read_templates: Final[Reader[tuple[TemplateInfo, ...]]] = Reader(tuple[TemplateInfo, ...])
_read_rows: Final[Reader[dict[str, tuple[int, ...]]]] = Reader(dict[str, tuple[int, ...]])


def _about(person: Person) -> dict[str, Any]:
    return {
        "name": person.name,
        "group": person.group,
        "email": person.email,
        "active": person.active,
        "consent": None if person.consent is None else _consent(person.consent),
        "photo": person.photo,
        "created_at": time_to_text(person.created_at),
        "updated_at": time_to_text(person.updated_at),
        LEFT: time_to_text(person.deactivated_at),
        "pauses": [[time_to_text(p.since), time_to_text(p.until)] for p in person.pauses],
        "moved": [[one.group, time_to_text(one.until)] for one in person.moved],
        **({"resembles": person.resembles} if person.resembles else {}),
        **({"vouched": person.vouched} if person.vouched else {}),
    }


def _left_of(about: _About) -> datetime | None:
    """Older versions noted no such day; the last change was taken for it."""
    if about.deactivated_at is not msgspec.UNSET:
        return _moment(about.deactivated_at)
    return None if about.active else _moment(about.updated_at)


def _moment(stored: datetime | None) -> datetime | None:
    return None if stored is None else in_utc(stored)


def _consent(consent: Consent) -> dict[str, Any]:
    return {
        "text": consent.text,
        "version": consent.version,
        "given_at": time_to_text(consent.given_at),
        "withdrawn_at": time_to_text(consent.withdrawn_at),
    }


def _consent_of(stored: _Consent | None) -> Consent | None:
    given_at = None if stored is None else _moment(stored.given_at)
    if stored is None or given_at is None:
        return None
    return Consent(stored.text, stored.version, given_at, _moment(stored.withdrawn_at))


# --- templates --------------------------------------------------------------------


def _info(info: TemplateInfo) -> dict[str, Any]:
    photo = {"photo": info.photo} if info.photo else {}
    weak = {"weak": info.weak} if info.weak else {}
    life = {"life": info.life} if info.life else {}
    return {
        "slot": info.slot,
        "view": info.view.value,
        "quality": info.quality,
        "contract": info.contract,
        "added_at": time_to_text(info.added_at),
        **photo,
        **weak,
        **life,
    }


def _rows(person: Person) -> dict[str, list[int]]:
    """Which slots the gallery may hold, by contract; none of somebody not matchable.

    Apart from ``about``, so that loading a large gallery decodes next to nothing.
    """
    rows: dict[str, list[int]] = {}
    for info in person.templates if person.matchable else ():
        rows.setdefault(info.contract, []).append(info.slot)
    return rows


@lru_cache(maxsize=1024)  # most people have the same few slots
def slots_of(rows: bytes, contract: str) -> tuple[int, ...]:
    """The slots that ROWS names for ``contract``."""
    return _read_rows(rows).get(contract, ())


def about_context(subject: str) -> str:
    """What a sealed profile is bound to."""
    return f"{subject}/about"
