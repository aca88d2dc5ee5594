"""Passwords that were published by thieves, from a list on this machine.

The list is that of Have I Been Pwned as its downloader writes it: hashes (SHA-1, or NTLM) in
order, either one file of ``HASH:COUNT`` lines, or a folder with one file for each beginning of
five hex digits and lines ``REST:COUNT``. Nothing is asked of the network, and nothing is kept in
memory: a file of 40 GB is searched with some thirty reads.
"""

import hashlib
import re
import struct
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, Final

from face_rec.domain.errors import BreachListBroken
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence

# MD4 (RFC 1320), which NTLM lists of passwords are made with; OpenSSL 3 has put it away.
#
# It protects nothing here: it only finds a line in a list that others have made.

_MASK: Final = 0xFFFFFFFF
_ORDER: Final = (
    tuple(range(16)),
    (0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15),
    (0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15),
)
_TURNS: Final = ((3, 7, 11, 19), (3, 5, 9, 13), (3, 9, 11, 15))
_ADDED: Final = (0, 0x5A827999, 0x6ED9EBA1)


def md4(data: bytes) -> bytes:
    """The 16 bytes."""
    padded = data + b"\x80" + bytes(-(len(data) + 9) % 64) + struct.pack("<Q", 8 * len(data))
    state = (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476)
    for start in range(0, len(padded), 64):
        words = struct.unpack("<16I", padded[start : start + 64])
        mixed = _mixed(state, words)
        state = (
            (state[0] + mixed[0]) & _MASK, (state[1] + mixed[1]) & _MASK,
            (state[2] + mixed[2]) & _MASK, (state[3] + mixed[3]) & _MASK,
        )  # fmt: skip
    return struct.pack("<4I", *state)


def _mixed(state: tuple[int, int, int, int], words: tuple[int, ...]) -> tuple[int, int, int, int]:
    a, b, c, d = state
    for stage in range(3):
        for step, word in enumerate(_ORDER[stage]):
            total = (a + _chosen(stage, b, c, d) + words[word] + _ADDED[stage]) & _MASK
            turn = _TURNS[stage][step % 4]
            a, b, c, d = d, (total << turn | total >> (32 - turn)) & _MASK, b, c
    return a, b, c, d


def _chosen(stage: int, x: int, y: int, z: int) -> int:
    if stage == 0:
        return x & y | ~x & z
    return x & y | x & z | y & z if stage == 1 else x ^ y ^ z


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
                sentence(
                    "The list of breached passwords cannot be read ({strerror}). "
                    "Ask an administrator to look at BREACH_LIST.",
                    strerror=error.strerror,
                )
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
            sentence(
                "The list of breached passwords has no file {beginning}.txt. Ask "
                "an administrator to download it again, whole (BREACH_LIST).",
                beginning=beginning,
            )
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
            msgid(
                "The list of breached passwords has a line that is none. Ask an "
                "administrator to download it again (BREACH_LIST)."
            )
        )
    return found[1].upper()
