"""The letters of most of what is drawn here, not in a browser: Latin, Greek and Cyrillic."""

from pathlib import Path
from typing import Final

FONT: Final = Path(__file__).with_name("fonts") / "DejaVuSansCondensed-subset.ttf"
