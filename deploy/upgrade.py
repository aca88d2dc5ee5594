"""``python -m deploy.upgrade``: this version takes over from the one that serves, and no kiosk is
refused a connection meanwhile.

It is started beside the other one, gets ready, takes over its listening socket and goes on by
itself; this command returns when it serves. For services (``systemctl reload``); in a terminal
``python app.py --take-over`` does the same and stays. Exit status 0, or 1: the other one serves
on.
"""

import os
import subprocess
import sys
from typing import NoReturn

from config import ROOT


def main() -> int:
    """Start, and wait for its word."""
    told, tells = os.pipe()
    between = os.fork()
    if not between:
        _start(tells)
    os.close(tells)
    os.waitpid(between, 0)
    with os.fdopen(told, "rb") as words:
        serves = bool(words.read())  # its end is the end of these, too
    if serves:
        sys.stdout.write("The new process serves.\n")
        return 0
    sys.stderr.write("It did not take over; whatever served before serves on.\n")
    return 1


def _start(tells: int) -> NoReturn:
    """By a process that ends at once: systemd waits at a stop only for a main process that is
    its own child, as who has lost its parent becomes, and kills any other."""
    command = [sys.executable, "app.py", f"--take-over={tells}"]
    subprocess.Popen(  # noqa: S603 - ourselves
        command, cwd=ROOT, stdin=subprocess.DEVNULL, pass_fds=(tells,), start_new_session=True
    )
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
