"""argparse in the language of the terminal: its own words, and lines that are as wide as they
look."""

import argparse
from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from face_rec.languages.language import LANGUAGES, msgid
from face_rec.languages.sentence import sentence_many
from face_rec.terminal.columns import wrapped
from face_rec.terminal.environment import OPTION
from face_rec.terminal.words import in_words, said, said_many

OWN: Final = (
    msgid("usage: "),
    msgid("%(heading)s:"),
    msgid("positional arguments"),
    msgid("options"),
    msgid("show this help message and exit"),
    msgid("show program's version number and exit"),
    msgid("%(prog)s: error: %(message)s\n"),
    msgid("argument %(argument_name)s: %(message)s"),
    msgid("the following arguments are required: %s"),
    msgid("one of the arguments %s is required"),
    msgid("not allowed with argument %s"),
    msgid("unrecognized arguments: %s"),
    msgid("unexpected option string: %s"),
    msgid("ambiguous option: %(option)s could match %(matches)s"),
    msgid("ignored explicit argument %r"),
    msgid("expected one argument"),
    msgid("expected at most one argument"),
    msgid("expected at least one argument"),
    msgid("invalid %(type)s value: %(value)r"),
    msgid("invalid choice: %(value)r (choose from %(choices)s)"),
)
"""What argparse says to people, of Python 3.11 to 3.13."""
EXPECTED: Final = sentence_many("expected %s argument", "expected %s arguments", 2)


def speak_argparse() -> None:
    """argparse asks gettext for each of its words by these two names of its own, and knows no
    other way to give it a catalogue than a compiled file. Call it once; it reads the terminal's
    language each time."""
    for name, say in (("_", in_words), ("ngettext", said_many)):
        setattr(argparse, name, say)


class Lines(argparse.HelpFormatter):
    """Counts columns where it wraps text; English is wrapped as it always was."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        if text.isascii():
            return super()._split_lines(text, width)
        return wrapped(text, width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        if text.isascii():
            return super()._fill_text(text, width, indent)
        return "\n".join(indent + line for line in wrapped(text, width - len(indent)))


class Parser(argparse.ArgumentParser):
    """Its commands are of its kind, too."""

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401
        super().__init__(*arguments, **{"formatter_class": Lines, **options})


def add_language(parser: argparse.ArgumentParser) -> None:
    """``--language``, which was read before the parser was made."""
    parser.add_argument(OPTION, choices=_codes(), metavar="CODE", help=_help(_codes()))


def _codes() -> list[str]:
    return list(LANGUAGES)


def _help(codes: Iterable[str]) -> str:
    return said(
        "language of what is said here: {codes} (default: that of LC_ALL, LC_MESSAGES or LANG, "
        "else SITE_LANGUAGE, else en)",
        codes=", ".join(codes),
    )


def day(text: str) -> date:
    """A date as it is typed."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            said("{text} is no date; write it like 2025-12-31", text=repr(text))
        ) from None
