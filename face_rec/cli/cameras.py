"""``cameras``: a worker that serves the site's cameras, apart from the web process.

Any number may run, on any number of machines: they share the cameras.
"""

import argparse
import signal
import threading

import config
from face_rec.log import configure
from face_rec.terminal.words import said


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    command = commands.add_parser(
        "cameras", help=said("serve the site's cameras until told to end")
    )
    command.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Serve until SIGTERM or Ctrl-C; cameras are given back then, so that others take them."""
    settings = config.load()
    configure(settings.log_level.upper(), settings.log_format)
    ended = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: ended.set())
    from face_rec.assembly.site_cameras import build_cameras

    with build_cameras(settings) as worker:
        worker.start()
        ended.wait()
    return 0
