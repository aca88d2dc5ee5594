"""The folder of a journal: what several processes of one machine keep each other out of, and what
is said where its disk refuses something."""

import logging
import math
import os
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Final

from face_rec import files
from face_rec.domain.errors import JournalError
from face_rec.domain.marks import Event
from face_rec.languages.sentence import sentence
from face_rec.stores.journal import journal_segment
from face_rec.stores.journal.journal_segment import SUFFIX, BadLine, Segment, parsed
from face_rec.stores.journal.line_seal import Checksum, LineSeal
from face_rec.stores.journal.offering import Offering
from face_rec.stores.journal.quarantine import Quarantine

log = logging.getLogger(__name__)

_LOCK: Final = "lock"


class JournalFolder:
    """Safe for several threads and processes. ``seal``: of its lines."""

    def __init__(self, path: Path, seal: LineSeal | None = None) -> None:
        self.path = path
        self.seal = seal or Checksum()
        self.offering = Offering(path, self.disk)

    @contextmanager
    def disk(self) -> Iterator[None]:
        """Turns what the disk says into JournalError."""
        try:
            yield
        except OSError as error:
            raise JournalError(
                sentence(
                    "The journal in {path} cannot be kept ({error}), so no mark "
                    "can be confirmed. Make room on the disk and let the app write "
                    "there.",
                    path=self.path,
                    error=error.strerror or error,
                )
            ) from error

    def alone(self) -> AbstractContextManager[None]:
        """No other process makes or takes a segment meanwhile. Raises OSError."""
        return files.exclusive(self.path / _LOCK)

    def create(self, kept: Sequence[Event] = ()) -> Segment:
        """A new segment, in which ``kept`` wait. Raises OSError."""
        with self.alone():
            return journal_segment.create(self.path, self.seal, kept)


# What lies in the journal's folder beside the segments of this process: those that dead
# processes left, and events that Redis has taken and may still lose.
#
# What a server acknowledged may be gone after a power cut, a failover or the death of a master.
# A segment whose events are all settled is therefore not removed but *retired*: it lies here,
# closed and never written to again, until it is older than it has to be. Whatever process of
# this machine finds it may read it, and offer its events again by their ids.

KEPT: Final = ".kept"


