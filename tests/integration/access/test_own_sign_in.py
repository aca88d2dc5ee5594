"""People who are registered come to their own attendance, and to nothing else, with the real gate,
routes and Redis."""

import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
from httpx import Response
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from face_rec.access.control.cookie_names import SESSION
from face_rec.access.limits import own_pins
from face_rec.access.limits.pace import Pace
from face_rec.access.limits.throttle import OWN_BY_DAY, OWN_BY_NETWORK, OWN_BY_PERSON
from face_rec.access.rights import ACCOUNT_ROLES, Role
from face_rec.access.signin.own_sign_in import LINK_LASTS
from face_rec.access.signin.visitor import Visitor
from face_rec.assembly.people.personal_data import PrivacyParts, open_privacy
from face_rec.domain.errors import AccountRefused, SignInRefused
from face_rec.domain.people import Person
from face_rec.domain.pictures import Tidied
from face_rec.domain.site.own_ways import OwnWay
from face_rec.privacy.ports import unasked, unnoted
from face_rec.stores.access.sessions import RedisOnce, RedisSessions
from face_rec.stores.attendance.rules import RedisRules
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis.client import Client
from face_rec.web.gate.route_rules import BELOW, EXACT, GUIDE, OWN_PAGE, PAGES, Way
from tests.fakes.attendance import FakeAttendance
from tests.fakes.clock import FakeClock
from tests.fakes.options import OPTIONS
from tests.fakes.snapshots import MemorySnapshots
from tests.gate_app import ORIGIN, SOCKET, GateApp, access_on, submit
from tests.samples import a_person, a_template

PIN, MINE = "402917", f"/{OWN_PAGE}"


@dataclass
class Site:
    """The gate with one person behind it, who has a PIN; ``ways`` is what the site allows."""

    client: Client
    clock: FakeClock = field(default_factory=FakeClock)
    ways: frozenset[OwnWay] = frozenset(OwnWay)

    def __post_init__(self) -> None:
        self.people = RedisPeople(self.client, "main", self.clock)
        access = access_on(
            self.client, self.clock, registered=self.people, own_ways=lambda: self.ways
        )
        self.gate = GateApp(access, self.clock)
        self.gate.add("boss")  # else nobody is let in at all
        self.ada = self.people.create(a_person(), [a_template()], self.people.revision())
        access.pins.set(self.ada, PIN)

    def try_pin(self, typed: str, pin: str, address: str = "10.0.0.1") -> Response:
        return submit(self.gate.browser(address), "/my", {"id": typed, "pin": pin})

    def inside(self) -> TestClient:
        browser = self.gate.browser()
        answer = submit(browser, "/my", {"id": self.ada.id, "pin": PIN})
        assert (answer.status_code, answer.headers["location"]) == (303, MINE), answer.text
        return browser

    def link(self) -> str:
        return f"/my/link/{self.gate.access.own_sign_in.make_link(self.ada, 'boss')}"

    def change(self, change: Callable[[Person], Person]) -> None:
        found = self.people.get(self.ada.subject)
        assert found is not None
        self.people.update(change(found))

    def erase(self) -> None:
        parts = PrivacyParts(
            tidy=Tidied, site="main", options=lambda: OPTIONS, client=self.client,
            people=self.people, writer=self.people, rules=RedisRules(self.client, "main"),
            attendance=FakeAttendance(), snapshots=MemorySnapshots(), clock=self.clock,
            settled=lambda _: True, note=unnoted, encrypted=False, erasing=unasked,
            exporting=unasked, own=self.gate.access.own_sign_in.forget,
        )  # fmt: skip
        open_privacy(parts).erasure.erase(self.ada.subject, "boss")


@pytest.fixture
def site(redis_client: Client) -> Site:
    return Site(redis_client)


def _is_in(browser: TestClient) -> bool:
    return bool(browser.get(MINE).text == "inside as the person")


# --- what it opens ------------------------------------------------------------------


