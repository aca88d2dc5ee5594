"""What earlier versions have stored of accounts, devices and whatever lies beside them is read as
it always was."""

import json
from dataclasses import fields, is_dataclass
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
from face_rec.attendance.rules.rules import Item
from face_rec.calendars.feed import Feed
from face_rec.domain.errors import StoreError
from face_rec.domain.groups import ALL_GROUPS, Groups
from face_rec.invitations.invitation import Invitation, SelfEnrolment, Standing
from face_rec.requests.request import Offer, OwnRequests, SwapRequest
from face_rec.stores.access import access_codec
from face_rec.visitors.visit import Visit
from tests.unit.stores.stored_rules import AT, DAY, LATER, RULES

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
                SignIn(AT, "10.0.0.1", "Firefox", "x"), LATER,
                ProviderSession("sid", "tok", "https://id", "p")),
        '{"account":"ada","epoch":2,"started_at":"2025-03-10T08:00:00+00:00","factor":true,'
        '"proved_at":"2025-03-10T08:00:00+00:00","browser":"Firefox","address":"10.0.0.1",'
        '"previous":{"at":"2025-03-10T08:00:00+00:00","address":"10.0.0.1",'
        '"browser":"Firefox","session":"x"},"seen_at":"2025-03-10T08:00:00.250000+00:00",'
        '"provider":{"sid":"sid","id_token":"tok","issuer":"https://id","person":"p"}}',
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
                    offers=(Offer("o", "s3", DAY),), language="de", version=4),
        '{"id":"s1","requests":[],"version":4,"leaves":[],"swaps":[{"id":"r","other":"s2",'
        '"day":"2025-03-10","shift":"early","back":"2025-03-10","back_shift":"late",'
        '"reason":"c2VhbGVk","asked_at":"2025-03-10T08:00:00Z",'
        '"agreed_at":"2025-03-10T08:00:00Z","standing":"asked","by":"","note":"",'
        '"decided_at":null,"made":""}],"offers":[{"id":"o","subject":"s3",'
        '"day":"2025-03-10"}],"language":"de"}',
    ),
    (
        Feed("s1", "0a", AT, sequence=3, content="1b", changed_at=AT, version=2, epoch=4),
        '{"id":"s1","digest":"0a","made_at":"2025-03-10T08:00:00Z","account":"","group":"",'
        '"sequence":3,"content":"1b","changed_at":"2025-03-10T08:00:00Z","version":2,'
        '"epoch":4}',
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
