"""The contract of a journal, and what a crash or a full disk does to the real one."""

import hmac
import json
import os
import secrets
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from face_rec.domain.errors import JournalError
from face_rec.domain.marks import Event
from face_rec.protocols.marks import Journal
from face_rec.stores.attendance import event_codec
from face_rec.stores.journal import journal as journal_module
from face_rec.stores.journal.journal import FileJournal
from tests.fakes.attendance import FakeJournal
from tests.integration.stores import journal_killer
from tests.samples import ODD_TEXTS, an_event


@pytest.fixture(params=["fake", "file"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Journal:
    return FakeJournal() if request.param == "fake" else FileJournal(tmp_path)


def _ids(found: list[Event]) -> list[str]:
    return [event.id for event in found]


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
    assert set(_ids(journal.pending())) == expected


# --- the file ---------------------------------------------------------------------

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


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.jsonl"))


def test_what_a_dead_process_left_is_taken_over_by_the_next(tmp_path: Path) -> None:
    _crashed(tmp_path)
    journal = FileJournal(tmp_path)
    assert _ids(journal.pending()) == ["kept", "odd\n}😀"]
    assert len(_files(tmp_path)) == 1


def test_what_a_dead_process_left_is_taken_over_by_one_that_runs(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path)
    journal.append(an_event("mine"))
    _crashed(tmp_path)
    assert _ids(journal.pending()) == ["kept", "odd\n}😀", "mine"]
    journal.close()
    assert _ids(FileJournal(tmp_path).pending()) == ["kept", "odd\n}😀", "mine"]


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
        found = _ids(running.adopt())
    assert found == ["kept", "odd\n}😀"]
    assert running.adopt() == []
    for event_id in found:
        running.settle(event_id)
    assert running.pending() == []
    running.close()


def test_the_file_of_a_living_process_is_left_alone(tmp_path: Path) -> None:
    first, second = FileJournal(tmp_path), FileJournal(tmp_path)
    first.append(an_event("first"))
    second.append(an_event("second"))
    assert _ids(first.pending()) == ["first"]
    assert _ids(second.pending()) == ["second"]


def test_a_closed_journal_leaves_only_what_is_pending(tmp_path: Path) -> None:
    first, second = FileJournal(tmp_path), FileJournal(tmp_path)
    first.append(an_event("left"))
    first.close()
    second.close()
    assert len(_files(tmp_path)) == 1
    assert _ids(FileJournal(tmp_path).pending()) == ["left"]


@pytest.mark.parametrize("cut", [1, 20, 100])
def test_a_line_cut_by_a_crash_is_skipped_and_the_rest_kept(tmp_path: Path, cut: int) -> None:
    whole, torn = ('{"event":' + event_codec.encode(an_event(n)).decode() + "}\n" for n in "ab")
    (tmp_path / "dead.jsonl").write_text(whole + torn[:-cut])
    expected = ["a", "b"] if cut == 1 else ["a"]
    assert _ids(FileJournal(tmp_path).pending()) == expected


def test_garbage_in_a_file_does_not_hide_what_follows(tmp_path: Path) -> None:
    line = b'{"event":' + event_codec.encode(an_event("a")) + b"}\n"
    garbage = b'\xff\xfe\n[]\n"x"\n{"event":{"id":1}}\n{}\n\n'
    (tmp_path / "dead.jsonl").write_bytes(garbage + line)
    assert _ids(FileJournal(tmp_path).pending()) == ["a"]


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
    assert _files(tmp_path)[0].stat().st_size == 0


def test_one_stuck_event_does_not_let_the_file_grow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "_SEGMENT_BYTES", 5000)
    journal = FileJournal(tmp_path)
    journal.append(an_event("stuck"))
    for number in range(200):
        journal.append(an_event(str(number)))
        journal.settle(str(number))
    assert sum(path.stat().st_size for path in _files(tmp_path)) < 10_000
    journal.close()
    assert _ids(FileJournal(tmp_path).pending()) == ["stuck"]


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
    assert _ids(journal.pending()) == ["before", "after"]
    journal.close()
    assert _ids(FileJournal(tmp_path).pending()) == ["before", "after"]


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
    assert _ids(journal.pending()) == ["waits"]
    journal.settle("waits")
    journal.check()
    assert [path.stat().st_size for path in _files(tmp_path)] == [0]
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
    assert _ids(FileJournal(tmp_path).pending()) == ["before", "after"]


def test_every_event_is_synced_before_append_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = FileJournal(tmp_path)
    synced: list[bytes] = []
    real_fsync = os.fsync

    def watched(file: int) -> None:
        synced.append(_files(tmp_path)[0].read_bytes())
        real_fsync(file)

    monkeypatch.setattr(os, "fsync", watched)
    for number in range(3):
        journal.append(an_event(f"e{number}"))
        assert event_codec.encode(an_event(f"e{number}")) in synced[-1]


# --- a long outage --------------------------------------------------------------------


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
    lines = sum(path.stat().st_size for path in _files(tmp_path))
    assert len(_files(tmp_path)) > 5
    assert written <= lines * 1.02
    journal.close()
    assert _ids(FileJournal(tmp_path).pending()) == [f"e{n:04}" for n in range(1500)]


def test_a_segment_goes_when_all_of_it_is_settled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "_SEGMENT_BYTES", 5000)
    monkeypatch.setattr(os, "fsync", lambda _: None)  # thousands of them are slow
    journal = FileJournal(tmp_path)
    for number in range(400):
        journal.append(an_event(str(number)))
    files = len(_files(tmp_path))
    for number in range(200):
        journal.settle(str(number))
    assert len(_files(tmp_path)) < files * 0.7
    for number in range(200, 400):
        journal.settle(str(number))
    assert [path.stat().st_size for path in _files(tmp_path)] == [0]


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
    assert len(_files(tmp_path)) <= 8 + 5
    journal.close()
    assert _ids(FileJournal(tmp_path).pending()) == stuck


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
    assert len(_files(tmp_path)) <= 16
    assert len(journal.pending()) == 100


