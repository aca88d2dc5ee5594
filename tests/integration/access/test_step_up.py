"""A fresh proof before what cannot be undone: asked by the services, over the real gate."""

import io
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import cast

import pyotp
import pytest
from starlette.testclient import TestClient

import config
from face_rec.access.audit.actor import Actor, acting
from face_rec.access.control.cookie_names import SESSION
from face_rec.access.factors.step_up import FRESH
from face_rec.access.limits.pace import OWN_PASSWORD
from face_rec.access.principal import THIS_COMPUTER
from face_rec.access.rights import FRESH_PROOF, Act, Role, Scope
from face_rec.access.secrets import digest
from face_rec.assembly.people.personal_data import privacy_of
from face_rec.assembly.storage.stores import open_stores
from face_rec.attendance.kiosk_service import KioskService
from face_rec.badges.badge_service import BadgeService
from face_rec.badges.card import Look
from face_rec.badges.printed import Wanted
from face_rec.calendars.calendar_service import CalendarService
from face_rec.cameras.camera import Camera, CameraDraft
from face_rec.cameras.camera_service import CameraService
from face_rec.clock import SystemClock
from face_rec.domain.errors import ProofNeeded
from face_rec.domain.groups import NO_GROUPS
from face_rec.domain.strangers import Decision, Standing, Stranger
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.notices.channel import Channel, ChannelKind, NoticeRule
from face_rec.notices.channels import Channels
from face_rec.notices.reports.due import DueReports
from face_rec.notices.reports.report_mail_service import ReportMailService
from face_rec.notices.reports.results import Results
from face_rec.notices.reports.schedule import Often, Schedule
from face_rec.site_options import LiveOptions
from face_rec.stores.people.person_codec import Unsealed
from face_rec.stores.redis import access_keys
from face_rec.stores.redis.client import Client
from face_rec.stores.site.audited_writers import AuditedPeople
from face_rec.strangers.storage import Change
from face_rec.strangers.stranger_service import StrangerService
from tests.factor_pages import code_of, token_in, with_app
from tests.fakes.access import MemoryRecords
from tests.fakes.calendars import CalendarOffice
from tests.fakes.cameras import MemoryPlaces
from tests.fakes.clock import FakeClock
from tests.fakes.options import OPTIONS, MemoryOptions
from tests.fakes.people import FakePeople
from tests.fakes.rules import FakeRules
from tests.fakes.strangers import MemoryStrangers
from tests.fakes.system import FakeSystem
from tests.gate_app import ORIGIN, PASSWORD, GateApp, access_on, submit
from tests.integration.strangers.conftest import a_world
from tests.redis_servers import Server
from tests.samples import a_person, a_template

LATER = FRESH.total_seconds() + 1
DOOR = KioskRecord("door", title="Door")


@pytest.fixture
def gate(redis_client: Client) -> GateApp:
    clock = FakeClock()
    gate = GateApp(access_on(redis_client, clock), clock)
    gate.add("ada")
    gate.add("max", Role.MANAGER)
    gate.decide(DOOR)
    gate.access.devices.link("door")
    return gate


def _options(gate: GateApp) -> LiveOptions:
    demand = gate.access.step_up.demand
    return LiveOptions(
        OPTIONS, frozenset(), MemoryOptions(), lambda *_: None, lambda: demand(Act.ERASE),
        screens=lambda: demand(Act.KIOSKS),
    )  # fmt: skip


def _keeps_nobody(gate: GateApp) -> None:
    demand, store = gate.access.step_up.demand, MemoryOptions({"stranger_days": "7"}, 1)
    options = LiveOptions(
        OPTIONS, frozenset(), store, lambda *_: None, lambda: demand(Act.ERASE),
    )  # fmt: skip
    options.refresh()
    options.decide("stranger_days", "0")


def _kiosks(gate: GateApp) -> KioskService:
    access, fake = gate.access, FakeSystem(rules=FakeRules(DOOR))
    return KioskService(
        lambda: fake.service, demand=lambda: access.step_up.demand(Act.KIOSKS),
        unlink=access.devices.remove, changed=access.changes.tell,
    )  # fmt: skip


