"""The parts of a kiosk's live line, one by one: what is told, what is understood, how many."""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from face_rec.domain.faces import Box
from face_rec.domain.kiosks.look import Look
from face_rec.domain.kiosks.screens import Greeting, Label, Mood, Scene, StreamStats
from face_rec.domain.marks import Event, EventKind, Outcome, Receipt, Source
from face_rec.domain.recognition import Flaw, Verdict
from face_rec.journey.streams.listeners import Listeners
from face_rec.kiosks.banner import Banner, full_name, short_name
from face_rec.kiosks.kiosk import Direction, KioskRecord
from face_rec.kiosks.screen_status import Report, ScreenReports, ScreenStatus
from face_rec.kiosks.seats import LEASE, Seats
from face_rec.kiosks.way_choice import offered
from face_rec.web.live.line import A_KIOSK, IN_ALL, LineOver, NoPlace, Pace, Places
from face_rec.web.live.live import Press, said_by
from face_rec.web.live.mark_lines import MarkLine
from face_rec.web.live.shown import (
    ROOM,
    Marks,
    Picture,
    Shown,
    State,
    message,
    picture_of,
    rounded,
    site_of,
    text_of,
)
from tests.fakes.clock import MORNING, FakeClock

ZONE = ZoneInfo("Europe/Berlin")
SHOWN = Shown(
    site_of("Site", ZONE, MORNING, Look()),
    Picture(),
    (),
    None,
    None,
    None,
    Marks(),
    State(),
    StreamStats(),
)
BEAT = {"transport": "http", "camera": "Front", "rate": 14.8, "dark": False, "battery": 0.83,
        "state": "ok", "version": "1"}  # fmt: skip


def scene(*labels: Label, number: int = 1) -> Scene:
    return Scene(number, 100.0, 640, 480, labels)


def face(verdict: Verdict, name: str = "Ana") -> Label:
    return Label(3, Box(1.26, 2.0, 30.0, 40.0), verdict, name)


def greeted(subject: str, outcome: Outcome = Outcome.MARKED) -> Greeting:
    event = Event(f"e-{subject}", subject, MORNING, EventKind.PUNCH, Source.VIDEO, "door")
    return Greeting(Receipt(event, outcome), subject.title(), 100.0)


# --- what is told


def test_the_first_message_holds_every_part_and_the_next_only_what_has_changed() -> None:
    first = message(SHOWN, None, MORNING)
    assert set(first) == {"at", *(part.name for part in fields(Shown))}
    assert first["at"] == MORNING.timestamp()
    now = replace(SHOWN, state=State(away=True), banners=(Banner(Mood.MARKED, "Ana", "Marked"),))
    told = message(now, SHOWN, MORNING)
    assert set(told) == {"at", "state", "banners"}
    assert told["banners"] == [{"mood": "marked", "title": "Ana", "text": "Marked", "sound": ""}]
    assert set(message(now, now, MORNING)) == {"at"}


def test_what_is_told_is_json_in_every_script() -> None:
    listed = Marks(1, (MarkLine("e1", "\u0645\u0631\u064a\u0645", "7B", "08:01", None),))
    text = text_of(message(replace(SHOWN, marks=listed), None, MORNING))
    told = json.loads(text)
    assert told["marks"]["list"][0]["title"] == "\u0645\u0631\u064a\u0645"
    assert told["marks"]["list"][0]["photo"] is None


def test_only_who_is_named_has_a_name_on_the_line() -> None:
    verdicts = (Verdict.NAMED, Verdict.UNKNOWN, Verdict.POOR, Verdict.LOOKING)
    faces = picture_of(scene(*map(face, verdicts)), 100.1, full_name).faces
    assert [one.name for one in faces] == ["Ana", "", "", ""]
    assert faces[0].box == (1.3, 2.0, 30.0, 40.0)


def test_where_names_are_short_no_full_one_is_on_the_line() -> None:
    faces = picture_of(scene(face(Verdict.NAMED, "Maria Kern")), 100.1, short_name).faces
    assert [one.name for one in faces] == ["Maria K."]


def test_over_a_face_that_cannot_be_judged_stands_what_to_do_about_it() -> None:
    dark = replace(face(Verdict.POOR), flaw=Flaw.DARK)
    (told,) = picture_of(scene(dark), 100.1, full_name).faces
    assert (told.name, told.problem) == ("", "Face the light")


