"""Whether somebody who is recognised may still be named: asked of the store, not the gallery.

A gallery follows the store within a second, and later where it is being rebuilt or its process
is cut off. Whoever was deleted or deactivated in another process must not be named meanwhile.
"""

from face_rec.domain.errors import StoreError
from face_rec.protocols.people import Directory


def stands(directory: Directory, subject: str, within: float = 0.0) -> bool | None:
    """Whether the store has the person and lets them be matched, as of at most ``within``
    seconds ago; None while it cannot be asked."""
    try:
        person = directory.latest(subject, within)
    except StoreError:
        return None
    return person is not None and person.matchable
