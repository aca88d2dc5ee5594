"""A write as this machine keeps it: what was run, so that it can be run again."""

from dataclasses import dataclass
from typing import Any, Final

import msgspec


@dataclass(frozen=True, slots=True)
class KeptWrite:
    """A script that was run, as it can be run again.

    ``stream`` is the list that it is linked in ("" for one that is not, and that does no harm
    when it is run twice), ``names`` the records that it changes, ``entry`` what is linked, by
    its ``id``; the link stands in the script's arguments between ``before`` and ``after``.
    ``at``: seconds since 1970. ``gone``: it removes all of ``names``. ``apart``: see
    :class:`~face_rec.stores.chain.linking.Linking`.
    """

    id: str
    at: float
    stream: str
    script: str
    keys: tuple[str, ...]
    before: tuple[Any, ...]
    after: tuple[Any, ...] = ()
    entry: bytes = b""
    names: tuple[str, ...] = ()
    gone: bool = False
    apart: bool = False

    def written(self) -> bytes:
        return _encoder.encode(self)

    @staticmethod
    def read(written: bytes) -> "KeptWrite":
        """Raises ValueError for what is none."""
        return _decoder.decode(written)


_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(KeptWrite)
