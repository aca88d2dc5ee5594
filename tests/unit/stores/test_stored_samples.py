"""What earlier versions have stored is read as it always was: texts as they lie in Redis."""

import json
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from face_rec.access.accounts.account import Account
from face_rec.access.audit.audit import AuditEntry
from face_rec.access.devices.badge import Badge, BadgeKey
from face_rec.access.devices.credentials import Link, LinkKind, Token
from face_rec.access.devices.device import Beat, Device
from face_rec.access.factors.ceremony import Ceremony, Purpose
from face_rec.access.factors.factors import Factors, Handle, Passkey
from face_rec.access.rights import Role, Scope
from face_rec.access.signin.session import HalfSession, ProviderSession, Session, SignIn, Use
from face_rec.attendance.explore.view import View as KeptView
from face_rec.attendance.rules.calendar import Holiday, Leave
from face_rec.attendance.rules.leave_type import Allowance, LeaveType
from face_rec.attendance.rules.mobile import MobilePunch, Place
from face_rec.attendance.rules.roster import Assignment, Employment
from face_rec.attendance.rules.roster_week import RosterWeek
from face_rec.attendance.rules.rules import Item, Limits
from face_rec.attendance.rules.shift import DayHours, Shift
from face_rec.calendars.feed import Feed
from face_rec.domain.clock_state import Stamp
from face_rec.domain.errors import StoreError
from face_rec.domain.faces import View
from face_rec.domain.groups import ALL_GROUPS, Groups
from face_rec.domain.liveness import Check, Cue, Finding, Liveness
from face_rec.domain.marks import Event, EventKind, Source, Whereabouts
from face_rec.domain.people import Consent, Moved, Pause, Person, TemplateInfo
from face_rec.invitations.invitation import Invitation, SelfEnrolment, Standing
from face_rec.kiosks.kiosk import BadgeUse, Direction, KioskRecord, Transport
from face_rec.requests.request import Offer, OwnRequests, SwapRequest
from face_rec.stores.access import access_codec
from face_rec.stores.attendance import event_codec, rule_codec
from face_rec.stores.attendance.event_codec import MalformedEvent
from face_rec.stores.attendance.rule_codec import MalformedRule
from face_rec.stores.people import people_proof, person_codec
from face_rec.stores.redis import keys
from face_rec.visitors.visit import Visit
from tests.samples import a_chain, read_both_ways

AT = datetime(2025, 3, 10, 8, tzinfo=UTC)
LATER = AT.replace(microsecond=250_000)
DAY = date(2025, 3, 10)

# --- events

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


# --- people

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


# --- rules

