"""Which texts are snapshot keys: relative POSIX paths of our own alphabet.

Everything else is refused before a disk or a bucket is touched, so that no key
can climb out of its folder, hide as a dot file or need quoting in a URL.
"""

import re

from face_rec.domain.errors import BadSnapshotKey

_SEGMENT = r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*"
_KEY = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT})*")
_LONGEST = 200  # leaves room for a prefix within the 255 bytes of a file name


def check_key(key: str) -> str:
    """``key`` itself if it is one; raises BadSnapshotKey otherwise."""
    if len(key) > _LONGEST or not _KEY.fullmatch(key):
        raise BadSnapshotKey(
            f"{key[:80]!r} is not a snapshot key. Use letters, digits, '-', '_', single dots "
            f"and '/', at most {_LONGEST} characters."
        )
    return key