def test_how_the_screen_looks_is_told_with_the_site() -> None:
    look = Look("#1d4ed8", "Good morning", "UklGRg==", sounds=True, voice=True)
    told = message(replace(SHOWN, site=site_of("Site", ZONE, MORNING, look)), SHOWN, MORNING)
    assert set(told) == {"at", "site"}
    assert told["site"] == {
        "title": "Site", "zone": "Europe/Berlin", "day": told["site"]["day"],
        "accent": "#1d4ed8", "welcome": "Good morning", "sounds": True, "voice": True,
        "logo": "data:image/webp;base64,UklGRg==", "language": "en",
        "languages": (),
    }  # fmt: skip


def test_an_empty_scene_is_the_same_whatever_its_number_and_an_old_one_is_none() -> None:
    assert (
        picture_of(scene(number=1), 100.1, full_name)
        == picture_of(scene(number=2), 100.1, full_name)
        == Picture()
    )
    somebody = scene(face(Verdict.UNKNOWN))
    assert picture_of(somebody, 100.0 + ROOM, full_name).faces
    assert picture_of(somebody, 100.1 + ROOM, full_name) == Picture()


def test_the_day_is_that_of_the_site() -> None:
    late = datetime(2026, 11, 26, 23, 30, tzinfo=UTC)
    assert site_of("S", ZONE, late, Look()).day == "Friday, 27 November 2026"
    assert site_of("S", ZoneInfo("UTC"), late, Look()).day == "Thursday, 26 November 2026"


def test_figures_that_hardly_differ_are_the_same() -> None:
    figures = StreamStats(3, 0, 3, 9.501, 8.0, None, 0.11)
    assert rounded(figures) == rounded(replace(figures, frame_rate=9.4999, frame_age=0.09))


# --- what is understood


def test_a_screen_says_how_it_is() -> None:
    status = said_by(json.dumps({"beat": BEAT}))
    assert isinstance(status, ScreenStatus)
    assert status == ScreenStatus("http", "Front", 14.8, False, 0.83, "ok", "1")
    mains = said_by('{"beat":{"transport":"webrtc","battery":null,"rate":15}}')
    assert isinstance(mains, ScreenStatus)
    assert mains.battery is None


@pytest.mark.parametrize(
    "junk",
    ["", "null", "[]", "{}", '{"beat":{}}', '{"beat":null}', "{", '{"beat":1}',
     json.dumps({"beat": BEAT, "mark": "somebody"}),
     json.dumps({"beat": BEAT | {"transport": "carrier pigeon"}}),
     json.dumps({"beat": BEAT | {"battery": 1.5}}),
     json.dumps({"beat": BEAT | {"rate": "many"}}),
     json.dumps({"beat": BEAT | {"rate": 1e9}}),
     json.dumps({"beat": BEAT | {"dark": 1}}),
     json.dumps({"beat": BEAT | {"camera": "x" * 201}}),
     '{"beat":{"transport":"http","rate":NaN}}', "[" * 2000],
)  # fmt: skip
def test_anything_else_ends_the_line(junk: str) -> None:
    with pytest.raises(LineOver) as over:
        said_by(junk)
    assert over.value.code == 1003


def test_one_message_a_second_goes_on_for_ever_and_a_stream_of_them_does_not() -> None:
    pace = Pace(0.0)
    for second in range(1000):
        pace.count(float(second))
    with pytest.raises(LineOver) as over:
        _count(pace, [1000.0 + number / 10 for number in range(100)])
    assert over.value.code == 1008


def _count(pace: Pace, moments: list[float]) -> None:
    for moment in moments:
        pace.count(moment)


# --- how many


def test_a_kiosk_has_room_for_a_few_screens_and_gets_it_back() -> None:
    places = Places()
    with places.take("door", "1"), places.take("door", "2"), places.take("door", "3"):
        with places.take("door", "4"):
            with pytest.raises(NoPlace), places.take("door", "5"):
                pass
            with places.take("hall", "5"):
                assert places.open == A_KIOSK + 1
        with places.take("door", "5"):
            pass
    assert places.open == 0


def test_a_screen_that_connects_anew_takes_the_place_of_its_own_line() -> None:
    places = Places()
    with places.take("door", "tablet") as first:
        with places.take("door", "tablet") as second:
            assert first.is_set()
            assert not second.is_set()
            assert places.open == 1
        assert places.open == 0
    assert places.open == 0


