"""What Streamlit gets wrong for who cannot see, or works without a mouse, or wants a dark screen,
mended from outside: a script of ours that the start page loads before Streamlit's own.

``docs/accessibility.md`` says what it mends and what cannot be mended from here.
"""

import hashlib
from pathlib import Path
from typing import Final

_PARTS: Final = ("theme.js", "structure.js", "focus.js")


def _joined() -> bytes:
    folder = Path(__file__).parent
    parts = "\n".join((folder / part).read_text(encoding="utf-8") for part in _PARTS)
    return f"(() => {{\n{parts}}})();\n".encode()


SCRIPT: Final = _joined()
NAME: Final = f"mending.{hashlib.sha256(SCRIPT).hexdigest()[:8]}.js"
"""Of the file, beside Streamlit's own scripts. It tells its content, so that browsers keep it."""
