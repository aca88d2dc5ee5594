"""Which messages of Streamlit's own protocol a browser may send over its WebSocket.

The protocol knows more than these pages use: ``clear_cache`` throws away what all sessions share,
others stop scripts or install things. A kiosk needs runs of its own page and nothing else.
"""

from collections.abc import Callable
from typing import Any, Final

from face_rec.access.principal import Principal
from face_rec.access.rights import Right
from face_rec.web.gate.route_rules import PAGES

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
