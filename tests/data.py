"""Where packs, photos and videos for the tests are, and what happens when they are not."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

_FOLDER = Path(
    os.environ.get("FACE_TEST_DATA", Path(__file__).resolve().parent.parent.parent / "shared")
)
PACKS = ("buffalo_sc", "scrfd_mbf128")
"""The real ones; the first is used where one will do."""


@dataclass(frozen=True, slots=True)
class Material:
    """What recognition is tested with.

    ``pack``: a folder with a detector and a recogniser. ``people``: a folder of photos for each
    person, four or more that the pack takes for the same person. ``strangers``: one photo each
    of others. ``real``: whether the people are; else they were drawn (:mod:`tests.synthetic`).
    """

    pack: Path
    people: Path
    strangers: Path
    real: bool

    def person(self, number: int) -> tuple[Path, ...]:
        """The photos of one of the people."""
        return tuple(sorted(sorted(self.people.iterdir())[number].glob("*.jpg")))

    def stranger(self, number: int) -> Path:
        return sorted(self.strangers.rglob("*.jpg"))[number]


def real_material(pack: str = PACKS[0]) -> Material:
    """A trained pack and photos of real people; skips as :func:`shared_data` does."""
    return Material(
        pack=shared_data(f"models/{pack}"),
        people=shared_data("faces/people"),
        strangers=shared_data("faces/strangers"),
        real=True,
    )


def has_real_material() -> bool:
    return _FOLDER.exists()


def shared_data(part: str = "") -> Path:
    """The test-data folder, or ``part`` of it: for tests that ask how well real people are
    recognised. Others take ``material`` (conftest), which is never missing.

    Skips the test with the reason when it is absent; with CI=true a folder without this part is
    a failure, because a CI that silently tests nothing is worse than none.
    """
    path = _FOLDER / part
    if path.exists():
        return path
    reason = f"no test data at {path}; set FACE_TEST_DATA to the folder that holds it"
    if os.environ.get("CI") == "true" and _FOLDER.exists():
        pytest.fail(reason)
    pytest.skip(reason)
