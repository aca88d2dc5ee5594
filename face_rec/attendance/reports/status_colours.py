"""The fill of each status, on screen and on paper.

Dark text is readable on all of them, and the letters say the same without
colour.
"""

from typing import Final

from face_rec.attendance.terms.status import Status

COLOURS: Final = {
    Status.PRESENT: "D7F0DD",
    Status.LATE: "FFE8B3",
    Status.EARLY: "FFF3CC",
    Status.HALF_DAY: "CFE3FA",
    Status.ABSENT: "F8CFCF",
    Status.MISSING_OUT: "E6D7F5",
    Status.MISSING_IN: "E6D7F5",
    Status.HOLIDAY: "D9E1E8",
    Status.WEEKLY_OFF: "ECEFF2",
    Status.LEAVE: "CDEBEE",
    Status.KIOSK_DOWN: "FFD9C2",
}
"""RGB in hexadecimal, without a leading sign."""


def rgb(colour: str) -> tuple[int, int, int]:
    """``colour`` as three numbers, 0 to 255."""
    red, green, blue = bytes.fromhex(colour)
    return red, green, blue
