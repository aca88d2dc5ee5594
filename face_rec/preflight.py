"""A check of the machine, run by ``make`` before anything else is started.

It names a missing system library together with the command that installs it,
instead of letting OpenCV fail with a linker's message.
"""

import importlib
import os
import sys

from face_rec.terminal.environment import of_environment
from face_rec.terminal.words import forgiving, said, speak

_COMMANDS = (
    "  Debian, Ubuntu:  sudo apt-get install -y libgl1 libglib2.0-0\n"
    "  Fedora, RHEL:    sudo dnf install -y mesa-libGL glib2\n"
    "  Alpine:          sudo apk add mesa-gl glib"
)


def problem() -> str | None:
    """What keeps the app from starting on this machine, or None."""
    try:
        importlib.import_module("cv2")
    except ImportError as error:
        lines = (
            said("OpenCV cannot start: {error}", error=error),
            said("A system library is missing. Install it with"),
            _COMMANDS,
            said("and run the command again."),
        )
        return "\n".join(lines)
    return None


def main() -> int:
    forgiving(sys.stderr)
    speak(of_environment(os.environ), on=sys.stderr)
    found = problem()
    if found:
        sys.stderr.write(found + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
