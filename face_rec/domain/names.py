"""Short names: those of sites and kiosks, which stand in keys, folders, addresses and files."""

import re
from typing import Final

from face_rec.languages.language import msgid

SHORT: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
RULE: Final = msgid("1 to 32 lower-case letters, digits and hyphens")
"""The same in words, for whoever is refused."""
