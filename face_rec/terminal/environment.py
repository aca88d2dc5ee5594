"""Which language a terminal speaks: what its environment says, read as gettext reads it."""

from collections.abc import Mapping, Sequence
from typing import Final

from face_rec.languages.language import accepted

OPTION: Final = "--language"
_NAMED: Final = ("LC_ALL", "LC_MESSAGES", "LANG")
_NOBODYS: Final = {"", "C", "POSIX"}


def of_environment(environ: Mapping[str, str]) -> str:
    """The code of the language, of those there are, that is asked for; "" where none is, as by
    ``C`` and ``POSIX``, which say how programs talk. The first of LC_ALL, LC_MESSAGES and LANG
    that is set counts (POSIX, "Environment Variables", 8.2); LANGUAGE names several, the one that
    is liked best first, and goes before it unless it is one of those two (GNU gettext)."""
    locale = next((environ[name] for name in _NAMED if environ.get(name)), "")
    if _bare(locale) in _NOBODYS:
        return ""
    wanted = [*environ.get("LANGUAGE", "").split(":"), locale]
    return next(filter(None, (accepted(_bare(one).replace("_", "-")) for one in wanted)), "")


def _bare(locale: str) -> str:
    """``de_AT`` of ``de_AT.UTF-8@euro``."""
    return locale.partition("@")[0].partition(".")[0].strip()


def of_words(words: Sequence[str]) -> tuple[str, str]:
    """What stands behind ``--language``, and the command: of what was typed, before argparse reads
    it, which speaks that language. "" for what is not there."""
    language, waiting = "", iter(words)
    for word in waiting:
        name, given, value = word.partition("=")
        if not word.startswith("-"):
            return language, word
        if len(name) > len("--") and OPTION.startswith(name):
            language = value if given else next(waiting, "")
    return language, ""
