"""What is stored of notices is read as it was written, by versions before and after."""

import json
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

import pytest

from face_rec.domain.groups import Groups
from face_rec.notices.channel import Channel, ChannelKind, NoticeRule, Step, Wording
from face_rec.notices.delivery import Delivery
from face_rec.notices.guardians.guardian import Guardian, Guardians, State
from face_rec.notices.notice import Notice, NoticeKind
from face_rec.notices.reports.schedule import Often, Schedule
from face_rec.notices.waiting import Waiting
from face_rec.stores.access import access_codec
from face_rec.stores.stored_json import Reader, written

AT = datetime(2025, 3, 10, 8, tzinfo=UTC)
FIRST_RULE = (
    '{"id":"r","title":"All","kinds":["attendance.late"],"channels":["c"],'
    '"groups":{"every":false,"named":["a"]},"kiosks":[],"quiet_from":"22:00:00",'
    '"quiet_until":"06:00:00","cooldown":5,"digest":0,"active":true,"version":2'
)
RULE = NoticeRule(
    "r", "All", frozenset({"attendance.late"}), frozenset({"c"}), Groups(frozenset({"a"})),
    quiet_from=time(22), quiet_until=time(6), cooldown=5, version=2,
)  # fmt: skip
NOTICE = Notice("e1", NoticeKind.LATE, AT, "s1", "door", "e1", "x", {"minutes": 12})
RECORDS: list[tuple[Any, str]] = [
    (
        Channel("c", "Office", ChannelKind.MESSAGE, "c2VhbGVk", "E-Mail", "ada", AT, version=1),
        '{"id":"c","title":"Office","kind":"message","sealed":"c2VhbGVk","shown":"E-Mail",'
        '"created_by":"ada","created_at":"2025-03-10T08:00:00+00:00","active":true,"why_off":"",'
        '"version":1}',
    ),
    (RULE, FIRST_RULE + "}"),
    (
        replace(RULE, only_from=time(19), only_until=time(6, 30)),
        FIRST_RULE + ',"only_from":"19:00:00","only_until":"06:30:00"}',
    ),
    (
        replace(
            RULE, steps=(Step(10, frozenset({"c"})),), language="de",
            wordings=(Wording("attendance.late", "S", "B"),),
        ),
        FIRST_RULE + ',"steps":[{"after":10,"channels":["c"]}],'
        '"wordings":[{"kind":"attendance.late","subject":"S","body":"B"}],"language":"de"}',
    ),
    (
        Schedule(
            "r", "ada", "muster", "Last month", Often.MONTHLY, time(7, 30), 1, ".xlsx",
            frozenset({""}), frozenset({"ada@x.de"}), active=False, made_at=AT, version=2,
        ),
        '{"id":"r","owner":"ada","report":"muster","span":"Last month","often":"monthly",'
        '"at":"07:30:00","day":1,"suffix":".xlsx","of_groups":[""],"to":["ada@x.de"],'
        '"active":false,"made_at":"2025-03-10T08:00:00+00:00","version":2}',
    ),
    (
        Guardians(
            "s1",
            (Guardian("g", "c2VhbGVk", "p…@x", "de", "ada", AT, outwards=False,
                      state=State.AGREED, text="Ja", text_version="1", agreed_at=AT),),
            3,
        ),
        '{"id":"s1","guardians":[{"id":"g","sealed":"c2VhbGVk","shown":"p\\u2026@x",'
        '"language":"de","created_by":"ada","asked_at":"2025-03-10T08:00:00+00:00",'
        '"inwards":true,"outwards":false,"state":"agreed","text":"Ja","text_version":"1",'
        '"agreed_at":"2025-03-10T08:00:00+00:00","stopped_at":null}],"version":3}',
    ),
]  # fmt: skip


@pytest.mark.parametrize(("record", "text"), RECORDS, ids=lambda one: type(one).__name__)
def test_stored_records_of_notices_are_read_and_come_back(record: Any, text: str) -> None:  # noqa: ANN401
    kind = type(record)
    assert access_codec.decode(kind, text) == record
    assert access_codec.decode(kind, access_codec.encode(record)) == record
    later = json.dumps(json.loads(text) | {"of a later version": {"x": 1}})
    assert access_codec.decode(kind, later) == record
    kept = json.loads(access_codec.encode(record, later.encode()))
    assert kept["of a later version"] == {"x": 1}


def test_a_rule_with_a_kind_of_a_later_version_is_read_and_keeps_it() -> None:
    text = FIRST_RULE.replace('"attendance.late"', '"attendance.late","of.tomorrow"') + "}"
    rule = access_codec.decode(NoticeRule, text)
    assert rule.kinds == {"attendance.late", "of.tomorrow"}
    assert json.loads(access_codec.encode(rule))["kinds"] == ["attendance.late", "of.tomorrow"]


def test_what_is_on_its_way_is_read_as_versions_before_wrote_it() -> None:
    notice = '{"id":"e1","kind":"attendance.late","at":"2025-03-10T08:00:00Z","subject":"s1"}'
    old = f'{{"id":"c:e1","channel":"c","rule":"r","notice":{notice},"tries":2}}'
    assert Reader(Delivery)(old) == Delivery(
        "c:e1", "c", "r", Notice("e1", NoticeKind.LATE, AT, "s1"), tries=2
    )
    for whole in (Delivery("c:e1", "c", "r", NOTICE, waits="r:e1", step=1),
                  Waiting("r:e1", "r", NOTICE, AT, 1, "ada", AT)):  # fmt: skip
        assert Reader(type(whole))(written(whole)) == whole
