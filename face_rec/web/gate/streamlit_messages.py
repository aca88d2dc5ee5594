"""Streamlit's own protocol: what a browser may send, and which files a message hands out."""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from face_rec.access.principal import Principal
from face_rec.access.rights import Right
from face_rec.web.gate.route_rules import PAGES

# Which messages of Streamlit's own protocol a browser may send over its WebSocket.
#
# The protocol knows more than these pages use: ``clear_cache`` throws away what all sessions
# share, others stop scripts or install things. A kiosk needs runs of its own page and nothing
# else.

_ALWAYS: Final = frozenset({"rerun_script", "app_heartbeat"})
_WITH_PAGES: Final = _ALWAYS | {"stop_script", "backend_operation_request", "file_urls_request"}
"""For who has pages with tables, downloads and uploads, whose route has a rule of its own."""
_OPERATIONS: Final = frozenset({"deferred_file", "dataframe_chunk"})


class BackMessages:
    """Reads messages without knowing Streamlit, which nothing here imports."""

    def __init__(self, message: Callable[[], Any], hashed: Callable[[str], str]) -> None:
        """``message`` makes an empty ``BackMsg``, ``hashed`` is Streamlit's name for a page."""
        self._message = message
        self._page_of = {hashed(name): name for name in PAGES}

    def useful(self, data: bytes, principal: Principal) -> bool:
        """Whether ``principal`` has a use for the message in ``data``; what is none has none."""
        message = self._message()
        try:
            message.ParseFromString(data)
        except Exception:  # whatever is wrong with it, it is no message
            return False
        kind = message.WhichOneof("type")
        if kind not in (_ALWAYS if principal.rights <= {Right.KIOSK} else _WITH_PAGES):
            return False
        if kind == "backend_operation_request":
            return message.backend_operation_request.WhichOneof("payload") in _OPERATIONS
        return kind != "rerun_script" or self._own_page(message.rerun_script, principal)

    def _own_page(self, asked: Any, principal: Principal) -> bool:  # noqa: ANN401
        """Whether the run that is asked for is of a page that ``principal`` may open. What is no
        page leads to the bare address, and that to one of those."""
        names = {asked.page_name.strip("/"), self._page_of.get(asked.page_script_hash, "")}
        return all(principal.may(PAGES[name]) for name in names if name in PAGES)


# Which files Streamlit's messages to a browser hand out.
#
# Names, titles and all else that people write travel in the same messages, so an address
# counts only where Streamlit itself puts one: somebody who writes another's address into a
# name is not sent the file by it.

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
