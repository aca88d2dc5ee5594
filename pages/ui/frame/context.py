"""Where pages get the built system from."""

from face_rec import system as built
from face_rec.system import System


def system() -> System:
    """The running system; ``app.py`` installs it before the first page is shown."""
    return built.current()
