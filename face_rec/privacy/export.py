"""Everything that is held about a person, as a ZIP they can take with them.

Never an embedding: it tells the person nothing, and helps whoever steals the file.
"""

import json
import logging
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import IO, Any, Final

from face_rec.clock import Clock
from face_rec.domain import pictures
from face_rec.domain.errors import PersonMissing, StoreError
from face_rec.domain.marks import Event
from face_rec.domain.people import Person
from face_rec.languages.language import msgid
from face_rec.languages.translator import ENGLISH, Translator
from face_rec.privacy.ports import Keeper, Note, Table, unasked, unnoted
from face_rec.protocols.models import Progress
from face_rec.protocols.people_store import PeopleReader
from face_rec.protocols.snapshots import SnapshotStore

log = logging.getLogger(__name__)

_MEANWHILE: Final = msgid(
    "This person was erased while the file was made, so there is none: nothing of them is left to "
    "hand out."
)
_JPEG: Final = zipfile.ZIP_STORED  # a JPEG does not get smaller


class PersonExport:
    """Safe from any thread. ``events`` finds the events of a person."""

    def __init__(
        self,
        *,
        site: Callable[[], str],
        people: PeopleReader,
        events: Callable[[Person, Progress | None], list[Event]],
        snapshots: SnapshotStore,
        table: Table,
        clock: Clock,
        keepers: Sequence[Keeper] = (),
        note: Note = unnoted,
        admit: Callable[[], None] = unasked,
    ) -> None:
        """``admit`` is asked first; it raises where nothing must be done now."""
        self._site = site
        self._people = people
        self._events = events
        self._snapshots = snapshots
        self._table = table
        self._clock = clock
        self._keepers = tuple(keepers)
        self._note = note
        self._admit = admit

    def write(
        self,
        subject: str,
        out: IO[bytes],
        progress: Progress | None = None,
        words: Translator = ENGLISH,
    ) -> int:
        """Write the ZIP to ``out`` and return the number of its files. ``words``: what its
        README is written in.

        A picture that cannot be read at the moment is named inside instead. Raises
        PersonMissing, also where they are erased meanwhile, and StoreUnavailable.
        """
        self._admit()
        return self.write_own(subject, out, progress, words)

    def write_own(
        self,
        subject: str,
        out: IO[bytes],
        progress: Progress | None = None,
        words: Translator = ENGLISH,
    ) -> int:
        """The same for the person themselves, whose sign-in lets them."""
        person = self._people.get(subject)
        if person is None:
            raise PersonMissing(msgid("This person is not here (any more)."))
        events = self._events(person, None)
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("person.json", _json(_about(person)))
            archive.writestr("consent.txt", _consent(person, words))
            archive.writestr("attendance.csv", self._table(events, person))
            archive.writestr("events.json", _json([_event(event) for event in events]))
            others = self._others(archive, subject)
            missing = self._pictures(archive, subject, events, progress)
            inside = Contents(self._site(), person, self._clock.now(), others, missing)
            archive.writestr("README.txt", read_me(inside, words))
            files = len(archive.namelist())
        if self._people.get(subject) is None:
            raise PersonMissing(_MEANWHILE)
        self._note("exported", person, {"files": files})
        return files

    def _others(self, archive: zipfile.ZipFile, subject: str) -> dict[str, str]:
        """Each file that was added, and what it holds."""
        names = {}
        for keeper in self._keepers:
            held = keeper.held(subject)
            if held:
                name = f"{keeper.name.replace(' ', '_')}.json"
                archive.writestr(name, _json(held))
                names[name] = keeper.name
        return names

    def _pictures(
        self,
        archive: zipfile.ZipFile,
        subject: str,
        events: Sequence[Event],
        progress: Progress | None,
    ) -> list[str]:
        """Add all pictures; returns those that cannot be read now."""
        portraits = list(self._snapshots.keys(pictures.portraits_of(subject)))
        keys = [*portraits, *pictures.of_person(self._snapshots.keys, subject, events)]
        missing: list[str] = []
        for done, key in enumerate(keys, 1):
            try:
                jpeg = self._snapshots.get(key)
            except StoreError as error:
                log.warning("export_without_picture key=%s reason=%s", key, error)
                missing.append(key)
            else:
                archive.writestr(_name(key, subject), jpeg, compress_type=_JPEG)
            if progress is not None:
                progress(done, len(keys))
        return [_name(key, subject) for key in missing]


