"""Files of a journal that another process or version wrote, that the disk changed, or that nobody
can read."""

import hmac
import json
from pathlib import Path

import pytest

from face_rec.domain.errors import JournalError
from face_rec.domain.marks import Event
from face_rec.stores.attendance import event_codec
from face_rec.stores.journal.journal import FileJournal
from tests.integration.stores.journal_files import files_in, ids_of
from tests.samples import an_event


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
    assert ids_of(FileJournal(tmp_path).pending()) == [f"e{n}" for n in range(150, 200)]


def test_the_version_before_can_read_what_this_one_writes(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path)
    for name in "abc":
        journal.append(an_event(name))
    journal.settle("b")
    found: dict[str, Event] = {}
    for line in files_in(tmp_path)[0].read_bytes().splitlines():
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
    (path,) = files_in(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"subject-1", b"subject-2", 2))
    journal = FileJournal(tmp_path)
    assert ids_of(journal.pending()) == ["after"]
    assert len(journal.quarantine) == 2
    assert "changed since it was written" in journal.quarantine.all()[0].reason


@pytest.mark.parametrize("bit", range(0, 8 * 120, 7))
def test_no_flipped_bit_changes_an_event_unseen(tmp_path: Path, bit: int) -> None:
    first = FileJournal(tmp_path)
    first.append(an_event("a", "Ada"))
    first.append(an_event("b", "Bob"))
    first.close()
    (path,) = files_in(tmp_path)
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
    assert ids_of(journal.pending()) == ["even"]
    (one,) = journal.quarantine.all()
    assert one.reason == "Redis said WRONGTYPE"
    (journal.quarantine.folder / one.name).rename(tmp_path / one.name)
    assert set(ids_of(journal.pending())) == {"odd", "even"}


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
    assert ids_of(second.pending()) == ["odd"]
    assert len(second.quarantine) == 1


def test_a_closed_journal_writes_into_nobody_elses_file(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path)
    journal.append(an_event("left"))
    journal.close()
    with pytest.raises(JournalError, match="closed"):
        journal.append(an_event("late"))
    journal.settle("left")
    assert ids_of(FileJournal(tmp_path).pending()) == ["left"]


def test_one_file_that_cannot_be_read_holds_up_no_other(tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").mkdir()
    (tmp_path / "good.jsonl").write_bytes(_line("good"))
    journal = FileJournal(tmp_path)
    assert ids_of(journal.pending()) == ["good"]
    assert list(journal.unreadable()) == ["bad.jsonl"]
    journal.append(an_event("mine"))
    assert ids_of(journal.pending()) == ["good", "mine"]


def test_an_event_that_is_found_twice_is_pending_once_and_settled_once(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.jsonl").write_bytes(_line("twice") + _line(name))
    journal = FileJournal(tmp_path)
    assert sorted(ids_of(journal.pending())) == ["one", "twice", "two"]
    journal.settle("twice")
    journal.close()
    assert sorted(ids_of(FileJournal(tmp_path).pending())) == ["one", "two"]


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
    assert ids_of(journal.pending()) == ["mine"]
    assert len(journal.quarantine) == 1


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(JournalError, match="cannot be kept"):
        FileJournal(tmp_path / "file")
