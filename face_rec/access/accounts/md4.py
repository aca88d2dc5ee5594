"""MD4 (RFC 1320), which NTLM lists of passwords are made with; OpenSSL 3 has put it away.

It protects nothing here: it only finds a line in a list that others have made.
"""

import struct
from typing import Final

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
