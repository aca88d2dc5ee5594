"""What earlier versions have stored is read as it always was: texts as they lie in Redis."""

import json
from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from face_rec.attendance.rules.rules import Item
from face_rec.attendance.rules.shift import Shift
from face_rec.domain.clock_state import Stamp
from face_rec.domain.faces import View
from face_rec.domain.liveness import Check, Cue, Finding, Liveness
from face_rec.domain.marks import Event, EventKind, Source, Whereabouts
from face_rec.domain.people import Consent, Moved, Pause, Person, TemplateInfo
from face_rec.kiosks.kiosk import Direction, KioskRecord
from face_rec.stores.attendance import event_codec, rule_codec
from face_rec.stores.attendance.event_codec import MalformedEvent
from face_rec.stores.attendance.rule_codec import MalformedRule
from face_rec.stores.people import people_proof, person_codec
from face_rec.stores.redis import keys
from tests.samples import a_chain, read_both_ways
from tests.unit.stores.stored_rules import AT, DAY, LATER, RULES

EVENTS = {
    b'{"id":"e1","subject":"s1","kiosk":"gate","score":0.61,"margin":0.31,"liveness":0.9,'
    b'"snapshot":"marks/2025/03/10/s1/e1.jpg","contract":"c0ffee","kind":"punch",'
    b'"source":"video","at":"2025-03-10T08:00:00.250000+00:00"}': Event(
        "e1", "s1", LATER, EventKind.PUNCH, Source.VIDEO, "gate", 0.61, 0.31, 0.9,
        "marks/2025/03/10/s1/e1.jpg", "c0ffee",
    ),
    b'{"id":"e3","subject":"s1","kiosk":"gate","score":0.61,"margin":0.31,"liveness":0.2,'
    b'"kind":"punch","source":"video","live":"attack","at":"2025-03-10T08:00:00+00:00",'
    b'"found":[{"cue":"texture","value":0.2,"says":"attack"}]}': Event(
        "e3", "s1", AT, EventKind.PUNCH, Source.VIDEO, "gate", 0.61, 0.31, 0.2,
        live=Liveness.ATTACK, found=(Finding(Cue.TEXTURE, 0.2, Liveness.ATTACK),),
    ),
    b'{"id":"e4","subject":"s1","kiosk":"gate","kind":"punch","source":"pin",'
    b'"at":"2025-03-10T08:00:00+00:00",'
    b'"clock":{"boot":"0123abcd","up":1005.25,"kept":true}}': Event(
        "e4", "s1", AT, EventKind.PUNCH, Source.PIN, "gate",
        clock=Stamp("0123abcd", 1005.25, kept=True),
    ),
    b'{"id":"e5","subject":"s1","kiosk":"gate","kind":"punch","source":"pin",'
    b'"at":"2025-03-10T08:00:00+00:00",'
    b'"clock":{"boot":"0123abcd","up":1005.25,"kept":false,"ahead":-181.0}}': Event(
        "e5", "s1", AT, EventKind.PUNCH, Source.PIN, "gate",
        clock=Stamp("0123abcd", 1005.25, kept=False, ahead=-181.0),
    ),
    b'{"id":"e6","subject":"s1","kiosk":"","kind":"in","source":"mobile",'
    b'"at":"2025-03-10T08:00:00+00:00",'
    b'"where":{"place":"Gate","distance":34,"accuracy":12,"doubt":"far"}}': Event(
        "e6", "s1", AT, EventKind.IN, Source.MOBILE, "",
        where=Whereabouts("Gate", 34, 12, "far"),
    ),
    b'{"id":"e2","subject":"s1","kiosk":"","target":"e1","author":"ada",'
    b'"reason":"ging fr\\u00fcher \\ud83c\\udfc3","kind":"retype","source":"manual",'
    b'"becomes":"out","at":"2025-03-10T08:00:00+00:00",'
    b'"recorded_at":"2025-03-10T09:00:00+00:00"}': Event(
        "e2", "s1", AT, EventKind.RETYPE, Source.MANUAL, "", target="e1",
        becomes=EventKind.OUT, author="ada", reason="ging früher 🏃",
        recorded_at=AT + timedelta(hours=1),
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    "line", EVENTS, ids=["mark", "doubtful", "clock", "wrong-clock", "phone", "correction"]
)
def test_stored_events_are_read_with_and_without_a_link(line: bytes) -> None:
    linked = line[:-1] + b',"n":7,"key":"0123abcd","link":"' + b"a" * 64 + b'"}'
    assert event_codec.decode(line) == event_codec.decode(linked) == EVENTS[line]
    assert read_both_ways(line) == read_both_ways(linked) == EVENTS[line]


def test_a_mark_is_written_byte_for_byte_as_before() -> None:
    line, event = next(iter(EVENTS.items()))
    assert event_codec.encode(event) == line


@pytest.mark.parametrize("number", ["e4", "e5", "e6"])
def test_what_is_known_of_the_clock_and_the_place_is_written_byte_for_byte(number: str) -> None:
    """Versions before it read such marks as all others: they ignore what they do not know."""
    ((line, event),) = [(line, one) for line, one in EVENTS.items() if one.id == number]
    assert event_codec.encode(event) == line


MARK: dict[str, object] = {
    "id": "e", "subject": "s", "kiosk": "k", "kind": "in", "source": "pin",
    "at": "2025-03-10T08:00:00+00:00",
}  # fmt: skip


@pytest.mark.parametrize(
    "odd",
    [
        {"at": "2025-03-10T08:00:00"}, {"at": 1741593600}, {"at": None}, {"id": 7},
        {"score": "0.6"}, {"score": [1]}, {"target": {}}, {"kind": "dance"}, {"source": ""},
        {"clock": 7}, {"clock": {"boot": "b"}}, {"clock": {"boot": "b", "up": "x"}},
        {"where": 7}, {"where": {"place": "x", "distance": "1", "accuracy": 1}},
        {"becomes": "x"}, {"recorded_at": "2025-03-10T08:00:00"}, {"kiosk": None},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_event_is_malformed(odd: dict[str, object]) -> None:
    with pytest.raises(MalformedEvent):
        event_codec.decode(json.dumps(MARK | odd).encode())
    assert read_both_ways(json.dumps(MARK | odd).encode()) is None


@pytest.mark.parametrize("line", [b"", b"[]", b"null", b"7", b"\xff", b"{", b"{}", b'"text"'])
def test_what_is_no_record_is_no_event(line: bytes) -> None:
    with pytest.raises(MalformedEvent):
        event_codec.decode(line)
    assert read_both_ways(line) is None


def test_odd_but_readable_events_stay_readable() -> None:
    wholly = event_codec.decode(json.dumps(MARK | {"later": {"x": 1}, "score": 1}).encode())
    assert wholly == Event("e", "s", AT, EventKind.IN, Source.PIN, "k", score=1.0)
    east = event_codec.decode(json.dumps(MARK | {"at": "2025-03-10T13:30:00+05:30"}).encode())
    assert (east.at, east.at.tzinfo) == (AT, UTC)
    half = replace(wholly, score=None, reason="half \ud800 a character")
    assert event_codec.decode(event_codec.encode(half)) == half
    assert event_codec.decode(json.dumps(MARK | {"reason": half.reason}).encode()) == half
    for more in ({"later": 1}, {"at": "2025-03-10T13:30:00+05:30"}, {"beyond": "x"},
                 {"reason": half.reason}):  # fmt: skip
        assert read_both_ways(json.dumps(MARK | more).encode()) is not None


ABOUT = (
    '{"name":"Ada L\\u00f6ve","group":"B\\u00fcro","email":"ada@example.org","active":true,'
    '"consent":{"text":"I agree.","version":"2","given_at":"2025-03-10T08:00:00+00:00",'
    '"withdrawn_at":"2025-03-10T08:00:00.250000+00:00"},"photo":"people/s1/1.jpg",'
    '"created_at":"2025-03-10T08:00:00+00:00","updated_at":"2025-03-10T08:00:00.250000+00:00",'
    '"deactivated_at":null,'
    '"pauses":[["2025-03-10T08:00:00+00:00","2025-03-10T08:00:00.250000+00:00"]],'
    '"moved":[["Shop","2025-03-10T08:00:00+00:00"]],"later":1}'
)
TEMPLATES = (
    '[{"slot":0,"view":"front","quality":0.9,"contract":"c0ffee",'
    '"added_at":"2025-03-10T08:00:00+00:00"},{"slot":3,"view":"left","quality":1,'
    '"contract":"c0ffee","added_at":"2025-03-10T08:00:00.250000+00:00","later":1}]'
)


def _read(about: str, templates: str = "[]") -> Person:
    stored = {
        keys.VERSION: b"3", keys.ID: b"E 7", keys.ABOUT: about.encode(),
        keys.TEMPLATES: templates.encode(),
    }  # fmt: skip
    found = person_codec.person_of("s1", stored)
    assert found is not None
    return found


def test_a_stored_person_is_read() -> None:
    assert _read(ABOUT, TEMPLATES) == Person(
        "s1", "E 7", "Ada Löve", "Büro", "ada@example.org",
        consent=Consent("I agree.", "2", AT, LATER), photo="people/s1/1.jpg", created_at=AT,
        updated_at=LATER, version=3,
        templates=(
            TemplateInfo(0, View.FRONT, 0.9, "c0ffee", AT),
            TemplateInfo(3, View.LEFT, 1, "c0ffee", LATER),
        ),
        pauses=(Pause(AT, LATER),), moved=(Moved("Shop", AT),),
    )  # fmt: skip


def test_a_template_knows_its_photo_and_one_without_is_written_as_before() -> None:
    stored = json.loads(TEMPLATES)
    stored[0]["photo"] = "0" * 32
    first, second = _read(ABOUT, json.dumps(stored)).templates
    assert (first.photo, second.photo) == ("0" * 32, "")
    person = _read(ABOUT, json.dumps(stored))
    again = json.loads(person_codec.person_fields(person)[keys.TEMPLATES])
    assert [one.get("photo") for one in again] == ["0" * 32, None]


def test_what_is_known_of_a_photo_s_life_and_who_vouched_is_read_and_written_again() -> None:
    stored = json.loads(TEMPLATES)
    stored[0]["life"] = "attack"
    person = _read(ABOUT.replace('"later":1', '"vouched":"I know her"'), json.dumps(stored))
    assert [one.life for one in person.templates] == ["attack", ""]
    assert person.vouched == "I know her"
    again = person_codec.person_fields(person)
    assert [one.get("life") for one in json.loads(again[keys.TEMPLATES])] == ["attack", None]
    assert json.loads(again[keys.ABOUT])["vouched"] == "I know her"


def test_a_photo_exchanged_in_a_record_does_not_fit_its_proof() -> None:
    """Or another face could be put in a person's place at the next change of the model."""
    person, chain = _read(ABOUT, TEMPLATES), a_chain()
    first, second = person.templates
    kept = replace(person, templates=(replace(first, photo="0" * 32), second))
    proof = people_proof.made(chain, kept, "faces")
    assert people_proof.fits(chain, kept, proof)
    assert not people_proof.fits(chain, person, proof)
    other = replace(kept, templates=(replace(first, photo="1" * 32), second))
    assert not people_proof.fits(chain, other, proof)


def test_a_person_of_the_first_version_is_read() -> None:
    assert _read("{}") == Person("s1", "E 7", "", version=3)
    left = _read('{"name":"Ada","active":false,"updated_at":"2025-03-10T08:00:00+00:00"}')
    assert left.deactivated_at == AT, "the last change was taken for it"
    stayed = _read('{"name":"Ada","active":false,"updated_at":null,"deactivated_at":null}')
    assert stayed.deactivated_at is None


@pytest.mark.parametrize(
    "about",
    ["not json", "[]", '{"created_at":"2025-03-10T08:00:00"}', '{"updated_at":"soon"}',
     '{"consent":{"given_at":"2025-03-10T08:00:00+00:00"}}', '{"pauses":[["x"]]}'],
)  # fmt: skip
def test_a_person_that_is_not_understood_is_not_guessed(about: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of json, of dates, of types
        _read(about)


@pytest.mark.parametrize(("item", "text"), RULES, ids=lambda one: type(one).__name__)
def test_stored_rules_are_read_and_written_as_before(item: Item, text: str) -> None:
    assert rule_codec.decode(type(item), "x", text) == item
    assert rule_codec.encode(item) == text
    later = json.dumps(json.loads(text) | {"of a later version": [1]})
    assert rule_codec.decode(type(item), "x", later) == item


def test_a_kiosk_of_before_its_hours_stood_in_it_is_read_as_always_open() -> None:
    text = (
        '{"site":"Berlin","direction":"in","minimum_stay":5,"watched":true,'
        '"watched_from":null,"pin":false,"groups":["Office"],"valid_from":"2025-03-10",'
        '"show_marks":false}'
    )
    kiosk = rule_codec.decode(KioskRecord, "x", text)
    assert kiosk == KioskRecord(
        "x", "Berlin", Direction.IN, groups=frozenset({"Office"}), valid_from=DAY
    )
    assert kiosk.always_open
    assert kiosk.liveness is Check.OBSERVE


def test_a_kiosk_that_is_watched_is_read_and_comes_back() -> None:
    text = '{"watched_from":"2025-03-10T08:00:00.250000+00:00"}'
    kiosk = rule_codec.decode(KioskRecord, "x", text)
    assert kiosk == KioskRecord("x", watched_from=LATER)
    assert rule_codec.decode(KioskRecord, "x", rule_codec.encode(kiosk)) == kiosk


@pytest.mark.parametrize(
    "odd",
    [{"late_grace": True}, {"late_grace": 5.5}, {"late_grace": "5"}, {"name": None},
     {"days": [True]}, {"days": 3}, {"start": "25:00:00"}, {"valid_from": "soon"},
     {"reading": "x"}, {"weekdays": [{"day": 1}]}, {"earlier": [1]}, {"earlier": "x"}],
    ids=str,
)  # fmt: skip
def test_a_rule_of_other_types_is_malformed(odd: dict[str, object]) -> None:
    with pytest.raises(MalformedRule, match="Shift 'x'"):
        rule_codec.decode(Shift, "x", json.dumps({"name": "Day"} | odd))
