"""The contract of a journal, and what a crash or a full disk does to the real one."""

import logging
import os
import secrets
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from face_rec.domain.errors import JournalError
from face_rec.protocols.marks import Journal
from face_rec.stores.attendance import event_codec
from face_rec.stores.journal import journal as journal_module
from face_rec.stores.journal.journal import FileJournal
from tests.fakes.attendance import FakeJournal
from tests.integration.stores import journal_killer
from tests.integration.stores.journal_files import files_in, ids_of
from tests.samples import ODD_TEXTS, an_event


@pytest.fixture(params=["fake", "file"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Journal:
    return FakeJournal() if request.param == "fake" else FileJournal(tmp_path)


def test_what_is_appended_is_pending_in_order_until_settled(journal: Journal) -> None:
    assert journal.pending() == []
    for number in range(3):
        journal.append(an_event(f"e{number}"))
    journal.settle("e1")
    journal.settle("never heard of")
    assert journal.pending() == [an_event("e0"), an_event("e2")]
    journal.settle("e0")
    journal.settle("e2")
    assert journal.pending() == []


def test_an_event_appended_twice_is_pending_once(journal: Journal) -> None:
    journal.append(an_event())
    journal.append(an_event())
    assert len(journal.pending()) == 1


def test_many_threads_append_and_settle_at_once(journal: Journal) -> None:
    def work(thread: int) -> None:
        for number in range(50):
            journal.append(an_event(f"{thread}/{number}"))
            if number % 2:
                journal.settle(f"{thread}/{number}")

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = {f"{t}/{n}" for t in range(8) for n in range(0, 50, 2)}
    assert set(ids_of(journal.pending())) == expected


CRASH = """
import os, sys
from pathlib import Path
from face_rec.stores.journal.journal import FileJournal
from tests.samples import an_event
journal = FileJournal(Path(sys.argv[1]))
for name in ("kept", "settled", "odd\\n}😀"):
    journal.append(an_event(name))
journal.settle("settled")
os._exit(9)
"""


def _crashed(folder: Path) -> None:
    """Leave what a process leaves that is killed after three marks."""
    root = Path(__file__).resolve().parents[3]
    ended = subprocess.run([sys.executable, "-c", CRASH, str(folder)], cwd=root, check=False)
    assert ended.returncode == 9


def test_what_a_dead_process_left_is_taken_over_by_the_next(tmp_path: Path) -> None:
    _crashed(tmp_path)
    journal = FileJournal(tmp_path)
    assert ids_of(journal.pending()) == ["kept", "odd\n}😀"]
    assert len(files_in(tmp_path)) == 1


def test_what_a_dead_process_left_is_taken_over_by_one_that_runs(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path)
    journal.append(an_event("mine"))
    _crashed(tmp_path)
    assert ids_of(journal.pending()) == ["kept", "odd\n}😀", "mine"]
    journal.close()
    assert ids_of(FileJournal(tmp_path).pending()) == ["kept", "odd\n}😀", "mine"]


def test_what_is_taken_over_while_the_disk_is_full_is_handed_on_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was ours from then on, found by no later look: handed on by nobody until a restart."""
    running = FileJournal(tmp_path)
    _crashed(tmp_path)

    def no_room(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", no_room)
        found = ids_of(running.adopt())
    assert found == ["kept", "odd\n}😀"]
    assert running.adopt() == []
    for event_id in found:
        running.settle(event_id)
    assert running.pending() == []
    running.close()


def test_an_adoption_is_told_once_and_none_where_the_others_live(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """What lives beside it is looked at every half minute, and is no news."""
    caplog.set_level(logging.INFO)
    with closing(FileJournal(tmp_path)) as running, closing(FileJournal(tmp_path)) as other:
        other.append(an_event("e1"))
        assert running.adopt() == []
        assert "journal_adopted" not in caplog.text
        other.close()
        assert ids_of(running.adopt()) == ["e1"]
    assert caplog.text.count("journal_adopted files=1 events=1") == 1


def test_the_file_of_a_living_process_is_left_alone(tmp_path: Path) -> None:
    first, second = FileJournal(tmp_path), FileJournal(tmp_path)
    first.append(an_event("first"))
    second.append(an_event("second"))
    assert ids_of(first.pending()) == ["first"]
    assert ids_of(second.pending()) == ["second"]


def test_a_closed_journal_leaves_only_what_is_pending(tmp_path: Path) -> None:
    first, second = FileJournal(tmp_path), FileJournal(tmp_path)
    first.append(an_event("left"))
    first.close()
    second.close()
    assert len(files_in(tmp_path)) == 1
    assert ids_of(FileJournal(tmp_path).pending()) == ["left"]


@pytest.mark.parametrize("cut", [1, 20, 100])
def test_a_line_cut_by_a_crash_is_skipped_and_the_rest_kept(tmp_path: Path, cut: int) -> None:
    whole, torn = ('{"event":' + event_codec.encode(an_event(n)).decode() + "}\n" for n in "ab")
    (tmp_path / "dead.jsonl").write_text(whole + torn[:-cut])
    expected = ["a", "b"] if cut == 1 else ["a"]
    assert ids_of(FileJournal(tmp_path).pending()) == expected


def test_garbage_in_a_file_does_not_hide_what_follows(tmp_path: Path) -> None:
    line = b'{"event":' + event_codec.encode(an_event("a")) + b"}\n"
    garbage = b'\xff\xfe\n[]\n"x"\n{"event":{"id":1}}\n{}\n\n'
    (tmp_path / "dead.jsonl").write_bytes(garbage + line)
    assert ids_of(FileJournal(tmp_path).pending()) == ["a"]


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_any_text_survives_a_restart(tmp_path: Path, text: str) -> None:
    first = FileJournal(tmp_path)
    first.append(an_event(text, text))
    first.close()
    assert FileJournal(tmp_path).pending() == [an_event(text, text)]


def test_a_settled_journal_is_empty_on_disk(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path)
    for number in range(20):
        journal.append(an_event(str(number)))
        journal.settle(str(number))
    assert files_in(tmp_path)[0].stat().st_size == 0


def test_one_stuck_event_does_not_let_the_file_grow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "_SEGMENT_BYTES", 5000)
    journal = FileJournal(tmp_path)
    journal.append(an_event("stuck"))
    for number in range(200):
        journal.append(an_event(str(number)))
        journal.settle(str(number))
    assert sum(path.stat().st_size for path in files_in(tmp_path)) < 10_000
    journal.close()
    assert ids_of(FileJournal(tmp_path).pending()) == ["stuck"]


def test_a_full_disk_is_said_and_what_was_confirmed_before_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = FileJournal(tmp_path)
    journal.append(an_event("before"))
    whole_write = os.write

    def no_room(file: int, data: bytes) -> int:
        if len(data) > 30:
            return whole_write(file, data[:30])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", no_room)
        for _ in range(3):
            with pytest.raises(JournalError, match=r"No space left on device.*Make room"):
                journal.append(an_event("lost"))
    journal.append(an_event("after"))
    assert ids_of(journal.pending()) == ["before", "after"]
    journal.close()
    assert ids_of(FileJournal(tmp_path).pending()) == ["before", "after"]


def test_whether_the_next_mark_could_be_kept_is_asked_of_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = FileJournal(tmp_path)
    journal.append(an_event("waits"))
    journal.check()

    def failing(*_: object) -> int:
        raise OSError(28, "No space left on device")

    for broken in ("write", "fsync"):
        with monkeypatch.context() as patch:
            patch.setattr(os, broken, failing)
            for _ in range(2):
                with pytest.raises(JournalError, match="No space left on device"):
                    journal.check()
        journal.check()
    assert ids_of(journal.pending()) == ["waits"]
    journal.settle("waits")
    journal.check()
    assert [path.stat().st_size for path in files_in(tmp_path)] == [0]
    journal.close()
    with pytest.raises(JournalError, match="closed"):
        journal.check()
    assert FileJournal(tmp_path).pending() == []


def test_a_failed_fsync_confirms_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = FileJournal(tmp_path)
    journal.append(an_event("before"))

    def failing(_: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", failing)
        with pytest.raises(JournalError):
            journal.append(an_event("lost"))
    journal.append(an_event("after"))
    journal.close()
    assert ids_of(FileJournal(tmp_path).pending()) == ["before", "after"]


def test_every_event_is_synced_before_append_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = FileJournal(tmp_path)
    synced: list[bytes] = []
    real_fsync = os.fsync

    def watched(file: int) -> None:
        synced.append(files_in(tmp_path)[0].read_bytes())
        real_fsync(file)

    monkeypatch.setattr(os, "fsync", watched)
    for number in range(3):
        journal.append(an_event(f"e{number}"))
        assert event_codec.encode(an_event(f"e{number}")) in synced[-1]


def test_an_append_writes_its_own_line_however_many_events_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "_SEGMENT_BYTES", 20_000)
    monkeypatch.setattr(os, "fsync", lambda _: None)  # thousands of them are slow
    journal = FileJournal(tmp_path)
    written = 0
    whole_write = os.write

    def counted(file: int, data: bytes) -> int:
        nonlocal written
        written += len(data)
        return whole_write(file, data)

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", counted)
        for number in range(1500):
            journal.append(an_event(f"e{number:04}", seconds=number))
    lines = sum(path.stat().st_size for path in files_in(tmp_path))
    assert len(files_in(tmp_path)) > 5
    assert written <= lines * 1.02
    journal.close()
    assert ids_of(FileJournal(tmp_path).pending()) == [f"e{n:04}" for n in range(1500)]


def test_a_segment_goes_when_all_of_it_is_settled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "_SEGMENT_BYTES", 5000)
    monkeypatch.setattr(os, "fsync", lambda _: None)  # thousands of them are slow
    journal = FileJournal(tmp_path)
    for number in range(400):
        journal.append(an_event(str(number)))
    files = len(files_in(tmp_path))
    for number in range(200):
        journal.settle(str(number))
    assert len(files_in(tmp_path)) < files * 0.7
    for number in range(200, 400):
        journal.settle(str(number))
    assert [path.stat().st_size for path in files_in(tmp_path)] == [0]


def test_stuck_events_scattered_over_many_segments_are_put_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "_SEGMENT_BYTES", 5000)
    monkeypatch.setattr(os, "fsync", lambda _: None)  # thousands of them are slow
    journal = FileJournal(tmp_path)
    stuck = []
    for number in range(3000):
        journal.append(an_event(str(number), seconds=number))
        if number % 50:
            journal.settle(str(number))
        else:
            stuck.append(str(number))
    assert len(files_in(tmp_path)) <= 8 + 5
    journal.close()
    assert ids_of(FileJournal(tmp_path).pending()) == stuck


def test_one_stuck_event_a_segment_never_adds_up_to_many_open_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "_SEGMENT_BYTES", 5000)
    monkeypatch.setattr(os, "fsync", lambda _: None)  # thousands of them are slow
    journal = FileJournal(tmp_path)
    for begun in range(0, 1200, 12):
        for number in range(begun, begun + 12):
            journal.append(an_event(str(number)))
        for number in range(begun + 1, begun + 12):
            journal.settle(str(number))
    assert len(files_in(tmp_path)) <= 16
    assert len(journal.pending()) == 100


def test_kills_at_random_moments_lose_and_double_nothing(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[3]
    seed = secrets.randbelow(1 << 32)
    ended = subprocess.run(
        [sys.executable, "-m", journal_killer.__name__, tmp_path, "60", str(seed)],
        cwd=root, check=False, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert ended.returncode == 0, f"seed {seed}: {ended.stderr}"
