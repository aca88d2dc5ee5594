"""How often an engine's answers were the exact ones: of the newest audited, yes or no, in the
store that all processes of a site share. Nothing of it is about anybody."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from face_rec.domain.health import HealthCheck
from face_rec.languages.language import msgid
from face_rec.languages.sentence import Figure, sentence
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, redis_errors

WINDOW: Final = 1000
LEAST: Final = 0.999
_KEPT_SECONDS: Final = 30 * 86400
_YES, _NO = "1", "0"


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of the newest ``asked`` answers, at most :data:`WINDOW`, ``agreed`` were exact."""

    asked: int = 0
    agreed: int = 0

    @property
    def enough(self) -> bool:
        """Whether 99.9 % of a whole window can still be reached: the first that differs may be
        the one in a thousand, the second is not."""
        return self.asked - self.agreed <= WINDOW * (1 - LEAST) + 1e-9


class RedisAgreements:
    """Implements Agreements; one list for each contract."""

    def __init__(self, client: Client, site: str) -> None:
        self._client = client
        self._site = site

    @redis_errors()
    def note(self, contract: str, agreed: bool) -> None:
        key = keys.vector_audit(self._site, contract)
        pipeline: Any = self._client.pipeline(transaction=True)
        pipeline.lpush(key, _YES if agreed else _NO)
        pipeline.ltrim(key, 0, WINDOW - 1)
        pipeline.expire(key, _KEPT_SECONDS)
        pipeline.execute()

    @redis_errors()
    def newest(self, contract: str) -> Agreement:
        found: Any = self._client.lrange(keys.vector_audit(self._site, contract), 0, -1)
        return Agreement(len(found), found.count(_YES.encode()))


def agreement_check(newest: Callable[[], Agreement | None]) -> Callable[[], HealthCheck]:
    """A warning where fewer than 99.9 % of the newest audited answers were exact. ``newest``: None
    while no model is loaded."""

    def check() -> HealthCheck:
        now = newest() or Agreement()
        detail = sentence(
            "Of the newest {asked} audited answers {agreed} were exact",
            asked=Figure(now.asked), agreed=Figure(now.agreed),
        )  # fmt: skip
        if now.enough:
            return HealthCheck("gallery audit", ok=True, detail=detail)
        return HealthCheck(
            "gallery audit", ok=True, detail=detail, warning=True,
            advice=msgid(
                "The vector engine misses people: somebody who is known may be called unknown. "
                "Scores are exact all the same. Empty the engine (FLUSHALL there), which is "
                "filled again, and set GALLERY=int8 if this comes back."
            ),
        )  # fmt: skip

    return check
