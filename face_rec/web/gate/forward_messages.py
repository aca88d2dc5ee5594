"""Which files Streamlit's messages to a browser hand out.

Names, titles and all else that people write travel in the same messages, so an address counts
only where Streamlit itself puts one: somebody who writes another's address into a name is not
sent the file by it.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

_HINT: Final = b"/media/"
_ADDRESS: Final = re.compile(r"/media/([0-9a-f]{8,})(?:\.\w+)?")
_FIELDS: Final = frozenset({"url", "favicon"})
"""How Streamlit 1.67 calls the fields of its protocol that hold a file's address."""


class ForwardMessages:
    """Reads messages without knowing Streamlit, which nothing here imports."""

    def __init__(self, message: Callable[[], Any]) -> None:
        """``message`` makes an empty ``ForwardMsg``."""
        self._message = message

    def files(self, data: bytes) -> frozenset[str]:
        """The names of the files whose addresses are handed out by the message in ``data``."""
        if _HINT not in data:  # nearly every message
            return frozenset()
        message = self._message()
        try:
            message.ParseFromString(data)
        except Exception:  # whatever is wrong with it, it hands out nothing
            return frozenset()
        found = (_ADDRESS.fullmatch(text) for text in _texts(message))
        return frozenset(match[1] for match in found if match)


def _texts(message: Any) -> Iterator[str]:  # noqa: ANN401
    """What stands in the fields for addresses, at any depth."""
    for field, value in message.ListFields():
        if field.message_type is not None:
            if field.message_type.GetOptions().map_entry:
                continue  # no map of the protocol holds an address
            for inner in (value,) if hasattr(value, "ListFields") else value:
                yield from _texts(inner)
        elif field.name in _FIELDS and isinstance(value, str):
            yield value
