"""Kiosks before which somebody comes and goes all the time; a process of its own.

They are the light clients of the benchmark ``many_kiosks``: pictures over HTTP and the live line.
"""

import itertools
import json
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from threading import Thread

from tests.benchmarks.browser.many_kiosks import Client, jpegs, people_folders
from tests.benchmarks.journey import material
from tests.soak.tablet import tablet

KIOSKS = 8
PEOPLE = 48
"""Shown by turns, so that they come back long after their cooldown."""


def main(url: str, seconds: float, secrets: Sequence[str]) -> None:
    """``secrets``: of a link to each kiosk. Says when it begins; at the end prints how many visits
    there were and how many were named."""
    room = material.Room()
    empty = jpegs(room)
    people = [(place.name, jpegs(room, place)) for place in people_folders()[:PEOPLE]]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    ends = time.monotonic() + seconds
    with ExitStack() as stack:
        kiosks = [
            stack.enter_context(tablet(url, f"door-{number}", secret))
            for number, secret in enumerate(secrets)
        ]

        def play(number: int, one: Client) -> None:
            for person in itertools.islice(itertools.cycle(people), number * 6, None):
                if time.monotonic() > ends:
                    return
                one.run([person], empty)

        threads = [Thread(target=play, args=pair) for pair in enumerate(kiosks)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        visits = [visit for one in kiosks for visit in one.visits]
    sys.stdout.write(json.dumps([len(visits), sum(one.seconds is not None for one in visits)]))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), sys.argv[3:])
