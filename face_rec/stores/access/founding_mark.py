"""A file that says there was an account once: it outlives the database and a restart."""

from pathlib import Path


class FileMark:
    """An empty file beside the data. Safe to call from any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def made(self) -> bool:
        return self._path.exists()

    def make(self) -> None:
        """A disk that cannot take it costs only what the mark is for."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._path.touch(mode=0o600)
        except OSError:
            return
