"""/frames takes one JPEG of a kiosk's camera and nothing else."""

import io
from collections.abc import Iterator
from types import SimpleNamespace
from unittest.mock import patch
from urllib.parse import quote

import anyio
import cv2
import httpx
import numpy as np
import pytest
from PIL import Image as Pillow
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from face_rec.domain.faces import Box
from face_rec.domain.kiosks.screens import Label
from face_rec.domain.recognition import Verdict
from face_rec.web.frames import exchange
from face_rec.web.frames.exchange import HEADER, MAX_BYTES, SCREEN_HEADER
from face_rec.web.frames.frames import routes
from tests.fakes.kiosks import FakeKiosks
from tests.hostile_pictures import with_scans

JPEG = {"Content-Type": "image/jpeg"}


def a_jpeg(
    width: int = 64, height: int = 48, quality: int = 75, progressive: bool = False
) -> bytes:
    """Red on its left half."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, : width // 2, 0] = 255
    file = io.BytesIO()
    Pillow.fromarray(pixels).save(file, "JPEG", quality=quality, progressive=progressive)
    return file.getvalue()


@pytest.fixture
def kiosks() -> FakeKiosks:
    return FakeKiosks()


@pytest.fixture
def client(kiosks: FakeKiosks) -> TestClient:
    return TestClient(Starlette(routes=routes(kiosks.source())), base_url="http://kiosk.test:8501")


def post(
    client: TestClient,
    body: bytes | Iterator[bytes] | None = None,
    headers: dict[str, str] | None = None,
    kiosk: str = "door",
    path: str = "/frames",
) -> httpx.Response:
    """As a page does: a number first, unless one is given."""
    sent = JPEG | (headers or {})
    if HEADER not in sent:
        sent |= {HEADER: numbers(client, kiosk, sent.get(SCREEN_HEADER, "http"))[0]}
    answer: httpx.Response = client.post(
        path, params={"kiosk": kiosk}, content=body or a_jpeg(), headers=sent
    )
    return answer


def numbers(client: TestClient, kiosk: str = "door", screen: str = "http") -> list[str]:
    """A new series; one that is good for nothing where the kiosk gets none."""
    begun = client.post(f"/frames/start?kiosk={quote(kiosk)}", headers={SCREEN_HEADER: screen})
    given: list[str] = begun.json().get("numbers", ["none"])
    return given


def refusal(answer: httpx.Response, status: int) -> str:
    """The sentence of a refusal; nothing of the inside shows."""
    assert answer.status_code == status, answer.text
    assert answer.headers["cache-control"] == "no-store"
    sentence = str(answer.json()["error"])
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert list(answer.json()) == ["error"]
    return sentence


# --- what it is for ----------------------------------------------------------------


def test_a_picture_reaches_the_stream_of_its_kiosk_as_bgr(
    client: TestClient, kiosks: FakeKiosks
) -> None:
    assert post(client).status_code == 200
    (picture,) = kiosks.opened["door"].pictures
    assert picture.shape == (48, 64, 3)
    assert picture.dtype == np.uint8
    assert list(picture[24, 8] > 200) == [False, False, True]


def test_the_answer_says_how_long_the_server_took_and_nothing_of_who_is_seen(
    kiosks: FakeKiosks, client: TestClient
) -> None:
    kiosks.labels = (Label(1, Box(1, 2, 30, 40), Verdict.NAMED, "Zoë"),)
    told = post(client).json()
    assert set(told) == {"number", "fresh", "took"}
    assert told["fresh"]
    assert told["took"] >= 0


def test_a_result_that_does_not_come_is_not_waited_for_long(
    client: TestClient, kiosks: FakeKiosks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "_LONGEST_WAIT", 0.02)
    kiosks.blind = True
    assert not post(client).json()["fresh"]


# --- what it refuses -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"GIF89a and so on", 415),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 99, 415),
        (b"<svg onload=alert(1)>", 415),
        (b"\xff\xd8\xff\xd9", 400),
        (b"\xff\xd8\xff\xe0 no picture \xff\xd9", 400),
        (a_jpeg()[:-40], 400),
        (a_jpeg(16, 16), 400),
    ],
)
def test_what_is_no_whole_jpeg_is_refused(
    client: TestClient, kiosks: FakeKiosks, body: bytes, status: int
) -> None:
    assert "JPEG" in refusal(post(client, body), status) or status == 400
    assert not kiosks.opened


def test_an_empty_body_is_refused(client: TestClient) -> None:
    headers = JPEG | {HEADER: numbers(client)[0]}
    answer = client.post("/frames?kiosk=door", content=b"", headers=headers)
    assert "no JPEG" in refusal(answer, 415)


@pytest.mark.parametrize("kind", ["", "image/png", "multipart/form-data", "text/plain"])
def test_a_body_that_does_not_call_itself_a_jpeg_is_refused(client: TestClient, kind: str) -> None:
    answer = client.post(
        "/frames?kiosk=door", content=a_jpeg(), headers={"Content-Type": kind} if kind else {}
    )
    assert "image/jpeg" in refusal(answer, 415)


def test_a_progressive_jpeg_is_refused_for_what_it_may_cost(client: TestClient) -> None:
    assert "baseline" in refusal(post(client, a_jpeg(progressive=True)), 415)


def test_a_jpeg_that_is_gone_over_without_end_is_refused_unread(client: TestClient) -> None:
    with patch.object(cv2, "imdecode") as read:
        assert "cannot be read" in refusal(post(client, with_scans(a_jpeg(), 101)), 400)
        read.assert_not_called()


def test_a_body_that_says_it_is_too_large_is_not_read(client: TestClient) -> None:
    def body() -> Iterator[bytes]:
        yield pytest.fail("the body was read")

    answer = post(client, body(), {"content-length": str(MAX_BYTES + 1)})
    assert "1,024 KiB" in refusal(answer, 413)


def test_a_body_that_grows_too_large_is_cut_short(client: TestClient) -> None:
    def body() -> Iterator[bytes]:
        for _ in range(MAX_BYTES // 4096 + 1):
            yield b"x" * 4096

    assert "too large" in refusal(post(client, body()), 413)


def test_a_small_file_with_too_many_pixels_is_refused_before_it_is_decoded(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = a_jpeg(6000, 6000, quality=1)
    assert len(bomb) < MAX_BYTES
    monkeypatch.setattr("cv2.imdecode", lambda *_: pytest.fail("the bomb was decoded"))
    assert "6000 × 6000 px" in refusal(post(client, bomb), 413)


@pytest.mark.parametrize(
    "kiosk", ["", "Front", "a b", "../x", "a/b", "ä", "x" * 33, "register:abc", "door\n"]
)
def test_a_kiosk_has_a_name_that_can_be_one(
    client: TestClient, kiosks: FakeKiosks, kiosk: str
) -> None:
    assert "lower-case letters" in refusal(post(client, kiosk=kiosk), 400)
    assert not kiosks.opened


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "http://kiosk.test"},
        {"origin": "http://kiosk.test:9000"},
        {"origin": "http://kiosk.test:8501.evil.example"},
        {"origin": "http://kiosk.test:8501@evil.example"},
        {"origin": "null"},
        {"origin": "null://"},
        {"origin": "file://"},
        {"origin": ""},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "http://kiosk.test:8501", "sec-fetch-site": "cross-site"},
    ],
)
def test_another_origin_is_refused(
    client: TestClient, kiosks: FakeKiosks, headers: dict[str, str]
) -> None:
    assert "own pages" in refusal(post(client, headers=headers), 403)
    assert not kiosks.opened


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("kiosk.test:8501", "http://kiosk.test:8501"),
        ("kiosk.test:8501", "http://KIOSK.test:8501"),
        ("kiosk.test", "https://kiosk.test"),
        ("kiosk.test:443", "https://kiosk.test"),
        ("[::1]:8501", "http://[::1]:8501"),
    ],
)
def test_our_own_pages_are_let_in(client: TestClient, host: str, origin: str) -> None:
    headers = {"host": host, "origin": origin, "sec-fetch-site": "same-origin"}
    answer = post(client, headers=headers)
    assert answer.status_code == 200


def test_only_posting_is_possible(client: TestClient) -> None:
    assert client.get("/frames?kiosk=door").status_code == 405


def test_too_many_pictures_at_once_are_refused_and_the_place_is_free_again_afterwards(
    kiosks: FakeKiosks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "_LONGEST_WAIT", 30.0)
    kiosks.blind = True  # pictures stay under way until the stream sees something
    answers: list[httpx.Response] = []

    async def send(browser: httpx.AsyncClient, number: str) -> None:
        headers = JPEG | {HEADER: number}
        answers.append(await browser.post("/frames?kiosk=door", content=a_jpeg(), headers=headers))

    async def rush() -> tuple[httpx.Response, httpx.Response]:
        door = kiosks.open("door")
        app = httpx.ASGITransport(Starlette(routes=routes(kiosks.source())))
        async with httpx.AsyncClient(transport=app, base_url="http://kiosk.test") as browser:
            begun = (await browser.post("/frames/start?kiosk=door")).json()["numbers"]
            async with anyio.create_task_group() as senders:
                for count, number in enumerate(begun, 1):  # one that overtakes the other voids it
                    senders.start_soon(send, browser, number)
                    while len(door.pictures) < count:
                        await anyio.sleep(0.001)
                refused = await browser.post("/frames?kiosk=door", content=a_jpeg(), headers=JPEG)
                door.blind = False
                door.submit(door.pictures[0])
            number = answers[-1].json()["number"]
            return refused, await browser.post(
                "/frames?kiosk=door", content=a_jpeg(), headers=JPEG | {HEADER: number}
            )

    refused, later = anyio.run(rush)
    assert "Too many" in refusal(refused, 429)
    assert refused.headers["retry-after"] == "1"
    assert [answer.status_code for answer in [*answers, later]] == [200, 200, 200]


async def _sends(browser: httpx.AsyncClient, kiosk: str, pictures: int) -> list[int]:
    """A page that sends as soon as it may, one at a time; what it was answered."""
    begun = await browser.post(f"/frames/start?kiosk={kiosk}")
    number, answers = begun.json()["numbers"][0], []
    for _ in range(pictures):
        sent = JPEG | {HEADER: number}
        answer = await browser.post(f"/frames?kiosk={kiosk}", content=a_jpeg(), headers=sent)
        answers.append(answer.status_code)
        number = answer.json().get("number", number)
    return answers


def test_fifty_kiosks_whose_results_are_slow_are_all_heard_and_none_is_refused(
    kiosks: FakeKiosks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "_LONGEST_WAIT", 0.2)
    kiosks.blind = True
    kiosks.known = frozenset(f"door{number}" for number in range(50))
    answered: list[int] = []

    async def all_of_them() -> None:
        app = httpx.ASGITransport(Starlette(routes=routes(kiosks.source())))
        async with (
            httpx.AsyncClient(transport=app, base_url="http://kiosk.test") as browser,
            anyio.create_task_group() as group,
        ):

            async def one(kiosk: str) -> None:
                answered.extend(await _sends(browser, kiosk, 3))

            for number in range(50):
                group.start_soon(one, f"door{number}")

    anyio.run(all_of_them)
    assert answered == [200] * 150
    assert {len(stream.pictures) for stream in kiosks.opened.values()} == {3}


@pytest.mark.parametrize(("few", "status"), [(False, 200), (True, 429)])
def test_under_too_much_load_a_kiosk_sends_one_picture_at_a_time(
    kiosks: FakeKiosks, monkeypatch: pytest.MonkeyPatch, few: bool, status: int
) -> None:
    monkeypatch.setattr(exchange, "_LONGEST_WAIT", 30.0)
    kiosks.blind = True
    kiosks.few = few
    answers: list[httpx.Response] = []

    async def send(browser: httpx.AsyncClient, number: str, path: str = "/frames") -> None:
        headers = JPEG | {HEADER: number}
        answers.append(await browser.post(f"{path}?kiosk=door", content=a_jpeg(), headers=headers))

    async def two() -> int:
        door = kiosks.open("door")
        app = httpx.ASGITransport(Starlette(routes=routes(kiosks.source())))
        async with httpx.AsyncClient(transport=app, base_url="http://kiosk.test") as browser:
            begun = (await browser.post("/frames/start?kiosk=door")).json()["numbers"]
            async with anyio.create_task_group() as senders:
                senders.start_soon(send, browser, begun[0])
                while not door.pictures:
                    await anyio.sleep(0.001)
                await send(browser, begun[1], "/frames/still")  # on purpose: never gives way
                assert answers[0].status_code == 200
                number = answers.pop().json()["number"]
                senders.start_soon(send, browser, number)
                while not answers and len(door.pictures) < 2:
                    await anyio.sleep(0.001)
                second = answers[0].status_code if answers else 200
                door.blind = False
                door.submit(door.pictures[0])
        return second

    assert anyio.run(two) == status


def test_live_video_gives_way_to_a_photo_taken_on_purpose(
    client: TestClient, kiosks: FakeKiosks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "_IN_ALL", 0)
    assert "Too many" in refusal(post(client), 429)
    assert post(client, path="/frames/still").status_code == 200
    assert len(kiosks.stills) == 1


def test_a_kiosk_that_nobody_registered_gets_no_number_and_no_stream(
    client: TestClient, kiosks: FakeKiosks
) -> None:
    for number in range(70):
        told = client.post(f"/frames/start?kiosk=invented-{number}")
        assert "no kiosk invented" in refusal(told, 404)
        refusal(post(client, kiosk=f"invented-{number}"), 404)
    assert not kiosks.opened
    assert post(client, kiosk="door").status_code == 200


# --- numbers ------------------------------------------------------------------------


def test_each_answer_brings_the_number_of_the_next_picture(client: TestClient) -> None:
    first, second = numbers(client)
    third = post(client, headers={HEADER: first}).json()["number"]
    assert post(client, headers={HEADER: second}).status_code == 200
    assert post(client, headers={HEADER: third}).status_code == 200


def test_a_recorded_upload_cannot_be_sent_again(client: TestClient, kiosks: FakeKiosks) -> None:
    first, _ = numbers(client)
    assert post(client, headers={HEADER: first}).status_code == 200
    for path in ("/frames", "/frames/still"):
        assert "used up" in refusal(post(client, headers={HEADER: first}, path=path), 428)
    numbers(client)  # nor after the page began anew
    refusal(post(client, headers={HEADER: first}), 428)
    assert len(kiosks.opened["door"].pictures) == 1
    assert not kiosks.stills


def test_a_picture_that_was_overtaken_is_refused(client: TestClient, kiosks: FakeKiosks) -> None:
    first, second = numbers(client)
    assert post(client, headers={HEADER: second}).status_code == 200
    refusal(post(client, headers={HEADER: first}), 428)
    assert len(kiosks.opened["door"].pictures) == 1


@pytest.mark.parametrize("number", ["", "invented"])
def test_a_number_that_was_not_given_out_is_refused(client: TestClient, number: str) -> None:
    numbers(client)
    refusal(post(client, headers={HEADER: number}), 428)


def test_a_number_is_good_for_its_own_kiosk_and_screen_only(client: TestClient) -> None:
    first, _ = numbers(client, "a")
    refusal(post(client, headers={HEADER: first}, kiosk="b"), 428)
    refusal(post(client, headers={HEADER: first, SCREEN_HEADER: "other"}, kiosk="a"), 428)
    assert post(client, headers={HEADER: first}, kiosk="a").status_code == 200


def test_a_number_of_one_session_is_worth_nothing_in_another(kiosks: FakeKiosks) -> None:
    """A request made by hand, with all that somebody else's page has sent."""

    class SignedIn:
        """As the gate leaves it, for who the cookie says."""

        def __init__(self, app: ASGIApp) -> None:
            self.app = app

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            name = Request(scope).cookies.get("who", "")
            scope.setdefault("state", {})["principal"] = SimpleNamespace(kind="user", id=name)
            await self.app(scope, receive, send)

    app = SignedIn(Starlette(routes=routes(kiosks.source())))
    ada, bob = (
        TestClient(app, base_url="http://kiosk.test:8501", cookies={"who": who})
        for who in ("ada", "bob")
    )
    first, second = numbers(ada)
    refusal(post(bob, headers={HEADER: first}), 428)
    assert post(ada, headers={HEADER: first}).status_code == 200
    numbers(bob)
    for number in (first, second):
        refusal(post(bob, headers={HEADER: number}), 428)
    assert len(kiosks.opened["door"].pictures) == 1


