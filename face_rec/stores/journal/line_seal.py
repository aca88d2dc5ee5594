"""What stands behind each line of the journal, and tells whether it is as it was written."""

import zlib
from typing import Protocol


class LineSeal(Protocol):
    """Makes and checks what stands behind a line. Called by any thread; must not raise."""

    def sign(self, line: bytes) -> str:
        """Printable ASCII without quotes and backslashes."""
        ...

    def check(self, line: bytes, seal: str) -> bool:
        """Whether ``line`` is as it was signed; ``seal`` is empty where there is none."""
        ...


class Checksum:
    """CRC-32: finds what a disk did to a line, not what a person did."""

    def sign(self, line: bytes) -> str:
        return f"{zlib.crc32(line):08x}"

    def check(self, line: bytes, seal: str) -> bool:
        return not seal or seal == self.sign(line)
