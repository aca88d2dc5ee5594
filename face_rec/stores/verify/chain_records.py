"""Whether the records are what the chain last said of them: people, rules, the audit log, and
what administrators set."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, Protocol

from face_rec.access.audit.audit import REPEATED
from face_rec.domain.people import Person
from face_rec.languages.language import msgid
from face_rec.languages.sentence import Sentence, Typed, sentence
from face_rec.stores.access.audit_stream import RedisAudit
from face_rec.stores.attendance.rules import RedisRules
from face_rec.stores.chain.ledger import Ledger
from face_rec.stores.chain.linked_hashes import OPTIONS, LinkedHashes, signed_text
from face_rec.stores.chain.statements import BROUGHT_BACK, CLOCKS, COMPLETE, FOUND, UNPROVED
from face_rec.stores.people import people_proof
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis import keys
from face_rec.stores.verify.chain_report import Finding, Flaw

_TRIES: Final = 3
Wrong = tuple[Flaw, str]
"""A flaw, and what is wrong in words."""


class Records(Protocol):
    """What one stream of the chain speaks of. All methods may raise StoreError."""

    ledger: Ledger

    def begin(self) -> None:
        """Enter what is older than the chain; nothing to do if that was done."""
        ...

    def findings(self) -> list[Finding]:
        """What does not fit the stream, which is read here, too."""
        ...


class _States:
    """The last word of a stream on each of its records."""

    def __init__(self, ledger: Ledger) -> None:
        self.digests: dict[str, str] = {}
        self.complete = False
        self.unproved: dict[str, str] = {}
        self.found_before_a_loss: set[str] = set()
        """Of which nothing is said but that they were there before Redis lost the list: no machine
        keeps their writes, so none brings them back."""
        for statement in ledger.statements():
            self.complete |= COMPLETE in statement.flags
            found = {FOUND, BROUGHT_BACK} <= statement.flags
            for name, digest in statement.states.items():
                (self.found_before_a_loss.add if found else self.found_before_a_loss.discard)(name)
                if digest is None:
                    self.digests.pop(name, None)
                else:
                    self.digests[name] = digest
                if UNPROVED in statement.flags:
                    self.unproved[name] = statement.at


def _steady(look: Callable[[], dict[str, Wrong]]) -> dict[str, Wrong]:
    """What ``look`` says each time: records change while they are looked at."""
    found = look()
    for _ in range(_TRIES - 1):
        if not found:
            break
        again = look()
        found = {name: wrong for name, wrong in again.items() if name in found}
    return found


def _listed(ledger: Ledger, found: Mapping[str, Wrong]) -> list[Finding]:
    return [
        Finding(ledger.name, flaw, detail, event=name)
        for name, (flaw, detail) in sorted(found.items())
    ]


class PeopleRecords:
    """Who is who: IDs, names, consent and templates against their proofs."""

    def __init__(self, people: RedisPeople, ledger: Ledger) -> None:
        self.ledger = ledger
        self._people = people

    def begin(self) -> None:
        self._people.begin()

    def findings(self) -> list[Finding]:
        return _listed(self.ledger, _steady(self._wrong_records))

    def _wrong_records(self) -> dict[str, Wrong]:
        states = _States(self.ledger)
        indexed = self._people.indexed()
        found: dict[str, Wrong] = {
            subject: (
                Flaw.EDITED,
                sentence("The record was changed by another program before {time}.", time=at),
            )
            for subject, at in states.unproved.items()
        }
        there: set[str] = set()
        for person in self._people.stored():
            there.add(person.subject)
            wrong = self._wrong(person, states) or _misled(person, indexed)
            if wrong is not None:
                found[person.subject] = wrong
        for subject in states.digests.keys() - there:
            found[subject] = (Flaw.REMOVED, msgid("The person was removed by another program."))
        return found

    def _wrong(self, person: Person, states: _States) -> Wrong | None:
        proof, said = self._people.proof(person.subject), states.digests.get(person.subject)
        who = Typed(person.id)
        if said is None:
            added = sentence("The record of ID {id} was added by another program.", id=who)
            return (Flaw.INSERTED, added) if states.complete or proof is not None else None
        if not people_proof.fits(self.ledger.chain, person, proof):
            return (
                Flaw.EDITED,
                sentence(
                    "The record of ID {id} was changed by another program, or given to another "
                    "person.",
                    id=who,
                ),
            )
        if proof is None or proof.digest != said:
            return Flaw.REWRITTEN, sentence(
                "The record of ID {id} was put back to what it was at another time.", id=who
            )
        if proof.faces != self._people.faces(person.subject):
            return Flaw.EDITED, sentence(
                "The record of ID {id} has other face templates than those it was saved with.",
                id=who,
            )
        return None


def _misled(person: Person, indexed: Mapping[bytes, str]) -> Wrong | None:
    if indexed.get(keys.indexed(person.id)) == person.subject:
        return None
    return Flaw.EDITED, sentence(
        "The ID {id} leads to somebody else, or to nobody.", id=Typed(person.id)
    )


class RuleRecords:
    """Shifts, holidays, leave and the other rules."""

    def __init__(self, rules: RedisRules, ledger: Ledger) -> None:
        self.ledger = ledger
        self._rules = rules

    def begin(self) -> None:
        self._rules.begin()

    def findings(self) -> list[Finding]:
        return _listed(self.ledger, _steady(self._wrong_records))

    def _wrong_records(self) -> dict[str, Wrong]:
        states, stored = _States(self.ledger), self._rules.stored()
        signed = {name: f"rule|{name}|{text}" for name, text in stored.items()}
        return _judged(self.ledger, states, signed, lambda _: msgid("The rule"))


class AdministrationRecords:
    """Accounts, kiosk devices, API tokens, and what was chosen about the site."""

    def __init__(self, hashes: LinkedHashes, ledger: Ledger) -> None:
        self.ledger = ledger
        self._hashes = hashes

    def begin(self) -> None:
        self._hashes.begin()

    def findings(self) -> list[Finding]:
        return _listed(self.ledger, _steady(self._wrong_records))

    def _wrong_records(self) -> dict[str, Wrong]:
        states, stored = _States(self.ledger), self._hashes.stored()
        signed = {name: signed_text(name, text) for name, text in stored.items()}
        return _judged(self.ledger, states, signed, _what)


_WHAT: Final = {
    "accounts": msgid("The account {id}"), "devices": msgid("The kiosk {id}"),
    "tokens": msgid("The API token {id}"), "notice-rules": msgid("The rule of notices {id}"),
    OPTIONS: msgid("The site's option {id}"),
}  # fmt: skip


def _what(name: str) -> str:
    kind, _, record_id = name.partition("/")
    known = _WHAT.get(kind)
    return Sentence(known, {"id": Typed(record_id)}) if known else f"{kind} {record_id}"


def _judged(
    ledger: Ledger, states: _States, signed: Mapping[str, str], what: Callable[[str], str]
) -> dict[str, Wrong]:
    """Of records by name, each as the text that its digest is of. ``what`` a record is called
    in a sentence."""
    found: dict[str, Wrong] = {}
    for name, text in signed.items():
        said = states.digests.get(name)
        if said is None and states.complete:
            found[name] = (
                Flaw.INSERTED,
                sentence("{what} was added by another program.", what=what(name)),
            )
        elif said is not None and ledger.chain.signed(text, said) is False:
            found[name] = (
                Flaw.EDITED,
                sentence("{what} was changed by another program.", what=what(name)),
            )
    for name in states.digests.keys() - signed.keys():
        found[name] = _missing(what(name), lost=name in states.found_before_a_loss)
    return found


def _missing(what: str, *, lost: bool) -> Wrong:
    if not lost:
        return Flaw.REMOVED, sentence("{what} was removed by another program.", what=what)
    return Flaw.LOST, sentence(
        "{what} is lost: the database has forgotten it, and no machine has kept it. Enter it "
        "again if it is missed.",
        what=what,
    )


class AuditRecords:
    """The audit log."""

    def __init__(self, audit: RedisAudit, ledger: Ledger) -> None:
        self.ledger = ledger
        self._audit = audit

    def repeated(self, since: datetime) -> int:
        """For how many marks another one was found to stand, since somewhat before then: each
        is noted by a name of its own. Raises StoreUnavailable."""
        made = self.ledger.since(since - CLOCKS)
        return len({one.id for one in made if one.id.endswith(REPEATED)})

    def begin(self) -> None:
        self._audit.begin()

    def findings(self) -> list[Finding]:
        return _listed(self.ledger, _steady(self._wrong_records))

    def _wrong_records(self) -> dict[str, Wrong]:
        states, stored = _States(self.ledger), dict(self._audit.stored())
        found: dict[str, Wrong] = {}
        for name in states.digests.keys() - stored.keys():
            found[name[:16]] = (Flaw.REMOVED, msgid("An entry is missing or was changed."))
        for name in stored.keys() - states.digests.keys() if states.complete else ():
            number = stored[name]
            found[number] = (
                Flaw.INSERTED,
                msgid("An entry was added or changed by another program."),
            )
        return found
