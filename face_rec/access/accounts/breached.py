"""Passwords that were published by thieves, from a list on this machine.

The list is that of Have I Been Pwned as its downloader writes it: hashes (SHA-1, or NTLM) in
order, either one file of ``HASH:COUNT`` lines, or a folder with one file for each beginning of
five hex digits and lines ``REST:COUNT``. Nothing is asked of the network, and nothing is kept in
memory: a file of 40 GB is searched with some thirty reads.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, Final

from face_rec.access.accounts.md4 import md4
from face_rec.domain.errors import BreachListBroken

_BEGINNING: Final = 5  # hex digits of a file's name
_SHA1, _NTLM = 40, 32
_LONGEST_LINE: Final = 64
_LINE: Final = re.compile(rb"([0-9A-Fa-f]{27,40})(?::\d+)?\r?\n?")


class BreachedPasswords:
    """Safe to call from any thread."""

    def __init__(self, place: Path) -> None:
        """``place``: the file or the folder."""
        self._place = place

    def holds(self, password: str) -> bool:
        """Whether the password is on the list, as typed or in its normal form.

        Raises BreachListBroken if the list cannot be read."""
        forms = {password, unicodedata.normalize("NFKC", password)}
        try:
            return any(self._listed(found) for form in forms for found in _hashes(form))
        except OSError as error:
            raise BreachListBroken(
                f"The list of breached passwords cannot be read ({error.strerror}). Ask an "
                "administrator to look at BREACH_LIST."
            ) from error

    def _listed(self, wanted: str) -> bool:
        if self._place.is_dir():
            return self._in_folder(wanted)
        with self._place.open("rb") as file:
            return _in_file(file, wanted)

    def _in_folder(self, wanted: str) -> bool:
        beginning, rest = wanted[:_BEGINNING], wanted[_BEGINNING:].encode()
        for name in (f"{beginning}.txt", beginning, f"{beginning.lower()}.txt"):
            path = self._place / name
            if path.is_file():
                return any(
                    line.partition(b":")[0].strip().upper() == rest
                    for line in path.read_bytes().splitlines()
                )
        raise BreachListBroken(
            f"The list of breached passwords has no file {beginning}.txt. Ask an administrator to "
            "download it again, whole (BREACH_LIST)."
        )


def _hashes(password: str) -> Iterable[str]:
    raw = password.encode("utf-8", "surrogatepass")
    yield hashlib.sha1(raw, usedforsecurity=False).hexdigest().upper()
    yield md4(password.encode("utf-16-le", "surrogatepass")).hex().upper()


def _in_file(file: BinaryIO, wanted: str) -> bool:
    """Whether a line of the ordered file begins with ``wanted``: bisection by bytes."""
    first = _line_at(file, 0)
    if first is None or len(first) != len(wanted):
        return False  # the list of the other kind of hash, or none
    low, high = 0, file.seek(0, 2)
    while low < high:
        middle = (low + high) // 2
        found = _line_after(file, middle)
        if found is None or found.decode() >= wanted:
            high = middle
        else:
            low = middle + 1
    found = _line_after(file, low)
    return found is not None and found.decode() == wanted


def _line_after(file: BinaryIO, place: int) -> bytes | None:
    """The hash of the first line that begins behind ``place``; of the first at 0."""
    if place == 0:
        return _line_at(file, 0)
    file.seek(place - 1)
    file.readline(_LONGEST_LINE)
    return _read(file)


def _line_at(file: BinaryIO, place: int) -> bytes | None:
    file.seek(place)
    return _read(file)


def _read(file: BinaryIO) -> bytes | None:
    line = file.readline(_LONGEST_LINE)
    if not line:
        return None
    found = _LINE.fullmatch(line)
    if found is None or len(found[1]) not in {_SHA1, _NTLM}:
        raise BreachListBroken(
            "The list of breached passwords has a line that is none. Ask an administrator to "
            "download it again (BREACH_LIST)."
        )
    return found[1].upper()
