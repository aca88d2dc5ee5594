"""Pictures that nobody takes."""


def with_scans(jpeg: bytes, scans: int) -> bytes:
    """The same with so many empty scans of its first component more."""
    header = b"\xff\xda\0\x08\x01\x01\0\0\x3f\0"
    return jpeg[:-2] + header * scans + jpeg[-2:]
