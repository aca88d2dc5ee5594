"""Bytes in memory and floats on the disk answer as floats in memory do."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from face_rec.domain.enrolment_errors import FaceTaken
from face_rec.domain.errors import StoreError
from face_rec.domain.faces import Matrix
from face_rec.domain.people import Contract, GalleryEntry
from face_rec.domain.recognition import NO_MATCH, Match
from face_rec.models.runtime.int8_product import Int8Product
from face_rec.people.gallery import sealed_templates
from face_rec.people.gallery.gallery import MemoryGallery
from face_rec.people.gallery.int8_rows import Int8Rows
from face_rec.people.gallery.sealed_templates import SealedTemplates
from tests.fakes.enrolment import People

D = 64
CONTRACT = Contract("test", D)
PRODUCT = Int8Product(1)
Make = Callable[[Contract], MemoryGallery]


@pytest.fixture
def int8(tmp_path: Path) -> Make:
    return lambda contract: MemoryGallery(
        contract, lambda d: Int8Rows(d, PRODUCT, SealedTemplates(tmp_path, d))
    )


def _entry(seed: int, count: int = 3, dimension: int = D) -> GalleryEntry:
    """``count`` looks at person ``seed``."""
    generator = np.random.default_rng(seed)
    person = generator.standard_normal((1, dimension)) * 1.2
    rows = (person + generator.standard_normal((count, dimension))).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return GalleryEntry(f"s{seed}", rows)


def _loaded(gallery: MemoryGallery, people: int, dimension: int = D) -> MemoryGallery:
    gallery.load((_entry(n, 1 + n % 5, dimension) for n in range(people)), 1, people)
    return gallery


def _assert_same(found: list[Match], expected: list[Match]) -> None:
    assert [match.subject for match in found] == [match.subject for match in expected]
    pairs = [(m.score, m.margin) for m in found]
    np.testing.assert_allclose(pairs, [(m.score, m.margin) for m in expected], atol=2e-6)


def _probes(*seeds: int) -> Matrix:
    return np.concatenate([_entry(seed, 6).vectors[-1:] for seed in seeds])


@pytest.mark.parametrize("people", [1, 7, 20, 1500])
def test_names_scores_and_leads_are_those_of_the_exact_gallery(int8: Make, people: int) -> None:
    gallery, exact = _loaded(int8(CONTRACT), people), _loaded(MemoryGallery(CONTRACT), people)
    known = range(0, people, max(1, people // 20))
    probes = _probes(*known, *range(9000, 9300))  # and strangers, whose best are close together
    _assert_same(gallery.own_matches(probes), exact.own_matches(probes))
    others = [f"s{n}" for n in known]
    _assert_same(gallery.without(probes[:20], others), exact.without(probes[:20], others))
    nearest, expected = (g.nearest(probes[0], CONTRACT, 5) for g in (gallery, exact))
    assert nearest is not None
    assert expected is not None
    _assert_same(nearest, expected)


def test_who_alone_is_left_out_is_not_found(int8: Make) -> None:
    assert _loaded(int8(CONTRACT), 1).without(_probes(0), ["s0"]) == [NO_MATCH]


def test_it_takes_less_than_three_tenths_of_the_memory(int8: Make) -> None:
    gallery, exact = int8(Contract("large", 512)), MemoryGallery(Contract("large", 512))
    entries = [_entry(seed, 1, 512) for seed in range(600)]
    for one in (gallery, exact):
        one.load(entries, 1, len(entries))
    assert gallery.nbytes < 0.15 * exact.nbytes
    three = _loaded(MemoryGallery(Contract("large", 512)), 600, 512)
    assert _loaded(gallery, 600, 512).nbytes < 0.08 * three.nbytes


Step = tuple[bool, int, int]


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 12), st.integers(1, 4)), max_size=60))
def test_any_order_of_changes_answers_as_the_exact_gallery(int8: Make, steps: list[Step]) -> None:
    gallery, exact = int8(CONTRACT), MemoryGallery(CONTRACT)
    for revision, (put, seed, count) in enumerate(steps, 1):
        for one in (gallery, exact):
            if put:
                one.put(_entry(seed, count), revision)
            else:
                one.remove(f"s{seed}", revision)
    assert (gallery.people, gallery.templates) == (exact.people, exact.templates)
    probes = _probes(*range(13))
    _assert_same(gallery.own_matches(probes), exact.own_matches(probes))


def _on_disk(gallery: MemoryGallery) -> bytes:
    descriptor = gallery._rows._sealed._file.fileno()  # type: ignore[attr-defined]
    return os.pread(descriptor, os.fstat(descriptor).st_size, 0)


def test_the_disk_holds_no_template_that_can_be_read_and_of_the_erased_only_zeros(
    int8: Make, tmp_path: Path
) -> None:
    gallery = int8(CONTRACT)
    entries = [_entry(seed) for seed in range(4)]
    gallery.load(entries, 1)
    assert list(tmp_path.iterdir()) == []  # the file has no name
    before = _on_disk(gallery)
    assert not any(row.tobytes()[:16] in before for one in entries for row in one.vectors)
    record = len(before) // 4
    gallery.remove("s1", 2)
    gallery.put(_entry(2, 2), 3)  # fewer: elsewhere, and what was there is overwritten
    after = _on_disk(gallery)
    assert after[record : 3 * record] == bytes(2 * record)
    assert after[:record] == before[:record]
    assert gallery.own_matches(_probes(1))[0].score < 0.5
    assert not (gallery._rows._centroids.rows[3:] != 0).any()  # type: ignore[attr-defined]


def test_a_full_disk_refuses_a_change_and_leaves_everybody_as_they_were(
    int8: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    gallery = _loaded(int8(CONTRACT), 9)
    known = gallery.own_matches(_probes(*range(9)))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(sealed_templates, "write_all_at", full)
        for seed in (50, 3):
            with pytest.raises(StoreError, match="No space left on device"):
                gallery.put(_entry(seed), 2)
        with pytest.raises(StoreError):
            gallery.remove("s1", 2)
    assert (gallery.people, gallery.revision) == (9, 1)
    _assert_same(gallery.own_matches(_probes(*range(9))), known)
    gallery.put(_entry(50), 2)
    assert gallery.own_matches(_probes(50))[0].subject == "s50"


def test_a_record_that_the_disk_has_altered_names_nobody(int8: Make) -> None:
    gallery = _loaded(int8(CONTRACT), 2)
    os.pwrite(gallery._rows._sealed._file.fileno(), b"!", 40)  # type: ignore[attr-defined]
    with pytest.raises(StoreError, match="check the disk"):
        gallery.own_matches(_probes(0))


def test_the_same_face_is_not_registered_twice(int8: Make) -> None:
    people = People(make=int8)
    people.enrolment.register(people.details("id1", "Ada"), [people.photo(1)])
    with pytest.raises(FaceTaken):
        people.enrolment.register(people.details("id2", "Bea"), [people.photo(1)])
