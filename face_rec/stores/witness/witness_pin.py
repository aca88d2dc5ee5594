"""The witness's pin: how far its log has come, in a file beside the chain's key.

Only who has the key can write there, so a log that was cut off or taken away shows.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from face_rec.domain.errors import StoreError
from face_rec.files import make_folder, write_durable
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.stores.chain.links import stream_of
from face_rec.stores.witness.witness_entry import Entry, LogState, entry_of
from face_rec.stores.witness.witness_log import LogFolder

_CUT: Final = msgid(
    "The witness's log {log} has {count} lines, and there were {pinned}: lines were taken away at "
    "its end. Put the folder back from a backup or the bucket."
)


@dataclass(frozen=True, slots=True)
class Pin:
    """``count`` lines of ``log`` were written, and the last is signed ``last``. ``seen``: what was
    known of the database by then (a LastSeen, as text), ``signed`` with the chain's key.
    """

    log: str
    count: int
    last: str
    seen: str = ""
    signed: str = ""

    def text(self, site: str) -> str:
        """What is signed: of this place of the log alone."""
        return f"pin of the witness|{site}|{self.log}|{self.count}|{self.last}|{self.seen}"


class PinFile:
    """The pin in a file of the keys' folder."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Pin | None:
        try:
            found = json.loads(self._path.read_bytes())
            more = (str(found.get(name, "")) for name in ("seen", "signed"))
            return Pin(str(found["log"]), int(found["count"]), str(found["last"]), *more)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise StoreError(
                sentence(
                    "{path} cannot be read ({error}). Restore it, with the chain's "
                    "key beside it, from your copy.",
                    path=self._path,
                    error=type(error).__name__,
                )
            ) from error

    def remove(self) -> None:
        self._path.unlink(missing_ok=True)

    def write(self, pin: Pin) -> None:
        make_folder(self._path.parent)
        write_durable(self._path, json.dumps(asdict(pin)).encode() + b"\n")


def against_pin(states: Mapping[str, LogState], pin: Pin | None) -> list[str]:
    """What of the logs does not fit the pin."""
    if pin is None:
        return []
    state = states.get(pin.log)
    count = state.count if state else 0
    if state is None or count < pin.count:
        return [sentence(_CUT, log=pin.log, count=count, pinned=pin.count)]
    if state.signatures.get(pin.count - 1) != pin.last:
        return [
            sentence("The witness's log {log} is not the one that was written here.", log=pin.log)
        ]
    return []


def forget_blank(folder: LogFolder, pin: PinFile) -> None:
    """Before a restore: logs that an app without data has begun, and that witnessed nothing."""
    for log in folder.logs():
        entries = [entry_of(line) for line in folder.lines(log)]
        if all(entry is not None and _is_blank(entry) for entry in entries):
            folder.remove(log)
            known = pin.read()
            if known is not None and known.log == log:
                pin.remove()


def _is_blank(entry: Entry) -> bool:
    """Streams other than days begin with one entry that says that nothing was there."""
    heads = entry.heads.items()
    return not entry.older and all(
        isinstance(stream_of(name), str) and count <= 1 for name, (count, _) in heads
    )


def restored_pin(folder: LogFolder, pin: PinFile) -> None:
    """After a restore onto another machine: the restored log is this one's from now on."""
    if pin.read() is not None:
        return
    last = [
        (entry.at, entry)
        for log in folder.logs()
        for line in list(folder.lines(log))[-1:]
        if (entry := entry_of(line)) is not None
    ]
    if last:
        entry = max(last, key=lambda one: one[0])[1]
        pin.write(Pin(entry.log, entry.number + 1, entry.signature))
