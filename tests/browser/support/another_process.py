"""Another process of the app, on the same data: what it changes, the running server hears of
through the database alone."""

import json
import select
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_ANSWERS_WITHIN = 120.0  # seconds, of a machine on which much else runs
_LOOP = """
import json, sys, traceback
import config
from face_rec import assembly
from face_rec.access.rights import Role
from face_rec.domain.groups import ALL_GROUPS, NO_GROUPS, only
told = sys.stdout
sys.stdout = sys.stderr
for line in sys.stdin:
    failed, scope = "", dict(globals())
    try:
        with assembly.build_access(config.load()) as access:
            scope |= {"access": access, "accounts": access.accounts}
            exec(json.loads(line), scope)
    except BaseException:
        failed = traceback.format_exc()
    print(json.dumps([failed, scope.get("found")]), file=told, flush=True)
"""


class AnotherProcess:
    """Runs pieces of code one after the other; starting a process for each took two seconds.

    The code finds ``access``, ``accounts``, ``assembly``, ``config``, ``Role``, ``ALL_GROUPS``,
    ``NO_GROUPS`` and ``only``."""

    def __init__(self, root: Path, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _LOOP], cwd=root, env=dict(environment),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def run(self, code: str) -> Any:  # noqa: ANN401
        """Returns when it is done what the code calls ``found``; fails the test with what it
        raised."""
        try:
            failed, found = json.loads(self._answer(code))
        except BaseException:
            self.end()  # or its answer would be taken for that to the next question
            raise
        assert not failed, failed
        return found

    def _answer(self, code: str) -> bytes:
        asked, told = self._process.stdin, self._process.stdout
        assert asked is not None
        assert told is not None
        asked.write(json.dumps(code).encode() + b"\n")
        asked.flush()
        ready, _, _ = select.select([told], [], [], _ANSWERS_WITHIN)
        assert ready, f"the other process did not answer to {code}"
        answer = told.readline()
        assert answer, f"the other process ended at {code}"
        return answer

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def end(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
