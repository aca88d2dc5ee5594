"""How large a file a page takes: the one number for widgets, gate and proxies alike."""

from typing import Final

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
