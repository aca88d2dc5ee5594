"""placeholder"""

from face_rec.system import System
from pages.ui.widgets import Line, Tone


def state_lines(app: System) -> list[Line]:
    return [Line("Redis", "embedded", "OK", tone=Tone.GOOD)]