# --- one camera only ----------------------------------------------------------------


def test_where_one_camera_is_demanded_only_the_screen_whose_line_has_it_feeds_the_kiosk(
    client: TestClient, kiosks: FakeKiosks
) -> None:
    kiosks.demanding = frozenset({"door"})
    assert "enrolled camera" in refusal(post(client, headers={SCREEN_HEADER: "s1"}), 403)
    kiosks.seats.renew("door", "s1")
    assert post(client, headers={SCREEN_HEADER: "s1"}).status_code == 200
    refusal(post(client, headers={SCREEN_HEADER: "s2"}), 403)
    assert post(client, headers={SCREEN_HEADER: "s1"}).status_code == 200, "it has taken no seat"
    kiosks.seats.end("door", "s1")
    refusal(post(client, headers={SCREEN_HEADER: "s1"}), 403)
    assert len(kiosks.opened["door"].pictures) == 2
    assert post(client, kiosk="a").status_code == 200


def test_nor_does_a_single_photo_get_past_it(client: TestClient, kiosks: FakeKiosks) -> None:
    kiosks.demanding = frozenset({"door"})
    assert "enrolled camera" in refusal(post(client, path="/frames/still"), 403)
    assert not kiosks.stills


def test_a_still_reaches_the_engine_once(client: TestClient, kiosks: FakeKiosks) -> None:
    told = post(client, path="/frames/still")
    assert told.status_code == 200
    ((image, kiosk),) = kiosks.stills
    assert (image.shape, kiosk) == ((48, 64, 3), "door")
    assert not kiosks.opened


