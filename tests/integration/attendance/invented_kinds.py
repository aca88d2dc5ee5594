"""Two kinds of event that only one process has, followed through the product.

Imported by the process of :mod:`tests.integration.attendance.test_event_kind` once they are
registered.
"""

import csv
import io
import json
import sys
import zipfile
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

from starlette.applications import Starlette
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from face_rec.attendance.marks.correction import choices
from face_rec.attendance.marks.effective_marks import Entry
from face_rec.attendance.reports.spreadsheets import to_csv
from face_rec.attendance.rules.shift import Counting, Reading
from face_rec.domain.groups import ALL_GROUPS
from face_rec.domain.marks import EventKind, Source
from face_rec.domain.people import Person
from face_rec.facades.attendance.attendance import AttendanceFacade
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.redis.client import RedisAddress, connect
from face_rec.web.api.api import ROOT, routes
from face_rec.web.api.operation import Parts
from pages.ui.records.records_table import table_of
from tests.attendance_days import shift
from tests.fakes.privacy import PrivacyOf
from tests.fakes.rules import FakeRules
from tests.fakes.system import FakeSystem
from tests.samples import a_chain, an_event
from tests.unit.pages.pages_app import opened

ERRAND, REJECT, STAMP = EventKind["ERRAND"], EventKind["REJECT"], Source["STAMP"]


def main(port: int) -> None:
    """Say as JSON what each part says of an errand and of a rejected mark; ``port``: of Redis."""
    client = connect(RedisAddress(nodes=(("127.0.0.1", port),)))
    store = RedisAttendance(client, "main", chain=a_chain())
    rules = FakeRules(shift(reading=Reading.TYPED, counting=Counting.EVERY_PAIR))
    with FakeSystem(attendance=cast("Any", store), rules=rules).running() as fake:
        fake.clock.advance(3 * 3600)  # the shift has begun
        ann = fake.add_person(1, "Ann")
        said = _days(fake, ann, store) | _files(fake, ann) | _api(fake)
    sys.stdout.write(f"{json.dumps(said)}\n")


def _days(fake: FakeSystem, ann: Person, store: RedisAttendance) -> dict[str, object]:
    service, who = fake.service.corrections, ("Mia", "as she said")
    at = fake.clock.now() - timedelta(minutes=40)
    came = replace(an_event("came", ann.subject), at=at, source=STAMP)
    store.apply(came, 0)
    left = service.add(ann.subject, fake.clock.now(), ERRAND, *who, within=ALL_GROUPS)
    fake.clock.advance(60)
    wrong = fake.mark(ann)
    service.correct(REJECT, wrong, *who, within=ALL_GROUPS)
    again = store.apply(replace(left, id="again", at=left.at + timedelta(seconds=5)), 3600)
    asked, today = fake.service.mark_queries, fake.service.timesheets.today()
    (day,) = fake.service.timesheets.person(ann.subject, today, today)
    shown = opened("records.py").dataframe[0].value
    return {
        "store": [event.kind for event in store.day(today)],
        "cooldown": again.outcome,
        "marks": [entry.kind for entry in fake.service.timesheets.marks(today, today)],
        "rejected": (asked.entry(wrong).voided, asked.entry(wrong).disputed),
        "worked": day.worked,
        "audit": [one.after for one in asked.audit(today, today)],
        "choices": [one.words for one in choices(Entry(came, came.kind))],
        "records": list(shown["kind"]),
        "taken by": list(shown["source"]),
    }


def _files(fake: FakeSystem, ann: Person) -> dict[str, object]:
    today, archive = fake.service.timesheets.today(), io.BytesIO()
    PrivacyOf(fake, days_of=lambda _: [today]).privacy.export.write(ann.subject, archive)
    with zipfile.ZipFile(archive) as files:
        events, table = json.loads(files.read("events.json")), files.read("attendance.csv")
    return {
        "csv": _kinds(to_csv(table_of(AttendanceFacade.current(), today, today))),
        "export": [one["kind"] for one in events],
        "export table": _kinds(table),
    }


def _kinds(file: bytes) -> list[str]:
    rows = csv.DictReader(io.StringIO(file.decode("utf-8-sig"), newline=""))
    return [row["Kind"] for row in rows]


def _api(fake: FakeSystem) -> dict[str, object]:
    fake.clock.advance(1)
    nothing: Any = None
    parts = Parts(
        fake.people, fake.attendance, nothing, nothing, nothing, fake.clock, nothing, bool
    )
    app = Starlette(routes=routes(lambda: parts))

    async def by_a_program(scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"] = {"principal": "a program"}
        await app(scope, receive, send)

    program = TestClient(by_a_program)
    described = program.get(f"{ROOT}/openapi.json").json()["components"]["schemas"]
    items = program.get(f"{ROOT}/attendance").json()["items"]
    return {
        "api": [item["kind"] for item in items],
        "openapi": described["EventKind"]["enum"],
    }
