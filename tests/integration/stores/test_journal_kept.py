"""What Redis has taken stays on the disk for as long as Redis may lose it."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from face_rec.domain.errors import JournalError
from face_rec.stores.journal import journal as journal_module
from face_rec.stores.journal.journal import FileJournal
from face_rec.stores.journal.journal_segment import event_line, settled_line
from face_rec.stores.journal.line_seal import Checksum
from tests.fakes.clock import FakeClock
from tests.samples import an_event

HOUR = 3600.0


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def _journal(folder: Path, clock: FakeClock) -> FileJournal:
    return FileJournal(folder, keep=72 * HOUR, operating_time=clock.uptime)


def _marked(journal: FileJournal, *names: str) -> None:
    for name in names:
        journal.append(an_event(name))
        journal.settle(name)


def _kept(journal: FileJournal) -> list[str]:
    return sorted(event.id for event in journal.kept())


def test_a_settled_event_waits_no_longer_and_is_kept(tmp_path: Path, clock: FakeClock) -> None:
    journal = _journal(tmp_path, clock)
    journal.append(an_event("waits"))
    _marked(journal, "a", "b")
    assert [event.id for event in journal.pending()] == ["waits"]
    assert _kept(journal) == ["a", "b"]
    assert list(journal.kept()) == [an_event("a"), an_event("b")]


def test_whose_end_a_full_disk_refused_is_kept_like_all_others(
    tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Redis may lose marks while the disk is full, for longer than anybody looks for them."""
    journal = _journal(tmp_path, clock)
    journal.append(an_event("waits"))
    _marked(journal, "a")
    journal.append(an_event("b"))

    def no_room(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("face_rec.files.write_all", no_room)
        journal.settle("b")
        assert _kept(journal) == ["a", "b"]
        journal.settle("waits", void=True)
        assert _kept(journal) == ["a", "b"]
    assert _kept(journal) == ["a", "b"]
    journal.close()
    assert _kept(_journal(tmp_path, clock)) == ["a", "b"]


@pytest.mark.parametrize("ending", ["closed", "killed"])
def test_what_is_kept_outlives_its_process(tmp_path: Path, clock: FakeClock, ending: str) -> None:
    first = _journal(tmp_path, clock)
    _marked(first, "a", "b")
    if ending == "closed":
        first.close()
    else:  # the system lets go of the locks, and nothing else happens
        for segment in first._segments:
            segment.close()
    second = _journal(tmp_path, clock)
    assert second.pending() == []
    assert _kept(second) == ["a", "b"]
    third = _journal(tmp_path, clock)  # beside the second, which holds no lock on it
    assert _kept(third) == ["a", "b"]


def test_what_became_no_mark_is_not_kept(
    tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another mark stood in its place, Redis will never take it, or the disk refused it."""
    journal = _journal(tmp_path, clock)
    journal.append(an_event("repeated"))
    journal.settle("repeated", void=True)
    journal.append(an_event("odd"))
    journal.set_aside("odd", "nobody knows")

    def refuse(file: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr("face_rec.files.sync_file", refuse)
        with pytest.raises(JournalError):
            journal.append(an_event("refused"))
    _marked(journal, "a")
    assert _kept(journal) == ["a"]
    journal.close()
    assert _kept(_journal(tmp_path, clock)) == ["a"]


def test_kept_segments_are_closed_files_and_go_after_their_time(
    tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "_SEGMENT_BYTES", 2000)
    journal = _journal(tmp_path, clock)
    _marked(journal, *(f"e{number:03}" for number in range(100)))
    assert len(journal._segments) == 1
    assert _kept(journal) == [f"e{number:03}" for number in range(100)]
    old = sorted(tmp_path.glob("*.kept"))
    assert len(old) > 5
    clock.advance(71 * HOUR)
    journal.adopt()
    assert set(old) <= set(tmp_path.glob("*.kept"))
    clock.advance(2 * HOUR)
    journal.adopt()
    assert not set(tmp_path.glob("*.kept")) & set(old)


@pytest.mark.parametrize("years", [-50, 50])
def test_a_clock_that_is_set_takes_no_kept_mark_and_keeps_none_for_ever(
    tmp_path: Path, clock: FakeClock, years: int
) -> None:
    """Files have the time of the wall clock; a machine without a battery begins in 1970."""
    journal = _journal(tmp_path, clock)
    _marked(journal, "a")
    journal.close()
    again = _journal(tmp_path, clock)
    at = clock.now().timestamp()
    clock.set(clock.now() + timedelta(days=365 * years))
    for when in (at, clock.now().timestamp(), 0.0):
        for path in tmp_path.glob("*.kept"):
            os.utime(path, (when, when))
        again.adopt()
    assert _kept(again) == ["a"]
    clock.advance(71 * HOUR)
    again.adopt()
    assert _kept(again) == ["a"]
    clock.advance(2 * HOUR)
    again.adopt()
    assert _kept(again) == []
    assert not list(tmp_path.glob("*.kept"))


def test_a_kept_file_that_does_not_say_how_old_it_is_counts_from_now(
    tmp_path: Path, clock: FakeClock
) -> None:
    """Of the version before, which may retire more beside this one; and of a machine that has lost
    for how long it had run."""
    lines = b"".join([event_line(an_event("a"), Checksum()), settled_line("a", Checksum())])
    for name in ("before.kept", "odd.x7.kept", f"later.{10**9}.kept"):
        (tmp_path / name).write_bytes(lines)
    os.utime(tmp_path / "before.kept", (0, 0))
    journal = _journal(tmp_path, clock)
    assert {event.id for event in journal.kept()} == {"a"}
    assert len({*tmp_path.glob("*.*.kept")}) == 3
    clock.advance(73 * HOUR)
    journal.adopt()
    assert not list(tmp_path.glob("*.kept"))


def test_only_what_was_settled_lately_is_recalled_whatever_the_clock_says(
    tmp_path: Path, clock: FakeClock
) -> None:
    """Who was marked a minute before the app began anew is known also where its clock was set."""
    for name in ("old", "new"):
        journal = _journal(tmp_path, clock)
        _marked(journal, name)
        journal.close()
        clock.advance(HOUR)
    clock.set(clock.now() + timedelta(days=365))
    again = _journal(tmp_path, clock)
    assert {event.id for event in again.kept(HOUR + 60)} == {"new"}


def test_a_quiet_process_retires_what_it_keeps_after_an_hour(
    tmp_path: Path, clock: FakeClock
) -> None:
    journal = _journal(tmp_path, clock)
    _marked(journal, "a")
    clock.advance(HOUR + 1)
    journal.adopt()
    assert len(list(tmp_path.glob("*.kept"))) == 1
    assert _kept(journal) == ["a"]


def test_a_stuck_event_is_kept_from_nobody_and_is_not_taken_for_settled(
    tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "_SEGMENT_BYTES", 2000)
    journal = _journal(tmp_path, clock)
    journal.append(an_event("stuck"))
    names = [f"e{number:03}" for number in range(100)]
    _marked(journal, *names)
    assert [event.id for event in journal.pending()] == ["stuck"]
    assert _kept(journal) == names
    journal.settle("stuck")
    assert _kept(journal) == [*names, "stuck"]


def test_a_damaged_line_of_a_kept_segment_costs_no_other(tmp_path: Path, clock: FakeClock) -> None:
    seal = Checksum()
    lines = [event_line(an_event(name), seal) for name in ("a", "b", "c")]
    lines[1] = lines[1].replace(b'"subject"', b'"sabject"')
    settled = [settled_line(name, seal) for name in ("a", "b", "c")]
    (tmp_path / "dead.kept").write_bytes(b"".join([*lines, *settled]))
    journal = _journal(tmp_path, clock)
    assert _kept(journal) == ["a", "c"]
    assert _kept(journal) == ["a", "c"]
    assert journal.aside() == 1
    (shown,) = journal.quarantine.all()
    assert "changed" in shown.reason
    assert (journal.quarantine.folder / shown.name).read_bytes() == lines[1]


def test_nothing_is_kept_where_the_settings_say_so(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path)
    _marked(journal, "a", "b")
    assert _kept(journal) == []
    journal.close()
    assert sorted(path.name for path in tmp_path.glob("*") if path.is_file()) == [
        "lock",
        "offering",
    ]