_DAY_SHIFT = (
    '{"name":"Day","start":"09:00:00","end":"17:00:00","days":[0,1,2,3,4],"zone":"",'
    '"opens_before":120,"closes_after":240,"late_grace":10,"early_grace":10,'
    '"half_day_below":null,"absent_below":null,"unpaid_break":0,"break_after":0,'
    '"overtime_after":null,"reading":"alternating","counting":"first in, last out",'
    '"close_missing":true,"close_tolerance":60,"presence_only":false,"weekdays":[],'
    '"valid_from":null}'
)
RULES: list[tuple[Item, str]] = [
    (Shift("x", "Day"), _DAY_SHIFT),
    (
        Shift(
            "x", "Früh", time(6), time(14, 30), frozenset({0, 4, 2}), "Europe/Berlin",
            half_day_below=120, weekdays=(DayHours(4, time(6), time(12)),), valid_from=DAY,
            earlier=(Shift("x", "Day"),),
        ),
        '{"name":"Früh","start":"06:00:00","end":"14:30:00","days":[0,2,4],'
        '"zone":"Europe/Berlin","opens_before":120,"closes_after":240,"late_grace":10,'
        '"early_grace":10,"half_day_below":120,"absent_below":null,"unpaid_break":0,'
        '"break_after":0,"overtime_after":null,"reading":"alternating",'
        '"counting":"first in, last out","close_missing":true,"close_tolerance":60,'
        '"presence_only":false,"weekdays":[{"day":4,"start":"06:00:00","end":"12:00:00"}],'
        f'"valid_from":"2025-03-10","earlier":[{_DAY_SHIFT}]}}',
    ),
    (
        Limits("x", outage=20, score=0.4),
        '{"outage":20,"score":0.4,"margin":0.15,"liveness":0.5,"valid_from":null}',
    ),
    (
        Holiday("x", DAY, "May Day", frozenset({"b", "a"})),
        '{"day":"2025-03-10","name":"May Day","groups":["a","b"]}',
    ),
    (
        Leave("x", "s1", DAY, DAY, "sick", True, "boss", "Grippe"),
        '{"subject":"s1","first":"2025-03-10","last":"2025-03-10","kind":"sick","half":true,'
        '"author":"boss","reason":"Grippe","type":"","elsewhere":false}',
    ),
    (
        LeaveType("x", "Sick", approval=False, back=14),
        '{"name":"Sick","asked":true,"approval":false,"counted":false,"paid":true,'
        '"elsewhere":false,"halves":true,"ahead":366,"back":14}',
    ),
    (
        Allowance("x", "h", 28.5, 2025, group="Shop", carry=5.0),
        '{"type":"h","days":28.5,"since":2025,"subject":"","group":"Shop","carry":5.0}',
    ),
    (
        MobilePunch(
            "x", "Shop", (Place("Gate", 52.5, -13.25, 150),), accuracy=50, review=True,
            days=frozenset({4, 0}), opens=time(7), closes=time(19, 30),
        ),
        '{"group":"Shop","places":[{"name":"Gate","latitude":52.5,"longitude":-13.25,'
        '"radius":150}],"on":true,"accuracy":50,"live":true,"review":true,"asks":false,'
        '"days":[0,4],"opens":"07:00:00","closes":"19:30:00"}',
    ),
    (
        Assignment("x", "s", "s1", "", DAY, None),
        '{"shift":"s","subject":"s1","group":"","first":"2025-03-10","last":null}',
    ),
    (
        RosterWeek("x", "s1", DAY, ("early", "", "off", "", "", "", "")),
        '{"subject":"s1","first":"2025-03-10","days":["early","","off","","","",""]}',
    ),
    (Employment("x", DAY, None), '{"first":"2025-03-10","last":null}'),
    (
        KioskRecord("x", "Berlin", Direction.IN, groups=frozenset({"Office"}), valid_from=DAY),
        '{"site":"Berlin","direction":"in","minimum_stay":5,"watched":true,'
        '"watched_from":null,"pin":false,"groups":["Office"],"valid_from":"2025-03-10",'
        '"show_marks":false,"title":"","opens":"00:00:00","closes":"00:00:00",'
        '"transport":null,"sounds":null,"voice":null,"short_names":null,"show_late":null,'
        '"choice":false,"liveness":"observe","colours":false,"language":null,'
        '"camera":"","camera_label":"","languages":[],"badges":"off"}',
    ),
    (
        KioskRecord("x", pin=True, title="Gäte", opens=time(7, 30), closes=time(19),
                    transport=Transport.HTTP, liveness=Check.ENFORCE, language="ar",
                    camera="c0ffee", camera_label="Front (1)", languages=("hi", "en"),
                    badges=BadgeUse.WITH_PIN),
        '{"site":"","direction":"both","minimum_stay":5,"watched":true,"watched_from":null,'
        '"pin":true,"groups":[],"valid_from":null,"show_marks":false,"title":"Gäte",'
        '"opens":"07:30:00","closes":"19:00:00","transport":"http","sounds":null,"voice":null,'
        '"short_names":null,"show_late":null,"choice":false,'
        '"liveness":"enforce","colours":false,"language":"ar","camera":"c0ffee",'
        '"camera_label":"Front (1)","languages":["hi","en"],"badges":"with_pin"}',
    ),
]  # fmt: skip


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


# --- access

