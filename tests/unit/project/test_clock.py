"""``make test-clock`` moves the clock of what it starts, and nothing that only counts seconds."""

import json
import os
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from tests import clock

SAYS = """
import json, os, tempfile, threading, time
from datetime import datetime
began = time.monotonic()
time.sleep(0.01)
threading.Event().wait(0.01)
counted = time.monotonic() - began
with tempfile.NamedTemporaryFile() as file:
    made = time.time() - os.stat(file.name).st_mtime
    os.utime(file.name, (time.time() - 50,) * 2)
    aged = time.time() - os.stat(file.name).st_mtime
print(json.dumps([datetime.now().isoformat(), counted, made, aged]))
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not shutil.which("cc"):
        pytest.skip("needs a C compiler; install gcc")
    return clock.build(tmp_path_factory.mktemp("clock"))


@pytest.mark.parametrize(("moment", "zone"), clock.MOMENTS)
def test_what_is_started_believes_that_it_is_then(library: Path, moment: str, zone: str) -> None:
    around = os.environ | clock.environment(library, moment, zone)
    said = subprocess.run(
        [sys.executable, "-c", SAYS], env=around, check=True, capture_output=True, timeout=60
    ).stdout
    now, counted, made, aged = json.loads(said)
    late = datetime.fromisoformat(now) - datetime.fromisoformat(moment)
    assert -1 <= late.total_seconds() < 60
    assert 0.02 <= counted < 60
    assert -1 <= made < 60
    assert 49 <= aged < 110
