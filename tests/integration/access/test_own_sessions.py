"""One's own sign-ins: seen, ended, and told of, on the real gate and Redis."""

import pytest
from httpx import Response as Answer
from starlette.testclient import TestClient

from face_rec.access.audit.audit import Action
from face_rec.access.control.cookie_names import SESSION
from face_rec.access.secrets import digest
from face_rec.stores.redis import access_keys
from face_rec.stores.redis.client import Client
from tests.gate_app import ORIGIN, PASSWORD, GateApp, sign_in, submit

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36"


def _enter(gate: GateApp, agent: str, address: str, name: str = "ada") -> TestClient:
    browser = gate.browser(address)
    browser.headers["user-agent"] = agent
    assert sign_in(browser, name).status_code == 303
    return browser


def _inside(browser: TestClient) -> bool:
    return bool(browser.get("/system").text.startswith("inside"))


def _session(browser: TestClient) -> str:
    return digest(browser.cookies[SESSION])[:16]


def _do(browser: TestClient, what: str, session: str = "") -> Answer:
    """What the buttons send, also where the page would show none."""
    page = browser.get("/account").text
    token = page.partition('name="form_token" value="')[2].partition('"')[0]
    form = {"form_token": token, "do": what, "session": session}
    answer: Answer = browser.post("/account/sessions", data=form, headers=ORIGIN)
    return answer


def test_a_person_sees_their_sign_ins_and_nobody_else_s(gate: GateApp) -> None:
    gate.add("eve")
    mine, other = _enter(gate, FIREFOX, "192.0.2.1"), _enter(gate, CHROME, "192.0.2.2")
    eve = _enter(gate, FIREFOX, "192.0.2.3", "eve")
    page = mine.get("/account/sessions").text
    assert "Firefox on Linux (this one)" in page
    assert "Chrome on Windows" in page
    assert "from 192.0.2.2" in page
    assert "192.0.2.3" not in page
    assert "192.0.2.1" not in eve.get("/account/sessions").text
    for browser in (mine, other, eve):
        assert browser.cookies[SESSION] not in page


def test_the_last_use_of_each_is_told_with_its_address(
    gate: GateApp, redis_client: Client
) -> None:
    mine, other = _enter(gate, FIREFOX, "192.0.2.1"), _enter(gate, CHROME, "192.0.2.2")
    gate.clock.advance(1800)
    redis_client.pexpire(access_keys.session("main", digest(other.cookies[SESSION])), 60_000)
    moved = gate.browser("198.51.100.7")
    moved.cookies.set(SESSION, other.cookies[SESSION])
    assert _inside(moved)
    page = mine.get("/account/sessions").text
    assert "last used 2025-03-10 08:30 from 198.51.100.7" in page


def test_one_sign_in_is_ended_and_the_others_go_on(gate: GateApp) -> None:
    mine, other = _enter(gate, FIREFOX, "192.0.2.1"), _enter(gate, CHROME, "192.0.2.2")
    third = _enter(gate, CHROME, "192.0.2.4")
    answer = _do(mine, "end", _session(other))
    assert answer.headers["location"] == "/account/sessions?note=ended"
    assert not _inside(other)
    assert _inside(mine)
    assert _inside(third)
    entry = gate.access.audit.newest(1)[0]
    assert (entry.action, entry.target, entry.who) == (Action.SESSION_ENDED, "ada", "ada")
    assert entry.before == {"browser": "Chrome on Windows", "address": "192.0.2.2"}
    assert _do(mine, "end", _session(other)).headers["location"].endswith("gone")


def test_all_others_are_ended_at_once(gate: GateApp) -> None:
    mine = _enter(gate, FIREFOX, "192.0.2.1")
    others = [_enter(gate, CHROME, f"192.0.2.{number}") for number in (2, 3, 4)]
    _do(mine, "others")
    assert _inside(mine)
    assert not any(_inside(other) for other in others)
    assert len(gate.access.own_sessions.all("ada")) == 1


def test_nobody_ends_somebody_else_s_sign_in(gate: GateApp) -> None:
    gate.add("eve")
    mine, eve = _enter(gate, FIREFOX, "192.0.2.1"), _enter(gate, CHROME, "192.0.2.3", "eve")
    assert _do(eve, "end", _session(mine)).headers["location"].endswith("gone")
    _do(eve, "others")
    assert _inside(mine)


