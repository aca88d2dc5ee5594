"""A start on a disk that is full, on a real one: words and an exit status by which a service tries
again, and a start as soon as there is room."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.redis_servers import free_port

ROOT = Path(__file__).resolve().parents[3]
INSIDE = """
import json, os, pathlib, signal, subprocess, sys, time, urllib.request
data, room, port, again = pathlib.Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(data)], check=True)
filler = data / "filler"
filler.write_bytes(bytes(4 * 2**20 - room))

def app():
    return subprocess.Popen([sys.executable, "app.py"], stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True)

def answers():
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False

first = app()
said, _ = first.communicate(timeout=120)
told = {"status": first.returncode, "said": said}
if again == "again":
    filler.unlink()
    second = app()
    until = time.monotonic() + 120
    while not (told.get("answers") or time.monotonic() > until or second.poll() is not None):
        told["answers"] = answers()
        time.sleep(0.2)
    second.send_signal(signal.SIGTERM)
    second.communicate(timeout=60)
print(json.dumps(told))
"""


def namespaces() -> bool:
    command = ["unshare", "--user", "--map-root-user", "--mount", "true"]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not namespaces(), reason="a small disk can be mounted in a namespace only")
@pytest.mark.parametrize(
    ("room", "again", "words"),
    [
        (0, "", "Its disk is full"),
        (12 << 10, "again", "No space left on device"),
    ],
)
def test_a_start_on_a_full_disk_says_so_and_is_tried_again(
    tmp_path: Path, room: int, again: str, words: str
) -> None:
    port = str(free_port())
    environ = {**os.environ, "DATA_DIR": str(tmp_path), "PORT": port, "ACCOUNTS": "off",
               "BIND_ADDRESS": "127.0.0.1", "REDIS_HOST": "", "REDIS_URL": "", "DATA_KEY": "",
               "MODEL_PACK": str(tmp_path / "none")}  # fmt: skip
    command = ["unshare", "--user", "--map-root-user", "--mount", sys.executable, "-c", INSIDE,
               str(tmp_path), str(room), port, again]  # fmt: skip
    ran = subprocess.run(
        command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False, timeout=300
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    told = json.loads(ran.stdout.splitlines()[-1])
    assert told["status"] == 1  # 2 would leave the service down
    assert words in told["said"]
    assert "Make room" in told["said"] or not again
    assert "Traceback" not in told["said"]
    if again:
        assert told["answers"]
