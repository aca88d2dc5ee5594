import threading
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from face_rec.domain.faces import Matrix
from face_rec.domain.people import Contract, GalleryEntry
from face_rec.domain.recognition import NO_MATCH, Match
from face_rec.people.gallery.exact_rows import ExactRows
from face_rec.people.gallery.gallery import MemoryGallery, centroid, likeness

D = 64
CONTRACT = Contract("test", D)


def _rows(seed: int, count: int = 3) -> Matrix:
    """``count`` looks at person ``seed``."""
    generator = np.random.default_rng(seed)
    person = generator.standard_normal((1, D)) * 2
    rows = (person + generator.standard_normal((count, D))).astype(np.float32)
    unit: Matrix = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def _entry(seed: int, count: int = 3) -> GalleryEntry:
    return GalleryEntry(f"s{seed}", _rows(seed, count))


def _gallery(*entries: GalleryEntry) -> MemoryGallery:
    gallery = MemoryGallery(CONTRACT)
    gallery.load(entries, 1)
    return gallery


def _oracle(probes: Matrix, entries: list[GalleryEntry]) -> list[Match]:
    """Everybody compared with everybody, by scipy."""
    scores = np.empty((len(probes), len(entries)))
    for column, entry in enumerate(entries):
        best = 1 - cdist(probes, entry.vectors, "cosine").min(axis=1)
        centre = 1 - cdist(probes, centroid(entry.vectors)[np.newaxis], "cosine")[:, 0]
        scores[:, column] = (best + centre) / 2
    matches = []
    for row in scores:
        order = np.argsort(-row)
        margin = row[order[0]] - row[order[1]] if len(order) > 1 else row[order[0]] + 1
        matches.append(Match(entries[order[0]].subject, row[order[0]], margin))
    return matches


def _assert_same(found: list[Match], expected: list[Match]) -> None:
    assert [match.subject for match in found] == [match.subject for match in expected]
    for one, other in zip(found, expected, strict=True):
        assert one.score == pytest.approx(other.score, abs=1e-5)
        assert one.margin == pytest.approx(other.margin, abs=1e-5)


@pytest.mark.parametrize("people", [1, 2, 7, 8, 9, 300])
def test_matches_are_those_of_scipys_cdist(people: int) -> None:
    entries = [_entry(seed, 1 + seed % 5) for seed in range(people)]
    probes = np.concatenate([_rows(seed, 6)[-1:] for seed in range(min(people, 20))])
    _assert_same(_gallery(*entries).own_matches(probes), _oracle(probes, entries))


def test_who_has_one_look_like_the_probe_is_found_behind_twenty_likelier_centroids() -> None:
    """Their score is the best of all; by their centroid alone they come 21st."""
    probe, one, other, *rest = np.eye(D, dtype=np.float32)
    sought = np.stack([0.9 * probe + 0.436 * one, -0.4 * probe + 0.917 * other])
    others = [
        GalleryEntry(f"s{n}", (0.5 * probe + 0.866 * rest[n])[np.newaxis]) for n in range(20)
    ]
    found = _gallery(*others, GalleryEntry("sought", sought)).own_matches(probe[np.newaxis])[0]
    assert found.subject == "sought"
    assert found.score == pytest.approx(0.67, abs=0.01)


def test_the_runner_up_is_another_person_not_another_template() -> None:
    twin = GalleryEntry("twin", _rows(1))
    match = _gallery(_entry(1, 3), _entry(2, 3), twin).own_matches(_rows(1)[:1])[0]
    assert match.margin == pytest.approx(0, abs=1e-6)
    alone = _gallery(_entry(1, 3), _entry(2, 3)).own_matches(_rows(1)[:1])[0]
    assert alone.subject == "s1"
    assert alone.margin > 0.3


def test_an_only_person_has_nobody_to_be_confused_with() -> None:
    match = _gallery(_entry(1)).own_matches(_rows(1)[:1])[0]
    assert match.margin == pytest.approx(match.score + 1)


def test_an_empty_gallery_matches_nobody() -> None:
    gallery = MemoryGallery(CONTRACT)
    assert gallery.own_matches(_rows(1, 2)) == [NO_MATCH, NO_MATCH]
    assert gallery.own_matches(np.zeros((0, D), np.float32)) == []
    assert (gallery.people, gallery.revision) == (0, 0)


def test_probes_of_another_dimension_are_not_compared() -> None:
    with pytest.raises(ValueError, match="shape"):
        _gallery(_entry(1)).own_matches(np.zeros((1, D + 1), np.float32))


def test_rows_of_another_dimension_change_nothing() -> None:
    gallery = _gallery(_entry(1))
    wrong = GalleryEntry("s1", np.ones((2, D * 2), np.float32))
    assert not gallery.fits(wrong)
    assert not gallery.fits(GalleryEntry("s1", np.zeros((0, D), np.float32)))
    with pytest.raises(ValueError, match="shape"):
        gallery.put(wrong, 2)
    assert gallery.revision == 1
    assert gallery.own_matches(_rows(1)[:1])[0].subject == "s1"


