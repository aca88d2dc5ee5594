"""Browsers that have signed in to an account before, after OWASP's device cookies.

A browser keeps a signed text for each account that it has signed in to with the password. It
opens nothing; it only says that tries from here are not those of strangers. Source: OWASP, Slow
Down Online Guessing Attacks with Device Cookies.
"""

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from face_rec.access.accounts.account import account_name
from face_rec.access.secrets import digest, new_secret
from face_rec.clock import Clock
from face_rec.domain.errors import AccountRefused

LIFE: Final = timedelta(days=180)
COOKIE: Final = "fr_known_"
"""The beginning of the cookie's name; one browser may be known to several accounts."""
_LONGEST: Final = 200


def cookie_of(typed_name: str) -> str:
    """The name of the cookie for an account; "" for a text that no account is named."""
    try:
        return COOKIE + digest(account_name(typed_name))[:12]
    except AccountRefused:
        return ""


class KnownBrowsers:
    """Makes and reads these texts. Safe to call from any thread."""

    def __init__(self, key: Callable[[], str], clock: Clock) -> None:
        """``key``: random and lasting, the same in all processes."""
        self._key = key
        self._clock = clock

    def remember(self, account: str, shown: str = "") -> str:
        """The text for a browser that has just signed in; ``shown`` is what it had. Its id
        stays, so that its wrong tries are not forgotten by signing in to another session."""
        number = self.browser(account, shown) or new_secret()
        until = int((self._clock.now() + LIFE).timestamp())
        return f"{number}.{until}.{self._sign(account, number, str(until))}"

    def browser(self, account: str, shown: str) -> str:
        """The id of the browser that shows this text; "" if it is not known to the account."""
        parts = shown.split(".")
        if len(parts) != 3 or len(shown) > _LONGEST or not shown.isascii():
            return ""
        number, until, signature = parts
        if not hmac.compare_digest(self._sign(account, number, until), signature):
            return ""
        now = self._clock.now()
        return number if now < datetime.fromtimestamp(int(until), now.tzinfo) else ""

    def _sign(self, account: str, number: str, until: str) -> str:
        said = "\n".join(("known browser", account, number, until))
        return hmac.new(self._key().encode(), said.encode(), hashlib.sha256).hexdigest()