def test_id_and_pin_open_one_page_and_nothing_else(site: Site) -> None:
    browser = site.inside()
    assert _is_in(browser)
    others = {f"/{page}" for page in PAGES} - {MINE}
    closed = {path for path, rule in EXACT.items() if rule.way is not Way.OPEN and rule.rights}
    closed -= {GUIDE.rstrip("/")}  # the documentation is everybody's who is signed in
    closed -= {"/my/punch", "/my/punch/where"}  # theirs too, where their group has it
    below = {path + "x" for path, rule in BELOW.items() if rule.way in {Way.USER, Way.BEARER}}
    mine = ("/account", "/account/sessions", "/logout", "/api/v1/people", "/metrics", "/signed-in")
    for path in (*others, *closed, *below, *mine):
        answer = browser.get(path)
        assert answer.status_code in {401, 403, 404}, path
        assert "inside" not in answer.text, path
    for path in ("/live?kiosk=main", "/seen", "/capture/live?capture=x"):
        with (
            pytest.raises(WebSocketDisconnect),
            browser.websocket_connect(f"ws://localhost{path}", headers=ORIGIN),
        ):
            pass
    sent = browser.put("/_stcore/upload_file/a/b", content=b"x", headers=ORIGIN)
    assert sent.status_code == 403


def test_nobody_comes_in_where_the_site_does_not_say_so(site: Site) -> None:
    site.ways = frozenset()
    shown = site.gate.browser().get("/my")
    assert "cannot look at their own attendance here" in shown.text
    assert 'name="pin"' not in shown.text
    visitor = Visitor("10.0.0.1")
    with pytest.raises(SignInRefused, match="Ask the office"):
        site.gate.access.own_sign_in.by_pin(site.ada.id, PIN, visitor)
    with pytest.raises(AccountRefused, match="switched off"):
        site.link()
    asked = site.gate.browser().get(MINE, headers={"accept": "text/html"})
    assert asked.headers["location"] == "/my"


def test_no_account_can_be_a_person(site: Site) -> None:
    assert Role.PERSON not in ACCOUNT_ROLES
    with pytest.raises(AccountRefused, match="without an account"):
        site.gate.add("eve", Role.PERSON)


def test_a_sign_in_takes_the_place_of_whatever_the_browser_came_with(site: Site) -> None:
    browser = site.inside()
    mine = browser.cookies[SESSION]
    submit(browser, "/login", {"name": "boss", "password": "purple tiger walks uphill"})
    assert browser.get("/system").text == "inside as boss"
    back = site.gate.browser()
    back.cookies.set(SESSION, mine)
    site.gate.wait()
    assert not _is_in(back)


def test_a_kiosk_stays_one_whoever_would_sign_in_at_it(site: Site) -> None:
    link, kiosk = site.link(), site.gate.kiosk()
    assert "own phone" in kiosk.get("/my").text
    kiosk.get("/login")  # for a form's token
    for path, form in (("/my", {"id": site.ada.id, "pin": PIN}), (link, {})):
        token = kiosk.get("/login").text.partition('name="form_token" value="')[2].split('"')[0]
        sent = kiosk.post(path, data={"form_token": token, **form}, headers=ORIGIN)
        assert (sent.status_code, "own phone" in sent.text) == (403, True)
    assert kiosk.get("/take_attendance?kiosk=front-door").text == "inside as kiosk Front door"
    assert site.gate.browser().get(link).status_code == 200


# --- guessing -----------------------------------------------------------------------


def test_an_unknown_id_is_answered_like_a_wrong_pin_and_waits_alike(site: Site) -> None:
    def tried(typed: str) -> list[tuple[int, bool]]:
        answers = [site.try_pin(typed, "000111") for _ in range(OWN_BY_PERSON.tries + 1)]
        return [(one.status_code, "do not match" in one.text) for one in answers]

    known, unknown = tried(site.ada.id), tried("nobody-has-this")
    assert known == unknown == [(401, True)] * OWN_BY_PERSON.tries + [(429, False)]
    assert site.try_pin(site.ada.id, PIN).status_code == 429
    assert site.gate.access.pins.verify("door", site.ada.id, site.ada, PIN) is site.ada


