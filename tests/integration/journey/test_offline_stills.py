"""Stills that a kiosk took while the server was away: real Redis, real models, the real gate."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from starlette.testclient import TestClient

from face_rec.domain.errors import StoreUnavailable
from face_rec.domain.faces import Image
from face_rec.domain.liveness import Check
from face_rec.domain.marks import Event, EventKind, Source
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.kiosks.offline import KEPT_FOR, Capture, OfflineSeal
from face_rec.protocols.models import FaceModels
from face_rec.stores.redis.client import Client
from tests.data import Material
from tests.fakes.models import blank_frame
from tests.integration.journey.offline_site import (
    BERLIN,
    KIOSK,
    SECRET,
    Kept,
    Site,
    before_the_camera,
    read,
)

pytestmark = pytest.mark.models


@pytest.fixture
def site(
    redis_client: Client, tmp_path: Path, models: FaceModels, material: Material
) -> Iterator[Site]:
    with ExitStack() as stack:
        yield Site(redis_client, tmp_path, models, material, stack)


@pytest.fixture
def tablet(site: Site) -> TestClient:
    return site.gate.kiosk(KIOSK)


def _told(answer: httpx.Response) -> tuple[str, int]:
    assert answer.status_code == 200, answer.text
    return answer.json()["became"], answer.json()["marks"]


# --- what it is for


def test_each_is_marked_at_the_minute_in_which_they_stood_there(
    site: Site, tablet: TestClient
) -> None:
    kept = [site.still("s1", 12), site.still("s2", 9), site.still("s3", 4)]
    assert [_told(one.hand_over(tablet)) for one in kept] == [("taken", 1)] * 3
    assert site.marks() == [(f"s{number}", one.capture.at) for number, one in enumerate(kept, 1)]
    (event, *_) = site.events()
    assert (event.source, event.kiosk) == (Source.OFFLINE, KIOSK)
    assert event.recorded_at == site.clock.now()
    assert event.score is not None
    assert event.contract


def test_they_stand_in_the_order_of_their_times_whatever_came_first(
    site: Site, tablet: TestClient
) -> None:
    site.live("s2", 5)
    for kept in (site.still("s3", 2), site.still("s1", 30)):
        kept.hand_over(tablet)
    day = site.clock.now().astimezone(BERLIN).date()
    stood = [entry.event.subject for entry in site.service.mark_queries.marks(day)]
    assert stood == ["s1", "s2", "s3"]


def test_every_one_waits_for_somebody_to_look_at_it(site: Site, tablet: TestClient) -> None:
    site.still("s1", 12).hand_over(tablet)
    site.live("s2", 5)
    day = site.clock.now().astimezone(BERLIN).date()
    (doubt,) = site.service.mark_queries.review(day, day)
    assert doubt.entry.event.subject == "s1"
    assert doubt.reasons == ("taken while the server was away",)


# --- once


def test_a_repeated_still_is_told_that_it_was_there_already(
    site: Site, tablet: TestClient
) -> None:
    kept = site.still("s1", 12)
    assert _told(kept.hand_over(tablet)) == ("taken", 1)
    site.clock.advance(90)
    assert _told(kept.hand_over(tablet)) == ("already", 0)
    assert len(site.marks()) == 1
    assert site.handed_over.of(KIOSK).stills == 1


def test_a_server_that_died_before_it_remembered_the_still_marks_once_all_the_same(
    site: Site, tablet: TestClient, redis_client: Client
) -> None:
    kept = site.still("s1", 12)
    kept.hand_over(tablet)
    for key in redis_client.scan_iter("offline:*"):
        redis_client.delete(key)
    assert kept.hand_over(tablet).json()["became"] == "taken"
    assert len(site.marks()) == 1


def test_it_is_remembered_for_longer_than_a_device_keeps_it(
    site: Site, tablet: TestClient, redis_client: Client
) -> None:
    site.still("s1", 1).hand_over(tablet)
    (key,) = redis_client.scan_iter("offline:*:still:*")
    assert redis_client.ttl(key) > 2 * KEPT_FOR.total_seconds()


# --- the cooldown, at the time of the still


@pytest.mark.parametrize(("others", "marked"), [([12.5], 0), ([11.5], 0), ([14, 10], 1)])
def test_it_is_held_against_marks_around_its_own_time(
    site: Site, tablet: TestClient, others: list[float], marked: int
) -> None:
    for minutes in others:
        site.live("s1", minutes)
    site.live("s1", 1)  # the newest of the day lies far from it
    assert _told(site.still("s1", 12).hand_over(tablet)) == ("taken", marked)
    assert len(site.marks()) == len(others) + 1 + marked


def test_who_stood_there_for_a_minute_has_one_mark(site: Site, tablet: TestClient) -> None:
    for ago, look in ((12, 1), (11.9, 2), (11.5, 1)):
        site.still("s1", ago, look).hand_over(tablet)
    assert len(site.marks()) == 1


def test_it_hides_no_newer_mark_from_the_camera(site: Site, tablet: TestClient) -> None:
    site.live("s1", 0.2)
    site.still("s1", 12).hand_over(tablet)
    now = site.clock.now()
    receipt = site.marker.mark(Event("n", "s1", now, EventKind.PUNCH, Source.VIDEO, KIOSK))
    assert receipt.already


# --- a device's clock


@pytest.mark.parametrize(
    ("minutes", "doubt"),
    [(0.9, ""), (-0.9, ""), (185, "3 h 5 min behind"), (-2, "2 min ahead")],
)  # fmt: skip
def test_a_clock_that_was_moved_by_more_than_a_minute_is_said_in_the_review(
    site: Site, tablet: TestClient, minutes: float, doubt: str
) -> None:
    kept = site.still("s1", 300)
    kept.moved = round(minutes * 60_000)
    assert _told(kept.hand_over(tablet)) == ("taken", 1)
    assert site.marks() == [("s1", kept.capture.at)]
    said = f"the device's clock may have been {doubt}: it was set, or the device slept"
    assert site.doubts() == [("taken while the server was away", *([said] if doubt else []))]


@pytest.mark.parametrize(
    ("ago", "moved"), [(timedelta(hours=-5), timedelta(hours=-5, minutes=-10)),
                       (timedelta(days=20_000), timedelta(days=20_000, minutes=-10))]
)  # fmt: skip
def test_a_time_that_cannot_be_is_corrected_by_what_the_device_knows_by_now(
    site: Site, tablet: TestClient, ago: timedelta, moved: timedelta
) -> None:
    kept = site.still("s1", ago / timedelta(minutes=1))
    kept.moved = round(moved / timedelta(milliseconds=1))
    assert _told(kept.hand_over(tablet)) == ("taken", 1)
    assert _told(kept.hand_over(tablet)) == ("already", 0)
    assert site.marks() == [("s1", kept.capture.at + moved)]
    ((_, doubt),) = site.doubts()
    assert doubt.endswith("the time was corrected by that")


def test_a_device_that_had_lost_the_time_is_said_to_have(site: Site, tablet: TestClient) -> None:
    kept = site.still("s1", 30)  # the moment at which it last heard the server
    kept.moved = -round(timedelta(days=2000) / timedelta(milliseconds=1))
    assert _told(kept.hand_over(tablet)) == ("taken", 1)
    assert site.marks() == [("s1", kept.capture.at)]
    ((_, doubt),) = site.doubts()
    assert doubt == "the device had lost the time: the mark may be of later"


def test_one_that_cannot_be_corrected_is_refused(site: Site, tablet: TestClient) -> None:
    kept = site.still("s1", -300)
    kept.moved = round(-1e13 + 1)
    assert _told(kept.hand_over(tablet)) == ("refused", 0)
    kept = site.still("s1", -300)
    assert _told(kept.hand_over(tablet)) == ("refused", 0)
    assert not site.marks()


# --- what is not taken


@pytest.mark.parametrize(("minutes", "why"), [(-1, "future"), (72 * 60 + 1, "old")])
def test_a_time_at_which_nothing_can_be_marked_is_refused_and_counted(
    site: Site, tablet: TestClient, minutes: float, why: str
) -> None:
    answer = site.still("s1", minutes).hand_over(tablet)
    assert _told(answer) == ("refused", 0)
    assert why in answer.json()["why"]
    assert not site.marks()
    assert site.handed_over.of(KIOSK).refused == 1


def test_a_kiosk_that_marks_live_faces_only_takes_no_still(site: Site, tablet: TestClient) -> None:
    site.hours = KioskRecord(KIOSK, liveness=Check.ENFORCE)
    assert _told(site.still("s1", 5).hand_over(tablet)) == ("refused", 0)
    assert not site.service.timesheets.visits(site.clock.now().date()).all
    assert site.doubts() == [
        ("not marked: one photo has no time in it", "taken while the server was away")
    ]
    assert site.handed_over.of(KIOSK).refused == 1


def test_a_kiosk_that_is_closed_now_hands_over_what_it_took_while_it_was_open(
    site: Site, tablet: TestClient
) -> None:
    now = site.clock.now().astimezone(BERLIN)
    opens, closes = ((now - timedelta(hours=hours)).time() for hours in (3, 1))
    site.hours = KioskRecord(KIOSK, title="Front door", opens=opens, closes=closes)
    site.gate.decide(site.hours)
    site.gate.wait()
    assert _told(site.still("s1", 90).hand_over(tablet)) == ("taken", 1)
    answer = site.still("s2", 30).hand_over(tablet)
    assert _told(answer) == ("refused", 0)
    assert "closed" in answer.json()["why"]


def test_nobody_recognised_is_counted(site: Site, tablet: TestClient, material: Material) -> None:
    stranger = read(material.stranger(0))
    kept = Kept(site, before_the_camera(stranger), site.clock.now() - timedelta(minutes=3))
    assert _told(kept.hand_over(tablet)) == ("taken", 0)
    assert _told(Kept(site, blank_frame(), site.clock.now()).hand_over(tablet)) == ("taken", 0)
    assert not site.marks()
    tally = site.handed_over.of(KIOSK)
    assert (tally.stills, tally.marks, tally.nobody) == (2, 0, 2)


def _side_by_side(*photos: Image) -> Image:
    image = blank_frame()
    for number, photo in enumerate(photos):
        height, width = photo.shape[:2]
        image[110 : 110 + height, 40 + 300 * number : 40 + 300 * number + width] = photo
    return image


def test_two_people_in_one_still_have_a_mark_each(site: Site, tablet: TestClient) -> None:
    both = _side_by_side(site.photos["s1"][1], site.photos["s2"][1])
    kept = Kept(site, both, site.clock.now() - timedelta(minutes=3))
    assert _told(kept.hand_over(tablet)) == ("taken", 2)
    again = Kept(site, both, site.clock.now() - timedelta(minutes=2.9))
    assert _told(again.hand_over(tablet)) == ("taken", 0)
    assert sorted(site.marks()) == [("s1", kept.capture.at), ("s2", kept.capture.at)]


def test_a_stranger_beside_somebody_is_not_named(
    site: Site, tablet: TestClient, material: Material
) -> None:
    both = _side_by_side(read(material.stranger(0)), site.photos["s2"][1])
    kept = Kept(site, both, site.clock.now() - timedelta(minutes=3))
    assert _told(kept.hand_over(tablet)) == ("taken", 1)
    assert site.marks() == [("s2", kept.capture.at)]


def test_a_still_of_another_time_or_kiosk_than_it_was_sealed_for_is_refused(
    site: Site, tablet: TestClient
) -> None:
    kept, moment = site.still("s1", 12), site.clock.now() - timedelta(minutes=2)
    other = str(round(moment.timestamp() * 1000))
    assert _told(kept.hand_over(tablet, **{"x-still-at": other})) == ("refused", 0)
    foreign = Kept(site, blank_frame(), site.clock.now(), "other")
    foreign.capture = Capture(foreign.capture.entry, KIOSK, foreign.capture.at)
    assert _told(foreign.hand_over(tablet)) == ("refused", 0)
    assert not site.marks()


def test_a_server_that_is_not_ready_takes_nothing_and_forgets_nothing(
    site: Site, tablet: TestClient
) -> None:
    kept = site.still("s1", 12)
    site.is_ready = False
    answer = kept.hand_over(tablet)
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    site.is_ready = True
    assert _told(kept.hand_over(tablet)) == ("taken", 1)


def test_a_mark_that_cannot_be_kept_leaves_the_still_on_the_device(
    site: Site, tablet: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> bool:
        raise StoreUnavailable("Redis does not answer.")

    kept = site.still("s1", 12)
    with monkeypatch.context() as patched:
        patched.setattr(site.handed_over, "known", away)
        assert kept.hand_over(tablet).status_code == 503
    assert _told(kept.hand_over(tablet)) == ("taken", 1)


@pytest.mark.parametrize(
    ("changed", "status"),
    [({"content-type": "image/jpeg"}, 415), ({"x-still": "short"}, 400),
     ({"x-still-at": "x"}, 400), ({"x-still-moved": "1e3"}, 400),
     ({"origin": "https://evil.example"}, 403)],
)  # fmt: skip
def test_what_is_no_still_of_this_app_s_page_is_not_looked_at(
    site: Site, tablet: TestClient, changed: dict[str, str], status: int
) -> None:
    assert site.still("s1", 3).hand_over(tablet, **changed).status_code == status


def test_one_that_is_too_large_is_not_looked_at(site: Site, tablet: TestClient) -> None:
    kept = site.still("s1", 3)
    kept.body = bytes(1024 * 1024 + 100)
    assert kept.hand_over(tablet).status_code == 413


# --- who may


def test_a_device_that_was_revoked_meanwhile_hands_over_nothing(
    site: Site, tablet: TestClient
) -> None:
    kept = site.still("s1", 12)
    site.gate.give_up(KIOSK)
    site.gate.wait()
    assert kept.hand_over(tablet).status_code == 401
    assert not site.marks()


def test_a_device_hands_over_for_its_own_kiosk_alone(site: Site, tablet: TestClient) -> None:
    site.gate.decide(KioskRecord("other"))
    kept = Kept(site, blank_frame(), site.clock.now(), "other")
    assert kept.hand_over(tablet).status_code == 403


def test_a_stranger_hands_over_nothing(site: Site) -> None:
    site.gate.add("ada")
    assert site.still("s1", 3).hand_over(site.gate.browser()).status_code == 401


def test_a_kiosk_s_key_is_its_own_and_lasts() -> None:
    seal = OfflineSeal("main", SECRET)
    assert seal.key("a") == OfflineSeal("main", SECRET).key("a")
    keys = {seal.key("a"), seal.key("b"), OfflineSeal("else", SECRET).key("a")}
    assert len(keys) == 3
    rotated = OfflineSeal("main", [bytes(32), *SECRET])
    capture = Capture("0" * 32, "a", datetime.combine(datetime.now(UTC), time(9), UTC))
    sealed = bytes(12) + AESGCM(seal.key("a")).encrypt(bytes(12), b"still", capture.about)
    assert rotated.open(capture, sealed) == b"still"
