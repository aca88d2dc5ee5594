"""/api/v1 as a program sees it: scopes, pages, codes, uploads that are not what they say."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import cv2
import pytest
from httpx import Response as Answer
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from face_rec.access.rights import SCOPES, Right, Scope
from face_rec.domain.faces import Box
from face_rec.people.enrolment import Enrolment
from face_rec.people.kept_photos import KeptPhotos
from face_rec.privacy.erase import Erasure
from face_rec.privacy.ports import Keeper
from face_rec.stores.notices.outbox import RedisOutbox
from face_rec.stores.redis.client import Client
from face_rec.stores.site.audited_writers import AuditedPeople
from face_rec.web.api import api
from face_rec.web.api.operation import ConsentText, Parts
from face_rec.web.gate.route_rules import API
from tests.fakes.clock import MORNING
from tests.fakes.models import blank_frame, colour_of, draw_face
from tests.fakes.system import FakeSystem, good_quality
from tests.gate_app import GateApp, access_on
from tests.samples import an_event

ALL = frozenset(Scope)


def jpeg_of(number: int) -> bytes:
    image = blank_frame()
    draw_face(image, Box(200, 120, 440, 360), colour_of(number))
    return bytes(cv2.imencode(".jpg", image)[1].tobytes())


class Api:
    """The API over a fake system, and programs with tokens."""

    def __init__(self, client: Client, fake: FakeSystem) -> None:
        self.fake = fake
        access = access_on(client, fake.clock)
        people = fake.people
        writer = AuditedPeople(people, access.audit, access.step_up.demand)
        enrolment = Enrolment(
            people=people, writer=writer, models=fake.models, assess=good_quality,
            duplicates=fake.duplicates, photos=KeptPhotos(fake.snapshots), clock=fake.clock,
        )  # fmt: skip
        consent = ConsentText("I agree.", "1")
        self.kept: dict[str, int] = {}
        erasure = Erasure(
            site=lambda: "Test site", people=people, writer=writer,
            attendance=fake.attendance, days_of=fake.attendance.marked,
            snapshots=fake.snapshots, clock=fake.clock,
            settled=lambda _: True,
            keepers=[Keeper("leave", lambda _: [], lambda s: self.kept.pop(s, 0))],
        )  # fmt: skip
        self.people, self.outbox = people, RedisOutbox(client, "main")
        parts = Parts(
            people, fake.attendance, enrolment, erasure, consent, fake.clock,
            self.outbox, lambda bearer: access.tokens.token_of(bearer) is not None,
        )  # fmt: skip
        self.gate = GateApp(access, fake.clock, more=[*api.routes(lambda: parts)])
        self.gate.add("ada")

    def program(self, scopes: frozenset[Scope] = ALL, days: int = 30) -> TestClient:
        _, text = self.gate.access.tokens.create("Payroll", scopes, days, "ada")
        browser = self.gate.browser()
        browser.headers["authorization"] = f"Bearer {text}"
        return browser


@pytest.fixture
def served(redis_client: Client) -> Iterator[Api]:
    with FakeSystem().running() as fake:
        yield Api(redis_client, fake)


def _code(answer: Answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def _register(program: TestClient, number: int = 1, **changes: str) -> Answer:
    form = {"id": f"E{number}", "name": f"Person {number}", "group": "Staff", "consent": "yes"}
    answer: Answer = program.post(
        "/api/v1/people", data=form | changes,
        files={"photos": ("../../etc/passwd", jpeg_of(number), "image/jpeg")},
    )  # fmt: skip
    return answer


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize(("method", "path"), API)
def test_each_scope_opens_exactly_its_operations(
    served: Api, method: str, path: str, scope: Scope
) -> None:
    answer = served.program(frozenset({scope})).request(
        method, f"/api/v1{path.replace('{id}', 'E1')}",
        headers={"last-event-id": "none of ours"},  # or the live feed would go on for ever
    )  # fmt: skip
    right = API[method, path]
    allowed = right is None or right is SCOPES[scope]
    assert (answer.status_code != 403) == allowed, answer.text


@pytest.mark.parametrize("bearer", ["", "Bearer ", "Bearer x.y", "Basic YTpi", "Bearer \x7f"])
def test_without_a_good_token_nothing_answers(served: Api, bearer: str) -> None:
    stranger = served.gate.browser()
    answer = stranger.get("/api/v1/people", headers={"authorization": bearer})
    assert _code(answer) == (401, "unauthorized")


def test_an_expired_or_revoked_token_opens_nothing(served: Api) -> None:
    program = served.program(days=1)
    assert program.get("/api/v1/people").status_code == 200
    served.fake.clock.advance(86401)
    assert _code(program.get("/api/v1/people")) == (401, "unauthorized")
    program = served.program()
    served.gate.access.tokens.revoke(served.gate.access.tokens.all()[-1].id)
    for token in served.gate.access.tokens.all():
        served.gate.access.tokens.revoke(token.id)
    assert _code(program.get("/api/v1/people")) == (401, "unauthorized")


def test_a_person_is_registered_read_changed_and_erased(served: Api) -> None:
    program = served.program()
    made = _register(program)
    assert made.status_code == 201, made.text
    assert made.json()["id"] == "E1"
    assert made.json()["photos"] == 1
    changed = program.patch("/api/v1/people/E1", json={"name": "New name", "active": False})
    assert (changed.json()["name"], changed.json()["active"]) == ("New name", False)
    more = program.post("/api/v1/people/E1/photos", files={"photos": ("a.jpg", jpeg_of(1))})
    assert more.json()["photos"] == 2
    (person,) = served.fake.people.all()
    served.fake.attendance.apply(
        replace(an_event("e1", person.subject), snapshot="marks/2025/03/10/e1.jpg"), 60
    )
    served.fake.snapshots.put("marks/2025/03/10/e1.jpg", b"a face")
    served.kept[person.subject] = 3
    erased = program.delete("/api/v1/people/E1")
    assert erased.status_code == 200
    counts = {item["what"]: item["count"] for item in erased.json()["removed"]}
    assert (counts["face template"], counts["picture of a mark"], counts["leave"]) == (2, 1, 3)
    assert list(served.fake.snapshots.keys()) == []
    assert served.fake.attendance.day(MORNING.date())[0].subject == person.subject
    assert _code(program.get("/api/v1/people/E1")) == (404, "not_found")
    said = [entry.action for entry in served.gate.access.audit.newest(20)]
    for action in ("person.registered", "person.edited", "person.photos", "person.deleted"):
        assert action in said
    first = next(e for e in served.gate.access.audit.newest(20) if e.action == "person.edited")
    assert (first.who, first.kind, first.address) == ("token Payroll", "token", "127.0.0.1")


def test_a_program_decides_about_who_resembles_another(served: Api) -> None:
    program = served.program()
    _register(program)
    (person,) = served.fake.people.all()
    templates = served.fake.people.templates(person.subject)
    twin = replace(person, subject="twin", id="T1", active=False, resembles=person.subject)
    served.fake.people.create(twin, templates, served.fake.people.revision())
    assert program.get("/api/v1/people/T1").json()["resembles"] is True
    active = {"active": True}
    assert _code(program.patch("/api/v1/people/T1", json=active)) == (409, "face_taken")
    decided = program.patch("/api/v1/people/T1", json=active | {"reason": "twins"}).json()
    assert (decided["active"], decided["resembles"]) == (True, False)


def test_no_answer_and_no_audit_entry_holds_an_embedding_or_a_subject(served: Api) -> None:
    program = served.program()
    _register(program)
    (person,) = served.fake.people.all()
    answers = program.get("/api/v1/people").text + program.get("/api/v1/people/E1").text
    assert person.subject not in answers
    assert "vector" not in answers + repr(served.gate.access.audit.newest(50))


@pytest.mark.parametrize(
    ("form", "status", "code"),
    [({"consent": "no"}, 422, "consent_missing"), ({"name": ""}, 422, "details_refused"),
     ({"name": "a\x00b"}, 422, "details_refused"), ({"colour": "red"}, 400, "bad_request")],
)  # fmt: skip
def test_refusals_have_stable_codes(
    served: Api, form: dict[str, str], status: int, code: str
) -> None:
    assert _code(_register(served.program(), 1, **form)) == (status, code)


def test_the_same_id_and_the_same_face_are_conflicts(served: Api) -> None:
    program = served.program()
    _register(program)
    assert _code(_register(program)) == (409, "id_taken")
    assert _code(_register(program, 1, id="E2")) == (409, "face_taken")


def _bomb() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.jpg", b"\0" * 1_000_000)
    return held.getvalue()


@pytest.mark.parametrize(
    "data",
    [b"", b"GIF89a", b"<script>", _bomb(), jpeg_of(1)[:200]],
    ids=["empty", "a GIF's head", "a script", "a bomb", "half a JPEG"],
)  # an archive's bytes tell the second: workers would not agree about the test's name
def test_a_file_that_is_no_picture_is_refused(served: Api, data: bytes) -> None:
    form = {"id": "E1", "name": "A", "consent": "yes"}
    answer = served.program().post(
        "/api/v1/people", data=form, files={"photos": ("a.jpg", data, "image/jpeg")}
    )
    assert _code(answer) == (422, "picture_refused")


def test_what_is_not_a_form_or_not_json_is_refused(served: Api) -> None:
    program = served.program()
    assert _code(program.post("/api/v1/people", json={})) == (400, "bad_request")
    for body in (b"", b"[]", b"{", b'{"subject": "x"}', b'{"name": 1}', b'{"active": "no"}'):
        assert _code(program.patch("/api/v1/people/E1", content=body)) == (400, "bad_request")
    many = [("photos", (f"{n}.jpg", b"x")) for n in range(11)]
    assert program.post("/api/v1/people", files=many).status_code == 400


def test_people_come_in_pages_without_gaps_or_repeats(served: Api) -> None:
    for number in range(7):
        served.fake.add_person(number, f"Person {number}")
    program = served.program()
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = program.get("/api/v1/people", params={"limit": 3, "cursor": cursor}).json()
        found += [person["id"] for person in page["items"]]
        cursor = page["next"]
    assert sorted(found) == [f"E{number}" for number in range(7)]


def test_somebody_whose_id_has_a_slash_is_read_by_it(served: Api) -> None:
    program = served.program()
    assert _register(program, id="7/B").status_code == 201
    _register(program, 2)
    found = program.get("/api/v1/people", params={"id": "7/B"}).json()
    assert [person["id"] for person in found["items"]] == ["7/B"]
    assert found["next"] is None
    assert program.get("/api/v1/people", params={"id": "7"}).json()["items"] == []
    described = program.get("/api/v1/openapi.json").json()["paths"]["/people"]["get"]
    assert "id" in [each["name"] for each in described["parameters"]]


def test_attendance_comes_in_pages_oldest_first(served: Api) -> None:
    ana, bo = served.fake.add_person(1, "Ana"), served.fake.add_person(2, "Bo")
    for minutes in range(5):
        served.fake.mark(ana if minutes % 2 else bo, minutes)
    served.fake.clock.advance(1)
    program = served.program()
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = program.get("/api/v1/attendance", params={"limit": 2, "cursor": cursor}).json()
        found += [event["at"] for event in page["items"]]
        cursor = page["next"]
    assert len(found) == 5
    assert found == sorted(found)
    mine = program.get("/api/v1/attendance", params={"person": "E1"}).json()["items"]
    assert {event["person"]["name"] for event in mine} == {"Ana"}
    assert program.get("/api/v1/attendance?person=nobody").json()["items"] == []


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=501", "limit=x", "limit=\u0661", "cursor=%FF", "from=yesterday",
     "from=2025-03-10T08:00:00", "from=2025-03-11T00:00:00Z&to=2025-03-10T00:00:00Z",
     "from=2024-01-01T00:00:00Z&to=2025-01-01T00:00:00Z"],
)  # fmt: skip
def test_a_query_that_makes_no_sense_is_refused(served: Api, query: str) -> None:
    assert _code(served.program().get(f"/api/v1/attendance?{query}")) == (400, "bad_request")


def test_a_database_that_is_away_is_said_with_a_code(served: Api) -> None:
    program = served.program()
    served.fake.available = False
    answer = program.get("/api/v1/people")
    assert _code(answer) == (503, "unavailable")
    assert int(answer.headers["Retry-After"]) > 0


def test_a_program_that_may_change_people_and_not_read_them_is_told_that_it_is_done(
    served: Api,
) -> None:
    _register(served.program())
    writes = served.program(frozenset({Scope.PEOPLE_WRITE}))
    empty = writes.patch("/api/v1/people/E1", json={})
    changed = writes.patch("/api/v1/people/E1", json={"group": "Office"})
    photo = {"photos": ("2.jpg", jpeg_of(1), "image/jpeg")}
    added = writes.post("/api/v1/people/E1/photos", files=photo)
    for answer in (empty, changed, added):
        assert (answer.status_code, answer.content) == (204, b"")
    (person,) = served.fake.people.all()
    assert (person.group, len(person.templates)) == ("Office", 2)
    missing = writes.patch("/api/v1/people/E2", json={})
    assert missing.status_code == 404
    told = writes.get("/api/v1/openapi.json").json()["paths"]["/people/{id}"]["patch"]
    assert told["responses"]["204"] == {"description": "Done, for a token without people:read"}


def test_the_description_names_every_operation_scope_and_code(served: Api) -> None:
    told = served.program().get("/api/v1/openapi.json").json()
    operations = {
        (method.upper(), path) for path, item in told["paths"].items() for method in item
    }
    assert operations == set(API)
    codes = told["components"]["schemas"]["Error"]["properties"]["error"]["properties"]["code"]
    assert set(codes["enum"]) == set(api.CODES)
    scope = told["paths"]["/people"]["post"]["description"]
    assert scope == "Scope: people:write."
    assert API["POST", "/people"] is Right.PEOPLE_WRITE


def test_what_is_answered_is_what_the_description_says(served: Api) -> None:
    program = served.program()
    told = program.get("/api/v1/openapi.json").json()
    made = _register(program)
    (registered,) = served.fake.people.all()
    served.fake.mark(registered, 0)
    served.fake.attendance.apply(an_event("of-nobody", "erased"), 0)
    served.fake.clock.advance(1)
    answers = {
        ("post", "/people"): made,
        ("get", "/people"): program.get("/api/v1/people"),
        ("get", "/people/{id}"): program.get("/api/v1/people/E1"),
        ("get", "/attendance"): program.get("/api/v1/attendance"),
        ("patch", "/people/{id}"): program.patch("/api/v1/people/E1", json={"group": ""}),
        ("delete", "/people/{id}"): program.delete("/api/v1/people/E1"),
    }
    assert len(answers["get", "/attendance"].json()["items"]) == 2
    for (method, path), answer in answers.items():
        described = told["paths"][path][method]["responses"][str(answer.status_code)]
        schema = described["content"]["application/json"]["schema"]
        checker = Draft202012Validator({**schema, "components": told["components"]})
        checker.validate(answer.json())
        assert set(answer.json()) == set(_model(told, schema)["properties"]), (method, path)


def _model(told: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = schema["$ref"].rsplit("/", 1)[-1]
    found: dict[str, Any] = told["components"]["schemas"][name]
    return found


def test_token_use_is_in_the_audit_log_once_in_a_while(served: Api) -> None:
    program = served.program()
    for _ in range(3):
        program.get("/api/v1/people")
        served.fake.clock.advance(timedelta(minutes=1).total_seconds())
    used = [e for e in served.gate.access.audit.newest(50) if e.action == "token.used"]
    assert len(used) == 1
    assert used[0].address == "127.0.0.1"
