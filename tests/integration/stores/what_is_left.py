"""Where somebody still stands: in Redis, on the disk, or in a write that is kept."""

from contextlib import closing
from typing import Any

from config import Settings
from face_rec.assembly.storage.chain import open_write_log
from face_rec.assembly.storage.stores import Stores


def left(settings: Settings, stores: Stores, *needles: str) -> list[str]:
    """Where one of ``needles`` stands: in Redis, in a file, or in a write that is kept, opened."""
    found = [
        key.decode()
        for key in stores.client.scan_iter()
        if holds_any(needles, value_of(stores, key))
    ]
    found += [
        str(path)
        for path in settings.data_dir.rglob("*")
        if path.is_file() and holds_any(needles, path.read_bytes())
    ]
    with closing(open_write_log(settings)) as kept:
        ids = [
            row
            for name in ("", "people", "rules", "administration")
            for row in kept.order(name).values()
        ]
        writes = [write for number in ids if (write := kept.read(number)) is not None]
    return found + [
        f"kept {w.script} {w.names}" for w in writes if holds_any(needles, w.written())
    ]


def value_of(stores: Stores, key: bytes) -> bytes:
    client: Any = stores.client
    read: Any = {
        b"hash": client.hgetall, b"list": lambda k: client.lrange(k, 0, -1),
        b"set": client.smembers, b"string": client.get, b"stream": client.xrange,
    }.get(client.type(key), lambda _: b"")  # fmt: skip
    return key + repr(read(key)).encode()


def holds_any(needles: tuple[str, ...], content: bytes) -> bool:
    return any(needle.encode() in content for needle in needles)
