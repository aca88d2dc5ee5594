"""Photos of the half that is held back which are spoilt in truth, as somebody saw who looked at
them twice; the second time without knowing which of thirty photos had been refused.

Only refused photos and 21 others were looked at, so whoever counts without these says what the
refusals are worth, and nothing of spoilt photos that came in. Nothing is fitted on this list.
"""

from collections.abc import Mapping
from typing import Final

SPOILT: Final[Mapping[str, str]] = {
    "Doris_Schroeder_0001.jpg": "out of focus",
    "Doris_Schroeder_0002.jpg": "out of focus",
    "Robert_Zoellick_0005.jpg": "a fist before the mouth",
    "Zach_Safrin_0001.jpg": "a forearm before nose and mouth",
}
"""The file's name, and what is wrong with it."""
