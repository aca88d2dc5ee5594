"""A change of the recognition model as Redis holds it, for all processes of a site."""

from collections.abc import Mapping
from typing import Any, Final

from face_rec.domain.errors import Conflict
from face_rec.languages.language import msgid
from face_rec.people.change.plan import Plan, Progress, Trial
from face_rec.retry import until_first
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, redis_errors
from face_rec.stores.redis.lua import Script
from face_rec.stores.redis.turn import RedisTurn
from face_rec.stores.stored_json import Reader, written

_PLAN: Final = "plan"
_PROGRESS: Final = "progress"
_TRIAL: Final = "trial"
_NONE: Final = b""
"""In the place of a plan that has ended."""
_SWAP: Final = Script("swap_field")
_LEASE: Final = 20
"""Seconds: a process that was killed at the work is followed by another one after them."""

_read_plan: Final = Reader(Plan)
_read_progress: Final = Reader(Progress)
_read_trial: Final = Reader(Trial)
_read_reasons: Final[Reader[dict[str, str]]] = Reader(dict[str, str])


class RedisModelChange:
    """A ``ChangeStore``. Each process has one of its own; safe from any thread of it."""

    def __init__(self, client: Client, site: str, *, lease: int = _LEASE) -> None:
        self._client = client
        self._key = keys.model_change(site)
        self._failed = keys.model_change_failed(site)
        self._turn = RedisTurn(client, site, "model-change", lease)
        self._lease = lease

    @redis_errors()
    def plan(self) -> Plan | None:
        stored: Any = self._client.hget(self._key, _PLAN)
        return _read_plan(stored) if stored else None

    @redis_errors()
    def begin(self, plan: Plan) -> bool:
        if self._client.hsetnx(self._key, _PLAN, written(plan)):
            return True
        return self._swapped(_NONE, written(plan))

    @redis_errors()
    def swap(self, was: Plan, becomes: Plan) -> bool:
        stored: Any = self._client.hget(
            self._key, _PLAN
        )  # maybe with the fields of an older version
        if not stored or _read_plan(stored) != was:
            return False
        return self._swapped(stored, written(becomes))

    @redis_errors()
    def end(self, plan: Plan) -> None:
        stored: Any = self._client.hget(self._key, _PLAN)
        if stored and _read_plan(stored) == plan and self._swapped(stored, _NONE):
            self._client.hdel(self._key, _PROGRESS, _TRIAL)
            self._client.delete(self._failed)

    def _swapped(self, was: bytes, becomes: bytes) -> bool:
        return bool(_SWAP.run(self._client, [self._key], [_PLAN, was, becomes]))

    @redis_errors()
    def progress(self) -> Progress | None:
        stored: Any = self._client.hget(self._key, _PROGRESS)
        return _read_progress(stored) if stored else None

    @redis_errors()
    def note(self, progress: Progress) -> None:
        self._client.hset(self._key, _PROGRESS, written(progress))

    @redis_errors()
    def trial(self) -> Trial | None:
        stored: Any = self._client.hget(self._key, _TRIAL)
        return _read_trial(stored) if stored else None

    @redis_errors()
    def keep(self, trial: Trial | None) -> None:
        if trial is None:
            self._client.hdel(self._key, _TRIAL)
        else:
            self._client.hset(self._key, _TRIAL, written(trial))

    @redis_errors()
    def failures(self) -> Mapping[str, Mapping[str, str]]:
        stored: Any = self._client.hgetall(self._failed)
        return {subject.decode(): _read_reasons(text) for subject, text in stored.items()}

    @redis_errors()
    def fail(self, subject: str, reasons: Mapping[str, str]) -> None:
        stored: Any = self._client.hget(self._failed, subject)
        known = _read_reasons(stored) if stored else {}
        self._client.hset(self._failed, subject, written({**known, **reasons}))

    @redis_errors()
    def forgive(self, *subjects: str) -> None:
        if subjects:
            self._client.hdel(self._failed, *subjects)
        else:
            self._client.delete(self._failed)

    @property
    def lease(self) -> float:
        return self._lease

    def claim(self) -> bool:
        return self._turn.claim()

    def release(self) -> None:
        self._turn.release()

    # --- of one person, for whoever erases or exports them

    def held(self, subject: str) -> list[dict[str, Any]]:
        """What could not be made of their photos, and why."""
        return [{"reason": reason} for reason in self.failures().get(subject, {}).values()]

    @redis_errors()
    def forget(self, subject: str) -> int:
        until_first(lambda: self._cut(subject), tries=None)
        return int(self._client.hdel(self._failed, subject))

    def _cut(self, subject: str) -> None:
        """Raises Conflict where another trial was written meanwhile."""
        stored: Any = self._client.hget(self._key, _TRIAL)
        trial = _read_trial(stored) if stored else None
        if trial is None or trial == trial.without(subject):
            return
        left = written(trial.without(subject))
        if not _SWAP.run(self._client, [self._key], [_TRIAL, stored, left]):
            raise Conflict(msgid("Another comparison was written meanwhile."))
