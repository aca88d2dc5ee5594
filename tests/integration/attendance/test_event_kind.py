"""A new kind of event, like another source of marks, is a line in :mod:`face_rec.domain.marks`."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.redis_servers import Server

ROOT: Final = Path(__file__).resolve().parents[3]
KINDS: Final = """
    ERRAND = "errand", MarkKind("Errand", "an ERRAND", Way.OUT)
    REJECT = "reject", CorrectionKind(
        "Reject", "rejected", "Somebody else stood there.", "It is rejected already.",
        voided=True, disputed=True,
    )
"""
SOURCE: Final = """
    STAMP = "stamp", "Stamp", True
"""
REGISTERED: Final = {
    "    def __new__(cls, value: str, what": KINDS,
    "    def __new__(\n        cls, value: str, words": SOURCE,
}
RUN: Final = f"""
import importlib.util, pathlib, sys

name = "face_rec.domain.marks"
found = importlib.util.find_spec(name)
module = sys.modules[name] = importlib.util.module_from_spec(found)
text = pathlib.Path(found.origin).read_text("utf-8")
for line, registered in {REGISTERED!r}.items():
    assert text.count(line) == 1
    text = text.replace(line, registered + line)
exec(text, vars(module))

from tests.integration.attendance.invented_kinds import main
main(int(sys.argv[1]))
"""
"""The module with all of these in it, before anything else is read."""


@pytest.mark.nightly
def test_an_invented_kind_is_everywhere_by_its_registration_alone(redis_server: Server) -> None:
    redis_server.client().flushall()
    run = subprocess.run(
        [sys.executable, "-c", RUN, str(redis_server.port)],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-4000:]
    said = json.loads(run.stdout.splitlines()[-1])
    stored = ["punch", "errand", "punch", "reject"]
    assert said["store"] == stored
    assert said["cooldown"] == "already"  # an errand is a mark, and holds off the next one
    assert said["marks"] == ["punch", "errand"]
    assert said["rejected"] == [True, True]
    assert said["worked"] == 40 * 60  # she left with it
    assert said["audit"] == ["rejected", "errand"]
    assert {"Count as errand", "Reject"} <= set(said["choices"])
    assert said["records"] == ["Errand", "Mark"]
    assert said["taken by"] == ["By hand", "Stamp"]
    assert said["csv"] == ["errand", "punch"]
    assert sorted(said["export"]) == sorted(stored)
    assert said["export table"] == ["errand", "punch"]
    assert sorted(said["api"]) == sorted(stored)
    assert {"errand", "reject"} <= set(said["openapi"])