def _people(gate: GateApp) -> AuditedPeople:
    access = gate.access
    return AuditedPeople(FakePeople(gate.clock), access.audit, access.step_up.demand)


def _badges(gate: GateApp) -> BadgeService:
    return BadgeService(
        gate.access.badges, FakePeople(gate.clock), lambda _: b"", look=lambda: Look("Site"),
        day=str, demand=gate.access.step_up.demand,
    )  # fmt: skip


def _channels(gate: GateApp) -> Channels:
    channels: MemoryRecords[Channel] = MemoryRecords()
    rules: MemoryRecords[NoticeRule] = MemoryRecords()
    return Channels(
        channels, rules, Unsealed(), audit_log=gate.access.audit, clock=gate.clock,
        demand=gate.access.step_up.demand,
    )  # fmt: skip


def _calendars(gate: GateApp) -> CalendarService:
    return CalendarOffice(demand=gate.access.step_up.demand).service(FakeSystem())


def _cameras(gate: GateApp) -> CameraService:
    records: MemoryRecords[Camera] = MemoryRecords()
    return CameraService(
        records, MemoryPlaces(), Unsealed(), audit_log=gate.access.audit, clock=gate.clock,
        demand=gate.access.step_up.demand,
    )  # fmt: skip


def _unknown(gate: GateApp) -> StrangerService:
    store, now = MemoryStrangers(gate.clock), gate.clock.now()
    one = Stranger("blocked", "c0ffee", now, now, "door", 1, ("door",), ())
    store.write(Change(put=(replace(one, decision=Decision(Standing.BLOCKED)),)))
    return a_world(store, gate.clock, gate.access.step_up.demand).strangers.service


def _reports(gate: GateApp) -> ReportMailService:
    records: MemoryRecords[Schedule] = MemoryRecords()
    unused = cast("DueReports", None)  # it refuses before
    return ReportMailService(
        records, unused, cast("Results", None), accounts=list, principal_of=lambda _: None,
        audit_log=gate.access.audit, clock=gate.clock, demand=gate.access.step_up.demand,
        on=lambda: True,
    )  # fmt: skip


