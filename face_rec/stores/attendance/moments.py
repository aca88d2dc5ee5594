"""Times as they are stored, many at once."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
_ZERO: Final = ord("0")
_FORM: Final = np.frombuffer(b"0000-00-00T00:00:00.000000+00:00", np.uint8)
_WHOLE: Final = np.delete(_FORM, range(19, 26))
"""Where there are no microseconds they are left out."""
_ZONE: Final = len("+00:00")
_DIGITS: Final = np.flatnonzero(np.isin(_FORM[:-_ZONE], [_ZERO]))
_NONE: Final = "?" * len(_FORM)
_EPOCH: Final = date(1970, 1, 1).toordinal()


def moments(texts: Sequence[str]) -> tuple[Numbers, Numbers, Mask]:
    """UTC seconds since 1970, microseconds, and whether it is a time in the form in which all are
    written: of what is not, the numbers say nothing."""
    lengths = set(map(len, texts))
    form = _WHOLE if lengths == {len(_WHOLE)} else _FORM
    if lengths != {len(form)}:
        texts = [_filled(text) for text in texts]
    text = "".join(texts).encode("ascii", "replace")
    grid = np.frombuffer(text, np.uint8).reshape(-1, len(form))
    which = _DIGITS[: 20 if form is _FORM else 14]
    digits = grid.take(which, axis=1) - _ZERO  # what is less wraps round
    told = digits.max(axis=1, initial=0) < 10
    for place, sign in enumerate(form.tobytes()):
        if sign != _ZERO or place >= len(form) - _ZONE:
            told &= grid[:, place] == sign
    hour, minute, second = (_number(digits, at, 2) for at in (8, 10, 12))
    told &= (hour < 24) & (minute < 60) & (second < 60)
    days = _days(_number(digits, 0, 8))
    told &= days >= 0
    micro = _number(digits, 14, 6) if form is _FORM else np.zeros(len(texts), np.int64)
    return days * 86_400 + hour * 3600 + minute * 60 + second, micro, told


def _filled(text: str) -> str:
    """With microseconds, which are not written where they are none."""
    whole = f"{text[:19]}.000000{text[19:]}"
    return text if len(text) == len(_FORM) else whole if len(text) == len(_WHOLE) else _NONE


def _number(digits: npt.NDArray[np.uint8], at: int, count: int) -> Numbers:
    found = np.zeros(len(digits), np.int64)
    for place in range(at, at + count):
        found = found * 10 + digits[:, place]
    return found


def _days(written: Numbers) -> Numbers:
    """Since 1970, of days such as 20250310; -1 for none, and for any before."""
    found = np.empty(len(written), np.int64)
    same = bool((written == written[:1]).all())  # nearly always: they are of one list
    for one in (written[:1] if same else np.unique(written)).tolist():
        found[written == one] = _day(one)
    return found


def _day(written: int) -> int:
    try:
        day = date(written // 10_000, written // 100 % 100, written % 100)
    except ValueError:
        return -1
    return max(-1, day.toordinal() - _EPOCH)
