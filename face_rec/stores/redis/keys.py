"""Every key and field name in Redis, in one place.

What one script or transaction touches must live in one cluster slot, so the
hash tags are part of the design: ``{SITE}`` for people and the gallery's
changes, ``{SITE|UTC-day}`` for a day's attendance. A tag, and a key as a
whole, is made of our own characters only: what users type (an ID like ``}x``)
is only ever a field or a value.
"""

import unicodedata
from datetime import date
from typing import Final

from face_rec.domain.errors import PeopleError
from face_rec.languages.sentence import sentence

# --- people: all keys of a site share one slot --------------------------------


def person(site: str, subject: str) -> str:
    """Hash: one person, with the fields below."""
    return f"person:{{{site}}}:{subject}"


def person_keys(site: str) -> str:
    """Hash: alias → the person's own data key, which is destroyed with the person."""
    return f"person-keys:{{{site}}}"


def gallery_files(site: str) -> str:
    """Hash: name → the key of a gallery's file on some machine's disk. Whatever takes a template
    away deletes all of it in the same step, so that these files open for nobody any more."""
    return f"gallery-files:{{{site}}}"


def ids(site: str) -> str:
    """Hash: :func:`indexed` ID → subject."""
    return f"ids:{{{site}}}"


def revision(site: str) -> str:
    """Counter: how often the gallery of the site has changed."""
    return f"revision:{{{site}}}"


def changes(site: str) -> str:
    """Stream: the newest changes; the entry ``N-0`` made revision N."""
    return f"changes:{{{site}}}"


def missed(site: str, day: date) -> str:
    """Hash, expires: subject → visits of a UTC day that came near to them and ended without a
    name. In the slot of the people, not of the day: it is counted only while the person is
    there."""
    return f"missed:{{{site}}}:{day.isoformat()}"


ID: Final = "id"  # as the customer wrote it
INDEXED: Final = "indexed"  # as it stands in the ID index
ABOUT: Final = "about"  # JSON: name, group, consent ...
TEMPLATES: Final = "templates"  # JSON: what is known of each template
ROWS: Final = "rows"  # JSON: contract → slots the gallery may hold
VERSION: Final = "version"  # counts the changes
WRITE: Final = "write"  # random name of the last write, by which put_person.lua knows a resend

PROOF: Final = "proof"  # salt, digest of the templates, digest of all: see people_proof
FACES: Final = "faces"  # all embeddings in one, where the person's own key seals them
ALIAS: Final = "alias"  # under which the person's own key lies in person_keys

PIN: Final = "pin"  # its hash, where the person has one

MAX_TEMPLATES: Final = 20
"""Ten of the model in use, and as many of the one that it is changed for."""


def vector(slot: int) -> str:
    """Field: the embedding in ``slot``, 0 to MAX_TEMPLATES - 1; float32, little-endian."""
    return f"vector:{slot}"


VECTORS: Final = tuple(vector(slot) for slot in range(MAX_TEMPLATES))

KIND: Final = "kind"  # of a change
SUBJECT: Final = "subject"  # of a change


def indexed(person_id: str) -> bytes:
    """The ID as the index holds it: what looks the same is the same.

    Raises PeopleError for a text that is not valid Unicode.
    """
    try:
        return unicodedata.normalize("NFC", person_id).encode()
    except UnicodeEncodeError:
        raise PeopleError(
            sentence(
                "The ID {person_id} has characters that are not valid text. Type it again.",
                person_id=f"{person_id!r}",
            )
        ) from None


# --- attendance: all keys of a site's UTC day share one slot -------------------


def attendance(site: str, day: date) -> str:
    """List: the events of a UTC day, in order of arrival."""
    return f"attendance:{_of_day(site, day)}"


def seen(site: str, day: date) -> str:
    """Set: the ids of these events."""
    return f"seen:{_of_day(site, day)}"


def last(site: str, day: date) -> str:
    """Hash: subject → the day's newest mark, microseconds since 1970; :func:`other_marks` → the
    others."""
    return f"last:{_of_day(site, day)}"


def other_marks(subject: str) -> str:
    """Field of :func:`last`: the times of the subject's marks of the day but the newest, parted
    by blanks."""
    return f"{subject}\nmarks"


def head(site: str, day: date) -> str:
    """String: the chain's head, ``count:link:key``."""
    return f"head:{_of_day(site, day)}"


def chain(site: str, stream: str) -> str:
    """List: the linked entries of ``stream`` (people, rules, audit, administration)."""
    return f"chain:{{{site}}}:{stream}"


def chain_head(site: str, stream: str) -> str:
    """String: the head of that list, ``count:link:key``."""
    return f"head:{{{site}}}:{stream}"


def days_written(site: str) -> str:
    """Pattern of the lists of all days; a site's name holds nothing that a pattern reads."""
    return f"attendance:{{{site}|*}}"