def test_kills_at_random_moments_lose_and_double_nothing(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[3]
    seed = secrets.randbelow(1 << 32)
    ended = subprocess.run(
        [sys.executable, "-m", journal_killer.__name__, tmp_path, "60", str(seed)],
        cwd=root, check=False, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert ended.returncode == 0, f"seed {seed}: {ended.stderr}"


# --- files of others ------------------------------------------------------------------


def _line(event_id: str) -> bytes:
    """As versions before the seal wrote it."""
    return b'{"event":' + event_codec.encode(an_event(event_id)) + b"}\n"


def test_a_journal_of_the_version_before_is_read_and_settled_in_place(tmp_path: Path) -> None:
    lines = [_line(f"e{n}") for n in range(200)] + [b'{"settled":"e7"}\n']
    (tmp_path / "0123456789abcdef.jsonl").write_bytes(b"".join(lines))
    journal = FileJournal(tmp_path)
    assert len(journal.pending()) == 199
    for number in range(150):
        journal.settle(f"e{number}")
    journal.close()
    assert _ids(FileJournal(tmp_path).pending()) == [f"e{n}" for n in range(150, 200)]


def test_the_version_before_can_read_what_this_one_writes(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path)
    for name in "abc":
        journal.append(an_event(name))
    journal.settle("b")
    found: dict[str, Event] = {}
    for line in _files(tmp_path)[0].read_bytes().splitlines():
        record = json.loads(line)
        if "event" in record:
            found[record["event"]["id"]] = event_codec.decode(json.dumps(record["event"]).encode())
        else:
            found.pop(record["settled"], None)
    assert found == {name: an_event(name) for name in "ac"}


def test_a_line_that_the_disk_changed_is_set_aside_and_not_believed(tmp_path: Path) -> None:
    first = FileJournal(tmp_path)
    for name in ("before", "changed", "after"):
        first.append(an_event(name, "subject-1"))
    first.close()
    (path,) = _files(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"subject-1", b"subject-2", 2))
    journal = FileJournal(tmp_path)
    assert _ids(journal.pending()) == ["after"]
    assert len(journal.quarantine) == 2
    assert "changed since it was written" in journal.quarantine.all()[0].reason


@pytest.mark.parametrize("bit", range(0, 8 * 120, 7))
def test_no_flipped_bit_changes_an_event_unseen(tmp_path: Path, bit: int) -> None:
    first = FileJournal(tmp_path)
    first.append(an_event("a", "Ada"))
    first.append(an_event("b", "Bob"))
    first.close()
    (path,) = _files(tmp_path)
    content = bytearray(path.read_bytes())
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)
    journal = FileJournal(tmp_path)
    assert [
        e for e in journal.pending() if e not in (an_event("a", "Ada"), an_event("b", "Bob"))
    ] == []
    assert len(journal.pending()) == 1
    assert len(journal.quarantine) >= 1


