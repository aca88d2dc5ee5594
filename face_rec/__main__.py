"""``python -m face_rec COMMAND``; every module of ``face_rec.cli`` and its folders is a command or
two, but for those of ``parts``."""

import argparse
import importlib
import os
import pkgutil
import sys
from collections.abc import Sequence
from typing import Final

from face_rec import __version__, cli
from face_rec.domain.errors import FaceRecError
from face_rec.log import configure, escaped
from face_rec.terminal.environment import of_environment, of_words
from face_rec.terminal.parser import Parser, add_language, speak_argparse
from face_rec.terminal.words import forgiving, in_words, said, speak

_ELSEWHERE: Final = {"restore": "backup", "undecided": "import_"}
"""Commands that another's module adds besides its own."""
_UNREAD: Final = 141
"""As a shell says that a program was ended for writing into a closed pipe."""


def parser(wanted: str = "") -> argparse.ArgumentParser:
    """The whole command line; each command module adds its own part. ``wanted``: the command that
    was asked for; the modules of the others are not loaded then, which takes seconds."""
    top = Parser(prog="python -m face_rec", description=said("Attendance by face."))
    version = said("show program's version number and exit")
    top.add_argument("--version", action="version", version=__version__, help=version)
    add_language(top)
    commands = top.add_subparsers(title=said("commands"), required=True, metavar="COMMAND")
    for name in _modules(wanted):
        importlib.import_module(name).add(commands)
    return top


def _modules(wanted: str) -> list[str]:
    """The one with the command ``wanted``, or all where no such command is known."""
    found = pkgutil.walk_packages(cli.__path__, f"{cli.__name__}.")
    names = [one.name for one in found if not one.ispkg and ".parts." not in one.name]
    word = wanted.replace("-", "_")
    named = _ELSEWHERE.get(word, word)
    wanted_ones = [name for name in names if _command(name) == named.rstrip("_")]
    return wanted_ones or sorted(names, key=_command)


def _command(module: str) -> str:
    return module.rpartition(".")[2].rstrip("_")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; a refusal is one line on stderr and exit status 2. Who reads no more of
    what is printed, as ``| head -1`` does, ends it without a word."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    try:
        try:
            return _ran(words)
        finally:
            if sys.stdout is not None:  # closed by whoever called
                sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left goes there
        return _UNREAD
    except KeyboardInterrupt:
        return 130


def _ran(words: list[str]) -> int:
    options = parser(_settled(words)).parse_args(words)
    try:
        return int(options.run(options))
    except FaceRecError as error:
        sys.stderr.write(f"{escaped(in_words(error.said))}\n")
        return 2


def _settled(words: Sequence[str]) -> str:
    """The command that is wanted; from now on the terminal's language is spoken: the one that was
    asked for, else that of the environment, else of the site."""
    language, command = of_words(words)
    forgiving(sys.stdout, sys.stderr)
    speak(language, of_environment(os.environ) or _of_site(), on=sys.stdout)
    speak_argparse()
    return command


def _of_site() -> str:
    import config  # noqa: PLC0415  takes longer than some commands do

    return config.site_language()


if __name__ == "__main__":
    configure("WARNING", "text")
    sys.exit(main())
