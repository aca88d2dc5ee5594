"""What encrypts what is stored."""

from typing import Protocol


class Sealer(Protocol):
    """Encrypts what is stored. ``context`` says whose it is (subject and field, say) and is bound
    to the result, so that sealed bytes moved elsewhere do not open."""

    def seal(self, plain: bytes, context: str) -> bytes: ...

    def open(self, sealed: bytes, context: str) -> bytes: ...
