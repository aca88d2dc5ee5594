"""What encrypts what is stored."""

import base64
from typing import Protocol


class Sealer(Protocol):
    """Encrypts what is stored. ``context`` says whose it is (subject and field, say) and is bound
    to the result, so that sealed bytes moved elsewhere do not open."""

    def seal(self, plain: bytes, context: str) -> bytes: ...

    def open(self, sealed: bytes, context: str) -> bytes: ...


def seal_text(sealer: Sealer, text: str, context: str) -> str:
    """``text`` sealed, as a record of JSON can hold it."""
    return base64.b64encode(sealer.seal(text.encode(), context)).decode()


def open_text(sealer: Sealer, sealed: str, context: str) -> str:
    """What :func:`seal_text` sealed. Raises StoreError where its key is missing."""
    return sealer.open(base64.b64decode(sealed), context).decode()
