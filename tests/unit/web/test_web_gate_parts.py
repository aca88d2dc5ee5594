"""The gate's small parts: hosts, origins, bodies that are slow or large."""

import anyio
import pytest
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Message

from face_rec.web.gate.hosts import host_allowed, is_loopback, own_names, own_pages
from face_rec.web.server.strict_http import BoundedBody
from face_rec.web.signin.login import local_path

ALLOWED = ("localhost", "::1", "*.example.org")


@pytest.mark.parametrize(
    ("host", "allowed"),
    [("localhost", True), ("LOCALHOST:8501", True), ("localhost.", True), ("[::1]:8501", True),
     ("door.example.org", True), ("example.org", False), ("evilexample.org", False),
     ("localhost.evil.example", False), ("localhost:80@evil.example", False), ("", False),
     ("localhost:x", False), ("user@localhost", False), ("10.0.0.1", False),
     ("[0:0:0:0:0:0:0:1]", True), ("[::1", False), ("::1", False), ("[::1]x", False),
     ("[::1]/healthz?", False), ("[::1]:8501/healthz?", False), ("[::1%25lo]", False),
     ("[v1.a]", False), ("[localhost]", False), ("localhost:", False), ("localhost:65536", False),
     ("localhost:\u0661", False), ("localhost/healthz?", False), ("localhost#", False),
     ("localhost?", False), ("localhost\\", False), ("local%68ost", False), (" localhost", False),
     ("localhost..", False), ("localhost,evil", False), ("localhost\n", False)],
)  # fmt: skip
def test_only_the_names_of_the_list_are_answered_to(host: str, allowed: bool) -> None:
    assert host_allowed(host, ALLOWED) is allowed


def test_the_machine_s_own_names_are_known() -> None:
    assert {"localhost", "127.0.0.1", "::1"} <= own_names("127.0.0.1")
    assert "10.1.2.3" in own_names("10.1.2.3")
    assert "0.0.0.0" not in own_names("0.0.0.0")  # noqa: S104


@pytest.mark.parametrize(
    ("headers", "ours"),
    [({"origin": "http://localhost"}, True), ({"sec-fetch-site": "same-origin"}, True),
     ({}, False), ({"origin": "null"}, False), ({"origin": "http://localhost:1"}, False),
     ({"sec-fetch-site": "same-site"}, False), ({"referer": "http://localhost/"}, False)],
)  # fmt: skip
def test_a_request_must_say_that_it_comes_from_our_own_pages(
    headers: dict[str, str], ours: bool
) -> None:
    assert own_pages(Headers({"host": "localhost", **headers})) is ours


@pytest.mark.parametrize(
    ("origin", "https", "ours"),
    [("https://localhost", True, True), ("http://localhost:443", True, False),
     ("http://localhost", True, False), ("https://localhost", False, True)],
)  # fmt: skip
def test_what_came_over_https_comes_from_a_page_that_did(
    origin: str, https: bool, ours: bool
) -> None:
    assert own_pages(Headers({"host": "localhost", "origin": origin}), https=https) is ours


@pytest.mark.parametrize(
    ("address", "own"),
    [("127.0.0.1", True), ("::1", True), ("::ffff:127.0.0.1", True), ("10.0.0.1", False),
     ("", False), ("testclient", False)],
)  # fmt: skip
def test_this_machine_s_own_address_is_known(address: str, own: bool) -> None:
    assert is_loopback(address) is own


@pytest.mark.parametrize(
    "path",
    ["/login", "/logout?x", "/session", "//a", "//[", "/\\a", "/a\\b", "/a b", "/ä", "/a\n"],
)
def test_nobody_is_sent_on_to_a_place_that_leads_astray(path: str) -> None:
    assert local_path(path) == "/"


def test_a_place_within_the_app_is_kept() -> None:
    assert local_path("/records?from=2025-03-10") == "/records?from=2025-03-10"


# --- bodies -------------------------------------------------------------------------------


async def _piece(size: int, more: bool) -> Message:
    await anyio.lowlevel.checkpoint()
    return {"type": "http.request", "body": b"x" * size, "more_body": more}


def _refusal(body: BoundedBody) -> int:
    async def read() -> int:
        try:
            while (await body())["more_body"]:
                pass
        except HTTPException as error:
            return error.status_code
        return 200

    return anyio.run(read)


def test_a_body_within_its_bounds_passes() -> None:
    sizes = iter([400, 600])
    body = BoundedBody(lambda: _piece(size := next(sizes), size == 400), most=1000, within=5)
    assert _refusal(body) == 200


def test_a_body_that_grows_beyond_its_bounds_is_cut_off() -> None:
    assert _refusal(BoundedBody(lambda: _piece(400, more=True), most=1000, within=5)) == 413


def test_a_body_that_trickles_in_is_cut_off() -> None:
    async def trickle() -> Message:
        await anyio.sleep(0.02)
        return {"type": "http.request", "body": b"x", "more_body": True}

    assert _refusal(BoundedBody(trickle, most=10_000, within=0.1)) == 408


def test_a_body_that_never_comes_is_not_waited_for() -> None:
    async def never() -> Message:
        await anyio.sleep_forever()
        raise AssertionError

    assert _refusal(BoundedBody(never, most=10, within=0.05)) == 408
