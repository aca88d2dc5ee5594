"""What a gallery reads of the people in Redis: all rows once, then the changes."""

import logging
from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import Any, Final

from face_rec.domain.people import Change, ChangeKind, GalleryEntry
from face_rec.protocols.models import Progress
from face_rec.protocols.sealing import Sealer
from face_rec.stores.people import person_codec, template_codec
from face_rec.stores.people.person_keys import PersonKeys, PersonSealer
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import BLOCK_MS, Client, redis_errors

log = logging.getLogger(__name__)

_BATCH: Final = 500  # people a round trip: a few MB of embeddings
_CHANGES_AT_ONCE: Final = 1000
_USUAL: Final = 5  # templates of a guided capture; few have more


class GalleryFeed:
    """Rows and changes of one site. Safe to call from several threads at once."""

    def __init__(
        self, client: Client, site: str, sealer: Sealer, own: PersonKeys | None = None
    ) -> None:
        self._client = client
        self._site = site
        self._sealer = sealer
        self._own = own
        head = [keys.ROWS, keys.ALIAS, keys.FACES] if own else [keys.ROWS]
        self._first = len(head)  # where the embeddings begin in an answer
        self._fields = [*head, *keys.VECTORS]
        self._usual = head if own else [*head, *keys.VECTORS[:_USUAL]]

    @redis_errors()
    def revision(self) -> int:
        number: Any = self._client.get(keys.revision(self._site))
        return int(number or 0)

    @redis_errors()
    def changes(self, since: int, block_ms: int = 0) -> list[Change] | None:
        """Changes after ``since`` without a gap, else None."""
        found = self._read_changes(since, block_ms)
        if not found and self.revision() == since:
            return []
        # Nothing, yet another revision: a change just now, a cut stream, or emptied data.
        found = found or self._read_changes(since, 0)
        whole = [change.revision for change in found] == list(
            range(since + 1, since + 1 + len(found))
        )
        return found if found and whole else None

    def _read_changes(self, since: int, block_ms: int) -> list[Change]:
        key = keys.changes(self._site)
        block = min(block_ms, BLOCK_MS) or None  # 0 would mean for ever
        answer: Any = self._client.xread({key: f"{since}-0"}, _CHANGES_AT_ONCE, block)
        return [_change(*entry) for _, entries in answer or () for entry in entries]

    @redis_errors()
    def entry(self, subject: str, contract: str) -> GalleryEntry | None:
        """The matchable rows of one person; None if there are none."""
        values: Any = self._client.hmget(keys.person(self._site, subject), self._fields)
        return self._entry(subject, contract, values, self._sealers([values])[0])

    def some(self, subjects: Sequence[str], contract: str) -> Iterator[GalleryEntry]:
        """The matchable rows of those of ``subjects`` who have any, in one or two round trips."""
        answers = self._read(subjects, contract)
        sealers = self._sealers(answers)
        found = map(self._entry, subjects, repeat(contract), answers, sealers)
        return (entry for entry in found if entry is not None)

    def entries(self, contract: str, progress: Progress | None = None) -> Iterator[GalleryEntry]:
        """The matchable rows of everybody, pipelined and streamed."""
        with redis_errors():
            total = int(self._client.hlen(keys.ids(self._site)))
        done = 0
        for subjects in self.subjects():
            yield from self.some(subjects, contract)
            done += len(subjects)
            if progress:
                progress(done, max(total, done))

    def subjects(self) -> Iterator[list[str]]:
        """Everybody once, in batches; a scan may name somebody twice."""
        met: set[str] = set()
        cursor = 0
        while True:
            with redis_errors():
                answer: Any = self._client.hscan(keys.ids(self._site), cursor, count=_BATCH)
            cursor, found = answer
            subjects = [subject.decode() for subject in found.values()]
            fresh = [subject for subject in dict.fromkeys(subjects) if subject not in met]
            met.update(fresh)
            for start in range(0, len(fresh), _BATCH):
                yield fresh[start : start + _BATCH]
            if not cursor:
                return

    def _read(self, subjects: Sequence[str], contract: str) -> list[Sequence[bytes | None]]:
        """One round trip for what nearly everybody has; another one for those whose embeddings
        were stored before people had keys of their own, or lie in later slots, as they do when
        the model is being changed."""
        answers = self._fetch(subjects, self._usual)
        more = [place for place, values in enumerate(answers) if self._lacks(values, contract)]
        found = self._fetch([subjects[place] for place in more], self._fields)
        for place, values in zip(more, found, strict=True):
            answers[place] = values
        return answers

    def _lacks(self, values: Sequence[bytes | None], contract: str) -> bool:
        if self._own is not None:
            return values[2] is None
        slots = person_codec.slots_of(values[0] or b"{}", contract)
        return bool(slots) and max(slots) >= len(values) - self._first

    @redis_errors()
    def _fetch(
        self, subjects: Sequence[str], fields: Sequence[str]
    ) -> list[Sequence[bytes | None]]:
        pipeline: Any = self._client.pipeline(transaction=False)
        for subject in subjects:
            pipeline.execute_command("HMGET", keys.person(self._site, subject), *fields)
        return list(pipeline.execute()) if subjects else []

    def _sealers(self, answers: Sequence[Sequence[bytes | None]]) -> Sequence[Sealer]:
        """One for each person; their own keys take one more round trip for all of them."""
        if self._own is None:
            return [self._sealer] * len(answers)
        return self._own.sealers([values[1] for values in answers], self._sealer)

    def _entry(
        self,
        subject: str,
        contract: str,
        values: Sequence[bytes | None],
        sealer: Sealer,
    ) -> GalleryEntry | None:
        """The rows that ``values`` hold, read once more where they cannot hold all."""
        slots, first = person_codec.slots_of(values[0] or b"{}", contract), self._first
        if isinstance(sealer, PersonSealer) and slots and (faces := values[2]) is not None:
            return _of_faces(subject, faces, slots, sealer)
        if slots and max(slots) >= len(values) - first:
            return self.entry(subject, contract)
        stored = [(slot, row) for slot in slots if (row := values[slot + first]) is not None]
        if not stored:
            return None
        try:
            return GalleryEntry(subject, template_codec.matrix_of(sealer, subject, stored))
        except ValueError as error:
            log.error("templates_unreadable subject=%s reason=%s", subject, error)
            return None


def _of_faces(
    subject: str, faces: bytes, slots: Sequence[int], sealer: PersonSealer
) -> GalleryEntry | None:
    """The rows of ``slots`` in all that the person's own key has sealed."""
    try:
        rows = template_codec.rows_of(
            sealer.open_own(faces, template_codec.faces_context(subject)), slots
        )
    except ValueError as error:
        log.error("templates_unreadable subject=%s reason=%s", subject, error)
        return None
    return None if rows is None else GalleryEntry(subject, rows)


def _change(entry_id: bytes, fields: dict[bytes, bytes]) -> Change:
    kind = ChangeKind(fields[keys.KIND.encode()].decode())
    return Change(int(entry_id.split(b"-")[0]), kind, fields[keys.SUBJECT.encode()].decode())
