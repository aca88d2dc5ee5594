"""What Redis holds, as rows of the archive."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from face_rec.domain.people import Person
from face_rec.stores.attendance import event_codec
from face_rec.stores.people import person_codec
from face_rec.stores.redis import keys
from face_rec.stores.stored_json import compact

Row = dict[str, Any]

EVENT_COLUMNS: Final = (
    "site", "day", "place", "entry", "event_id", "subject", "at", "kind", "source", "kiosk",
    "score", "margin", "target", "becomes", "author", "reason", "recorded_at",
    "at_place", "distance_m", "accuracy_m",
)  # fmt: skip
_OF_EVENT: Final = EVENT_COLUMNS[4:-3]


def digest(entry: bytes) -> str:
    """What an entry is known again by."""
    return hashlib.sha256(entry).hexdigest()


def events(site: str, day: date, first: int, entries: Iterable[bytes]) -> list[Row]:
    """Rows for ``entries``, which stand in the list from place ``first`` on."""
    return [_event(site, day, place, entry) for place, entry in enumerate(entries, first)]


def _event(site: str, day: date, place: int, entry: bytes) -> Row:
    row: Row = dict.fromkeys(EVENT_COLUMNS)
    row |= {"site": site, "day": day, "place": place, "entry": entry}
    event = event_codec.read(entry)
    if event is not None:
        values = {"event_id": event.id} | {n: getattr(event, n) for n in _OF_EVENT[1:]}
        if (at := event.where) is not None:
            values |= {"at_place": at.place, "distance_m": _metres(at.distance)}
            values["accuracy_m"] = _metres(at.accuracy)
        row |= {name: plain(value) for name, value in values.items()}
    return row


def _metres(value: int) -> int | None:
    """Nothing for what no phone says and PostgreSQL's numbers do not hold."""
    return value if 0 <= value < 2**31 else None


def person(site: str, one: Person) -> Row:
    """All that is known of somebody but their templates."""
    known = json.loads(person_codec.person_fields(one)[keys.ABOUT])
    about = compact({"id": one.id, **known}).decode()
    consent = one.consent
    row = {
        "site": site, "subject": one.subject, "person_id": one.id, "name": one.name,
        "group_name": one.group, "email": one.email, "active": one.active,
        "consent_version": consent.version if consent else None,
        "consent_given_at": consent.given_at if consent else None,
        "consent_withdrawn_at": consent.withdrawn_at if consent else None,
        "created_at": one.created_at, "deactivated_at": one.deactivated_at, "about": about,
    }  # fmt: skip
    return {name: plain(value) for name, value in row.items()}


def rule_key(name: str) -> tuple[str, str]:
    """Kind and id in the name that the chain has for a rule."""
    kind, _, rule_id = name.partition("/")
    return kind, plain(rule_id)


def rule(site: str, name: str, text: bytes) -> Row:
    """One rule as it stands."""
    kind, rule_id = rule_key(name)
    subject = _word(_record(text).get("subject"))
    return {"site": site, "kind": kind, "rule_id": rule_id, "subject": subject, "entry": text}


def audit(site: str, number: str, text: bytes) -> Row:
    """``number``: the entry's id in the stream."""
    at_ms, _, count = number.partition("-")
    said = _record(text)
    return {
        "site": site, "at_ms": int(at_ms), "number": int(count), "name": digest(text),
        "at": _moment(said.get("at")), "who": _word(said.get("who")),
        "action": _word(said.get("action")), "entry": text,
    }  # fmt: skip


def _record(text: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _word(value: object) -> str | None:
    return plain(value) if isinstance(value, str) else None


def _moment(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return None if found is None or found.tzinfo is None else found.astimezone(UTC)


def plain(value: Any) -> Any:  # noqa: ANN401
    """As PostgreSQL takes it: its texts hold neither NUL nor half a character."""
    if not isinstance(value, str):
        return value
    return (
        str(value).encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
    )


def name_of_entry(entry: bytes) -> str:
    """The id of an event or a statement, wherever it stands; its digest where it has none."""
    found = _record(entry).get("id")
    return found if isinstance(found, str) and found else digest(entry)