ACCESS: list[tuple[Any, str]] = [
    (
        Account(id="ada", role=Role.MANAGER, groups=Groups(frozenset({"b", "a"})),
                password="$argon2id$x", epoch=2, created_at=AT, version=3),
        '{"id":"ada","role":"manager","groups":{"every":false,"named":["a","b"]},"active":true,'
        '"password":"$argon2id$x","external":null,"epoch":2,'
        '"created_at":"2025-03-10T08:00:00+00:00","version":3}',
    ),
    (
        Account(id="ada", role=Role.HR, created_at=AT, language="ar", decimal_hours=True),
        '{"id":"ada","role":"hr","groups":{"every":false,"named":[]},"active":true,'
        '"password":null,"external":null,"epoch":0,"created_at":"2025-03-10T08:00:00+00:00",'
        '"language":"ar","decimal_hours":true,"version":0}',
    ),
    (
        Device("gate", "d1g", AT, AT, 4, "k", "p", LATER),
        '{"id":"gate","digest":"d1g","created_at":"2025-03-10T08:00:00+00:00",'
        '"linked_at":"2025-03-10T08:00:00+00:00","version":4,"key":"k","previous":"p",'
        '"rotated_at":"2025-03-10T08:00:00.250000+00:00"}',
    ),
    (
        Token("t", "Payroll", "d1g", frozenset({Scope.PEOPLE_READ, Scope.ATTENDANCE_READ}), AT,
              "ada", AT, 1),
        '{"id":"t","title":"Payroll","digest":"d1g","scopes":["attendance:read","people:read"],'
        '"expires_at":"2025-03-10T08:00:00+00:00","created_by":"ada",'
        '"created_at":"2025-03-10T08:00:00+00:00","version":1}',
    ),
    (
        Factors(id="ada", handle="h", totp="c2VhbGVk", totp_step=9, totp_at=AT,
                recovery=frozenset({"r2", "r1"}), version=2,
                passkeys=(Passkey(id="p", public_key="k", sign_count=1, host="x", name="Phone",
                                  created_at=AT),)),
        '{"id":"ada","handle":"h","totp":"c2VhbGVk","totp_step":9,'
        '"totp_at":"2025-03-10T08:00:00+00:00","recovery":["r1","r2"],"passkeys":[{"id":"p",'
        '"public_key":"k","sign_count":1,"host":"x","name":"Phone",'
        '"created_at":"2025-03-10T08:00:00+00:00","used_at":null}],"version":2}',
    ),
    (Handle("h", "ada", 1), '{"id":"h","account":"ada","version":1}'),
    (
        Session("ada", 2, AT, True, AT, "Firefox", "10.0.0.1",
                SignIn(AT, "10.0.0.1", "Firefox", "x"), LATER, ProviderSession("sid", "tok")),
        '{"account":"ada","epoch":2,"started_at":"2025-03-10T08:00:00+00:00","factor":true,'
        '"proved_at":"2025-03-10T08:00:00+00:00","browser":"Firefox","address":"10.0.0.1",'
        '"previous":{"at":"2025-03-10T08:00:00+00:00","address":"10.0.0.1",'
        '"browser":"Firefox","session":"x"},"seen_at":"2025-03-10T08:00:00.250000+00:00",'
        '"provider":{"sid":"sid","id_token":"tok"}}',
    ),
    (
        HalfSession("ada", 1, AT),
        '{"account":"ada","epoch":1,"started_at":"2025-03-10T08:00:00+00:00","provider":null}',
    ),
    (
        KeptView("v", "ada", "Nächte", "hours", "week", "group", "Dates", DAY, DAY,
                 frozenset({"b", "a"}), True, AT, 2),
        '{"id":"v","owner":"ada","title":"N\\u00e4chte","measure":"hours","by":"week",'
        '"split":"group","span":"Dates","first":"2025-03-10","last":"2025-03-10",'
        '"of_groups":["a","b"],"shared":true,"made_at":"2025-03-10T08:00:00Z","version":2}',
    ),
    (
        KeptView("f", "ada", "Late", "", "", made_at=AT, version=1, page="records",
                 chosen=(("view", "Days"), ("status", "late"))),
        '{"id":"f","owner":"ada","title":"Late","measure":"","by":"","split":"","span":"",'
        '"first":null,"last":null,"of_groups":[],"shared":false,'
        '"made_at":"2025-03-10T08:00:00Z","version":1,"page":"records",'
        '"chosen":[["view","Days"],["status","late"]]}',
    ),
    (
        OwnRequests("s1", swaps=(SwapRequest("r", "s2", DAY, "early", DAY, "late", "c2VhbGVk", AT,
                                             AT),),
                    offers=(Offer("o", "s3", DAY),), version=4),
        '{"id":"s1","requests":[],"version":4,"leaves":[],"swaps":[{"id":"r","other":"s2",'
        '"day":"2025-03-10","shift":"early","back":"2025-03-10","back_shift":"late",'
        '"reason":"c2VhbGVk","asked_at":"2025-03-10T08:00:00Z",'
        '"agreed_at":"2025-03-10T08:00:00Z","standing":"asked","by":"","note":"",'
        '"decided_at":null,"made":""}],"offers":[{"id":"o","subject":"s3",'
        '"day":"2025-03-10"}]}',
    ),
    (
        Feed("s1", "0a", AT, sequence=3, content="1b", changed_at=AT, version=2),
        '{"id":"s1","digest":"0a","made_at":"2025-03-10T08:00:00Z","account":"","group":"",'
        '"sequence":3,"content":"1b","changed_at":"2025-03-10T08:00:00Z","version":2}',
    ),
    (
        Invitation("i1", "s1", "boss", AT, AT, "", 1, 1, Standing.REFUSED, "a…@b.org", AT, "eve",
                   AT, "c2VhbGVk", 3),
        '{"id":"i1","subject":"s1","by":"boss","made_at":"2025-03-10T08:00:00Z",'
        '"until":"2025-03-10T08:00:00Z","group":"","most":1,"taken":1,"standing":"refused",'
        '"mailed_to":"a\\u2026@b.org","mailed_at":"2025-03-10T08:00:00Z","decided_by":"eve",'
        '"decided_at":"2025-03-10T08:00:00Z","why":"c2VhbGVk","version":3}',
    ),
    (
        SelfEnrolment("e1", "i1", "", AT, "I agree.", "1", "de", AT, "c2VhbGVk", "1a", ("s2",),
                      "unsure", ("an edge",), None, 2),
        '{"id":"e1","invitation":"i1","subject":"","at":"2025-03-10T08:00:00Z",'
        '"text":"I agree.","text_version":"1","language":"de",'
        '"agreed_at":"2025-03-10T08:00:00Z","typed":"c2VhbGVk","group":"1a","alike":["s2"],'
        '"life":"unsure","doubts":["an edge"],"deciding":null,"version":2}',
    ),
    (Link(LinkKind.SETUP, "ada"), '{"kind":"setup","target":"ada"}'),
    (
        Ceremony(Purpose.NEW_PASSKEY, "ada", "s3cret"),
        '{"purpose":"new-passkey","account":"ada","secret":"s3cret"}',
    ),
    (
        Badge("s1", "d1g", AT, "max", LATER, 2),
        '{"id":"s1","key":"d1g","made_at":"2025-03-10T08:00:00+00:00","by":"max",'
        '"until":"2025-03-10T08:00:00.250000+00:00","version":2}',
    ),
    (
        Visit("visit-1", "s1", AT, LATER, "max", AT, "c2VhbGVk", "I agree.", "1", "de", AT, AT,
              None, 4),
        '{"id":"visit-1","host":"s1","begins":"2025-03-10T08:00:00+00:00",'
        '"until":"2025-03-10T08:00:00.250000+00:00","by":"max",'
        '"made_at":"2025-03-10T08:00:00+00:00","guest":"c2VhbGVk","text":"I agree.",'
        '"text_version":"1","language":"de","agreed_at":"2025-03-10T08:00:00+00:00",'
        '"came_at":"2025-03-10T08:00:00+00:00","left_at":null,"version":4}',
    ),
    (BadgeKey("d1g", "s1", 1), '{"id":"d1g","holder":"s1","version":1}'),
    (Use(AT, "10.0.0.1"), '{"at":"2025-03-10T08:00:00+00:00","address":"10.0.0.1"}'),
    (
        Beat(AT, "10.0.0.2", "1.4"),
        '{"at":"2025-03-10T08:00:00+00:00","address":"10.0.0.2","version":"1.4"}',
    ),
    (
        AuditEntry(AT, "ada", "user", "10.0.0.1", "person.edited", "7", {"name": "Ä", "a": "1"},
                   {"name": "B\ud800"}),
        '{"at":"2025-03-10T08:00:00+00:00","who":"ada","kind":"user","address":"10.0.0.1",'
        '"action":"person.edited","target":"7","before":{"name":"\\u00c4","a":"1"},'
        '"after":{"name":"B\\ud800"},"number":"","person":"","sealed":""}',
    ),
]  # fmt: skip


