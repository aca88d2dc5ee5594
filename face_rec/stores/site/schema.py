"""In which form a site's data are, which versions of the program may use them, and the steps that
bring older data to the form of this one.

Redis holds two numbers: ``at``, the form that the data have, and ``reads``, the oldest form whose
programs may still use them. A step that only adds what older programs ignore and keep raises
``at`` alone: the version before goes on beside this one, and may be gone back to. Any other step
raises ``reads`` first, so that every older program holds what it does before anything is changed,
and refuses to start again.
"""

import logging
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from face_rec import files
from face_rec.background import Background
from face_rec.domain.errors import SchemaNewer, StoreUnavailable
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, redis_errors
from face_rec.stores.stored_json import Reader, written

log = logging.getLogger(__name__)

SCHEMA: Final = 1
"""The form that this version writes: the number of the last of its steps."""
_LEASE: Final = 30  # seconds: a process that was killed at a step is followed by another then
_RENEWED: Final = 5.0
_EVERY: Final = 0.1
HOLDS_AFTER: Final = 5.0
"""Seconds after which every older process has seen that it has to hold, and whatever it had begun
before is over: it asks ten times a second, and no command takes it longer than two."""
_LOCAL: Final = "schema.json"


@dataclass(frozen=True, slots=True)
class Schema:
    """``by``: the program that wrote it. Defaults are those of data before they had a number."""

    at: int = 0
    reads: int = 0
    by: str = ""


_read: Final = Reader(Schema)


@dataclass(frozen=True, slots=True)
class Step:
    """Brings data to the form ``to``. ``run`` may be called again after it was cut short anywhere,
    or was done already. ``readable``: programs of the form before may go on beside it."""

    to: int
    name: str
    run: Callable[[], object]
    readable: bool = True


@redis_errors()
def stored(client: Client, site: str) -> Schema:
    """What Redis says. Raises StoreUnavailable, and StoreError for what says nothing."""
    return parsed(cast("bytes | None", client.get(keys.schema(site))))


@redis_errors()
def begin_anew(client: Client, site: str) -> None:
    """The data of a backup come in the place of these: the next start takes all steps again. What
    older programs are kept from stays: those that run would write the older form meanwhile."""
    found = stored(client, site)
    if found.reads:
        client.set(keys.schema(site), written(Schema(0, found.reads, found.by)))
    else:
        client.delete(keys.schema(site))


def parsed(text: bytes | None) -> Schema:
    """What is stored means; nothing stored is the oldest form. Raises SchemaNewer for what is not
    understood: a later version may say it in another way."""
    if text is None:
        return Schema()
    try:
        return _read(text)
    except ValueError:
        raise SchemaNewer(_refusal(_LATER)) from None


def refuse_newer(found: Schema, form: int = SCHEMA) -> None:
    """Raises SchemaNewer where a program of ``form`` may not use the data."""
    if found.reads > form:
        raise SchemaNewer(_refusal(found.by or _LATER))


_LATER: Final = msgid("of a later version")


def _refusal(by: str) -> str:
    return sentence(
        "A newer version ({by}) has brought the data to a form that this one cannot use. Start "
        "that version again, or a later one. To go back for good, restore a backup made before "
        "the upgrade into an empty system with this version.",
        by=by,
    )


def why_held(text: bytes | None, form: int = SCHEMA) -> str:
    """Why a program of ``form`` that runs must not touch the data any more, or ""."""
    try:
        refuse_newer(parsed(text), form)
    except SchemaNewer as error:
        return error.said
    return ""


class Migration:
    """Takes the steps that are not taken yet, one process of all at a time."""

    def __init__(
        self,
        client: Client,
        site: str,
        steps: Sequence[Step],
        by: str,
        *,
        holds_after: float = HOLDS_AFTER,
    ) -> None:
        """``steps``: all there are, in order. ``by``: this version."""
        self._client = client
        self._key = keys.schema(site)
        self._turn = keys.turn(site, "schema")
        self._site = site
        self._steps = steps
        self._by = by
        self._holds_after = holds_after
        self._mine = secrets.token_hex(8)

    def run(self) -> int:
        """How many steps were taken. Returns when the data have the form of this version, whoever
        brought them there. Raises StoreUnavailable, SchemaNewer; cut short anywhere, the next call
        goes on."""
        taken = 0
        while self._left():
            if not self._alone():
                time.sleep(_EVERY)  # another process is at it, or was killed at it
                continue
            with self._renewed():
                for step in self._left():
                    self._take(step)
                    taken += 1
        return taken

    def _left(self) -> list[Step]:
        found = stored(self._client, self._site)
        refuse_newer(found, self._steps[-1].to if self._steps else SCHEMA)
        return [step for step in self._steps if step.to > found.at]

    def _take(self, step: Step) -> None:
        if not step.readable:
            self._write(reads=step.to)
            log.warning("schema_older_programs_hold form=%d step=%s", step.to, step.name)
            time.sleep(self._holds_after)
        step.run()
        self._write(at=step.to)
        log.info("schema_step_taken form=%d step=%s", step.to, step.name)

    @redis_errors()
    def _write(self, at: int = 0, reads: int = 0) -> None:
        """Numbers only grow."""
        was = stored(self._client, self._site)
        now = Schema(max(was.at, at), max(was.reads, reads), self._by)
        self._client.set(self._key, written(now))

    @redis_errors()
    def _alone(self) -> bool:
        return bool(self._client.set(self._turn, self._mine, nx=True, ex=_LEASE))

    @contextmanager
    def _renewed(self) -> Iterator[None]:
        """Nobody else is at it while inside, however long that takes."""

        def renew() -> None:
            while not renewing.stopping.wait(_RENEWED):
                with redis_errors():
                    self._client.expire(self._turn, _LEASE)

        renewing = Background("schema-lease", renew)
        renewing.start()
        try:
            yield
        finally:
            renewing.stop(_RENEWED)
            with suppress(StoreUnavailable):
                self._release()

    @redis_errors()
    def _release(self) -> None:
        if cast("bytes | None", self._client.get(self._turn)) == self._mine.encode():
            self._client.delete(self._turn)


# --- the files of this machine ----------------------------------------------------------------


def check_files(data_dir: Path, by: str, form: int = SCHEMA) -> None:
    """The same of journal, writes.db, pictures and witness of this machine: noted for later, and
    refused where a later version has changed them. Raises SchemaNewer, OSError."""
    path = data_dir / _LOCAL
    with files.exclusive(data_dir / f"{_LOCAL}.lock"):
        found = parsed(path.read_bytes() if path.exists() else None)
        refuse_newer(found, form)
        if form > found.at:
            files.write_durable(path, written(Schema(form, found.reads, by)))
