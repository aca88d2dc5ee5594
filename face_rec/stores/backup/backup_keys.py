"""Which keys of a site a backup holds, of which kind each is, and which it leaves out.

Reading and restoring go by the same table: what a backup may bring is what this app writes, and
nothing else, whoever made the file.
"""

import re
from collections.abc import Mapping
from typing import Final

_DAY: Final = r"\{SITE\|\d{4}-\d{2}-\d{2}\}"
_SITE: Final = r"\{SITE\}"

_HELD: Final[Mapping[str, str]] = {
    rf"attendance:{_DAY}": "list",
    rf"seen:{_DAY}": "set",
    rf"last:{_DAY}": "hash",
    rf"head:{_DAY}": "string",
    rf"beats:{_DAY}": "hash",
    rf"person:{_SITE}:[A-Za-z0-9_.-]{{1,64}}": "hash",
    rf"person-keys:{_SITE}": "hash",
    rf"rules:{_SITE}(:[a-z-]{{1,32}})?": "hash",
    rf"access:{_SITE}:(last:)?[a-z-]{{1,32}}": "hash",
    rf"chain:{_SITE}:[a-z]{{1,32}}": "list",
    rf"head:{_SITE}:[a-z]{{1,32}}": "string",
    rf"audit:{_SITE}": "stream",
    rf"refused:{_SITE}:[a-z.-]{{1,32}}": "stream",
    rf"refused:{_SITE}": "hash",
    rf"options:{_SITE}": "hash",
    rf"privacy:{_SITE}": "hash",
}
"""By the whole key."""

_LEFT_OUT: Final = (
    rf"(ids|revision|changes|restoring):{_SITE}",  # made anew
    rf"access:{_SITE}:key",  # made anew
    # Of the moment, and secrets of it:
    rf"(session|sessions|link|once|tries|attempts|turn):{_SITE}:.*",
)


class BackupKeys:
    """The table for one site."""

    def __init__(self, site: str) -> None:
        name = re.escape(site)
        self._held = [
            (re.compile(shape.replace("SITE", name)), kind) for shape, kind in _HELD.items()
        ]
        self._left_out = [re.compile(shape.replace("SITE", name)) for shape in _LEFT_OUT]

    def kind(self, key: str) -> str | None:
        """Redis' type of ``key``; None where no backup holds such a key."""
        if self.left_out(key):
            return None
        return next((kind for shape, kind in self._held if shape.fullmatch(key)), None)

    def left_out(self, key: str) -> bool:
        """Whether this is a key of ours that no backup needs; older ones may hold it."""
        return any(shape.fullmatch(key) for shape in self._left_out)
