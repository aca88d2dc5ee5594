"""A process in which people are registered, rules made, days corrected, rights taken, visits
announced and photos sent, of the product's own stores as the app opens them.
"""

import errno
import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

import config
from config import Settings
from face_rec import clock as clocks
from face_rec import files
from face_rec.access.audit.audit import AuditEntry
from face_rec.access.rights import Role, Scope
from face_rec.assembly.storage.stores import Stores, open_stores
from face_rec.assembly.watches import open_reoffer
from face_rec.attendance.rules.calendar import Holiday
from face_rec.domain.errors import FaceRecError, JournalError
from face_rec.domain.groups import NO_GROUPS
from face_rec.domain.marks import EventKind, Source
from face_rec.invitations.invitation import SelfEnrolment
from face_rec.journey.marking import reoffer, replay
from face_rec.journey.marking.mark import DurableMarker
from face_rec.retry import Backoff
from face_rec.stores.chain import newest_entries, offers
from face_rec.stores.chain.kept_write import KeptWrite
from face_rec.stores.chain.write_log import WriteLog
from face_rec.stores.verify.chain_report import Flaw
from face_rec.visitors.visit import Guest, Visit
from tests.chaos.driven import asked_of, say
from tests.chaos.kiosk import CHAIN_SECRET, address_of
from tests.chaos.power import recorded
from tests.gate_app import PASSWORD
from tests.samples import a_person, a_photo, a_template, an_event

DAY: Final = date(2025, 3, 12)
DONE, REFUSED, UNKNOWN = "done", "refused", "unknown"
KEEPS_NOTHING: Final = "keeps no writes"


