"""How the listening socket changes hands, between two sides of this process or with a real other
one: who gets it, who does not, and what is left when one of them dies on the way."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from face_rec.domain.errors import HandoverRefused
from face_rec.web.server import handover
from face_rec.web.server.handover import Giver, Server, Taker
from face_rec.web.server.runner import alone
from tests.redis_servers import free_port

ME = Server("main", "127.0.0.1", 8501, "0.3.0")
NEXT = replace(ME, version="0.4.0")
NOBODY = 65534

Serving = tuple[socket.socket, Path, threading.Event]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return handover.meeting_place(tmp_path, free_port())


@pytest.fixture
def give(place: Path) -> Iterator[Callable[..., Serving]]:
    """Begins to serve; ``refused``: why it is not given."""
    begun: list[tuple[Giver, socket.socket]] = []

    def start(refused: str = "") -> Serving:
        listening = socket.create_server(("127.0.0.1", 0))
        left = threading.Event()
        giver = Giver(ME, place, lambda: listening, lambda: refused, left.set)
        giver.start()
        begun.append((giver, listening))
        return listening, place, left

    yield start
    for giver, listening in begun:
        giver.close()
        listening.close()
        for line in giver.held:
            line.close()


def _asked(place: Path, me: Server = NEXT) -> tuple[Taker, socket.socket]:
    found = Taker.ask(me, place)
    assert found is not None
    return found


def _takes_place(taker: Taker) -> None:
    taker.serving()
    taker.still()


def _end(taker: Taker, taken: socket.socket) -> None:
    taker.wait_until_left(0.0001)
    taken.close()


def _connects(to: socket.socket) -> socket.socket:
    return socket.create_connection(to.getsockname(), timeout=20)


def test_who_waited_to_be_accepted_is_served_by_the_next_process(
    give: Callable[..., Serving],
) -> None:
    listening, place, left = give()
    with _connects(listening) as visitor:
        taker, taken = _asked(place)
        assert not left.is_set(), "until the word it serves on"
        _takes_place(taker)
        assert left.wait(20)
        listening.close()
        accepted, _ = taken.accept()
        with accepted:
            accepted.sendall(b"served")
            assert visitor.recv(6) == b"served"
    _end(taker, taken)


@pytest.mark.parametrize("word", ["", "found[0].serving()"], ids=["first", "second"])
def test_a_newcomer_that_dies_before_its_second_word_changes_nothing_and_the_next_one_is_given_it(
    give: Callable[..., Serving], place: Path, word: str
) -> None:
    listening, _, left = give()
    code = (
        "import os, signal, sys\nfrom pathlib import Path\n"
        "from face_rec.web.server.handover import Server, Taker\n"
        f"found = Taker.ask(Server('main', '127.0.0.1', 8501, 'x'), Path({str(place)!r}))\n"
        f"assert found\n{word}\nos.kill(os.getpid(), signal.SIGKILL)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9
    taker, taken = _asked(place)
    assert not left.is_set()
    with _connects(listening):
        listening.accept()[0].close()
    _takes_place(taker)
    assert left.wait(20)
    _end(taker, taken)


def test_one_that_served_and_died_leaves_its_socket_with_the_newcomer_or_nobody(
    give: Callable[..., Serving], place: Path
) -> None:
    assert Taker.ask(NEXT, place) is None, "nobody was ever there"
    with socket.socket(socket.AF_UNIX) as dead:
        place.parent.mkdir(mode=0o700, exist_ok=True)
        dead.bind(str(place))
        dead.listen()
    assert Taker.ask(NEXT, place) is None, "it has ended and left its name"
    listening, _, _ = give()
    taker, taken = _asked(place)
    listening.close()
    with _connects(taken):
        taken.accept()[0].close()
    _takes_place(taker)
    _end(taker, taken)


def test_one_that_dies_while_it_is_asked_is_taken_for_nobody(place: Path) -> None:
    place.parent.mkdir(mode=0o700, exist_ok=True)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(place))
        door.listen()

        def answer() -> None:
            door.accept()[0].close()

        answers = threading.Thread(target=answer)
        answers.start()
        assert Taker.ask(NEXT, place) is None
        answers.join()


@pytest.mark.parametrize(
    ("asks", "word"),
    [
        (replace(NEXT, site="other"), "has site main"),
        (replace(NEXT, address="0.0.0.0"), "has address 127.0.0.1"),  # noqa: S104
        (replace(NEXT, port=1), "has port 8501"),
    ],
)
def test_a_process_of_another_site_or_address_is_refused_in_words(
    give: Callable[..., Serving], asks: Server, word: str
) -> None:
    _, place, left = give()
    with pytest.raises(HandoverRefused, match=word):
        Taker.ask(asks, place)
    assert not left.is_set()


def test_what_stands_in_the_way_is_said_and_passes(give: Callable[..., Serving]) -> None:
    _, place, left = give("The database does not answer.")
    with pytest.raises(HandoverRefused, match="does not answer"):
        Taker.ask(NEXT, place)
    assert not left.is_set()


@pytest.mark.parametrize(
    "said", [b"", b"x\n", b"[1]\n", b"{}\n", b"x" * 100_000, b'{"site":"main"}\n', b"\xff\n"],
    ids=["nothing", "words", "a list", "empty", "too much", "half", "no text"],
)  # fmt: skip
def test_what_is_no_question_gets_no_socket_and_does_no_harm(
    give: Callable[..., Serving], said: bytes
) -> None:
    _, place, left = give()
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(20)
        line.connect(str(place))
        try:
            line.sendall(said)
            line.shutdown(socket.SHUT_WR)
            _, descriptors, _, _ = socket.recv_fds(line, 4096, 4)
        except (BrokenPipeError, ConnectionResetError):
            descriptors = []
    assert descriptors == []
    taker, taken = _asked(place)
    assert not left.is_set()
    _takes_place(taker)
    _end(taker, taken)


def test_two_words_that_arrive_at_once_are_two_words(give: Callable[..., Serving]) -> None:
    """One that serves and was busy for seconds reads both; it must not go on beside the other."""
    _, place, left = give()
    taker, taken = _asked(place)
    taker._line.sendall(b'{"serving": true}\n{"still": true}\n')
    assert left.wait(20)
    _end(taker, taken)


def test_a_word_that_comes_late_is_not_taken_for_the_end_of_the_other_process() -> None:
    mine, theirs = socket.socketpair()
    taker = Taker(mine)
    with theirs:
        theirs.sendall(b'{"leaving": true}\n')
    assert taker.wait_until_left(20)


# --- strangers ----------------------------------------------------------------

_AS_NOBODY = """
import os, socket, sys
os.setgroups([]); os.setgid(65534); os.setuid(65534)
line = socket.socket(socket.AF_UNIX)
line.settimeout(20)
try:
    line.connect(sys.argv[1])
