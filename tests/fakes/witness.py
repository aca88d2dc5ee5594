"""A bucket in memory, for the witness; and a witness of the tests."""

from pathlib import Path

from face_rec.domain.errors import StoreUnavailable
from face_rec.stores.chain.links import Chain
from face_rec.stores.witness.witness import Witness
from face_rec.stores.witness.witness_log import Bucket, BucketLog, LogFolder
from face_rec.stores.witness.witness_pin import PinFile


class MemoryBucket:
    """A ``Bucket``; ``away``: it does not answer."""

    name = "a bucket"

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.away = False

    def put(self, key: str, content: bytes) -> None:
        self._answer()
        self.objects[key] = content

    def get(self, key: str) -> bytes | None:
        self._answer()
        return self.objects.get(key)

    def keys(self, prefix: str) -> list[str]:
        self._answer()
        return sorted(key for key in self.objects if key.startswith(prefix))

    def _answer(self) -> None:
        if self.away:
            raise StoreUnavailable("The test switched the bucket off.")


def a_witness(chain: Chain, data: Path, bucket: Bucket | None = None) -> Witness:
    """In ``data/witness/main``, with its pin in ``data/keys``."""
    folder = LogFolder(data / "witness" / "main")
    copy = BucketLog(bucket, "main") if bucket else None
    return Witness(chain, folder, PinFile(data / "keys" / "witness-main.json"), copy)