def test_what_was_set_aside_is_tried_again_when_it_is_moved_back(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path)
    journal.append(an_event("odd"))
    journal.append(an_event("even"))
    journal.set_aside("odd", "Redis said WRONGTYPE")
    journal.set_aside("never heard of", "nothing")
    assert _ids(journal.pending()) == ["even"]
    (one,) = journal.quarantine.all()
    assert one.reason == "Redis said WRONGTYPE"
    (journal.quarantine.folder / one.name).rename(tmp_path / one.name)
    assert set(_ids(journal.pending())) == {"odd", "even"}


def test_what_was_set_aside_is_tried_again_at_the_next_start_but_no_bad_line(
    tmp_path: Path,
) -> None:
    (tmp_path / "dead.jsonl").write_bytes(b"garbage\n")
    first = FileJournal(tmp_path)
    first.append(an_event("odd"))
    first.set_aside("odd", "Redis said WRONGTYPE")
    assert (len(first.quarantine), first.pending()) == (2, [])
    first.close()
    second = FileJournal(tmp_path)
    assert _ids(second.pending()) == ["odd"]
    assert len(second.quarantine) == 1


def test_a_closed_journal_writes_into_nobody_elses_file(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path)
    journal.append(an_event("left"))
    journal.close()
    with pytest.raises(JournalError, match="closed"):
        journal.append(an_event("late"))
    journal.settle("left")
    assert _ids(FileJournal(tmp_path).pending()) == ["left"]


def test_one_file_that_cannot_be_read_holds_up_no_other(tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").mkdir()
    (tmp_path / "good.jsonl").write_bytes(_line("good"))
    journal = FileJournal(tmp_path)
    assert _ids(journal.pending()) == ["good"]
    assert list(journal.unreadable()) == ["bad.jsonl"]
    journal.append(an_event("mine"))
    assert _ids(journal.pending()) == ["good", "mine"]


def test_an_event_that_is_found_twice_is_pending_once_and_settled_once(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.jsonl").write_bytes(_line("twice") + _line(name))
    journal = FileJournal(tmp_path)
    assert sorted(_ids(journal.pending())) == ["one", "twice", "two"]
    journal.settle("twice")
    journal.close()
    assert sorted(_ids(FileJournal(tmp_path).pending())) == ["one", "two"]


def test_another_seal_signs_every_line_and_decides_what_is_believed(tmp_path: Path) -> None:
    class Mac:
        def sign(self, line: bytes) -> str:
            return hmac.digest(b"key", line, "sha256").hex()

        def check(self, line: bytes, seal: str) -> bool:
            return hmac.compare_digest(seal, self.sign(line))

    first = FileJournal(tmp_path, Mac())
    first.append(an_event("mine"))
    first.close()
    (tmp_path / "dropped.jsonl").write_bytes(_line("foreign"))
    journal = FileJournal(tmp_path, Mac())
    assert _ids(journal.pending()) == ["mine"]
    assert len(journal.quarantine) == 1


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(JournalError, match="cannot be kept"):
        FileJournal(tmp_path / "file")