def test_there_is_an_end_to_all_lines_together() -> None:
    places = Places()
    held = [places.take(f"k{n}", "s") for n in range(IN_ALL)]
    for one in held:
        one.__enter__()
    with pytest.raises(NoPlace), places.take("one-more", "s"):
        pass
    with places.take("k0", "s"):  # who has a place may come back
        pass


# --- leases, listeners, reports


def test_a_lease_runs_out_unless_it_is_renewed() -> None:
    clock = FakeClock()
    seats = Seats(clock)
    assert not seats.leased("door", "a")
    seats.renew("door", "a")
    clock.advance(LEASE - 1)
    assert seats.leased("door", "a")
    seats.renew("door", "a")
    clock.advance(LEASE - 1)
    assert seats.leased("door", "a")
    assert not seats.leased("door", "b")
    assert not seats.leased("hall", "a")
    clock.advance(2)
    assert not seats.leased("door", "a")


def test_a_renewed_lease_takes_nobody_s_seat() -> None:
    seats = Seats(FakeClock())
    assert seats.take("door", "a")
    seats.renew("door", "b")
    assert seats.holds("door", "a")
    assert seats.take("door", "b")
    assert not seats.holds("door", "a")


def test_leases_of_invented_screens_do_not_fill_the_memory() -> None:
    seats = Seats(FakeClock())
    for number in range(5000):
        seats.renew("door", str(number))
    assert sum(seats.leased("door", str(number)) for number in range(5000)) <= 1024


def test_each_listener_hears_of_its_own_stream_until_it_stops() -> None:
    heard: list[str] = []
    listeners = Listeners()
    stop = listeners.listen("door", lambda: heard.append("a"))
    listeners.listen("door", lambda: heard.append("b"))
    listeners.listen("hall", lambda: heard.append("c"))
    listeners.tell("door")
    assert heard == ["a", "b"]
    stop()
    listeners.tell("door")
    listeners.tell("nowhere")
    assert heard == ["a", "b", "b"]


def test_the_newest_report_of_each_screen_of_a_kiosk_is_kept() -> None:
    reports, status = ScreenReports(), said_by(json.dumps({"beat": BEAT}))
    assert isinstance(status, ScreenStatus)
    for number, screen in enumerate(("a", "b", "a")):
        at = MORNING + timedelta(seconds=number)
        reports.note(Report("door", screen, replace(status, rate=float(number)), at))
    reports.note(Report("hall", "c", status, MORNING))
    assert [(one.screen, one.status.rate) for one in reports.of("door")] == [
        ("a", 2.0),
        ("b", 1.0),
    ]
    for number in range(5000):
        reports.note(Report("hall", str(number), status, MORNING))
    assert len(reports.of("hall")) <= 1024


# --- which way somebody goes


def test_buttons_are_for_the_one_who_was_marked_and_is_alone() -> None:
    ana, bo = greeted("ana"), greeted("bo")
    assert offered([ana], None) is ana
    assert offered([ana, ana], None) is ana
    assert offered([greeted("ana", Outcome.REPEATED)], None) is not None
    assert offered([ana, bo], None) is None, "nobody could tell whose the button is"
    assert offered([], None) is None


def test_in_a_queue_the_buttons_are_for_who_stands_there_now() -> None:
    ana, bo = greeted("ana"), greeted("bo")
    here = {one.name: replace(face(Verdict.NAMED), receipt=one.receipt) for one in (ana, bo)}
    assert offered([ana, bo], scene(here["Bo"])) is bo
    assert offered([ana, bo], scene(here["Ana"])) is ana
    assert offered([ana, bo], scene(here["Ana"], here["Bo"])) is None
    assert offered([ana, bo], scene(face(Verdict.LOOKING))) is None


@pytest.mark.parametrize("outcome", [Outcome.ALREADY, Outcome.DRY_RUN])
def test_a_mark_that_is_older_or_none_has_no_buttons(outcome: Outcome) -> None:
    assert offered([greeted("ana", outcome)], None) is None


def test_a_press_is_understood_and_nothing_beside_it() -> None:
    said = said_by('{"press":{"event":"e1","way":"break"}}')
    assert isinstance(said, Press)
    assert (said.event, said.way) == ("e1", EventKind.BREAK)


def test_a_kiosk_asks_only_where_a_mark_may_mean_both_ways() -> None:
    assert KioskRecord("door", choice=True).asks
    assert not KioskRecord("door").asks
    assert not KioskRecord("door", choice=True, direction=Direction.IN).asks
