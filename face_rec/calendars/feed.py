"""A calendar that is read from outside, by whoever has its address."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Feed:
    """``id``: the person's subject, or what :func:`group_id` says. ``digest``: keyed, of the
    secret in its address. ``account`` and ``group``: of a group's calendar, and whose right it
    stands on. ``content``: what it said last, as a digest; ``sequence`` and ``changed_at``: how
    often that has changed, and when it did last. ``epoch``: how often all sign-ins of the account
    had been ended when the address was made; None: not known, of a person or an older version."""

    id: str
    digest: str = field(repr=False)
    made_at: datetime
    account: str = ""
    group: str = ""
    sequence: int = 0
    content: str = ""
    changed_at: datetime | None = None
    version: int = 0
    epoch: int | None = None

    @property
    def of_group(self) -> bool:
        return bool(self.account)


def group_id(account: str, group: str) -> str:
    """Of the one calendar that an account has of a group."""
    about = f"{account}\n{group}".encode("utf-8", "surrogatepass")
    return f"group-{hashlib.sha256(about).hexdigest()[:24]}"
