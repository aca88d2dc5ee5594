"""What goes into Redis comes out the same, whatever it is."""

import dataclasses
from datetime import UTC, datetime, timedelta, timezone

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from face_rec.domain.faces import View
from face_rec.domain.liveness import Cue, Finding, Liveness
from face_rec.domain.marks import Event, EventKind, Source
from face_rec.domain.people import Consent, Moved, Pause, Person, TemplateInfo
from face_rec.stores import stored_json
from face_rec.stores.attendance import event_codec
from face_rec.stores.people import person_codec, template_codec
from face_rec.stores.redis import keys
from tests.fakes.clock import MORNING
from tests.samples import CONSENT, CONTRACT, a_person, a_template, read_both_ways

texts = st.text(st.characters(exclude_categories=["Cs"]))
moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
maybe = st.none() | moments
infos = st.builds(
    TemplateInfo,
    slot=st.integers(0, 9),
    view=st.sampled_from(View),
    quality=st.floats(0, 1),
    contract=texts,
    added_at=moments,
    weak=st.sampled_from(["", "small"]),
    life=st.sampled_from(["", "live", "unsure", "attack", "file"]),
)
people = st.builds(
    Person,
    subject=st.just("s"),
    id=texts,
    name=texts,
    group=texts,
    email=texts,
    active=st.booleans(),
    consent=st.none() | st.builds(Consent, texts, texts, moments, maybe),
    photo=st.none() | texts,
    created_at=maybe,
    updated_at=maybe,
    version=st.integers(1, 10**9),
    templates=st.lists(infos, max_size=10).map(tuple),
    deactivated_at=maybe,
    pauses=st.lists(st.builds(Pause, moments, moments), max_size=3).map(tuple),
    moved=st.lists(st.builds(Moved, texts, moments), max_size=3).map(tuple),
    resembles=texts,
)
any_events = st.builds(
    Event,
    id=texts,
    subject=texts,
    at=moments,
    kind=st.sampled_from(EventKind),
    source=st.sampled_from(Source),
    kiosk=texts,
    score=st.none() | st.floats(-1, 1),
    margin=st.none() | st.floats(-1, 2),
    liveness=st.none() | st.floats(0, 1),
    snapshot=st.none() | texts,
    contract=st.none() | texts,
    target=st.none() | texts,
    becomes=st.none() | st.sampled_from(EventKind),
    author=st.none() | texts,
    reason=st.none() | texts,
    recorded_at=maybe,
    live=st.none() | st.sampled_from(Liveness),
    found=st.lists(
        st.builds(Finding, st.sampled_from(Cue), st.floats(0, 9), st.sampled_from(Liveness)),
        max_size=3,
    ).map(tuple),
)


@given(people)
def test_a_person_comes_back_the_same(person: Person) -> None:
    fields: dict[str, bytes | None] = dict(person_codec.person_fields(person))
    fields[keys.VERSION] = str(person.version).encode()
    assert person_codec.person_of("s", fields) == person


@given(any_events)
def test_an_event_comes_back_the_same_on_one_line(event: Event) -> None:
    line = event_codec.encode(event)
    assert b"\n" not in line
    assert event_codec.decode(line) == read_both_ways(line) == event


def test_an_event_leaves_out_what_is_unknown() -> None:
    line = event_codec.encode(Event("e", "s", MORNING, EventKind.IN, Source.PIN, "main"))
    assert line == (
        b'{"id":"e","subject":"s","kiosk":"main","kind":"in","source":"pin",'
        b'"at":"2025-03-10T08:00:00+00:00"}'
    )


def test_times_are_stored_in_utc() -> None:
    east = datetime(2025, 3, 10, 9, tzinfo=timezone(timedelta(hours=9)))
    assert stored_json.time_to_text(east) == "2025-03-10T00:00:00+00:00"
    with pytest.raises(ValueError, match="no time zone"):
        stored_json.text_to_time("2025-03-10T08:00:00")


