"""The chain alone: every way to tamper with a day's list is found and named."""

import dataclasses
import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from face_rec.domain.errors import SettingError, StoreError
from face_rec.stores.attendance import event_codec
from face_rec.stores.chain.links import Chain, Head, parsed
from face_rec.stores.sealing import keyring
from face_rec.stores.sealing.keyring import Keyring
from face_rec.stores.verify.chain_days import StoredDay
from face_rec.stores.verify.chain_report import Finding, Flaw, Report
from face_rec.stores.verify.walk import Walk
from face_rec.stores.witness.witness_entry import Seen
from tests.fakes.clock import MORNING
from tests.samples import an_event

DAY = MORNING.date()
SECRET, OTHER = "s" * 32, "t" * 32
CHAIN = Chain("main", keyring.derived([SECRET], "chain"))


def a_day(count: int = 5, older: int = 0, chain: Chain = CHAIN) -> StoredDay:
    """``count`` linked entries behind ``older`` ones without link."""
    entries = [event_codec.encode(an_event(f"old{n}")) for n in range(older)]
    head = Head(older)
    for number in range(count):
        entry, head = chain.append(DAY, head, event_codec.encode(an_event(f"e{number}")))
        entries.append(entry)
    return StoredDay(DAY, entries, head.value)


def walked(stored: StoredDay, *, older: int = 99) -> list[Finding]:
    return Walk(CHAIN, stored, older=older).findings


def edited(entry: bytes) -> bytes:
    return entry.replace(b'"kiosk":"main"', b'"kiosk":"fake"')


def stripped(entry: bytes) -> bytes:
    linked = parsed(entry)
    assert linked is not None
    return linked.event


def forged() -> bytes:
    other = Chain("main", keyring.derived([OTHER], "chain"))
    entry = other.append(DAY, Head(2), event_codec.encode(an_event("forged")))[0]
    assert CHAIN.key_id != other.key_id
    return entry.replace(other.key_id.encode(), CHAIN.key_id.encode())


Change = Callable[[list[bytes]], list[bytes]]
TAMPERED: list[tuple[str, Change, Flaw, int | None]] = [
    ("edited", lambda e: [e[0], e[1], edited(e[2]), *e[3:]], Flaw.EDITED, 3),
    ("edited at the end", lambda e: [*e[:4], edited(e[4])], Flaw.EDITED, 5),
    ("link taken away", lambda e: [*e[:2], stripped(e[2]), *e[3:]], Flaw.EDITED, 3),
    ("removed", lambda e: e[:2] + e[3:], Flaw.REMOVED, 3),
    ("first removed", lambda e: e[1:], Flaw.REMOVED, 1),
    ("several removed", lambda e: [e[0], e[4]], Flaw.REMOVED, 2),
    ("forged inserted", lambda e: [*e[:2], forged(), *e[2:]], Flaw.INSERTED, 3),
    ("unlinked inserted", lambda e: [*e[:2], b'{"id":"x"}', *e[2:]], Flaw.INSERTED, 3),
    ("unlinked in front", lambda e: [b'{"id":"x"}', *e], Flaw.INSERTED, 1),
    ("unlinked appended", lambda e: [*e, b'{"id":"x"}'], Flaw.EDITED, 6),
    ("copied", lambda e: [*e[:4], e[1], e[4]], Flaw.REORDERED, 5),
    ("swapped", lambda e: [e[0], e[2], e[1], *e[3:]], Flaw.REORDERED, 2),
    ("turned round", lambda e: e[::-1], Flaw.REORDERED, 1),
    ("tail cut", lambda e: e[:3], Flaw.CUT, None),
    ("emptied", lambda _: [], Flaw.CUT, None),
]


@pytest.mark.parametrize(
    ("change", "flaw", "place"), [c[1:] for c in TAMPERED], ids=[c[0] for c in TAMPERED]
)
def test_tampering_is_found_and_the_first_bad_entry_named(
    change: Change, flaw: Flaw, place: int | None
) -> None:
    stored = a_day()
    tampered = dataclasses.replace(stored, entries=change(stored.entries))
    report = Report(findings=tuple(walked(tampered)))
    assert report.first_bad is not None
    assert (report.first_bad.flaw, report.first_bad.place) == (flaw, place)


def test_an_untouched_day_holds() -> None:
    assert walked(a_day()) == []
    assert walked(StoredDay(DAY, [], b"")) == []


def test_every_byte_of_an_entry_counts() -> None:
    stored = a_day(1)
    entry = stored.entries[0]
    for place in range(len(entry)):
        changed = entry[:place] + bytes([entry[place] ^ 1]) + entry[place + 1 :]
        assert walked(dataclasses.replace(stored, entries=[changed]), older=0), place


def test_an_entry_moved_to_another_day_or_site_does_not_hold() -> None:
    stored = a_day()
    assert walked(dataclasses.replace(stored, day=DAY + timedelta(days=1)))
    elsewhere = Chain("north", keyring.derived([SECRET], "chain"))
    assert Walk(elsewhere, stored, older=99).findings