class KeptSegments:
    """The retired segments of ``folder``, each for ``seconds``; 0 keeps nothing.

    Safe for several threads and processes: a file is renamed once, read by many, and removed by
    whoever finds it too old. Its name says for how long the machine had run when it was retired,
    which is after its last line: the time of a file is the wall clock's, which may be set.
    """

    def __init__(
        self,
        folder: Path,
        seal: LineSeal,
        seconds: float,
        quarantine: Quarantine,
        operating_time: Callable[[], float],
    ) -> None:
        """``quarantine``: where damaged lines are shown. ``operating_time``: seconds for which
        this machine has run."""
        self._quarantine = quarantine
        self._time = operating_time
        self._folder = folder
        self._seal = seal
        self._seconds = seconds

    def __bool__(self) -> bool:
        return self._seconds > 0

    def retire(self, segment: Segment) -> None:
        """Keep ``segment``, in which nothing waits, or remove it where nothing in it is to be
        kept. Raises OSError."""
        if not self or not segment.settled:
            segment.discard()
            return
        try:
            segment.finish()  # a retired event of which no end is written would be nobody's
            if os.name == "nt":  # an open file cannot be renamed there
                segment.close()
            segment.path.rename(self._named(segment.path))
            files.sync_folder(self._folder)
        finally:
            if os.name != "nt":
                segment.close()

    def expire(self) -> None:
        """Remove what is old enough. What does not say how old it is, of the version before, or
        says more than this machine has run for, counts from now. A file that refuses is tried at
        the next look."""
        now = self._time()
        for path, since in self._files():
            with suppress(OSError):
                if since is None or since - 1 > now:  # it is rounded up
                    path.rename(self._named(path))
                elif now - since > self._seconds:
                    path.unlink(missing_ok=True)

    def events(self, own: Mapping[Path, bytes], within: float = math.inf) -> Iterator[Event]:
        """The settled events of all retired segments, and of the ``own`` ones that are written
        to, each with the lines that the disk has refused, oldest file first; only of files that
        were retired in the last ``within`` seconds.

        What was settled as no mark is left out, and so is what waits: that is handed on anyway.
        Lines that are damaged are set aside and cost no other one.
        """
        now = self._time()
        retired = [path for path, since in self._files() if since is None or now - since <= within]
        for path in (*retired, *own):
            try:
                content = path.read_bytes()
            except FileNotFoundError:  # retired or too old meanwhile
                continue
            except OSError as error:
                log.error("journal_kept_unreadable file=%s reason=%s", path.name, error)
                continue
            whole = content[: content.rfind(b"\n") + 1]
            yield from self._settled(path, whole + own.get(path, b""))

    def __len__(self) -> int:
        return len(self._files())

    def _settled(self, path: Path, content: bytes) -> Iterator[Event]:
        found: dict[str, Event] = {}
        bad: dict[bytes, str] = {}
        for line in filter(bytes.strip, content.split(b"\n")):
            try:
                said = parsed(line, self._seal)
            except BadLine as error:
                bad[line] = str(error)
                continue
            if said.event is not None:
                found[said.event.id] = said.event
            elif (event := found.pop(said.settled, None)) is not None and not said.void:
                yield event
        if bad:
            self._set_aside(path, bad)

    def _set_aside(self, path: Path, bad: Mapping[bytes, str]) -> None:
        """All of one file together, once: it is read again at each loss."""
        name = f"{_stem(path)}-kept{SUFFIX}"
        if name in self._quarantine:
            return
        log.error("journal_kept_lines_bad file=%s lines=%d", path.name, len(bad))
        try:
            lines = b"".join(line + b"\n" for line in bad)
            self._quarantine.put(name, lines, next(iter(bad.values())))
        except OSError as error:
            log.error("journal_kept_lines_not_set_aside file=%s reason=%s", path.name, error)

    def _named(self, path: Path) -> Path:
        return path.with_name(f"{_stem(path)}.{math.ceil(self._time())}{KEPT}")

    def _files(self) -> list[tuple[Path, int | None]]:
        """Retired segments and since when (see :meth:`_named`), oldest first."""
        found = [(path, _since(path)) for path in self._folder.glob(f"*{KEPT}")]
        return sorted(found, key=lambda one: (one[1] is not None, one[1] or 0, one[0]))


def _stem(path: Path) -> str:
    """What a segment is called all its life."""
    return path.name.partition(".")[0]


def _since(path: Path) -> int | None:
    """None of one that the version before has retired."""
    _, _, since = path.stem.partition(".")
    return int(since) if since.isdecimal() and since.isascii() else None


class Leftovers:
    """The segments of dead processes in ``folder``. Callers keep threads out."""

    def __init__(self, folder: Path, seal: LineSeal) -> None:
        self._folder = folder
        self._seal = seal
        self.quarantine = Quarantine(folder / "quarantine")
        self.unreadable: dict[str, str] = {}
        """Files that cannot be read, and why; tried again at every look."""

    def take(
        self, ours: Set[Path], alone: Callable[[], AbstractContextManager[None]]
    ) -> list[Segment]:
        """Locked and read; ``alone`` keeps other processes out. Raises OSError where the folder
        itself cannot be read."""
        leftovers = sorted({*self._folder.glob(f"*{SUFFIX}")} - ours)
        self.unreadable.clear()
        if not leftovers:
            return []
        with alone():
            return [s for p in leftovers if (s := self._taken(p)) is not None]

    def _taken(self, path: Path) -> Segment | None:
        """None where there is nothing to do, or nothing that can be done now: one file that is
        unreadable must not hold up all others."""
        try:
            segment = journal_segment.take_over(path, self._seal)
        except OSError as error:
            self._skipped(path, error)
            return None
        if segment is None:
            return None
        try:
            segment.read(self.quarantine)
        except FileNotFoundError:  # retired by its own process just now
            segment.close()
            return None
        except OSError as error:
            segment.close()
            self._skipped(path, error)
            return None
        return segment

    def _skipped(self, path: Path, error: OSError) -> None:
        self.unreadable[path.name] = error.strerror or str(error)
        log.error("journal_file_unreadable file=%s reason=%s", path.name, error)
