"""Kills a process that writes a journal, again and again, and compares what is left with what
it had said. Run as ``python -m tests.integration.stores.journal_killer FOLDER ROUNDS SEED``.

Every round's child takes over what the killed ones before it left, and may be killed at that,
too. The child says on a pipe what has returned; the kernel keeps what it has written, as it
does when a process dies.
"""

import os
import random
import signal
import sys
import threading
import time
from pathlib import Path

from face_rec.stores.journal import journal as journal_module
from face_rec.stores.journal.journal import FileJournal
from tests.samples import an_event

SEGMENT = 3000
THREADS = 3


class Model:
    """What must be pending, and what may be."""

    def __init__(self) -> None:
        self.kept: set[str] = set()
        self.begun: set[str] = set()
        self.settled: set[str] = set()
        self.settling: set[str] = set()

    def hear(self, said: str) -> None:
        for word in said.split("\n")[:-1]:
            target = {"?": self.begun, "+": self.kept, "!": self.settling, "-": self.settled}
            target[word[0]].add(word[1:])

    def check(self, found: list[str]) -> None:
        assert len(found) == len(set(found)), "an event is pending twice"
        missing = self.kept - self.settling - set(found)
        assert not missing, f"lost: {sorted(missing)[:5]}"
        back = set(found) & self.settled
        assert not back, f"settled, and back again: {sorted(back)[:5]}"
        invented = set(found) - self.begun
        assert not invented, f"invented: {sorted(invented)[:5]}"


def work(folder: Path, number: int, pipe: int) -> None:
    journal = FileJournal(folder)

    def run(thread: int) -> None:
        dice = random.Random(f"{number}/{thread}")
        mine: list[str] = []
        for count in range(100_000):
            name = f"{number}.{thread}.{count}"
            _say(pipe, "?", name)
            journal.append(an_event(name))
            _say(pipe, "+", name)
            mine.append(name)
            while mine and dice.random() < 0.48:
                gone = mine.pop(dice.randrange(len(mine)))
                _say(pipe, "!", gone)
                journal.settle(gone)
                _say(pipe, "-", gone)
            if dice.random() < 0.01:
                journal.pending()

    threads = [threading.Thread(target=run, args=(n,), daemon=True) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _say(pipe: int, sign: str, name: str) -> None:
    os.write(pipe, f"{sign}{name}\n".encode())


def one_round(folder: Path, number: int, dice: random.Random, model: Model) -> None:
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.close(reading)
            work(folder, number, writing)
        finally:
            os._exit(1)
    os.close(writing)
    killer = threading.Thread(target=_kill, args=(child, dice.random() * 0.15))
    killer.start()
    said = b""
    while piece := os.read(reading, 1 << 16):
        said += piece
    os.close(reading)
    killer.join()
    assert os.waitpid(child, 0)[1] == signal.SIGKILL, "the child ended by itself"
    model.hear(said.decode())


def _kill(child: int, after: float) -> None:
    time.sleep(after)
    os.kill(child, signal.SIGKILL)


def main(folder: Path, rounds: int, seed: int) -> None:
    journal_module._SEGMENT_BYTES = SEGMENT  # type: ignore[misc]
    dice, model = random.Random(seed), Model()
    for number in range(rounds):
        one_round(folder, number, dice, model)
        if number % 4 == 3:
            journal = FileJournal(folder)
            model.check([event.id for event in journal.pending()])
            assert len(journal.quarantine) == 0
            journal.close()
    sys.stdout.write(f"{len(model.kept)} kept, {len(model.settled)} settled\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
