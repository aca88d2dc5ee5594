"""How large a file a page takes, the one number for widgets, gate and proxies alike; and where it
lies until it is read."""

from typing import Final

from starlette.formparsers import MultiPartParser

LARGEST_MB: Final = 512
"""Mebibytes, as Streamlit counts. The default pack's ZIP has 288 MB; a school's photos in one
ZIP some hundred. An upload is held in memory, so more is for ``python -m face_rec import`` and
``models import``."""
ENVELOPE_MB: Final = 1
"""What a form adds around its file, as Streamlit allows for it."""
LARGEST_BODY: Final = (LARGEST_MB + ENVELOPE_MB) * 2**20
"""Bytes of the request that carries it: for the gate, and what proxies must let through."""
WITHIN: Final = 1800.0
"""Seconds; 2.4 Mbit/s bring the largest in time."""
IN_MEMORY_MB: Final = 64
"""More than any photo or attachment has. A larger file, such as a ZIP, lies in the system's folder
for temporary files, under no name, until it has come."""


def keep_in_memory() -> None:
    """Starlette writes what has more than a megabyte to a disk, in clear: most photos of a phone,
    which could be read there when their person was erased long ago. To be called once, before the
    first request."""
    MultiPartParser.spool_max_size = IN_MEMORY_MB * 2**20
