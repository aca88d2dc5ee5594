"""The Lua scripts beside this module, run alike on one server and on a cluster."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from redis.exceptions import NoScriptError

from face_rec.stores.redis.client import Client, node_of

_FOLDER = Path(__file__).resolve().parent / "scripts"
WAIT_MS: Final = 600  # for replicas; under the patience of the client that marks

Argument = str | bytes | int


class Script:
    """One script of ``scripts/``; all its keys are of one slot."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._text = _text("chain_head") + _text(name)
        self._sha = hashlib.sha1(self._text.encode(), usedforsecurity=False).hexdigest()

    def run(self, client: Client, keys: Sequence[str], args: Sequence[Argument]) -> Any:  # noqa: ANN401
        """What the script returns; the server gets its text when it has not met it."""
        try:
            return client.evalsha(self._sha, len(keys), *keys, *args)
        except NoScriptError:
            return client.eval(self._text, len(keys), *keys, *args)

    def run_and_wait(
        self, client: Client, keys: Sequence[str], args: Sequence[Argument], replicas: int
    ) -> tuple[Any, int]:
        """What the script returns, and how many replicas have what it wrote.

        WAIT speaks of the connection it is sent on, so both travel in one pipeline to the
        node that holds the keys; EVAL, because a pipeline cannot react to NOSCRIPT.
        """
        pipeline = node_of(client, keys[0]).pipeline(transaction=False)
        pipeline.eval(self._text, len(keys), *keys, *args)
        pipeline.wait(replicas, WAIT_MS)
        answer, reached = pipeline.execute()
        return answer, int(reached)


def _text(name: str) -> str:
    return (_FOLDER / f"{name}.lua").read_text(encoding="utf-8")