def test_an_old_proof_must_be_renewed_before_anything_is_ended(gate: GateApp) -> None:
    """OWASP ASVS 5.0, 7.5.2: having re-entered the credentials."""
    mine, other = _enter(gate, FIREFOX, "192.0.2.1"), _enter(gate, CHROME, "192.0.2.2")
    gate.clock.advance(600)
    answer = _do(mine, "others")
    assert answer.headers["location"].startswith("/account/confirm")
    assert _inside(other)
    confirmed = {"do": "password", "code": PASSWORD, "next": "/account/sessions"}
    assert submit(mine, "/account/confirm", confirmed).status_code == 303
    _do(mine, "others")
    assert not _inside(other)
    assert _inside(mine)


def test_a_sign_in_that_has_ended_is_not_listed(gate: GateApp, redis_client: Client) -> None:
    mine, other = _enter(gate, FIREFOX, "192.0.2.1"), _enter(gate, CHROME, "192.0.2.2")
    submit(other, "/logout", {})
    third = _enter(gate, CHROME, "192.0.2.4")
    ended = digest(third.cookies[SESSION])
    redis_client.delete(access_keys.session("main", ended))
    assert [one.own for one in gate.access.own_sessions.all("ada", mine.cookies[SESSION])] == [
        True
    ]
    gate.access.sign_in.sign_out_everywhere("ada")
    assert gate.access.own_sessions.all("ada") == []


def test_a_session_that_has_ended_does_not_come_back_by_being_seen(
    gate: GateApp, redis_client: Client
) -> None:
    mine = _enter(gate, FIREFOX, "192.0.2.1")
    key = digest(mine.cookies[SESSION])
    session = gate.access.sign_in._sessions.get(key)
    assert session is not None
    redis_client.delete(access_keys.session("main", key))
    gate.access.sign_in._sessions.replace(key, session[0])
    assert gate.access.sign_in._sessions.get(key) is None


# --- a new sign-in is told -----------------------------------------------------------------


def test_a_sign_in_from_a_new_browser_is_shown_to_the_open_ones_until_somebody_says_so(
    gate: GateApp,
) -> None:
    mine = _enter(gate, FIREFOX, "192.0.2.1")
    assert "from a new browser" not in mine.get("/account/sessions").text
    gate.clock.advance(60)
    thief = _enter(gate, CHROME, "203.0.113.9")
    page = mine.get("/account/sessions").text
    assert "Somebody signed in to your account from a new browser" in page
    assert "Chrome on Windows, 203.0.113.9, 2025-03-10 08:01" in page
    assert "from a new browser" not in thief.get("/account/sessions").text
    _do(thief, "seen")  # the thief cannot speak for the owner
    assert "from a new browser" in mine.get("/account/sessions").text
    gate.clock.advance(1)
    _do(mine, "seen")
    assert "from a new browser" not in mine.get("/account/sessions").text
    entry = next(e for e in gate.access.audit.newest(20) if e.address == "203.0.113.9")
    assert entry.after == {"browser": "Chrome on Windows", "new browser": "yes"}


def test_a_browser_that_is_known_raises_no_alarm(gate: GateApp) -> None:
    second = _enter(gate, CHROME, "192.0.2.2")
    submit(second, "/logout", {})
    gate.clock.advance(60)
    mine = _enter(gate, FIREFOX, "192.0.2.1")
    gate.clock.advance(60)
    assert sign_in(second, "ada").status_code == 303
    assert gate.access.own_sessions.unseen(mine.cookies[SESSION]) is None


def test_at_the_next_sign_in_the_one_before_is_told(gate: GateApp) -> None:
    _enter(gate, CHROME, "203.0.113.9")
    gate.clock.advance(3600)
    mine = _enter(gate, FIREFOX, "192.0.2.1")
    page = mine.get("/account/sessions").text
    assert "Your sign-in before this one: 2025-03-10 08:00" in page
    before = gate.access.own_sessions.previous(mine.cookies[SESSION])
    assert before is not None
    assert (before.address, before.browser) == ("203.0.113.9", "Chrome on Windows")


@pytest.mark.parametrize(
    ("agent", "words"),
    [(FIREFOX, "Firefox on Linux"), (CHROME, "Chrome on Windows"), ("", "Another browser"),
     ("<script>alert(1)</script>", "Another browser"), ("curl/8", "Another browser"),
     ("Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iPad"),
     (CHROME + " Edg/140.0", "Edge on Windows")],
)  # fmt: skip
def test_a_browser_is_named_in_words_of_ours(gate: GateApp, agent: str, words: str) -> None:
    browser = _enter(gate, agent, "192.0.2.1")
    page = browser.get("/account/sessions").text
    assert f"<h2>{words} (this one)</h2>" in page
    assert "<script" not in page
