"""Rules as they lie in Redis, and the times that stand in all stored samples."""

from datetime import UTC, date, datetime, time

from face_rec.attendance.rules.calendar import Holiday, Leave
from face_rec.attendance.rules.leave_type import Allowance, LeaveType
from face_rec.attendance.rules.mobile import MobilePunch, Place
from face_rec.attendance.rules.roster import Assignment, Employment
from face_rec.attendance.rules.roster_week import RosterWeek
from face_rec.attendance.rules.rules import Item, Limits
from face_rec.attendance.rules.shift import DayHours, Shift
from face_rec.domain.liveness import Check
from face_rec.kiosks.kiosk import BadgeUse, Direction, KioskRecord, Transport

AT = datetime(2025, 3, 10, 8, tzinfo=UTC)
LATER = AT.replace(microsecond=250_000)
DAY = date(2025, 3, 10)
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
