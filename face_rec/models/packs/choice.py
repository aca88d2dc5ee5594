"""Which pack is wanted: the configured one, unless an admin has chosen another since."""

import json
from pathlib import Path

from face_rec.models.packs.digests import write_atomically


class Choice:
    """A choice outlives restarts, but not a change of the setting it was made against:
    who then edits MODEL_PACK gets what they wrote."""

    def __init__(self, path: Path, configured: str) -> None:
        self._path = path
        self._configured = configured

    @property
    def wanted(self) -> str:
        """Name or folder of the pack to use."""
        try:
            made = json.loads(self._path.read_text(encoding="utf-8"))
            valid = made["configured"] == self._configured
            return str(made["chosen"]) if valid else self._configured
        except (OSError, ValueError, KeyError, TypeError):
            return self._configured  # nobody has chosen

    def make(self, name: str) -> None:
        """From now on ``name`` is wanted."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        made = {"configured": self._configured, "chosen": name}
        write_atomically(self._path, json.dumps(made))