REGISTER = Schedule("", "", "daily", "Yesterday", Often.DAILY, time(7), to=frozenset({"ada"}))
GATE = CameraDraft("gate", "rtsp://192.0.2.7/1")
WEBHOOK = "https://payroll.example.org/hook"
WORKS: dict[str, tuple[Act, Callable[[GateApp], object]]] = {
    "create an account": (
        Act.ACCOUNTS, lambda g: g.access.accounts.create("eve", PASSWORD, Role.ADMIN)),
    "change an account": (
        Act.ACCOUNTS,
        lambda g: g.access.accounts.change("max", Role.ADMIN, NO_GROUPS, active=True)),
    "set a password": (
        Act.ACCOUNTS,
        lambda g: g.access.accounts.set_password("max", "yellow cactus under water"),
    ),
    "reset a factor": (Act.ACCOUNTS, lambda g: g.access.factors.reset("max")),
    "sign somebody out everywhere": (
        Act.ACCOUNTS, lambda g: g.access.accounts.sign_out_everywhere("max")),
    "unlock an account": (Act.ACCOUNTS, lambda g: g.access.accounts.unlock("max")),
    "keep faces for a shorter time": (
        Act.ERASE, lambda g: _options(g).change({"inactive_days": "1"}, 0)),
    "keep nobody unknown any more": (
        Act.ERASE, _keeps_nobody),
    "change how screens look": (
        Act.KIOSKS, lambda g: _options(g).change({"welcome": "Hello"}, 0)),
    "make a token": (
        Act.TOKENS, lambda g: g.access.tokens.create("Pay", frozenset(Scope), 30, "ada")),
    "revoke a token": (Act.TOKENS, lambda g: g.access.tokens.revoke("none")),
    "make a kiosk": (
        Act.KIOSKS, lambda g: _kiosks(g).create(KioskRecord("hall"))),
    "change a kiosk": (
        Act.KIOSKS,
        lambda g: _kiosks(g).save(replace(DOOR, pin=True), DOOR, None)),
    "give a kiosk up": (Act.KIOSKS, lambda g: _kiosks(g).remove(DOOR)),
    "link a kiosk": (Act.KIOSKS, lambda g: g.access.devices.link("door")),
    "revoke a kiosk": (Act.KIOSKS, lambda g: g.access.devices.revoke("door")),
    "print badges": (Act.BADGES, lambda g: _badges(g).print_for(["none"], "ada", Wanted())),
    "make an address of a group's roster": (
        Act.CALENDARS, lambda g: _calendars(g).renew_group(THIS_COMPUTER, "Office")),
    "delete a person": (Act.ERASE, lambda g: _people(g).delete("nobody")),
    "export a person": (Act.EXPORT, lambda g: g.access.step_up.demand(Act.EXPORT)),
    "make recovery codes": (Act.FACTORS, lambda g: g.access.factors.new_codes("ada")),
    "end a sign-in": (
        Act.END_SESSIONS,
        lambda g: g.access.own_sessions.end("ada", "none", Actor("ada", "user"))),
    "end all other sign-ins": (
        Act.END_SESSIONS,
        lambda g: g.access.own_sessions.end_others("ada", "none", Actor("ada", "user"))),
    "add a channel": (
        Act.NOTICES, lambda g: _channels(g).add("Pay", ChannelKind.WEBHOOK, WEBHOOK, "ada")),
    "add a camera": (Act.CAMERAS, lambda g: _cameras(g).add(GATE, "ada")),
    "look through a camera": (Act.CAMERAS, lambda g: _cameras(g).asked(GATE)),
    "switch a camera": (Act.CAMERAS, lambda g: _cameras(g).enable("gate", enabled=False)),
    "remove a camera": (Act.CAMERAS, lambda g: _cameras(g).remove("gate")),
    "assign somebody unknown": (
        Act.STRANGERS, lambda g: _unknown(g).assign(["none"], "subject", "ada")),
    "block somebody unknown": (Act.STRANGERS, lambda g: _unknown(g).block(["none"], "ada", 9)),
    "end a block": (Act.STRANGERS, lambda g: _unknown(g).take_back(["blocked"], "ada")),
    "forget somebody unknown": (Act.ERASE, lambda g: _unknown(g).forget(["none"])),
    "remove a channel": (Act.NOTICES, lambda g: _channels(g).remove("none")),
    "have a report sent by mail": (
        Act.REPORTS, lambda g: _reports(g).save(REGISTER, THIS_COMPUTER)),
    "remove a report by mail": (
        Act.REPORTS, lambda g: _reports(g).remove("none", THIS_COMPUTER)),
    "remove a passkey": (
        Act.FACTORS, lambda g: g.access.factors.rename_passkey("ada", "none", "x")),
}  # fmt: skip


def test_every_act_of_the_table_is_tried_here() -> None:
    assert {act for act, _ in WORKS.values()} == set(FRESH_PROOF) == set(Act)


def _ada(gate: GateApp, seconds: float | None) -> Actor:
    """Ada, ``seconds`` after her last proof; None: she gave none here."""
    at = None if seconds is None else gate.clock.now() - timedelta(seconds=seconds)
    return Actor("ada", "user", "127.0.0.1", at)


@pytest.mark.parametrize("name", WORKS)
@pytest.mark.parametrize(
    "kind", ["stale", "none", "from the future", "a kiosk", "a stranger", "of no known kind"]
)
def test_a_service_refuses_whoever_has_not_proved_themselves_just_now(
    gate: GateApp, name: str, kind: str
) -> None:
    who = {
        "stale": _ada(gate, LATER),
        "none": _ada(gate, None),
        "from the future": _ada(gate, -3600),
        "a kiosk": Actor("door", "device", "", gate.clock.now()),
        "a stranger": Actor("nobody", "visitor", "", gate.clock.now()),
        "of no known kind": Actor("x", "", "", gate.clock.now()),
    }[kind]
    before = _accounts(gate)
    with acting(who), pytest.raises(ProofNeeded):
        WORKS[name][1](gate)
    assert _accounts(gate) == before


