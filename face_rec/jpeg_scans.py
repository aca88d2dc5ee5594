"""How often a JPEG goes over its pixels, told before a pixel is read.

A scan of a dozen bytes has a decoder go over the whole picture once more, in a progressive file
and in any other: a file of 5 MB can ask for minutes.
"""

import re
from typing import Final

MOST_SCANS: Final = 100
"""Cameras and programs write up to a dozen; libtiff draws its line here, too."""
_MARKER: Final = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])")
"""Not what stands within the pixels: stuffed bytes, and restarts."""
_ALONE: Final = (0x01, 0xD8)
_END, _SCAN = 0xD9, 0xDA


def too_many_scans(jpeg: bytes) -> bool:
    """Whether there are more than :data:`MOST_SCANS`. What lies behind the picture's end, a film
    say, is not read."""
    scans, position = 0, 0
    while (found := _MARKER.search(jpeg, position)) and found[1][0] != _END:
        scans += found[1][0] == _SCAN
        if scans > MOST_SCANS:
            return True
        position = found.end() + _length(jpeg, found.end(), found[1][0])
    return False


def _length(jpeg: bytes, start: int, marker: int) -> int:
    return 0 if marker in _ALONE else int.from_bytes(jpeg[start : start + 2])