except PermissionError:
    print("closed")
    raise SystemExit
try:
    line.sendall(sys.argv[2].encode() + b"\\n")
    print(line.recv(100) or "nothing")
except (BrokenPipeError, ConnectionResetError):
    print("nothing")
"""
only_root = pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() != 0, reason="needs a second user: only root has one"
)


def _as_nobody(place: Path) -> str:
    question = json.dumps({"site": "main", "address": "127.0.0.1", "port": 8501, "version": "x"})
    command = [sys.executable, "-c", _AS_NOBODY, str(place), question]
    found = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return found.stdout.strip()


@only_root
def test_another_user_of_the_machine_cannot_reach_it_and_would_get_nothing(
    give: Callable[..., Serving],
) -> None:
    _, place, left = give()
    assert _as_nobody(place) == "closed", "the folder is its owner's"
    place.parent.chmod(0o755)
    place.chmod(0o777)
    assert _as_nobody(place) == "nothing", "and the system says whose process it is"
    assert not left.is_set()


_TRAP = """
import os, socket, sys
os.setgid(65534); os.setuid(65534)
door = socket.socket(socket.AF_UNIX)
door.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o777)
door.listen()
print("set", flush=True)
door.accept()
sys.stdin.read()
"""


@only_root
@pytest.mark.parametrize("owner", [NOBODY, 0])
def test_a_trap_of_another_user_is_not_asked(place: Path, owner: int) -> None:
    place.parent.mkdir(mode=0o700, exist_ok=True)
    place.parent.chmod(0o777)
    os.chown(place.parent, owner, owner)
    command = [sys.executable, "-c", _TRAP, str(place)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as trap:
        assert trap.stdout is not None
        assert trap.stdout.readline() == b"set\n"
        with pytest.raises(HandoverRefused, match="Another user"):
            Taker.ask(NEXT, place)
        trap.kill()


@only_root
def test_who_serves_as_another_user_is_named_and_nothing_of_this_one_is_left_there(
    tmp_path: Path,
) -> None:
    """root's lock would refuse every later upgrade by the user of the service."""
    place = handover.meeting_place(tmp_path, 8501)
    place.parent.mkdir(mode=0o700)
    os.chown(place.parent, NOBODY, NOBODY)
    with pytest.raises(HandoverRefused, match="as the user whose process serves"):
        alone(tmp_path, 8501).__enter__()
    assert list(tmp_path.iterdir()) == []
    place.parent.rmdir()


def test_a_lock_that_cannot_be_opened_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "upgrade-8501.lock").mkdir()
    with pytest.raises(HandoverRefused, match="cannot be opened"):
        alone(tmp_path, 8501).__enter__()


# --- one at a time, and what the system is told --------------------------------


def test_only_one_process_takes_over_at_a_time_and_a_dead_one_holds_up_nobody(
    tmp_path: Path,
) -> None:
    with alone(tmp_path, 8501):
        with pytest.raises(HandoverRefused, match="taking over at this moment"):
            alone(tmp_path, 8501).__enter__()
        with alone(tmp_path, 8502):
            pass
    with alone(tmp_path, 8501):
        pass


def test_systemd_learns_which_process_serves_before_the_other_one_leaves(
    give: Callable[..., Serving], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "n"))
        systemd.settimeout(20)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "n"))
        _, place, left = give()
        taker, taken = _asked(place)
        _takes_place(taker)
        assert systemd.recv(100) == f"MAINPID={os.getpid()}".encode()
        assert left.wait(20)
    _end(taker, taken)


def test_who_took_over_is_found_at_the_same_place_and_who_left_removes_nothing(
    give: Callable[..., Serving], place: Path
) -> None:
    first, _, left = give()
    taker, taken = _asked(place)
    _takes_place(taker)
    assert left.wait(20)
    give()
    again, other = _asked(place)
    _takes_place(again)
    for one in (first, taken, other):
        one.close()
