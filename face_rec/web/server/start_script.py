"""A script of ours that a start page loads beside Streamlit's own."""

import hashlib
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class StartScript:
    """``name``: of its file. It tells the content, so that browsers keep it for ever."""

    name: str
    content: bytes

    @classmethod
    def of(cls, stem: str, text: str) -> Self:
        """``text``: JavaScript that leaves nothing of its own among the page's names."""
        content = text.encode()
        return cls(f"{stem}.{hashlib.sha256(content).hexdigest()[:8]}.js", content)