def _name(key: str, subject: str) -> str:
    """Where a picture lies in the ZIP; without the subject, which is the system's own."""
    prefix = pictures.portraits_of(subject)
    if pictures.attached_of(key):
        return key.removeprefix(prefix)
    return f"photos/{key.removeprefix(prefix)}" if key.startswith(prefix) else key


def _about(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "group": person.group,
        "email": person.email,
        "active": person.active,
        "registered_at": _time(person.created_at),
        "changed_at": _time(person.updated_at),
        "deactivated_at": _time(person.deactivated_at),
        "was_in_groups": [[one.group, _time(one.until)] for one in person.moved],
        "was_deactivated": [[_time(p.since), _time(p.until)] for p in person.pauses],
        "consent": None
        if person.consent is None
        else {
            "version": person.consent.version,
            "given_at": _time(person.consent.given_at),
            "withdrawn_at": _time(person.consent.withdrawn_at),
        },
        "vouched_for": person.vouched,
        "templates": [
            {
                "view": info.view.value,
                "quality": round(info.quality, 3),
                "weak": info.weak,
                "liveness": info.life,
                "model": info.contract,
                "added_at": _time(info.added_at),
            }
            for info in person.templates
        ],
    }


def _event(event: Event) -> dict[str, Any]:
    """All fields that are set, but the subject."""
    fields = {
        "id": event.id,
        "at": _time(event.at),
        "kind": event.kind.value,
        "source": event.source.value,
        "kiosk": event.kiosk,
        "score": event.score,
        "margin": event.margin,
        "liveness": event.liveness,
        "live": event.live.value if event.live else None,
        "found": [asdict(one) for one in event.found] or None,
        "where": asdict(event.where) if event.where else None,
        "picture": event.snapshot,
        "model": event.contract,
        "corrects": event.target,
        "becomes": event.becomes.value if event.becomes else None,
        "author": event.author,
        "reason": event.reason,
        "recorded_at": _time(event.recorded_at),
    }
    return {name: value for name, value in fields.items() if value is not None}


def _consent(person: Person, words: Translator) -> str:
    consent = person.consent
    if consent is None:
        return words.gettext("No consent is recorded.") + "\n"
    given = words.gettext(
        "Version {version}, given at {time}", version=consent.version, time=_time(consent.given_at)
    )
    lines = [given]
    if consent.withdrawn_at:
        lines.append(words.gettext("Withdrawn at {time}", time=_time(consent.withdrawn_at)))
    return "\n".join((*lines, "", consent.text, ""))


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _json(value: object) -> bytes:
    return json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n"


# What lies beside all that is held about a person, in the language of whoever asks for it.

_BEFORE: Final[Mapping[str, str]] = {
    "person.json": msgid(
        "name, ID, group, e-mail, status, consent; how many templates, when made"
    ),
    "consent.txt": msgid("the text that was agreed to, with its version and time"),
    "attendance.csv": msgid("every standing mark, times in the site's time zone"),
    "events.json": msgid("every event with all its fields, corrections included; times in UTC"),
}
_AFTER: Final[Mapping[str, str]] = {
    "photos/": msgid("photos of the enrolment"),
    pictures.MARKS: msgid("pictures taken when a mark was made"),
    "requests/": msgid("files that were attached to requests for leave"),
}
_TEMPLATES: Final = msgid(
    "The face templates themselves are not in here: they are numbers that only this system's "
    "model can compare, and a copy of them would be a risk and no information."
)
_UNREAD: Final = msgid("These pictures could not be read when the file was made:")


@dataclass(frozen=True, slots=True)
class Contents:
    """``others``: what else is kept, as the file's name and what it holds; ``unread``: pictures
    that could not be read."""

    site: str
    person: Person
    at: datetime
    others: Mapping[str, str]
    unread: Sequence[str]


def read_me(inside: Contents, words: Translator) -> str:
    """Names of files stay as they are: programs look for them."""
    title = words.gettext(
        "What {site} holds about {name} (ID {id}), on {time}.",
        site=inside.site,
        name=inside.person.name,
        id=inside.person.id,
        time=inside.at.isoformat(timespec="seconds"),
    )
    files = {**_BEFORE, **inside.others, **_AFTER}
    listed = [f"{name:<18} {words.said(what)}" for name, what in files.items()]
    parts = [title, "\n".join(listed), words.gettext(_TEMPLATES)]
    if inside.unread:
        parts.append("\n".join((words.gettext(_UNREAD), *inside.unread)))
    return "\n\n".join(parts) + "\n"