class Office:
    """What may be asked of it, by name. Each does one thing, and answers the subject or the id
    under which it is found."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def register(self, name: str, value: str) -> str:
        people = self._stores.people
        made = self._stores.writers.people.create(
            a_person(name, value), [a_template()], people.revision()
        )
        return made.subject

    def rename(self, name: str, value: str, subject: str) -> str:
        (found,) = [one for one in self._stores.people.all() if one.subject == subject]
        return self._stores.writers.people.update(replace(found, name=value)).subject

    def erase(self, name: str, value: str, subject: str) -> str:
        self._stores.writers.people.delete(subject)
        return subject

    def rule(self, name: str, value: str) -> str:
        self._stores.writers.rules.put(_holiday(name, value))
        return name

    def drop_rule(self, name: str, value: str) -> str:
        self._stores.writers.rules.remove(_holiday(name, value))
        return name

    def correct(self, name: str, value: str, subject: str) -> str:
        event = an_event(name, subject, 0, EventKind.IN)
        by_hand = replace(event, source=Source.MANUAL, author="boss", reason=value)
        self._stores.writers.corrections.apply(by_hand, 0.0, replay=True)
        return name

    def account(self, name: str, value: str) -> str:
        self._stores.access.accounts.create(name, PASSWORD, Role.REGISTRAR)
        return name

    def take_account(self, name: str, value: str) -> str:
        self._stores.access.accounts.change(name, Role.REGISTRAR, NO_GROUPS, active=False)
        return name

    def token(self, name: str, value: str) -> str:
        scopes = frozenset({Scope.PEOPLE_READ})
        made, _ = self._stores.access.tokens.create(name, scopes, 90, "boss")
        return made.id

    def revoke(self, name: str, value: str, token: str) -> str:
        self._stores.access.tokens.revoke(token)
        return token

    def announce(self, name: str, value: str) -> str:
        visits, now = self._stores.visits, clocks.SystemClock().now()
        guest = visits.sealed(name, Guest(value))
        if not visits.visits.create(
            Visit(name, "", now, now + timedelta(hours=8), "", now, guest)
        ):
            raise ValueError("a visit of this name is there")
        return name

    def change_visit(self, name: str, value: str) -> str:
        visits = self._stores.visits
        guest = visits.sealed(name, Guest(value))
        if visits.change(name, lambda one: replace(one, guest=guest)) is None:
            raise ValueError("no such visit is there now")
        return name

    def erase_visit(self, name: str, value: str) -> str:
        self._stores.visits.visits.remove(name)
        return name

    def send_photos(self, name: str, value: str) -> str:
        now = clocks.SystemClock().now()
        one = SelfEnrolment(name, "poster", "", now, value, "1", "en", now)
        self._stores.invitations.keep(one, [a_photo()])
        return name

    def refuse_photos(self, name: str, value: str) -> str:
        self._stores.invitations.drop(name)
        return name

    def state(self) -> dict[str, list[list[str]]]:
        """By kind, what there is: names and values."""
        stores, access = self._stores, self._stores.access
        return {
            "person": [[one.id, one.name] for one in stores.people.all()],
            "rule": [[one.id, one.name] for one in stores.rules.load().holidays],
            "account": [[a.id, "active" if a.active else "taken"] for a in access.accounts.all()],
            "visit": [[v.id, stores.visits.guest(v).name] for v in stores.visits.visits.all()],
            "photos": [
                [one.id, one.text]
                for one in stores.invitations.enrolments.all()
                if stores.invitations.faces.get(one.id)
            ],
            "token": [[token.title, "good"] for token in access.tokens.all()],
            "audit": [[noted_as(entry), entry.action] for entry in access.audit.newest(100_000)],
        }

    def broken(self) -> list[str]:
        """Whose face no kiosk would know; then what the chain's check says, with the witness that
        this office keeps."""
        people = self._stores.people
        known = {entry.subject for entry in people.entries(a_template().info.contract)}
        unknown = [
            f"the face of {one.id} is lost" for one in people.all() if one.subject not in known
        ]
        self._stores.chain.copy()
        # What is lost is for the history to judge: nobody may have been told that it was done.
        findings = [f for f in self._stores.chain.verify().findings if f.flaw is not Flaw.LOST]
        return [*unknown, *(finding.sentence() for finding in findings)]


def noted_as(entry: AuditEntry) -> str:
    """An entry of the audit log by all that it tells."""
    return " ".join(map(str, (entry.action, entry.target, entry.before, entry.after)))


def _holiday(name: str, value: str) -> Holiday:
    return Holiday(name, DAY, value)


# --- the promise broken on purpose --------------------------------------------------------------


def _confirms_first(office: Office) -> None:
    """What is asked is done five seconds later."""
    for name in ("register", "rule"):
        does = getattr(office, name)

        def later(name: str, value: str, *, does: Callable[[str, str], str] = does) -> str:
            threading.Timer(5.0, lambda: does(name, value)).start()
            return name

        setattr(office, name, later)


def _wrong_order(office: Office) -> None:
    """What is kept is offered the newest first, and yields to nothing."""
    ids = WriteLog.ids

    def reversed_(log: WriteLog, stream: str) -> dict[str, int]:
        return dict([*ids(log, stream).items()][::-1])

    changed: Any = newest_entries.NewestEntries
    changed.bars = lambda *_: ""
    changed = WriteLog
    changed.ids = reversed_


def _twice(office: Office) -> None:
    """What is there is offered under another id."""

    def again(kept: WriteLog, numbers: Iterable[int]) -> Iterator[KeptWrite]:
        yield from (replace(write, id=f"{write.id}-again") for write in read(kept, numbers))

    read = offers._read
    offers._read = again
    learn = newest_entries.NewestEntries._learn

    def forgetful(newest: Any, statement: Any) -> None:  # noqa: ANN401
        learn(newest, statement)
        newest.ids.clear()

    changed: Any = newest_entries.NewestEntries
    changed._learn = forgetful


MUTATIONS: Final[dict[str, Callable[[Office], None]]] = {
    "": lambda _: None,
    KEEPS_NOTHING: lambda _: None,  # in its settings
    "confirms a write before it is kept": _confirms_first,
    "offers the newest first": _wrong_order,
    "offers what is there": _twice,
}


# --- the process --------------------------------------------------------------------------------


def settings_of(folder: Path, said: str, mutation: str = "", data_key: str = "") -> Settings:
    """Of the app on this folder; an address of a socket means that it has its own Redis."""
    address = address_of(said)
    nodes = ",".join(f"{host}:{port}" for host, port in address.nodes)
    environ = {"DATA_DIR": str(folder), "CHAIN_KEY": CHAIN_SECRET, "DATA_KEY": data_key}
    if address.mode == "standalone" and address.nodes:
        environ["REDIS_URL"] = f"redis://{nodes}/0"
    elif address.nodes:
        environ |= {"REDIS_MODE": address.mode, "REDIS_NODES": nodes}
        environ["REDIS_SENTINEL_SERVICE"] = address.service
    if mutation == KEEPS_NOTHING:
        environ["JOURNAL_HOURS"] = "0"
    return config.load(environ, dotenv=None)


def _room(stores: Stores, there: bool) -> None:
    """Whether the disk takes anything: the journal's files by ENOSPC, SQLite by its own limit."""

    def full(descriptor: int, content: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    files.write_all = _write_all if there else full
    if (kept := stores.offers._kept) is not None:
        with suppress(JournalError), kept._opened() as file:
            file.execute(f"PRAGMA max_page_count={1 << 30 if there else 1}").fetchall()


_write_all: Final = files.write_all


def _takes_for_today(stores: Stores) -> None:
    """The marks of all kiosks are of days long past here; an app's watch looks after those of
    these days, whatever machine has marked."""
    watch: Any = stores.chain
    lately = watch._lately
    watch._lately = lambda: lately() | {DAY + timedelta(days=n) for n in range(-4, 6)}


class _Heard:
    """The entries that the audit log was to take since it was asked: it has each in the end, also
    where no answer came. One that a full disk has refused is noted all the same, and may be lost
    with Redis and this process until there is room; one that is refused itself is missed."""

    def __init__(self, stores: Stores) -> None:
        self.entries: list[tuple[str, str]] = []  # and the subject of whom it tells
        log: Any = stores.access.audit
        self._append = log._store.append
        log._store.append = self.append

    def append(self, entry: AuditEntry, about: str = "", once: str = "") -> None:
        told = (noted_as(entry), about)
        self.entries.append(told)
        before = unkept.entries
        self._append(entry, about, once)
        if unkept.entries != before:
            self.entries.remove(told)


class _Unkept(logging.Handler):
    """Counts the removals that were done, and the entries that were written, though the disk was
    full."""

    count = entries = 0

    def emit(self, record: logging.LogRecord) -> None:
        said = record.getMessage()
        self.count += said.startswith("removal_not_kept")
        self.entries += said.startswith("entry_not_kept")


unkept: Final = _Unkept()
logging.getLogger("face_rec.stores.chain.ledger").addHandler(unkept)


def _answer(office: Office, stores: Stores, heard: _Heard, asked: Mapping[str, Any]) -> object:
    if "room" in asked:
        _room(stores, asked["room"])
        return ""
    if "jump" in asked:
        _Jumped.seconds = asked["jump"]
        return ""
    heard.entries.clear()
    unkept.count = 0
    try:
        found = getattr(office, asked["do"])(*asked.get("with", ()))
    except JournalError as error:
        return {"said": REFUSED, "found": str(error), "audit": heard.entries}
    except (FaceRecError, ValueError) as error:  # it may have been done all the same
        return {
            "said": UNKNOWN,
            "found": f"{type(error).__name__} {error}",
            "audit": heard.entries,
        }
    # Of a removal that the disk does not take nobody is promised that Redis cannot forget it.
    said = UNKNOWN if unkept.count else DONE
    return {"said": said, "found": found, "audit": heard.entries}


class _Jumped(clocks.SystemClock):
    """The clock of this machine, set wrong by so many seconds."""

    seconds = 0.0

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.seconds)


