"""``python -m face_rec COMMAND``; every module of ``face_rec.cli`` is a command."""

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Sequence

from face_rec import __version__, cli
from face_rec.domain.errors import FaceRecError
from face_rec.log import configure, escaped


def parser() -> argparse.ArgumentParser:
    """The whole command line; each command module adds its own part."""
    top = argparse.ArgumentParser(prog="python -m face_rec", description="Attendance by face.")
    top.add_argument("--version", action="version", version=__version__)
    commands = top.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for module in pkgutil.iter_modules(cli.__path__, f"{cli.__name__}."):
        importlib.import_module(module.name).add(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; a refusal is one line on stderr and exit status 2."""
    options = parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except FaceRecError as error:
        sys.stderr.write(f"{escaped(str(error))}\n")
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    configure("WARNING", "text")
    sys.exit(main())
