"""Passwords: which are allowed, and how they are kept.

The rules are those of NIST SP 800-63B-4, section 3.1.1.2: at least 15 characters where the
password is the only factor, long ones and every character allowed, no rules about kinds of
characters, no expiry, and nothing that is commonly used, repetitive, sequential or made from
the context. zxcvbn has the lists of what is common.
"""

import unicodedata
from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from face_rec.access.accounts.account import Account
from face_rec.access.accounts.breached import BreachedPasswords
from face_rec.access.accounts.hashing import Hashing
from face_rec.access.secrets import new_secret
from face_rec.domain.errors import PasswordRefused
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence

SHORTEST: Final = 15
LONGEST: Final = 256
_LOOKED_AT: Final = 72  # zxcvbn's time grows with the length
_WEAK_BELOW: Final = 10.0  # log10 of the guesses: beyond any attack that the lock-out leaves


def _cost(hasher: PasswordHasher) -> tuple[int, int, int]:
    return hasher.time_cost, hasher.memory_cost, hasher.parallelism


@cache
def _of_nobody(rounds: int, kibibytes: int, lanes: int) -> str:
    """What no password opens and takes as long to try as a real hash. One a process: whatever
    opens the stores, each command too, would wait for new ones otherwise."""
    return PasswordHasher(rounds, kibibytes, lanes).hash(new_secret())


class Passwords:
    """Argon2id with argon2-cffi's defaults (RFC 9106, low memory). Any thread may call it.

    Everything that hashes raises TryLater where too many wait for a hash already.
    """

    def __init__(
        self,
        context: Sequence[str] = (),
        hasher: PasswordHasher | None = None,
        breached: BreachedPasswords | None = None,
    ) -> None:
        """``context``: words of this place that make a password weak. ``breached``: passwords
        that are in thieves' lists, where there is one here."""
        self._context = [word.lower() for word in context if word]
        self._hasher = hasher or PasswordHasher()
        self._hashing = Hashing()
        self._breached = breached
        self._nobody = _of_nobody(*_cost(self._hasher))

    def beside(self) -> "Passwords":
        """The same, with threads of its own to hash in."""
        other = copy(self)
        other._hashing = Hashing()  # noqa: SLF001
        return other

    @classmethod
    def of_pins(cls, hasher: PasswordHasher | None = None) -> "Passwords":
        """For PINs, on whose answer somebody waits at the door: the least that OWASP's Password
        Storage Cheat Sheet asks of Argon2id (19 MiB, two rounds), since no work makes a million
        PINs many, and threads that do not stand back, since tries are counted beforehand."""
        least = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        pins = cls(hasher=hasher or least)
        pins._hashing = Hashing(stand_back=False)
        return pins

    def check(self, password: str, account: str) -> None:
        """Raises PasswordRefused if ``password`` may not be used for ``account``."""
        _check_length(len(_normal(password)))
        if self._guessed(password, account):
            raise PasswordRefused(
                msgid(
                    "This password is easy to guess: it is commonly used, repeats "
                    "itself or follows from this place or your name. Use four or "
                    "five words that do not belong together."
                )
            )
        if self._breached is not None and self._breached.holds(password):
            raise PasswordRefused(
                msgid(
                    "This password is in lists of stolen passwords, which "
                    "attackers try first. Choose another one, and change it "
                    "wherever else you use it."
                )
            )

    def _guessed(self, password: str, account: str) -> bool:
        """Whether few guesses find it, by somebody who knows whose it is."""
        from zxcvbn import zxcvbn

        context = [*self._context, account, account.split("@", maxsplit=1)[0]]
        found = zxcvbn(_normal(password)[:_LOOKED_AT], user_inputs=context)
        return float(found["guesses_log10"]) < _WEAK_BELOW

    def hash(self, password: str) -> str:
        """What is stored."""
        return self._hashing.run(lambda: self._hasher.hash(_normal(password)))

    def verify(self, account: Account | None, password: str) -> bool:
        """Whether the password is the account's; takes as long if there is no account."""
        return self.fits(account.password if account else None, password)

    def fits(self, stored: str | None, given: str) -> bool:
        """Whether ``given`` has the hash ``stored``; takes as long if nothing is stored."""
        wanted, text = stored or self._nobody, _normal(given)
        try:
            fits = self._hashing.run(lambda: self._hasher.verify(wanted, text[: LONGEST + 1]))
        except (VerificationError, InvalidHashError):
            return False
        return fits and bool(stored)

    def outdated(self, stored: str) -> bool:
        """Whether ``stored`` was made by other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)

    def renewed(self, account: Account, password: str) -> Account:
        """``account`` with its hash made by today's parameters, where that is due."""
        if account.password is None or not self.outdated(account.password):
            return account
        return replace(account, password=self.hash(password))


def _normal(password: str) -> str:
    """The same characters from every keyboard (NFKC, as NIST advises)."""
    return unicodedata.normalize("NFKC", password)


def _check_length(length: int) -> None:
    """Raises PasswordRefused."""
    if length < SHORTEST:
        raise PasswordRefused(
            sentence(
                "The password has {length} characters; use at least "
                "{shortest}. Four or five words that do not belong together "
                "are easy to remember and hard to guess.",
                length=length,
                shortest=SHORTEST,
            )
        )
    if length > LONGEST:
        raise PasswordRefused(
            sentence(
                "The password is too long; use at most {longest} characters.", longest=LONGEST
            )
        )
