"""What a process has freed does not stay with it."""

import ctypes
import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import ROOT
from face_rec import spare_memory
from face_rec.spare_memory import SpareMemory, give_back, keep_little
from tests.redis_servers import wait_until

GLIBC = pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None), "gnu_get_libc_version"), reason="this C library is not glibc"
)
_POOL = "ARROW_DEFAULT_MEMORY_POOL"
_ARENAS = """
import ctypes, sys, tempfile, threading
from face_rec.spare_memory import keep_little
if sys.argv[1] == "few":
    assert keep_little()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
waits, last = threading.Barrier(13), threading.Event()
def allocate():
    assert libc.malloc(100_000)
    waits.wait()
    last.wait()
for _ in range(12):
    threading.Thread(target=allocate, daemon=True).start()
waits.wait()
libc.fdopen.restype, libc.malloc_info.argtypes = ctypes.c_void_p, [ctypes.c_int, ctypes.c_void_p]
with tempfile.TemporaryFile() as file:
    libc.malloc_info(0, libc.fdopen(file.fileno(), b"w"))
    libc.fflush(None)
    file.seek(0)
    print(file.read().count(b"<heap nr="))
last.set()
"""


def _arenas(how: str, **environment: str) -> int:
    """Of twelve threads that each have allocated something."""
    left = {name: value for name, value in os.environ.items() if "MALLOC" not in name}
    command = [sys.executable, "-c", _ARENAS, how]
    return int(subprocess.check_output(command, cwd=ROOT, env={**left, **environment}, text=True))


@GLIBC
def test_threads_share_few_arenas() -> None:
    assert _arenas("all") > spare_memory.ARENAS
    assert _arenas("few") == spare_memory.ARENAS


@pytest.mark.parametrize("name", ["MALLOC_ARENA_MAX", "GLIBC_TUNABLES"])
def test_who_has_chosen_by_the_environment_is_not_overruled(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spare_memory, "_of_glibc", lambda _: lambda *_: 1)
    for chosen in spare_memory._CHOSEN:
        monkeypatch.delenv(chosen, raising=False)
    assert keep_little()
    monkeypatch.setenv(name, "8")
    assert not keep_little()


def test_arrow_in_the_app_allocates_as_all_else_does(tmp_path: Path) -> None:
    left = {name: value for name, value in os.environ.items() if name != _POOL}
    asked = "import app, pyarrow; print(pyarrow.default_memory_pool().backend_name)"
    said = subprocess.check_output(
        [sys.executable, "-c", asked], cwd=ROOT, text=True,
        env={**left, "DATA_DIR": str(tmp_path)},
    )  # fmt: skip
    assert said.split()[-1] == "system"


def test_whoever_has_chosen_what_arrow_allocates_with_is_not_overruled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(spare_memory, "_of_glibc", lambda _: None)
    monkeypatch.setenv(_POOL, "mimalloc")
    keep_little()
    assert os.environ[_POOL] == "mimalloc"


def _resident() -> int:
    """Bytes."""
    pages = Path("/proc/self/statm").read_text("ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGESIZE")


@GLIBC
def test_what_is_free_between_what_is_held_is_given_back() -> None:
    libc = ctypes.CDLL(None)
    libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
    blocks = [libc.malloc(60_000) for _ in range(1000)]  # too small for a mapping of their own
    for block in blocks:
        ctypes.memset(block, 1, 60_000)
    held = blocks[::50]
    for block in set(blocks) - set(held):
        libc.free(block)
    before = _resident()
    assert give_back()
    assert before - _resident() > 40_000_000
    for block in held:
        libc.free(block)


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    class Musl:
        """Knows neither call."""

    monkeypatch.setattr(ctypes, "CDLL", lambda _: Musl())
    for name in spare_memory._CHOSEN:
        monkeypatch.delenv(name, raising=False)
    assert not keep_little()
    assert not give_back()


def test_it_is_given_back_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    times: list[int] = []
    monkeypatch.setattr(spare_memory, "give_back", lambda: times.append(1))
    one = SpareMemory(every=0.01)
    one.start()
    wait_until(lambda: len(times) > 3)
    one.close()