def test_one_network_guesses_at_few_people(site: Site) -> None:
    answers = [site.try_pin(f"E{n}", "000111").status_code for n in range(OWN_BY_NETWORK.tries)]
    assert set(answers) == {401}
    assert site.try_pin(site.ada.id, PIN).status_code == 429
    assert site.try_pin(site.ada.id, PIN, "10.9.9.9").status_code == 303


def test_tries_of_a_day_are_bounded_whatever_its_owner_does_in_between(site: Site) -> None:
    wrong = OWN_BY_PERSON.tries - 1
    for turn in range(OWN_BY_DAY.tries // wrong):
        if turn:
            assert site.try_pin(site.ada.id, PIN, "10.9.9.9").status_code == 303
        for n in range(wrong):
            assert site.try_pin(site.ada.id, "000111", f"10.0.{n}.1").status_code == 401
    answer = site.try_pin(site.ada.id, PIN, "10.9.9.9")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "86400")
    assert "tomorrow" in answer.text


def test_two_spellings_of_one_id_do_not_tell_whether_somebody_has_it(site: Site) -> None:
    def tried(typed: str) -> list[int]:
        spellings = [unicodedata.normalize(form, typed) for form in ("NFC", "NFD")]
        return [site.try_pin(spellings[n % 2], "000111").status_code for n in range(7)]

    site.change(lambda person: replace(person, id="Zoë-1"))
    assert tried("Zoë-1") == tried("Zoë-2") == [401] * 5 + [429] * 2


