"""Where there is no room, a person is shown a page with words, and a program told when."""

from collections.abc import Hashable
from contextlib import ExitStack

import pytest

from face_rec.access.rights import Role
from face_rec.web.base.uploads import LARGEST_BODY
from face_rec.web.gate.admission import MOST_OTHERS, Admission
from face_rec.web.gate.shedding import LOOKS, Overload
from tests.gate_app import ORIGIN, SOCKET, GateApp, connects

PERSON = {"accept": "text/html,application/xhtml+xml"}
GB = 2**30


def _loaded(late: float) -> Overload:
    load = Overload()
    for _ in range(LOOKS):
        load.note(late)
    return load


@pytest.fixture
def load() -> list[Overload]:
    """The load is the last of these."""
    return [_loaded(0.0)]


@pytest.fixture
def roomy(gate: GateApp, load: list[Overload]) -> GateApp:
    """With the load that is told."""
    return GateApp(gate.access, gate.clock, admission=Admission(lambda: load[-1]))


def test_who_has_too_many_tabs_open_is_told_so_in_words(roomy: GateApp) -> None:
    roomy.add("max", Role.MANAGER)
    browser = roomy.signed_in("max")
    with ExitStack() as stack:
        for _ in range(MOST_OTHERS):
            stack.enter_context(browser.websocket_connect(SOCKET, headers=ORIGIN))
        answer = browser.get("/overview", headers=PERSON)
        assert answer.status_code == 429
        assert "Too many tabs are open" in answer.text
        assert "Close some of them" in answer.text
        assert int(answer.headers["retry-after"]) > 0
        assert answer.headers["refresh"] == answer.headers["retry-after"]
        roomy.clock.advance(1)
        again = roomy.signed_in("max")  # another sign-in, from the same address
        assert again.get("/overview", headers=PERSON).status_code == 200
    assert browser.get("/overview", headers=PERSON).status_code == 200


def test_while_pages_wait_the_page_says_why_and_an_admin_gets_in(
    roomy: GateApp, load: list[Overload]
) -> None:
    roomy.add("max", Role.MANAGER)
    roomy.add("ada")
    manager, admin = roomy.signed_in("max"), roomy.signed_in("ada")
    load.append(_loaded(0.3))
    answer = manager.get("/overview", headers=PERSON)
    assert answer.status_code == 503
    assert "people at the kiosks come first" in answer.text
    assert answer.headers["retry-after"] == "10"
    assert not connects(manager, ORIGIN)
    assert admin.get("/system", headers=PERSON).status_code == 200
    assert connects(admin, ORIGIN)
    assert manager.get("/account", headers=PERSON).status_code != 503
    assert manager.post("/logout", headers=ORIGIN).status_code != 503
    load.append(_loaded(0.0))
    assert connects(manager, ORIGIN)


def test_a_kiosk_is_served_whatever_else_waits(roomy: GateApp, load: list[Overload]) -> None:
    kiosk = roomy.kiosk()
    load.append(_loaded(30.0))
    page = kiosk.get("/take_attendance?kiosk=front-door", headers=PERSON)
    assert page.status_code == 200
    assert connects(kiosk, ORIGIN)
    taken = kiosk.post("/frames?kiosk=front-door", content=b"x", headers=ORIGIN)
    assert taken.text == "took 1 bytes"


def test_an_upload_for_which_there_is_no_room_is_refused_before_it_comes(
    gate: GateApp,
) -> None:
    held: dict[Hashable, int] = {}
    full = Admission(lambda: _loaded(0.0), lambda: held, 2 * GB)
    app = GateApp(gate.access, gate.clock, admission=full)
    app.add("reg", Role.REGISTRAR)
    browser = app.signed_in("reg")
    me = app.access.of_cookies(dict(browser.cookies), False, "127.0.0.1")
    assert me is not None
    app.access.tabs.claim("tab", me)
    upload = "/_stcore/upload_file/tab/file"
    assert browser.put(upload, content=b"x" * 100, headers=ORIGIN).text == "took 100 bytes"
    held[me.kind, me.id] = GB
    answer = browser.put(upload, content=b"x" * 100, headers=ORIGIN)
    assert answer.status_code == 429
    assert "1,024 MB" in answer.text
    assert int(answer.headers["retry-after"]) > 0
    assert answer.headers.get("refresh") is None
    assert browser.delete(upload, headers=ORIGIN).status_code != 429, "what is taken out helps"
    held[me.kind, me.id] = GB - LARGEST_BODY
    unsaid = browser.put(upload, content=iter([b"x" * 100]), headers=ORIGIN)
    assert unsaid.text == "took 100 bytes"
    held[me.kind, me.id] = GB - 1000
    unsaid = browser.put(upload, content=iter([b"x" * 100]), headers=ORIGIN)
    assert unsaid.status_code == 429, "who does not say how much comes brings the most"