@pytest.mark.parametrize(("record", "text"), ACCESS, ids=lambda one: type(one).__name__)
def test_stored_records_of_access_are_read_and_come_back(record: Any, text: str) -> None:  # noqa: ANN401
    kind = type(record)
    assert access_codec.decode(kind, text) == record
    assert access_codec.decode(kind, access_codec.encode(record)) == record
    assert access_codec.encode(record) == access_codec.encode(access_codec.decode(kind, text))
    later = json.dumps(json.loads(text) | {"of a later version": {"x": 1}})
    assert access_codec.decode(kind, later) == record


def test_a_device_of_before_is_read_without_what_its_kiosk_s_record_says_now() -> None:
    text = (
        '{"id":"gate","title":"G\\u00e4te","digest":"d1g","opens":"07:30:00",'
        '"closes":"19:00:00","pin":true,"created_at":"2025-03-10T08:00:00+00:00",'
        '"linked_at":"2025-03-10T08:00:00+00:00","version":4,"key":"k","previous":"p",'
        '"rotated_at":"2025-03-10T08:00:00.250000+00:00"}'
    )
    assert access_codec.decode(Device, text) == Device("gate", "d1g", AT, AT, 4, "k", "p", LATER)


def test_details_of_the_audit_log_stay_in_their_order() -> None:
    entry = AuditEntry(AT, "ada", "user", "", "x", "", {"z": "1", "a": "2"})
    assert list(access_codec.decode(AuditEntry, access_codec.encode(entry)).before) == ["z", "a"]