def test_entries_from_before_the_chain_are_tolerated_at_the_beginning() -> None:
    walk = Walk(CHAIN, a_day(3, older=2), older=99)
    assert walk.findings == []
    assert walk.older == 2


def test_removing_an_entry_from_before_the_chain_shows() -> None:
    stored = a_day(3, older=2)
    assert walked(dataclasses.replace(stored, entries=stored.entries[1:]))[0].flaw is Flaw.REMOVED


def test_entries_without_link_are_not_tolerated_once_there_is_a_chain() -> None:
    found = walked(a_day(0, older=2), older=0)
    assert [f.flaw for f in found] == [Flaw.INSERTED, Flaw.INSERTED]


def test_a_head_that_was_set_back_with_the_list_is_seen_by_the_witness_only() -> None:
    whole, cut = a_day(5), a_day(3)
    assert walked(cut) == []
    seen = _seen(whole, 5)
    assert [f.flaw for f in Walk(CHAIN, cut, older=99).against(seen)] == [Flaw.CUT]
    assert list(Walk(CHAIN, whole, older=99).against(_seen(whole, 3))) == []


def test_a_day_that_is_gone_is_seen_by_the_witness() -> None:
    walk = Walk(CHAIN, StoredDay(DAY, [], b""), older=99)
    assert [f.flaw for f in walk.against(_seen(a_day(), 5))] == [Flaw.MISSING_DAY]


def test_a_list_that_was_cut_and_went_on_differs_from_the_witness() -> None:
    whole = a_day(5)
    entries, head = whole.entries[:3], _seen(whole, 3)
    replaced, _ = CHAIN.append(
        DAY, Head(3, f"3:{head.link}:{CHAIN.key_id}".encode()), b'{"id":"n"}'
    )
    walk = Walk(CHAIN, StoredDay(DAY, [*entries, replaced, whole.entries[4]], b""), older=99)
    assert Flaw.REWRITTEN in {f.flaw for f in walk.against(_seen(whole, 4))}


def _seen(stored: StoredDay, count: int) -> Seen:
    linked = parsed(stored.entries[count - 1])
    assert linked is not None
    return Seen(DAY, count, linked.link, MORNING)


def test_a_missing_or_foreign_head_shows() -> None:
    stored = a_day()
    assert [f.flaw for f in walked(dataclasses.replace(stored, head=b""))] == [Flaw.HEAD]
    foreign = stored.head[:2] + b"0" * 64 + stored.head[66:]
    assert [f.flaw for f in walked(dataclasses.replace(stored, head=foreign))] == [Flaw.HEAD]
    assert [f.flaw for f in walked(dataclasses.replace(stored, head=b"99999"))] == [Flaw.HEAD]


def test_after_a_rotation_old_links_hold_and_new_ones_use_the_new_key() -> None:
    stored = a_day(2)
    rotated = Chain("main", keyring.derived([OTHER, SECRET], "chain"))
    entry, head = rotated.append(DAY, Head(2, stored.head), event_codec.encode(an_event("new")))
    walk = Walk(rotated, StoredDay(DAY, [*stored.entries, entry], head.value), older=99)
    assert walk.findings == []
    assert walk.keys == {CHAIN.key_id: 2, rotated.key_id: 1}


def test_a_key_that_is_not_here_is_named_instead_of_crying_wolf() -> None:
    other = Chain("main", keyring.derived([OTHER], "chain"))
    found = Walk(other, a_day(1), older=99).findings
    assert [f.flaw for f in found] == [Flaw.KEY]
    assert CHAIN.key_id in found[0].detail


def test_a_linked_entry_still_reads_as_the_event() -> None:
    stored = a_day(1)
    assert event_codec.decode(stored.entries[0]) == an_event("e0")
    assert json.loads(stored.entries[0])["n"] == 0


def test_text_in_an_event_that_looks_like_a_link_deceives_nobody() -> None:
    event = dataclasses.replace(an_event("e"), kiosk=f'","n":0,"key":"a","link":"{"0" * 64}"}}')
    entry, head = CHAIN.append(DAY, Head(), event_codec.encode(event))
    assert walked(StoredDay(DAY, [entry], head.value)) == []
    assert event_codec.decode(entry) == event


def test_a_chain_needs_a_key() -> None:
    with pytest.raises(StoreError, match="no key"):
        Chain("main", Keyring())


def test_a_short_key_is_refused_without_showing_it() -> None:
    with pytest.raises(SettingError) as refused:
        keyring.split(f"{SECRET},hunter2", "CHAIN_KEY")
    assert "hunter2" not in str(refused.value)
    assert "hunter2" not in repr(keyring.derived(["hunter2"], "chain").current)


def test_one_secret_for_two_purposes_makes_two_keys() -> None:
    assert keyring.derived([SECRET], "chain").ids != keyring.derived([SECRET], "data").ids
