"""The journal adopts only lines that this site has signed."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from face_rec import files
from face_rec.stores.attendance import event_codec
from face_rec.stores.journal.journal import FileJournal
from face_rec.stores.sealing.keyring import KeyedSeal, derived
from face_rec.stores.site.after_update import sign_leftovers
from face_rec.stores.stored_json import compact
from tests.samples import an_event

OURS = KeyedSeal("journal", "main", derived(["a secret of the tests, 32 long .."], "journal"))
OTHER = KeyedSeal("journal", "main", derived(["another secret of the tests ....."], "journal"))
ELSEWHERE = KeyedSeal(
    "journal", "other", derived(["a secret of the tests, 32 long .."], "journal")
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "journal"


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """Where the note lies; the first start after the update has been."""
    return tmp_path / "keys"


@pytest.fixture
def journal(folder: Path, keys: Path) -> Iterator[FileJournal]:
    sign_leftovers(folder, OURS, keys)
    opened = FileJournal(folder, OURS)
    yield opened
    opened.close()


def _left(folder: Path, seal: KeyedSeal | None, *names: str) -> None:
    """What a process left that died with some marks pending."""
    died = FileJournal(folder, seal)
    for name in names:
        died.append(an_event(name))
    for segment in died._segments:
        segment.close()


def _old(folder: Path, *names: str) -> Path:
    """As versions before this one wrote it, without any seal."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "0123456789abcdef.jsonl"
    lines = [b'{"event":' + event_codec.encode(an_event(name)) + b"}\n" for name in names]
    path.write_bytes(b"".join(lines) + compact({"settled": names[0]}) + b"\n")
    return path


def _ids(journal: FileJournal) -> list[str]:
    return [event.id for event in journal.pending()]


def test_what_a_process_of_ours_left_is_adopted(folder: Path, journal: FileJournal) -> None:
    _left(folder, OURS, "e1", "e2")
    assert _ids(journal) == ["e1", "e2"]
    assert not len(journal.quarantine)


@pytest.mark.parametrize("seal", [None, OTHER, ELSEWHERE], ids=["checksum", "key", "site"])
def test_a_file_dropped_into_the_folder_is_set_aside(
    folder: Path, journal: FileJournal, seal: KeyedSeal | None
) -> None:
    _left(folder, seal, "forged1", "forged2")
    assert _ids(journal) == []
    assert len(journal.quarantine) == 2
    assert "changed since it was written" in journal.quarantine.all()[0].reason


def test_an_unsigned_file_of_later_is_set_aside_and_not_tried_again(
    folder: Path, journal: FileJournal, keys: Path
) -> None:
    _old(folder, "e0", "forged")
    assert _ids(journal) == []
    sign_leftovers(folder, OURS, keys)
    again = FileJournal(folder, OURS)
    assert _ids(again) == []
    assert len(again.quarantine) == 3  # both events, and that one is settled
    again.close()


def test_what_the_version_before_left_is_accepted_once_and_said(
    folder: Path, keys: Path, caplog: pytest.LogCaptureFixture
) -> None:
    _old(folder, "e0", "e1", "e2")
    assert sign_leftovers(folder, OURS, keys) == 4
    assert "journal_accepted_unsigned events=4" in caplog.text
    journal = FileJournal(folder, OURS)
    assert _ids(journal) == ["e1", "e2"]
    journal.close()
    assert sign_leftovers(folder, OURS, keys) == 0


def test_a_file_of_the_version_before_that_still_runs_is_signed_when_it_has_ended(
    folder: Path, keys: Path
) -> None:
    path = _old(folder, "e0", "e1")
    held = os.open(path, os.O_RDWR)
    assert files.lock(held)
    assert sign_leftovers(folder, OURS, keys) == 0
    os.close(held)
    late = folder / "fedcba9876543210.jsonl"
    late.write_bytes(path.read_bytes())  # dropped in meanwhile: not in the note
    assert sign_leftovers(folder, OURS, keys) == 3
    assert b'"seal"' not in late.read_bytes()


def test_a_note_that_names_a_file_elsewhere_signs_nothing(folder: Path, keys: Path) -> None:
    outside = _old(folder.parent / "outside", "e0", "e1")
    keys.mkdir()
    (keys / "journal").write_text('{"unsigned": ["../outside/0123456789abcdef.jsonl"]}')
    assert sign_leftovers(folder, OURS, keys) == 0
    assert b'"seal"' not in outside.read_bytes()


def test_a_key_that_comes_back_brings_back_what_was_set_aside(
    folder: Path, journal: FileJournal
) -> None:
    _left(folder, OTHER, "e1")
    assert _ids(journal) == []
    both = derived(
        ["a secret of the tests, 32 long ..", "another secret of the tests ....."], "journal"
    )
    again = FileJournal(folder, KeyedSeal("journal", "main", both))
    assert _ids(again) == ["e1"]
    again.close()
