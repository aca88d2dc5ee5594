"""The command line of ``python app.py``."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from face_rec import __version__
from face_rec.terminal.parser import Parser, speak_argparse
from face_rec.terminal.words import said

_COMMANDS: Final = "python -m face_rec --help"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the app shall do besides serving. ``told``: the number of an open file that gets a
    word once it has taken over."""

    take_over: bool
    told: int | None = None


def asked(words: Sequence[str]) -> Asked:
    """Ends the process where ``words`` hold anything else: who takes this for the commands must
    not start a second app, and then wait for what it never prints."""
    speak_argparse()
    parser = _parser()
    options, unknown = parser.parse_known_args(words)
    if unknown:
        parser.error(
            said(
                "app.py does not know {words}. Commands are given like this: {line}",
                words=" ".join(unknown), line=_COMMANDS,
            )
        )  # fmt: skip
    given: int | None = options.take_over
    return Asked(given is not None, given or None)


def _parser() -> Parser:
    made = Parser(
        prog="python app.py", allow_abbrev=False, description=said("Serve the app."),
        epilog=said("Everything else is done by commands: {line}", line=_COMMANDS),
    )  # fmt: skip
    version = said("show program's version number and exit")
    made.add_argument("--version", action="version", version=__version__, help=version)
    made.add_argument(
        "--take-over", nargs="?", type=int, const=0, metavar="N",
        help=said("take over from the process that serves; N: an open file that is told of it"),
    )  # fmt: skip
    return made