def _accounts(gate: GateApp) -> list[object]:
    access = gate.access
    return [*access.accounts.all(), *access.tokens.all(), *access.devices.all()]


@pytest.mark.parametrize("name", ["create an account", "make a token", "link a kiosk"])
@pytest.mark.parametrize("kind", ["fresh", "command", "system"])
def test_who_has_just_proved_themselves_and_a_shell_on_the_server_may(
    gate: GateApp, name: str, kind: str
) -> None:
    who = _ada(gate, 10) if kind == "fresh" else Actor("root", kind)
    with acting(who):
        WORKS[name][1](gate)


# --- the page where it is given ----------------------------------------


def _factors(browser: TestClient) -> str:
    """Whether the pages that change one's factors open, or where they lead instead."""
    answer = browser.get("/account/factors/add")
    return "open" if answer.status_code == 200 else answer.headers["location"]


CONFIRM = "/account/confirm?next=/account/factors/add"


def test_a_sign_in_is_a_proof_for_five_minutes_and_the_password_is_another(
    gate: GateApp,
) -> None:
    browser = gate.signed_in("ada")
    assert _factors(browser) == "open"
    gate.clock.advance(LATER)
    assert _factors(browser) == CONFIRM
    wrong = submit(browser, CONFIRM, {"do": "password", "code": "wrong"})
    assert wrong.status_code == 401
    assert _factors(browser) == CONFIRM
    form = {"do": "password", "code": PASSWORD, "next": "/account/factors/add"}
    answer = submit(browser, CONFIRM, form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account/factors/add")
    assert _factors(browser) == "open"
    said = [entry.action for entry in gate.access.audit.newest(5)]
    assert said[:2] == ["proof.given", "proof.failed"]


def test_a_proof_holds_in_its_own_session_only_and_the_old_cookie_ends(
    gate: GateApp, redis_client: Client
) -> None:
    browser, other = gate.signed_in("ada"), gate.signed_in("ada")
    gate.clock.advance(LATER)
    old = browser.cookies[SESSION]
    submit(browser, CONFIRM, {"do": "password", "code": PASSWORD})
    assert browser.cookies[SESSION] != old
    assert not redis_client.exists(access_keys.session("main", digest(old)))
    assert _factors(browser) == "open"
    assert _factors(other) == CONFIRM
    thief = gate.browser()
    thief.cookies.set(SESSION, old)
    gate.wait()
    assert thief.get("/system").status_code == 401


def test_beside_an_open_form_the_cookie_stays_so_that_the_form_is_not_cut_off(
    gate: GateApp,
) -> None:
    browser, other = gate.signed_in("ada"), gate.signed_in("ada")
    gate.clock.advance(LATER)
    old = browser.cookies[SESSION]
    form = {"do": "password", "code": PASSWORD, "next": "/account/confirmed"}
    answer = submit(browser, "/account/confirm?next=/account/confirmed", form)
    assert answer.headers["location"] == "/account/confirmed"
    assert browser.cookies[SESSION] == old
    assert _factors(browser) == "open"
    assert _factors(other) == CONFIRM
    assert "go back to the page" in browser.get("/account/confirmed").text


def test_a_proof_does_not_make_a_session_live_longer(gate: GateApp) -> None:
    browser = gate.signed_in("ada")
    gate.clock.advance(11.9 * 3600)
    submit(browser, CONFIRM, {"do": "password", "code": PASSWORD})
    assert browser.get("/system").status_code == 200
    gate.clock.advance(0.2 * 3600)
    assert browser.get("/system").status_code == 401


def test_who_has_a_factor_proves_themselves_by_it_and_not_by_the_password(gate: GateApp) -> None:
    browser = gate.signed_in("ada")
    secret, _ = with_app(gate, browser)
    gate.clock.advance(LATER)
    page = browser.get(CONFIRM).text
    assert 'type="password"' not in page
    assert submit(browser, CONFIRM, {"do": "password", "code": PASSWORD}).status_code == 401
    code = code_of(secret, gate)
    assert submit(browser, CONFIRM, {"do": "code", "code": code}).status_code == 303
    assert _factors(browser) == "open"
    gate.clock.advance(LATER)
    assert submit(browser, CONFIRM, {"do": "code", "code": code}).status_code == 401


def test_guessing_the_password_in_an_open_session_is_slowed(gate: GateApp) -> None:
    browser, guess = gate.signed_in("ada"), {"do": "password", "code": "guess"}
    answers = [submit(browser, CONFIRM, guess).status_code for _ in range(OWN_PASSWORD.free + 2)]
    assert answers[0] == 401
    answer = submit(browser, CONFIRM, {"do": "password", "code": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1


def test_the_confirmation_never_leads_to_another_site(gate: GateApp) -> None:
    browser = gate.signed_in("ada")
    form = {"do": "password", "code": PASSWORD, "next": "https://evil.example"}
    assert submit(browser, "/account/confirm", form).headers["location"] == "/"


def test_nobody_confirms_without_a_session_or_from_another_site(gate: GateApp) -> None:
    for path in ("/account/confirm", "/account/factors", "/account/factors/add/app"):
        assert gate.browser().get(path).status_code == 401
        assert gate.kiosk("door").get(path).status_code == 403
    browser = gate.signed_in("ada")
    form = {"form_token": token_in(browser.get(CONFIRM).text), "code": PASSWORD}
    evil = browser.post("/account/confirm", data=form, headers={"origin": "http://evil.example"})
    assert evil.status_code == 403
    form["form_token"] = "guessed"
    assert browser.post("/account/confirm", data=form, headers=ORIGIN).status_code == 403


def test_changing_factors_after_the_window_is_refused_by_the_form_itself(gate: GateApp) -> None:
    browser = gate.signed_in("ada")
    page = browser.get("/account/factors/add/app").text
    token, before = token_in(page), gate.access.factors.of("ada")
    gate.clock.advance(LATER)
    code = pyotp.random_base32()
    for path, form in (
        ("/account/factors/add/app", {"code": "123456"}),
        ("/account/factors", {"do": "codes"}),
        ("/account/factors", {"do": "remove-app"}),
        ("/account/factors", {"do": "rename", "passkey": code, "name": "x"}),
    ):
        answer = browser.post(path, data={"form_token": token, **form}, headers=ORIGIN)
        assert answer.headers["location"].startswith("/account/confirm"), path
    assert gate.access.factors.of("ada") == before


def test_what_the_app_puts_together_asks_before_it_erases_or_exports(
    gate: GateApp, redis_server: Server, tmp_path: Path
) -> None:
    settings = config.load(
        {"REDIS_URL": f"redis://127.0.0.1:{redis_server.port}/0", "DATA_DIR": str(tmp_path)},
        dotenv=None,
    )
    with ExitStack() as stack:
        stores = open_stores(settings, SystemClock(), stack)
        privacy = privacy_of(settings, stores, SystemClock(), lambda _: True)
        people, writer = stores.people, stores.writers.people
        person = writer.create(a_person(), [a_template()], people.revision())
        for who in (_ada(gate, None), Actor("door", "device")):
            with acting(who):
                with pytest.raises(ProofNeeded):
                    privacy.erasure.erase(person.subject, "ada")
                with pytest.raises(ProofNeeded):
                    privacy.export.write(person.subject, io.BytesIO())
                with pytest.raises(ProofNeeded):
                    writer.delete(person.subject)
        stored = people.get(person.subject)
        assert stored is not None
        assert stored.matchable
        with acting(Actor("ada", "user", "", datetime.now(UTC))):
            assert privacy.export.write(person.subject, io.BytesIO())
            privacy.erasure.erase(person.subject, "ada")
        assert people.get(person.subject) is None