def test_one_pin_is_not_tried_at_everybody_and_whoever_came_in_before_waits_for_no_stranger(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also not from many networks: in the hour each next wrong try of strangers waits longer."""
    monkeypatch.setattr(own_pins, "OWN_SITE", Pace(12, 5, 20))
    monkeypatch.setattr(own_pins, "OWN_BLOCK", Pace(8, 5, 300))
    mine = site.gate.browser("10.9.9.9")
    assert submit(mine, "/my", {"id": site.ada.id, "pin": PIN}).status_code == 303
    submit(mine, "/my/out", {})
    spray = [site.try_pin(f"E{n}", "000111", f"10.7.7.{n}").status_code for n in range(10)]
    assert spray == [401] * 8 + [429] * 2, "a block of addresses"
    spray += [site.try_pin(f"E{n}", "000111", f"10.{n}.7.7").status_code for n in range(10, 20)]
    assert spray.count(401) == 12, "the whole site"
    answer = site.try_pin(site.ada.id, PIN, "10.200.0.1")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 20, "a wait that ends"
    assert submit(mine, "/my", {"id": site.ada.id, "pin": PIN}).status_code == 303
    assert submit(site.gate.browser(), site.link(), {}).status_code == 303
    site.clock.advance(3600)
    assert site.try_pin(site.ada.id, PIN, "10.200.0.1").status_code == 303, "a new hour"


def test_a_right_pin_and_one_that_is_not_looked_at_count_for_no_block_and_no_site(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_pins, "OWN_SITE", Pace(3, 5, 20))
    for n in range(6):
        assert site.try_pin(site.ada.id, PIN, f"10.{n}.0.1").status_code == 303
    monkeypatch.setattr(own_pins, "OWN_SITE", Pace(OWN_BY_PERSON.tries + 1, 5, 20))
    for n in range(OWN_BY_PERSON.tries + 4):
        site.try_pin("E9", "000111", f"10.{n}.0.1")
    assert site.try_pin(site.ada.id, PIN, "10.9.0.1").status_code == 303


# --- the personal link --------------------------------------------------------------


def test_a_personal_link_works_once_and_only_by_its_button(site: Site) -> None:
    path = site.link()
    assert site.ada.name in site.gate.browser().get(path).text
    browser = site.gate.browser()
    assert submit(browser, path, {}).headers["location"] == MINE
    assert _is_in(browser)
    other = site.gate.browser()
    other.get("/my")  # for a form's token
    assert submit(other, path, {}).status_code in {403, 410}
    assert other.get(path).status_code == 410
    assert not _is_in(other)


def test_a_newer_link_and_three_days_end_one(site: Site) -> None:
    first, second = site.link(), site.link()
    browser = site.gate.browser()
    assert browser.get(first).status_code == 410
    assert browser.get(second).status_code == 200
    site.clock.advance(LINK_LASTS.total_seconds() + 1)
    assert browser.get(second).status_code == 410


# --- the end of it ------------------------------------------------------------------


@pytest.mark.parametrize("end", ["erase", "deactivate", "switch off", "office", "new PIN", "out"])
def test_whatever_ends_the_right_ends_an_open_page(site: Site, end: str) -> None:
    browser = site.inside()
    with browser.websocket_connect(SOCKET, headers=ORIGIN) as socket:
        match end:
            case "erase":
                site.erase()
            case "deactivate":
                site.change(lambda person: replace(person, active=False))
            case "switch off":
                site.ways = frozenset()
            case "office":
                assert site.gate.access.own_sign_in.end(site.ada) == 1
            case "new PIN":
                site.gate.access.pins.set(site.ada, "730164")
            case "out":
                submit(browser, "/my/out", {})
        site.gate.wait()
        with pytest.raises(WebSocketDisconnect):
            socket.receive_text()
    assert not _is_in(browser)
    site.ways = frozenset(OwnWay)
    site.gate.wait()
    assert not _is_in(browser), "what has ended does not begin anew"


def test_a_session_is_over_after_half_an_hour_of_rest_and_four_hours_in_any_case(
    site: Site,
) -> None:
    browser = site.inside()
    (key,) = site.client.scan_iter(match="session:*")
    assert 0 < site.client.ttl(key) <= 30 * 60
    for _ in range(9):
        site.clock.advance(25 * 60)
        assert _is_in(browser)
    site.clock.advance(16 * 60)
    assert not _is_in(browser)


def test_an_open_page_that_nobody_uses_is_rest(site: Site) -> None:
    browser = site.inside()
    (key,) = site.client.scan_iter(match="session:*")
    site.client.pexpire(key, 600_000)
    with browser.websocket_connect(SOCKET, headers=ORIGIN) as socket:
        site.client.pexpire(key, 600_000)
        for _ in range(10):
            site.gate.access.changes.tell()  # the socket asks whether it still may
            time.sleep(0.05)
        socket.send_text("x")
        socket.receive_text()
        assert site.client.ttl(key) <= 600
    site.gate.wait()
    browser.get("/session")
    assert site.client.ttl(key) <= 600
    assert _is_in(browser)
    assert site.client.ttl(key) > 1700, "a look does not hide the use after it"


def test_an_erased_person_leaves_no_sign_in_and_no_link_behind(site: Site) -> None:
    site.inside()
    site.link()
    site.erase()
    left = [key.decode() for key in site.client.scan_iter(match="*")]
    assert not [key for key in left if key.startswith(("session:", "once:"))]
    for key in site.client.scan_iter(match="sessions:*"):
        assert not site.client.hgetall(key)


@pytest.mark.parametrize("way", ["pin", "link"])
def test_what_is_written_while_somebody_is_erased_is_gone_as_well(
    site: Site, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    store = RedisSessions if way == "pin" else RedisOnce
    put: Callable[..., None] = store.put

    def late(*given: object) -> None:
        site.erase()  # between the look at the person and the writing
        put(*given)

    with monkeypatch.context() as racing:
        racing.setattr(store, "put", late)
        if way == "pin":
            assert site.try_pin(site.ada.id, PIN).status_code == 401
        else:
            with pytest.raises(AccountRefused, match="gone"):
                site.link()
    assert not list(site.client.scan_iter(match="session:*"))
    assert not list(site.client.scan_iter(match="once:*"))


def test_who_came_in_stands_in_the_audit_log_under_the_name_that_erasing_takes_away(
    site: Site,
) -> None:
    site.inside()
    newest, *_ = site.gate.access.audit.newest(1)
    assert (newest.who, newest.kind, newest.target) == ("the person", "person", site.ada.id)
    site.erase()
    newest = next(e for e in site.gate.access.audit.newest(9) if e.kind == "person")
    assert newest.target.startswith("(erased)")
    assert not newest.after
