"""Where the real packs, photos and videos are, and what happens when they are not."""

import os
from pathlib import Path

import pytest

_FOLDER = Path(
    os.environ.get("FACE_TEST_DATA", Path(__file__).resolve().parent.parent.parent / "shared")
)


def shared_data(part: str = "") -> Path:
    """The test-data folder, or ``part`` of it.

    Skips the test with the reason when it is absent; with CI=true that is a failure, because
    a CI that silently tests nothing is worse than none.
    """
    path = _FOLDER / part
    if path.exists():
        return path
    reason = f"no test data at {path}; set FACE_TEST_DATA to the folder that holds it"
    if os.environ.get("CI") == "true" and _FOLDER.exists():
        pytest.fail(reason)
    pytest.skip(reason)
