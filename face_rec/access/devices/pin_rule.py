"""What a PIN may be: digits only, and none of those that are guessed first, which are counts,
repetitions, patterns of the keys, and dates."""

from datetime import date
from itertools import pairwise
from typing import Final

from face_rec.domain.errors import PasswordRefused
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence

SHORTEST: Final = 6
LONGEST: Final = 12
RULE: Final = sentence("{least} to {most} digits", least=SHORTEST, most=LONGEST)
_TELLING: Final = 4
"""Digits of an ID from which on they must not be in the PIN."""
_KINDS: Final = 3  # different digits, at least
_KEYS: Final = ("147", "258", "369", "159", "357")
"""Columns and diagonals of a keypad."""
_OLDEST: Final = 1920
_NEWEST: Final = 2035
"""Years in which somebody may be born, or begin to work, whose date a PIN is."""


def check(pin: str, person_id: str) -> None:
    """Raises PasswordRefused if ``pin`` may not be that of the person with ``person_id``."""
    if not (pin.isascii() and pin.isdigit() and SHORTEST <= len(pin) <= LONGEST):
        raise PasswordRefused(
            sentence("A PIN has {rule} and nothing else. Choose another.", rule=RULE)
        )
    if _trivial(pin):
        raise PasswordRefused(
            msgid(
                "This PIN is easy to guess: it counts up or down, repeats itself, "
                "or is a pattern of the keys. Choose another."
            )
        )
    if _looks_like_date(pin):
        raise PasswordRefused(
            msgid("This PIN looks like a date, which is what is guessed first. Choose another.")
        )
    if _in_id(pin, person_id):
        raise PasswordRefused(msgid("This PIN stands in the person's ID. Choose another."))


def _in_id(pin: str, person_id: str) -> bool:
    """Whether one of the two is in the other, forwards or backwards."""
    digits = "".join(sign for sign in person_id if sign.isascii() and sign.isdigit())
    tells = len(digits) >= _TELLING and (digits in pin or digits[::-1] in pin)
    return pin in person_id or pin in digits or pin in digits[::-1] or tells


def _trivial(pin: str) -> bool:
    """Whether it is told in a word; ``pin`` has six digits or more."""
    return (
        len(_steps(pin)) == 1
        or len(set(pin)) < _KINDS
        or pin == pin[::-1]
        or any(_repeats(pin, length) for length in range(1, len(pin) // 2 + 1))
        or any(_in_runs(pin, length) for length in (2, 3))
        or all(_row(part) for part in _parts(pin, 3))
    )


def _looks_like_date(pin: str) -> bool:
    """Six digits with a year of two, a month with a year of four, or eight with one of four; in
    any order that people write."""
    if len(pin) == 6:
        one, two, three = pin[:2], pin[2:4], pin[4:]
        return (
            _day(one, two) or _day(two, one) or _day(three, two)
            or _month(one, pin[2:]) or _month(three, pin[:4])
        )  # fmt: skip
    if len(pin) == 8:
        return any(
            _year(year) and (_day(one, two) or _day(two, one))
            for year, one, two in (
                (pin[4:], pin[:2], pin[2:4]), (pin[:4], pin[6:], pin[4:6]),
            )
        )  # fmt: skip
    return False


def _day(day: str, month: str) -> bool:
    try:
        date(2024, int(month), int(day))  # a leap year
    except ValueError:
        return False
    return True


def _month(month: str, year: str) -> bool:
    return 1 <= int(month) <= 12 and _year(year)


def _year(year: str) -> bool:
    return _OLDEST <= int(year) <= _NEWEST


def _steps(pin: str) -> set[int]:
    return {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}


def _repeats(pin: str, length: int) -> bool:
    return pin == (pin[:length] * len(pin))[: len(pin)]


def _in_runs(pin: str, length: int) -> bool:
    """112233, 555777."""
    return len(pin) % length == 0 and all(len(set(part)) == 1 for part in _parts(pin, length))


def _row(part: str) -> bool:
    """123, 987, or a line of the keys; a rest of one or two digits as well."""
    lines = (*_KEYS, *(line[::-1] for line in _KEYS))
    return _steps(part) <= {1} or _steps(part) <= {9} or part in lines


def _parts(pin: str, length: int) -> list[str]:
    return [pin[at : at + length] for at in range(0, len(pin), length)]