def serve(line: Connection, place: str, address: str, mutation: str, data_key: str) -> None:
    """Until nobody asks any more."""
    folder = Path(place)
    recorded(folder / "journal")
    changed: Any = replay
    changed.ADOPT_EVERY, changed.AWAY = 0.2, Backoff(0.05, 0.2)
    changed = reoffer
    # A write is nobody else's for as long as it may be under way: one look is after that.
    changed.LOOK_EVERY, changed.LOOKS = 0.1, (0.0, 0.5, 1.5, 3.0, 6.0, 9.0)
    changed = offers
    changed._TIDY_EVERY = 3.0
    changed = clocks.SystemClock
    changed.now = lambda _: _clock.now()
    with ExitStack() as stack:
        settings = settings_of(folder, address, mutation, data_key)
        stores = open_stores(settings, _clock, stack)
        office, heard = Office(stores), _Heard(stores)
        _takes_for_today(stores)
        MUTATIONS[mutation](office)
        offering = open_reoffer(stores, _clock, lambda: None)
        offering.start()
        stack.callback(offering.close)
        # It hands on what waits in the journal, a correction of which no end was written.
        marker = DurableMarker(stores.writers.marks, stores.journal, _clock, lambda: 0.0)
        stack.callback(marker.close)
        for asked in asked_of(line):
            say(line, _answer(office, stores, heard, asked))


_clock: Final = _Jumped()