@pytest.mark.parametrize(("groups", "meant"), [("[]", ALL_GROUPS), ('["a"]', {"a"})])
def test_groups_of_before_there_was_a_word_for_all_are_read(groups: str, meant: object) -> None:
    account = access_codec.decode(Account, f'{{"id":"ada","role":"manager","groups":{groups}}}')
    expected = meant if isinstance(meant, Groups) else Groups(frozenset({"a"}))
    assert account.groups == expected


@pytest.mark.parametrize(
    "odd",
    [{"role": "king"}, {"role": None}, {"active": 1}, {"epoch": True}, {"epoch": "2"},
     {"groups": None}, {"groups": {"every": "yes", "named": []}}, {"groups": [1]},
     {"created_at": "2025-03-10T08:00:00"}, {"created_at": 7}, {"id": 7}, {"password": 7}],
    ids=str,
)  # fmt: skip
def test_a_record_that_is_not_understood_opens_nothing(odd: dict[str, object]) -> None:
    with pytest.raises(StoreError, match="stored account cannot be read"):
        access_codec.decode(Account, json.dumps({"id": "ada", "role": "admin"} | odd))


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", "7", '{"id":"ada"}'])
def test_what_is_no_record_opens_nothing(text: str) -> None:
    with pytest.raises(StoreError):
        access_codec.decode(Account, text)


def test_a_time_without_a_zone_opens_nothing_wherever_it_stands() -> None:
    for text in (
        '{"account":"a","epoch":1,"started_at":"2025-03-10T08:00:00+00:00",'
        '"previous":{"at":"2025-03-10T08:00:00","address":"","browser":"","session":""}}',
        '{"account":"a","epoch":1,"started_at":"2025-03-10T08:00:00"}',
    ):
        with pytest.raises(StoreError):
            access_codec.decode(Session, text)


def test_every_record_there_is_has_a_sample() -> None:
    """So that whoever adds a field sees here what it does to what is stored."""
    assert all(is_dataclass(record) and fields(record) for record, _ in ACCESS)
    assert {type(item) for item, _ in RULES} == set(Item.__args__)
