"""``python -m face_rec COMMAND``; every module of ``face_rec.cli`` is a command or two."""

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Sequence
from typing import Final

from face_rec import __version__, cli
from face_rec.domain.errors import FaceRecError
from face_rec.log import configure, escaped

_ELSEWHERE: Final = {"restore": "backup", "undecided": "import_"}
"""Commands that another's module adds besides its own."""


def parser(wanted: str = "") -> argparse.ArgumentParser:
    """The whole command line; each command module adds its own part. ``wanted``: the command that
    was asked for; the modules of the others are not loaded then, which takes seconds."""
    top = argparse.ArgumentParser(prog="python -m face_rec", description="Attendance by face.")
    top.add_argument("--version", action="version", version=__version__)
    commands = top.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name in _modules(wanted):
        importlib.import_module(f"{cli.__name__}.{name}").add(commands)
    return top


def _modules(wanted: str) -> list[str]:
    """The one with the command ``wanted``, or all where no such command is known."""
    names = [module.name for module in pkgutil.iter_modules(cli.__path__)]
    word = wanted.replace("-", "_")
    named = _ELSEWHERE.get(word, word)
    return [name for name in names if name.rstrip("_") == named.rstrip("_")] or names


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; a refusal is one line on stderr and exit status 2."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    options = parser(*words[:1]).parse_args(words)
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