def test_vectors_are_little_endian_float32() -> None:
    template = a_template()
    stored = template_codec.vector_fields(person_codec.Unsealed(), "s", [template])
    assert stored == {"vector:0": template.vector.astype("<f4").tobytes()}
    assert len(stored["vector:0"]) == 4 * 8
    back = template_codec.vector_of(person_codec.Unsealed(), "s", 0, stored["vector:0"])
    assert np.array_equal(back, template.vector)


def test_rows_of_different_length_are_no_matrix() -> None:
    with pytest.raises(ValueError, match="differ in length"):
        template_codec.matrix_of(person_codec.Unsealed(), "s", [(0, b"1234"), (1, b"12345678")])


@pytest.mark.parametrize(
    "stored",
    [
        {0: 4, 1: 4, 2: 4}, {0: 2048, 1: 2048}, {0: 4}, {1: 4, 0: 4}, {0: 4, 1: 0}, {0: 8, 1: 4},
        {0: 0}, {0: 4, 1: 4, 2: 4, 3: 4, 4: 4, 5: 4, 6: 4, 7: 4, 8: 4, 9: 4}, {0: 9, 1: 4, 2: 4},
    ],
)  # fmt: skip
@pytest.mark.parametrize("wanted", [(0,), (0, 1), (1, 0), (0, 1, 2), (1, 2), (0, 5), ()])
def test_the_quick_way_reads_what_the_slow_one_does(
    stored: dict[int, int], wanted: tuple[int, ...]
) -> None:
    """``stored``: the bytes in each slot."""
    rows = {slot: bytes([slot + 1]) * size for slot, size in stored.items()}
    found = [rows[slot] for slot in wanted if slot in rows]
    faces = template_codec.packed_rows(rows)
    if len({*map(len, found)}) > 1 or any(len(row) % 4 for row in found):
        with pytest.raises(ValueError):  # noqa: PT011
            template_codec.rows_of(faces, wanted)
    elif not found:
        assert template_codec.rows_of(faces, wanted) is None
    else:
        matrix = template_codec.rows_of(faces, wanted)
        assert matrix is not None
        assert matrix.shape[0] == len(found)
        assert matrix.tobytes() == b"".join(found)
        assert not matrix.flags.writeable


@pytest.mark.parametrize("cut", [1, 2, 3, 5, 10])
def test_cut_embeddings_are_refused(cut: int) -> None:
    faces = template_codec.packed_rows({0: b"1234", 1: b"5678"})
    with pytest.raises(ValueError, match="cut"):
        template_codec.rows_of(faces[:-cut], (0, 1))


def test_only_matchable_people_have_rows() -> None:
    infos = tuple(a_template(n).info for n in (0, 3))
    person = dataclasses.replace(a_person(), templates=infos)
    rows = person_codec.person_fields(person)[keys.ROWS]
    assert person_codec.slots_of(rows, CONTRACT) == (0, 3)
    assert person_codec.slots_of(rows, "another") == ()
    withdrawn = dataclasses.replace(CONSENT, withdrawn_at=MORNING)
    for changes in ({"active": False}, {"consent": None}, {"consent": withdrawn}):
        hidden = dataclasses.replace(person, **changes)
        assert person_codec.slots_of(person_codec.person_fields(hidden)[keys.ROWS], CONTRACT) == ()


@pytest.mark.parametrize("smuggled", ['{"subject":"eve"}', "no json", "[1]"])
def test_a_field_that_is_called_as_what_later_versions_added_says_nothing_anew(
    smuggled: str,
) -> None:
    """It would be written over the mark's own fields, or keep it from being handed on."""
    event = Event("e1", "ada", MORNING, EventKind.PUNCH, Source.VIDEO, "door")
    line = stored_json.written(
        {**msgspec.json.decode(event_codec.encode(event)), "beyond": smuggled}
    )
    assert event_codec.decode(event_codec.encode(event_codec.decode(line))) == event
