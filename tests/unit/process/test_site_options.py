"""Title, time zone, cooldown and retention: set in the app, held fast by the environment."""

from contextlib import nullcontext
from zoneinfo import ZoneInfo

import pytest

from face_rec.domain.errors import Conflict, OptionsRefused, ProofNeeded
from face_rec.site_options import LiveOptions
from tests.fakes.options import OPTIONS, MemoryOptions, live_options


def _two_processes() -> tuple[LiveOptions, LiveOptions]:
    store = MemoryOptions()
    first, second = (LiveOptions(OPTIONS, frozenset(), store, lambda *_: None) for _ in range(2))
    return first, second


def test_what_is_chosen_holds_in_every_process_without_a_restart() -> None:
    here, there = _two_processes()
    here.change({"timezone": "Asia/Tokyo", "cooldown": "300"}, here.version)
    there.refresh()
    assert there.current().timezone == ZoneInfo("Asia/Tokyo")
    assert there.current().cooldown == 300
    assert there.current().title == OPTIONS.title


def test_a_choice_names_only_what_was_chosen() -> None:
    options = live_options()
    options.change({"timezone": "Asia/Tokyo"}, options.version)
    assert options.chosen("timezone")
    assert not options.chosen("title")


def test_what_the_environment_sets_wins_and_is_said() -> None:
    store = MemoryOptions(values={"timezone": "Asia/Tokyo"}, version=1)
    options = LiveOptions(OPTIONS, frozenset({"TIMEZONE"}), store, lambda *_: None)
    options.refresh()
    assert options.current().timezone == OPTIONS.timezone
    with pytest.raises(OptionsRefused, match="TIMEZONE is set in the environment"):
        options.change({"timezone": "Asia/Tokyo"}, options.version)


def test_two_admins_do_not_overwrite_each_other_unseen() -> None:
    here, there = _two_processes()
    seen = there.version
    here.change({"title": "School"}, here.version)
    with pytest.raises(Conflict, match="save again"):
        there.change({"title": "Factory"}, seen)
    assert there.current().title == "School"


@pytest.mark.parametrize(
    ("name", "text", "allowed"),
    [
        ("title", " ", "1 to 80 characters"),
        ("timezone", "Mars/Olympus", "IANA list"),
        ("timezone", "../../etc/passwd", "IANA list"),
        ("cooldown", "-1", "from 0 to 86400"),
        ("snapshot_days", "4000", "from 0 to 3650"),
        ("inactive_days", "soon", "from 0 to 3650"),
        ("visitors", "yes", "on or off"),
        ("visitor_days", "91", "from 0 to 90"),
        ("visitor_text", "x" * 2001, "2000 letters"),
    ],
)
def test_a_value_that_cannot_be_is_refused_in_words(name: str, text: str, allowed: str) -> None:
    options = live_options()
    with pytest.raises(OptionsRefused, match=allowed):
        options.change({name: text}, options.version)
    assert options.current() == OPTIONS


def test_a_database_that_is_away_changes_nothing() -> None:
    store = MemoryOptions()
    options = LiveOptions(OPTIONS, frozenset(), store, lambda *_: None)
    options.change({"title": "School"}, 0)
    store.available = False
    options.refresh()
    assert options.current().title == "School"


def test_a_stored_value_that_no_longer_fits_counts_as_not_chosen() -> None:
    store = MemoryOptions(values={"timezone": "Nowhere", "title": "School"}, version=3)
    options = LiveOptions(OPTIONS, frozenset(), store, lambda *_: None)
    options.refresh()
    assert (options.current().timezone, options.current().title) == (OPTIONS.timezone, "School")


def test_a_change_is_noted_with_before_and_after() -> None:
    notes: list[object] = []
    options = live_options(notes=notes)
    options.change({"cooldown": "90"}, options.version)
    ((before, after),) = notes  # type: ignore[misc]
    assert (before["cooldown"], after["cooldown"]) == ("60", "90")  # type: ignore[has-type]


@pytest.mark.parametrize(("before", "after", "asked"), [("14", "0", True), ("0", "14", False)])
def test_so_must_who_lets_visits_go_sooner_where_0_is_the_soonest(
    before: str, after: str, asked: bool
) -> None:
    def refuse() -> None:
        raise ProofNeeded("Confirm first.")

    store = MemoryOptions(values={"visitor_days": before}, version=1)
    options = LiveOptions(OPTIONS, frozenset(), store, lambda *_: None, refuse)
    options.refresh()
    with pytest.raises(ProofNeeded) if asked else nullcontext():
        options.change({"visitor_days": after}, options.version)


@pytest.mark.parametrize(
    ("before", "after", "asked"),
    [
        ("0", "30", True), ("30", "7", True), ("30", "30", False), ("30", "60", False),
        ("30", "0", False), ("0", "0", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["snapshot_days", "inactive_days"])
def test_who_lets_faces_go_sooner_must_first_prove_who_they_are(
    name: str, before: str, after: str, asked: bool
) -> None:
    def refuse() -> None:
        raise ProofNeeded("Confirm first.")

    store = MemoryOptions(values={name: before}, version=1)
    options = LiveOptions(OPTIONS, frozenset(), store, lambda *_: None, refuse)
    options.refresh()
    with pytest.raises(ProofNeeded) if asked else nullcontext():
        options.change({name: after}, options.version)
    assert store.values[name] == (before if asked else after)
