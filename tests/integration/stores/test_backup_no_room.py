"""No room for a backup, or for what is restored: the old one or the new one, never a mixture, and
words that say what to do."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from config import Settings, load
from face_rec import assembly
from face_rec.domain.errors import StoreError
from face_rec.stores.backup.backup_place import FilePlace
from face_rec.stores.redis import keys
from tests.fakes.clock import MORNING
from tests.integration.process.test_full_disk import namespaces
from tests.redis_servers import Server, standalone
from tests.samples import an_event

ROOT = Path(__file__).resolve().parents[3]
COUNT = 400
DAY = MORNING.date()
SMALL = """
import pathlib, subprocess, sys
small, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
kept = out.read_bytes()
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", str(small)], check=True)
if out.parent == small:
    out.write_bytes(b"the old one")
ran = subprocess.run([sys.executable, "-m", "face_rec", "backup", "--out", str(out), "--force"])
held = out.read_bytes() == (b"the old one" if out.parent == small else kept)
left = sorted(path.name for path in small.iterdir() if path != out)
print(ran.returncode, held, left)
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with standalone(tmp_path / "redis") as server:
        yield server


def _settings(server: Server, folder: Path, db: int) -> Settings:
    return load(_environ(server, folder, db), dotenv=None)


def _environ(server: Server, folder: Path, db: int) -> dict[str, str]:
    return {
        "REDIS_URL": f"redis://127.0.0.1:{server.port}/{db}", "DATA_DIR": str(folder / str(db)),
        "MODEL_PACK": str(folder / "none"), "CHAIN_KEY": "c" * 40,
    }  # fmt: skip


def _filled(settings: Settings) -> None:
    with assembly.build_attendance_stores(settings) as (_, stores):
        for number in range(COUNT):
            stores.marks.apply(an_event(f"e{number}", f"s{number}", number), 0)


@pytest.mark.skipif(not namespaces(), reason="a small disk can be mounted in a namespace only")
@pytest.mark.parametrize("where", ["place", "scratch"])
def test_a_backup_for_which_there_is_no_room_leaves_the_one_before(
    server: Server, tmp_path: Path, where: str
) -> None:
    _filled(_settings(server, tmp_path, 0))
    small = tmp_path / "small"
    small.mkdir()
    out = (small if where == "place" else tmp_path) / "backup"
    out.write_bytes(b"the old one")
    scratch = small if where == "scratch" else tmp_path
    environ = {**os.environ, **_environ(server, tmp_path, 0), "TMPDIR": str(scratch)}
    command = ["unshare", "--user", "--map-root-user", "--mount", sys.executable, "-c", SMALL]
    ran = subprocess.run(
        [*command, str(small), str(out)],
        cwd=ROOT, env=environ, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines()[-1] == "2 True []", ran.stdout + ran.stderr
    assert "No space left on device" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_restore_for_which_the_database_has_no_room_is_served_to_nobody(
    server: Server, tmp_path: Path
) -> None:
    old, new = (_settings(server, tmp_path, db) for db in (0, 1))
    _filled(old)
    with assembly.build_backups(old) as backups:
        backups.save(FilePlace(tmp_path / "backup"), MORNING)
    client = server.client()
    client.config_set("maxmemory", int(client.info("memory")["used_memory"]) + (200 << 10))
    with assembly.build_backups(new) as backups, pytest.raises(StoreError, match="memory"):
        backups.load(FilePlace(tmp_path / "backup"))
    with Redis(port=server.port, db=1) as restored:
        assert restored.exists(keys.restoring("main"))
    with pytest.raises(StoreError, match="only half put back"):
        assembly.build_attendance(new).__enter__()
    client.config_set("maxmemory", 0)
    with assembly.build_backups(new) as backups:
        backups.load(FilePlace(tmp_path / "backup"))
    with assembly.build_attendance_stores(new) as (_, stores):
        assert len(stores.marks.day(DAY)) == COUNT