def days_linked(site: str) -> str:
    """Pattern of the heads of all days."""
    return f"head:{{{site}|*}}"


def day_of(key: str) -> date:
    """The day in the key of one; raises ValueError."""
    return date.fromisoformat(key.rpartition("|")[2].rstrip("}"))


def left(site: str, day: date) -> str:
    """String: the head with which the day left for the archive; in the day's slot, so that there
    is no moment in which neither it nor the list is there."""
    return f"left:{_of_day(site, day)}"


def all_left(site: str) -> str:
    """Pattern of these."""
    return f"left:{{{site}|*}}"


def coming(site: str, day: date, token: str, what: str) -> str:
    """What is brought back from the archive, until it takes its place; expires."""
    return f"coming:{_of_day(site, day)}:{token}:{what}"


def _of_day(site: str, day: date) -> str:
    return f"{{{site}|{day.isoformat()}}}"


def handed_over(site: str, digest: str) -> str:
    """String, expires: a still that a kiosk has handed over, by the digest of its name."""
    return f"offline:{{{site}}}:still:{digest}"


def handed_over_by(site: str, kiosk: str) -> str:
    """Hash, expires: how many stills the kiosk has handed over lately, and what became of them."""
    return f"offline:{{{site}}}:kiosk:{kiosk}"


def options(site: str) -> str:
    """Hash: what an admin chose about the site (title, time zone ...), and its version."""
    return f"options:{{{site}}}"


# --- attendance rules: small, one slot a site; heartbeats with their day --------


def rules(site: str) -> str:
    """Hash: the version of all rules, and the database's epoch."""
    return f"rules:{{{site}}}"


def rule(site: str, kind: str) -> str:
    """Hash: id → JSON, the entries of one kind (shifts, holidays ...)."""
    return f"rules:{{{site}}}:{kind}"


CLOCK: Final = "clock"
"""Kind of the hash in which stands when a clock was set; its entries are no rules."""


def beats(site: str, day: date) -> str:
    """Hash: kiosk → JSON list of [first, last] heartbeats, seconds since 1970."""
    return f"beats:{_of_day(site, day)}"


def waiting(kiosk: str) -> str:
    """Field of :func:`beats`: how many marks waited on the kiosk's machine at its last beat."""
    return f"{kiosk}\nwaiting"


def kiosk_waiting(field: str) -> str:
    """The kiosk of such a field; "" for any other."""
    kiosk, separator, _ = field.partition("\n")
    return kiosk if separator else ""


def clock_of(kiosk: str) -> str:
    """Field of :func:`beats`: what the kiosk's machine said of its clock at its last beat, as
    JSON. No kiosk is called so, and versions before this one take it for one without beats."""
    return f"{_CLOCK_OF}{kiosk}"


def kiosk_of_clock(field: str) -> str:
    """The kiosk of such a field; "" for any other."""
    return field.removeprefix(_CLOCK_OF) if field.startswith(_CLOCK_OF) else ""


_CLOCK_OF: Final = "\nclock\n"

EPOCH: Final = "epoch"  # random name of this database


# --- backup: while one is put back --------------------------------------------------


def restoring(site: str) -> str:
    """String: the digest of the backup that is being restored; gone when it is whole."""
    return f"restoring:{{{site}}}"


def schema(site: str) -> str:
    """String: JSON, which form the data have and which programs may use them."""
    return f"schema:{{{site}}}"


def beats_of(site: str) -> str:
    """How the heartbeats of all days begin."""
    return f"beats:{{{site}|"


# --- privacy: what was removed and when, and which keys sealed what ----------------


def privacy(site: str) -> str:
    """Hash: what the retention job did last, and the data keys in use."""
    return f"privacy:{{{site}}}"


def model_change(site: str) -> str:
    """Hash: the plan of a change of the recognition model, its progress and its trial."""
    return f"model-change:{{{site}}}"


def model_change_failed(site: str) -> str:
    """Hash: subject → JSON, why nothing could be made of which photo."""
    return f"model-change:{{{site}}}:failed"


def vectors(site: str) -> str:
    """How all keys begin of what is known here of an engine outside, which finds near vectors."""
    return f"vectors:{{{site}}}:"


def vector_secret(site: str) -> str:
    """String: by which people are named there."""
    return f"vectors:{{{site}}}:secret"


def vector_indexes(site: str) -> str:
    """Set: embedding contracts that have an index there, or had one."""
    return f"vectors:{{{site}}}:indexes"


def vector_audit(site: str, contract: str) -> str:
    """List, expires: whether the newest answers of that engine were the exact ones."""
    return f"vectors:{{{site}}}:audit:{contract[:16]}"


def turn(site: str, work: str) -> str:
    """String, expires: one process does ``work``, the others need not."""
    return f"turn:{{{site}}}:{work}"
