"""Entries that are read into columns: no event is made of usual marks, and what is in any doubt is
read as ever."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from face_rec.attendance.marks.effective_marks import entries
from face_rec.attendance.marks.list_columns import columns_of_list
from face_rec.attendance.marks.mark_columns import MARK, Codes, columns_of
from face_rec.domain.clock_state import Stamp
from face_rec.domain.liveness import Cue, Finding, Liveness
from face_rec.domain.marks import MARK_KINDS, Event, EventKind, Source
from face_rec.stores.attendance import event_codec, usual_lines
from tests.samples import an_event, read_both_ways

HARMLESS = tuple(one for one in Liveness if one is not Liveness.ATTACK)
LINK = b',"n":7,"key":"0123abcd","link":"' + b"a" * 64 + b'"}'


def a_mark(number: int, chance: random.Random) -> Event:
    """As a kiosk makes it, in all its forms."""
    event = an_event(f"e{number}", f"s{chance.randrange(40)}", chance.choice([number, number / 7]))
    return replace(
        event,
        kind=chance.choice(list(MARK_KINDS)),
        source=chance.choice([Source.VIDEO, Source.STILL, Source.PIN, Source.BADGE]),
        kiosk=chance.choice(["main", "Büro", ""]),
        liveness=chance.choice([None, 0.93]),
        live=chance.choice([None, *Liveness]),
        found=tuple(
            Finding(chance.choice(list(Cue)), chance.random(), chance.choice(HARMLESS))
            for _ in range(chance.randrange(3))
        ),
        clock=chance.choice([None, Stamp("0a", 5.5, True), Stamp("0b", 7.0, apart=True)]),
    )


def a_doubtful(number: int, chance: random.Random) -> Event:
    """One more of which days have to know more, or that is no mark."""
    mark, before = a_mark(number, chance), f"e{chance.randrange(1, number + 1)}"
    attack = Finding(Cue.TEXTURE, 0.1, Liveness.ATTACK)
    at, kind = mark.at, chance.choice([EventKind.VOID, EventKind.CONFIRM])
    return chance.choice(
        [
            replace(mark, found=(attack,)),
            replace(mark, clock=Stamp("0a", 5.5, ahead=-181.0)),
            replace(mark, recorded_at=at, reason="late", source=Source.OFFLINE),
            replace(mark, id=before),
            replace(mark, kind=EventKind.HELD, reason="still"),
            replace(mark, kind=kind, target=before, author="a", source=Source.MANUAL),
            replace(mark, id=f'e"{number}'),
        ]
    )


def stored(event: Event, chance: random.Random) -> bytes:
    line = event_codec.encode(event)
    return line[:-1] + LINK if chance.random() < 0.5 else line


def test_of_usual_marks_no_event_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(3)
    lines = [stored(a_mark(number, chance), chance) for number in range(9_000)]
    made: list[object] = []
    for module in (event_codec, usual_lines):
        monkeypatch.setattr(module, "read", made.append)
    parts = list(usual_lines.parts(lines))
    assert [len(part.ids) for part in parts] == [1_000] * 9
    assert not any(part.others for part in parts)
    assert made == []


@pytest.mark.parametrize("seed", range(3))
def test_columns_are_those_of_all_that_stands_whatever_is_in_the_list(seed: int) -> None:
    chance, codes = random.Random(seed), Codes()
    events: list[Event] = []
    for number in range(1, 2_500):
        make = a_doubtful if chance.random() < 0.02 else a_mark
        events.append(make(number, chance))
    lines = [stored(event, chance) for event in events]
    lines.insert(70, b"no event")
    lines[5] = lines[5].replace(b"+00:00", b"Z")
    for line in lines[::50]:
        read_both_ways(line)
    read = columns_of_list(usual_lines.parts(lines), lines, len(lines), codes, grows=True)
    whole = columns_of(entries(events), len(lines), codes)
    for name in MARK.names or ():
        np.testing.assert_array_equal(read.marks[name], whole.marks[name])
    assert (read.orphans, read.held) == (whole.orphans, whole.held)
    assert read.latest == tuple(lines[-32:])


def test_every_finding_that_is_no_attack_is_usual() -> None:
    """A liveness that comes anew has to be thought of there."""
    for says in Liveness:
        finding = Finding(Cue.TEXTURE, 0.5, says)
        (part,) = usual_lines.parts([event_codec.encode(replace(an_event(), found=(finding,)))])
        assert bool(part.ids) == (says in HARMLESS)


@pytest.mark.parametrize(
    "more",
    [{"later": 1}, {"snapshot": 7}, {"reason": 7}, {"link": 7}, {"clock": {"boot": 1, "up": 1}},
     {"target": None}, {"live": "?"}, {"beyond": "x"}, {"source": "manual", "author": "ann"}],
    ids=str,
)  # fmt: skip
def test_what_is_not_quite_a_usual_mark_is_read_as_ever(more: dict[str, Any]) -> None:
    line = json.dumps(json.loads(event_codec.encode(an_event())) | more).encode()
    (part,) = usual_lines.parts([line])
    assert not part.ids
    assert (part.others[0] is None) == (event_codec.read(line) is None)


def _times() -> Iterator[str]:
    chance = random.Random(1)
    for _ in range(300):
        at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=chance.randrange(10**16))
        yield at.isoformat()
        yield at.replace(microsecond=0).isoformat()
    yield from ("2024-02-29T23:59:59+00:00", "1970-01-01T00:00:00.000001+00:00")


def _at(text: str) -> bytes:
    event = json.loads(event_codec.encode(an_event("e1")))
    return json.dumps(event | {"at": text}).encode()


def test_times_are_read_together_as_each_alone() -> None:
    texts = list(_times())
    (part,) = usual_lines.parts([_at(text) for text in texts])
    assert not part.others
    for text, seconds, rest in zip(texts, part.at.tolist(), part.micro.tolist(), strict=True):
        moment = datetime.fromisoformat(text)
        assert (seconds, rest) == (
            int(moment.replace(microsecond=0).timestamp()),
            moment.microsecond,
        )


@pytest.mark.parametrize(
    "text",
    ["2023-02-29T08:00:00+00:00", "2024-13-01T08:00:00+00:00", "2024-12-01T24:00:00+00:00",
     "2024-12-01T08:60:00+00:00", "2024-12-01T08:00:60+00:00", "2024-12-01T08:00:00+01:00",
     "2024-12-01 08:00:00+00:00", "2024-12-01T08:00:00Z", "2024-12-01T08:00:00.5+00:00", "", "ä",
     "1969-12-31T08:00:00+00:00", "2024-12-01T0a:00:00.000000+00:00", "0000-00-00T00:00:00+00:00",
     "2024-12-01T08:00:00.00000ä+00:00", "2024-12-01T08:00:00+00:\x00\x00", "2024-12-01T08:00:00",
     "0001-01-01T00:30:00+01:00", "9999-12-31T23:30:00-01:00", "0001-01-01T00:00:00+00:00"],
)  # fmt: skip
def test_a_time_in_another_form_is_what_it_is_alone_and_spoils_no_other(text: str) -> None:
    good, line = event_codec.encode(an_event("e2")), _at(text)
    read_both_ways(line)
    (part,) = usual_lines.parts([good, line, good])
    known = event_codec.read(line) is not None
    assert part.at[0] == part.at[-1] == 1_741_593_600
    assert len(part.ids) + len(part.others) == 3
    assert known == (len(part.ids) == 3 or part.others[0] is not None)


def test_a_time_that_is_none_does_not_hide_before_another_one() -> None:
    line = event_codec.encode(an_event("e1"))
    assert read_both_ways(line) is not None
    assert read_both_ways(line.replace(b'"at":', b'"at":"noon","at":')) is None