# --- screens ------------------------------------------------------------------------


def test_the_newest_screen_of_a_kiosk_feeds_it_and_the_older_one_is_told(
    client: TestClient, kiosks: FakeKiosks
) -> None:
    assert post(client, headers={SCREEN_HEADER: "tablet"}).status_code == 200
    assert post(client, headers={SCREEN_HEADER: "laptop"}).status_code == 200
    assert "Another screen" in refusal(post(client, headers={SCREEN_HEADER: "tablet"}), 409)
    assert post(client, headers={SCREEN_HEADER: "laptop"}).status_code == 200
    assert len(kiosks.opened["door"].pictures) == 3


def test_a_screen_whose_picture_is_none_takes_no_seat(client: TestClient) -> None:
    assert post(client, headers={SCREEN_HEADER: "tablet"}).status_code == 200
    refusal(post(client, b"no picture", headers={SCREEN_HEADER: "broken"}), 415)
    assert post(client, headers={SCREEN_HEADER: "tablet"}).status_code == 200


def test_before_the_system_is_built_the_browser_is_told_to_come_again() -> None:
    client = TestClient(Starlette(routes=routes(lambda: None)))
    answer = post(client)
    assert "still starting" in refusal(answer, 503)
    assert answer.headers["retry-after"] == "1"
