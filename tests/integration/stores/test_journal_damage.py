"""A journal that the disk damaged: nothing of it is believed, and nothing dropped in silence."""

import random
from pathlib import Path

import pytest

from face_rec.stores.journal.journal import FileJournal
from face_rec.stores.journal.line_seal import LineSeal
from face_rec.stores.sealing import keyring
from tests.samples import an_event

KEYED = keyring.KeyedSeal("journal", "main", keyring.derived(["s" * 32], "journal"))
SEALS = pytest.mark.parametrize("seal", [None, KEYED], ids=["checksum", "keyed"])
EVENTS = {name: an_event(name, f"s-{name}", number) for number, name in enumerate("abc")}

_A = (
    b'{"event":{"id":"a","subject":"s1","kiosk":"main","score":0.7,"margin":0.3,"kind":"punch",'
    b'"source":"video","at":"2025-03-10T08:00:00+00:00"}'
)
_B = _A.replace(b'"id":"a"', b'"id":"b"')
WITHOUT_SUM = _A + b"}\n" + _B + b'}\n{"settled":"a"}\n'
WITH_SUM = (
    _A + b',"seal":"7a05302f"}\n' + _B + b',"seal":"e60e3f90"}\n'
    b'{"settled":"a","seal":"139ff181"}\n'
)
SIGNED = (
    _A + b',"seal":"223bb388:'
    b'74f8c35c6e2ceed44d15b1da4241f73bbb48d5851d898b91c196dfaf531f1934"}\n' + _B
    + b',"seal":"223bb388:'
    b'a75eb9ddc1e7e64cf549a71593f75e2cd987061b4e8984a83ee26934421825c8"}\n'
    b'{"settled":"a","seal":"223bb388:'
    b'07534fca8a934cbc6a3eb31402f4dc8dfc29c95e7f0385d3568f9578bf6f927a"}\n'
)  # fmt: skip
"""As versions of November 2026 left them."""


@pytest.mark.parametrize(
    ("content", "seal"), [(WITHOUT_SUM, None), (WITH_SUM, None), (SIGNED, KEYED)],
    ids=["without", "checksum", "signed"],
)  # fmt: skip
def test_files_of_versions_before_are_read(
    tmp_path: Path, content: bytes, seal: LineSeal | None
) -> None:
    (tmp_path / "dead.jsonl").write_bytes(content)
    journal = FileJournal(tmp_path, seal)
    assert journal.pending() == [an_event("b")]
    assert len(journal.quarantine) == 0


def _left(folder: Path, seal: LineSeal | None) -> Path:
    """The file that a process leaves with three events waiting."""
    journal = FileJournal(folder, seal)
    for event in EVENTS.values():
        journal.append(event)
    journal.close()
    (path,) = folder.glob("*.jsonl")
    return path


@SEALS
@pytest.mark.parametrize("seed", range(40))
def test_of_any_flipped_bits_nothing_is_believed_or_dropped_in_silence(
    tmp_path: Path, seal: LineSeal | None, seed: int
) -> None:
    dice = random.Random(seed)
    for number in range(10):
        folder = tmp_path / str(number)
        path = _left(folder, seal)
        content = bytearray(path.read_bytes())
        bit = dice.randrange(8 * len(content))
        content[bit // 8] ^= 1 << bit % 8
        path.write_bytes(content)
        journal = FileJournal(folder, seal)
        found = journal.pending()
        assert all(EVENTS.get(event.id) == event for event in found), bit
        assert len(found) == 3 or (len(found) == 2 and journal.aside() >= 1), bit
        journal.close()


@SEALS
def test_the_end_of_a_line_may_be_damaged_and_no_line_is_lost(
    tmp_path: Path, seal: LineSeal | None
) -> None:
    path = _left(tmp_path, seal)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\x0b"))
    journal = FileJournal(tmp_path, seal)
    assert journal.pending() == list(EVENTS.values())
    assert journal.aside() == 0
    journal.close()
    assert FileJournal(tmp_path, seal).pending() == list(EVENTS.values())


def test_a_line_that_was_cut_is_kept_for_a_look(tmp_path: Path) -> None:
    path = _left(tmp_path, None)
    path.write_bytes(path.read_bytes()[:-20])
    journal = FileJournal(tmp_path)
    assert [event.id for event in journal.pending()] == ["a", "b"]
    (aside,) = journal.quarantine.all()
    assert "cut off by a crash" in aside.reason
    assert b'"id":"c"' in (journal.quarantine.folder / aside.name).read_bytes()


def test_what_cannot_be_read_in_the_quarantine_stops_no_start(tmp_path: Path) -> None:
    first = FileJournal(tmp_path)
    first.append(EVENTS["a"])
    first.set_aside("a", "Redis said WRONGTYPE")
    first.close()
    (tmp_path / "quarantine" / "0000.jsonl").mkdir()
    second = FileJournal(tmp_path)
    assert second.pending() == [EVENTS["a"]]
    assert second.aside() == 1
    (tmp_path / "bad.jsonl").mkdir()
    assert second.pending() == [EVENTS["a"]]
    assert second.aside() == 2
