"""The sha256 of model files, remembered, so that a second start need not read them all."""

import hashlib
import json
import logging
import threading
from pathlib import Path

from face_rec.files import make_folder, write_durable
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence

log = logging.getLogger(__name__)

_CHUNK = 1 << 20


def sha256_of(path: Path) -> str:
    """The digest of a file's content, read now."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


class Digests:
    """Digests by path, size and modification time, kept in one JSON file.

    Safe to call from several threads; several processes may share the file (the last one
    to write wins, which costs the others one more reading).
    """

    def __init__(self, memory: Path) -> None:
        self._memory = memory
        self._lock = threading.Lock()

    def of(self, path: Path, *, fresh: bool = False) -> str:
        """sha256 of ``path``; with ``fresh`` the content is read whatever is remembered."""
        stat = path.stat()
        key, mark = str(path.resolve()), [stat.st_size, stat.st_mtime_ns]
        known = self._read().get(key, [])
        if not fresh and known[:2] == mark:
            return str(known[2])
        digest = sha256_of(path)
        self._remember(key, [*mark, digest])
        return digest

    def fault(self, path: Path, size: int, sha256: str, *, fresh: bool = False) -> str:
        """What is wrong with a file that should have ``size`` bytes and this digest, in words
        that follow its name; empty where nothing is."""
        if not path.is_file():
            return msgid("is missing")
        if path.stat().st_size != size:
            return sentence(
                "has {found} bytes instead of {size}", found=path.stat().st_size, size=size
            )
        if self.of(path, fresh=fresh) != sha256:
            return msgid("has been altered (its sha256 is not the expected one)")
        return ""

    def _read(self) -> dict[str, list[object]]:
        try:
            known = json.loads(self._memory.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}

    def _remember(self, key: str, entry: list[object]) -> None:
        with self._lock:
            kept = {path: known for path, known in self._read().items() if Path(path).exists()}
            try:
                make_folder(self._memory.parent)
                write_durable(self._memory, json.dumps({**kept, key: entry}, indent=1).encode())
            except OSError as error:  # only a slower next start
                log.warning("digests_not_remembered error=%s", error)
