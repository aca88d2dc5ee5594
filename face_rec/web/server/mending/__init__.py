"""What Streamlit gets wrong for who cannot see, or works without a mouse, or wants a dark screen,
mended from outside: a script of ours that the start page loads before Streamlit's own.

``docs/accessibility.md`` says what it mends and what cannot be mended from here.
"""

from pathlib import Path
from typing import Final

from face_rec.web.server.start_script import StartScript

_PARTS: Final = ("theme.js", "structure.js", "focus.js")


def _joined() -> str:
    folder = Path(__file__).parent
    parts = "\n".join((folder / part).read_text(encoding="utf-8") for part in _PARTS)
    return f"(() => {{\n{parts}}})();\n"


SCRIPT: Final = StartScript.of("mending", _joined())
