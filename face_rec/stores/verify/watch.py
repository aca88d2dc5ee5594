"""Copies the chain's heads to the witness every minute, and checks everything when asked."""

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Final

from face_rec.background import Background
from face_rec.clock import MachineClock
from face_rec.domain.errors import Conflict, StoreError
from face_rec.languages.sentence import sentence, sentence_many
from face_rec.protocols.models import Progress
from face_rec.stores.chain.links import Stream, head_of, name_of, parsed, stream_of
from face_rec.stores.verify.after_loss import AfterLoss
from face_rec.stores.verify.chain_days import ChainDays
from face_rec.stores.verify.chain_records import Records
from face_rec.stores.verify.chain_report import Report, WitnessStatus
from face_rec.stores.verify.check import ChainCheck
from face_rec.stores.verify.walk import older_of
from face_rec.stores.witness.witness import Witness
from face_rec.stores.witness.witness_entry import Heads, Seen

log = logging.getLogger(__name__)

EVERY: Final = 60.0
"""Seconds between two copies: how many marks a cut of the tail could hide at most."""
_LOOKED_AT: Final = 100  # witnessed lists, the streams and the newest days
_LOOK_BACK: Final = 7  # days read at the start, for what a crash kept from being copied


class ChainWatch:
    """A thread that witnesses what ``written`` names, every minute and once at the end.

    A head is copied only if it goes on from the one witnessed before: a list that was
    rewritten never replaces the evidence. ``records`` are what the streams beside the marks speak
    of; ``check`` reads all; ``repeated`` counts the marks for which others were found to stand
    since then. Methods are safe from any thread.
    """

    def __init__(
        self,
        check: ChainCheck,
        days: ChainDays,
        witness: Witness,
        records: Sequence[Records] = (),
        *,
        written: Callable[[], set[Stream]],
        clock: MachineClock,
        every: float = EVERY,
        repeated: Callable[[datetime], int] = lambda _: 0,
    ) -> None:
        self._days = days
        self._witness = witness
        self._records = tuple(records)
        self._check = check
        self._written = written
        self._clock = clock
        self._repeated = repeated
        self._every = every
        self._waiting: set[Stream] = set()
        self._unbegun = list(records)
        self._broken: dict[str, str] = {}
        self._status = WitnessStatus(places=witness.places)
        self._after_loss = AfterLoss(witness, clock)
        self._copying = threading.Lock()
        self.emptied = ""
        """Why the database cannot be the one that was witnessed, as it was at the start."""
        self._thread = Background("chain-witness", self._run)

    def start(self) -> None:
        self._waiting |= self._lately()
        with suppress(StoreError):  # away: whatever comes back is looked at by the copies
            self.emptied = self._emptied()
        if self.emptied:
            log.critical("database_is_empty detail=%s", self.emptied)
        self._thread.start()

    def close(self) -> None:
        """Copy what is new, then stop."""
        self._thread.stop(20)

    def status(self) -> WitnessStatus:
        return self._status

    @property
    def witness(self) -> Witness:
        return self._witness

    def verify(self, progress: Progress | None = None) -> Report:
        """Check everything (see ChainCheck). Raises StoreError."""
        return self._check.run(progress)

    def went_back(self, offered: Iterable[date] = (), servers: Iterable[str] = ()) -> None:
        """The database lost the ends of lists and what was in them is being chained anew: for
        a while such a list replaces what was witnessed, once it is as long again, if it is a
        stream, of the last days, or of those of which marks were ``offered`` again: a correction
        of last month is lost as well. Whoever says so has written it into the audit log. That is
        on the disk when this returns, with the ``servers`` that answer now: for who begins after
        this process was killed."""
        with self._copying:
            self._after_loss.begin(offered, servers)
            self._waiting |= self._mended_days()

    def saw(self, servers: Iterable[str]) -> None:
        """These answer, and all is there: another one after a restart of this process may have
        lost something meanwhile."""
        with self._copying:
            self._after_loss.remember(servers)

    def servers(self) -> frozenset[str]:
        """Which answered last, as the witness has it; none where nobody knows."""
        with self._copying:  # the witness is one thread's at a time
            return self._after_loss.servers()

    def also(self, days: Iterable[date]) -> None:
        """Witness these as well the next time: days of long ago that another process wrote, which
        then ended, or a command did."""
        with self._copying:
            self._waiting |= set(days)

    def _emptied(self) -> str:
        """Whether there is nothing of all that was witnessed: its files are gone, or it is another
        database. One list that is missing is the check's to find."""
        seen = sorted(self._witness.known() or {}, reverse=True)
        lists = [stream_of(name) for name in seen]
        if not lists or any(self._days.entry(one, 0) is not None for one in lists[:_LOOKED_AT]):
            return ""
        return sentence_many(
            "{count} list was witnessed, and the database does not have it.",
            "{count} lists were witnessed, and the database has none of them.",
            len(lists),
        )

    def _lately(self) -> set[Stream]:
        today = self._clock.now().date()
        return {today - timedelta(days=number) for number in range(_LOOK_BACK)}

    def _mended_days(self) -> set[Stream]:
        return self._lately() | self._after_loss.days

    # --- copying

    def copy(self) -> None:
        """Bring the heads of what was written since the last time to the witness."""
        with self._copying:
            self._after_loss.recall()
            if self._after_loss.lasts:
                self._waiting |= self._mended_days()
            self._waiting |= self._written()
            # Commands beside the app write these, too, and say nothing of it here.
            self._waiting |= {one.ledger.name for one in self._records}
            problem = ""
            for step in (self._begin, self._begin_records, self._append, self._witness.copy):
                try:
                    step()
                except StoreError as error:  # Redis, disk or S3; kept for the next time
                    problem = problem or error.said
            self._note(problem)

    def _begin(self) -> None:
        """The log, once: with all heads there are, and what carries no link."""
        if self._witness.known() is not None:
            return
        before, flaws = self._witness.before_logs()
        if flaws:  # what it says would be lost: the log begins once it is mended
            raise StoreError(flaws[0])
        heads = {name_of(seen.day): (seen.count, seen.link) for seen in before}
        older: dict[str, tuple[int, str]] = {}
        days = self._days.days()
        for day in days:
            stored = self._days.read(day)
            found, without = head_of(stored.head), older_of(stored)
            if found is not None:
                heads.setdefault(name_of(day), found[:2])
            if without[0]:
                older[name_of(day)] = without
        self._witness.begin(self._clock.now(), heads, older)
        self._waiting |= days
        if older:
            log.warning("witness_begins accepted_without_link_days=%d", len(older))

    def _begin_records(self) -> None:
        """Streams that do not speak yet of what was there before them."""
        known = self._witness.known() or {}
        for one in list(self._unbegun):
            name = one.ledger.name
            if name in known and not self._goes_on(name, known[name]):
                continue  # it was rewritten or taken away: nothing is accepted anew
            try:
                one.begin()
            except Conflict:  # somebody changed something just now; the next time
                continue
            self._unbegun.remove(one)
        self._waiting |= self._written()

    def _append(self) -> None:
        known = self._witness.known()
        if known is None:
            return
        done, heads = set(self._waiting), self._newer(known)
        if heads and not self._witness.broken:
            self._witness.append(self._clock.now(), heads)
        self._waiting -= done

    def _newer(self, known: Mapping[str, Seen]) -> Heads:
        """The heads that have gone on, of what waits."""
        found: dict[str, tuple[int, str]] = {}
        for stream in sorted(self._waiting, key=name_of):
            name = name_of(stream)
            head, before = head_of(self._days.head(stream)), known.get(name)
            follows = before is None or self._goes_on(stream, before)
            if before is not None and not follows and not self._mended(stream, before, head):
                self._broken[name] = _broken(stream)
                continue
            self._broken.pop(name, None)
            if head is not None and (before is None or head[0] > before.count or not follows):
                found[name] = head[:2]
        return found

    def _mended(self, stream: Stream, known: Seen, head: tuple[int, str, str] | None) -> bool:
        """Whether a list that does not go on from ``known`` was lost and has been chained anew.
        It may stay shorter by lost marks near which others had been made before they came back."""
        lately = isinstance(stream, str) or stream in self._mended_days()
        if not self._after_loss.lasts or not lately or head is None:
            return False
        if (short := known.count - head[0]) > 0 and not isinstance(stream, str):
            short -= self._repeated(known.at)
        if short > 0:
            return False
        log.error("chain_made_anew list=%s witnessed=%d entries=%d", stream, known.count, head[0])
        return True

    def _goes_on(self, stream: Stream, known: Seen) -> bool:
        entry = self._days.entry(stream, known.count - 1)
        linked = parsed(entry) if entry is not None else None
        return linked is not None and linked.link == known.link

    def _note(self, problem: str) -> None:
        before = self._status
        lists = (self._broken[name] for name in sorted(self._broken))
        broken = " ".join(filter(None, [self._witness.broken, *lists]))
        at = before.at if problem else self._clock.now()
        self._status = WitnessStatus(at, problem, broken, before.places)
        if broken and broken != before.broken:
            log.error("chain_broken detail=%s", broken)
        if problem and problem != before.problem:
            log.warning("witness_waits reason=%s", problem)

    def _run(self) -> None:
        stopping = self._thread.stopping
        while not stopping.is_set():
            self.copy()
            stopping.wait(self._every)
        self.copy()


def _broken(stream: Stream) -> str:
    if isinstance(stream, date):
        return sentence("The marks of {day} do not go on from what was witnessed.", day=stream)
    return sentence("The changes of {name} do not go on from what was witnessed.", name=stream)