def test_a_removed_person_leaves_only_zeros() -> None:
    gallery = _gallery(*(_entry(seed) for seed in range(5)))
    gallery.remove("s2", 2)
    assert gallery.people == 4
    assert gallery.own_matches(_rows(2)[:1])[0].subject != "s2"
    kept = np.concatenate([_rows(seed) for seed in (0, 1, 3, 4)])
    held = gallery._rows
    assert isinstance(held, ExactRows)
    for rows in (held._templates.rows, held._centroids.rows):
        used = rows[np.abs(rows).sum(axis=1) > 0]
        assert np.abs(used @ _rows(2).T).max() < 0.9
    assert gallery.templates == len(kept)
    gallery.remove("nobody", 3)
    assert gallery.revision == 3


def test_free_rows_are_used_again() -> None:
    gallery = _gallery(*(_entry(seed) for seed in range(100)))
    before = gallery.nbytes
    for revision in range(2, 400):
        gallery.remove(f"s{revision % 100}", revision)
        gallery.put(_entry(revision % 100), revision)
    assert gallery.people == 100
    assert gallery.nbytes <= before * 1.3


def test_the_nearest_come_in_order_each_with_its_lead_over_the_next() -> None:
    entries = [_entry(number, 3) for number in range(6)]
    gallery, probe = _gallery(*entries), _rows(2)[0]
    scores = sorted(((likeness(e.vectors, probe), e.subject) for e in entries), reverse=True)
    found = gallery.nearest(probe, gallery.contract, 3)
    assert found is not None
    assert [match.subject for match in found] == [subject for _, subject in scores[:3]]
    leads = [one[0] - two[0] for one, two in pairwise(scores[:4])]
    assert [match.margin for match in found] == pytest.approx(leads[:3], abs=1e-5)
    assert gallery.nearest(probe, Contract("other", D), 3) is None
    assert gallery.match(probe[np.newaxis], Contract("other", D)) is None
    assert _gallery().nearest(probe, gallery.contract, 3) == []


def test_loading_leaves_no_spare_rows() -> None:
    entries = [_entry(seed) for seed in range(2000)]
    matrices = 2000 * 4 * D * 4
    gallery = _gallery(*entries)
    assert gallery.nbytes <= matrices * 1.3
    gallery.put(_entry(5000), 2)
    assert gallery.nbytes <= matrices * 1.3


Step = tuple[bool, int, int]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 12), st.integers(1, 12)), max_size=60))
def test_any_order_of_changes_ends_like_a_fresh_load(steps: list[Step]) -> None:
    gallery, expected = MemoryGallery(CONTRACT), dict[str, GalleryEntry]()
    for revision, (put, seed, count) in enumerate(steps, 1):
        entry = _entry(seed, count)
        if put:
            gallery.put(entry, revision)
            expected[entry.subject] = entry
        else:
            gallery.remove(entry.subject, revision)
            expected.pop(entry.subject, None)
    probes = np.concatenate([_rows(seed, 2)[1:] for seed in range(13)])
    assert gallery.people == len(expected)
    assert gallery.templates == sum(len(entry.vectors) for entry in expected.values())
    if expected:
        _assert_same(gallery.own_matches(probes), _oracle(probes, list(expected.values())))


def test_readers_never_see_half_a_change() -> None:
    """Two rows swap their owners again and again; each reader's best match must be whole:
    a score of 1 under one of the two names."""
    one, other = _rows(1, 1), _rows(2, 1)
    gallery = _gallery(
        GalleryEntry("a", one), GalleryEntry("b", other), *map(_entry, range(3, 60))
    )
    wrong: list[Match] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            match = gallery.own_matches(one)[0]
            if match.subject not in {"a", "b"} or abs(match.score - 1) > 1e-5:
                wrong.append(match)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for revision in range(2, 600):
        holder, former = ("a", "b") if revision % 2 else ("b", "a")
        gallery.put(GalleryEntry(holder, np.concatenate([one, one])), revision)
        gallery.remove(former, revision)
        gallery.put(GalleryEntry(former, other), revision)
    stop.set()
    for reader in readers:
        reader.join(10)
    assert wrong == []


def test_loading_streams_its_entries() -> None:
    taken: list[int] = []

    def entries() -> Iterator[GalleryEntry]:
        for seed in range(1100):
            taken.append(gallery.people)
            yield _entry(seed)

    gallery = MemoryGallery(CONTRACT)
    gallery.load(entries(), 4)
    assert max(number - there for number, there in enumerate(taken)) < 500
    assert gallery.people == 1100
    assert gallery.revision == 4
