"""Streamlit's WebSocket as the gate passes it on: which tab may go on, what was sent to whom."""

from collections.abc import Callable, Iterable
from typing import Final

from starlette.types import Message, Scope, Send

from face_rec.access.principal import Principal
from face_rec.access.tabs import SentFiles, Tabs

_PROTOCOL: Final = b"sec-websocket-protocol"
Handed = Callable[[bytes], Iterable[str]]
"""The names of the files that a message to a browser hands out."""


def own_tab_only(scope: Scope, principal: Principal, tabs: Tabs) -> Scope:
    """``scope`` without the number of a tab that is somebody else's.

    A browser that comes back names its tab third in this header (Streamlit 1.67, after the
    protocol and a token); Streamlit asks nobody whose it is. Without the number it opens a new
    one. The header is written anew, so that there is one reading of it.
    """
    sent = [value for name, value in scope["headers"] if name == _PROTOCOL]
    others = [(name, value) for name, value in scope["headers"] if name != _PROTOCOL]
    if not sent:
        return scope
    parts = [part.strip() for part in b",".join(sent).decode("latin-1").split(",")]
    kept = parts[:2]
    if len(parts) > 2 and tabs.owned(parts[2], principal):
        kept.append(parts[2])
    return {**scope, "headers": [*others, (_PROTOCOL, ", ".join(kept).encode("latin-1"))]}


def noting_files(send: Send, principal: Principal, files: SentFiles, handed: Handed) -> Send:
    """``send``, which remembers the addresses of files that go by."""

    async def sending(message: Message) -> None:
        for name in handed(message.get("bytes") or b""):
            files.note(name, principal)
        await send(message)

    return sending
