"""Files that a browser has been told of wait until it has fetched them.

Streamlit (seen in 1.67) keeps a file that is made when its button is pressed for no session: the
next run of any page marks it, and the one after that removes it. With some kiosks and open pages
that is within a tenth of a second, and the download answers 404.
"""

import time
from typing import Final

from streamlit.runtime import media_file_manager
from streamlit.runtime.media_file_manager import MediaFileMetadata
from streamlit.runtime.media_file_storage import MediaFileKind

PATIENCE: Final = 60.0  # seconds between the press and the end of a slow line's request


class PatientMetadata(MediaFileMetadata):
    """Marked for removal like any other, and removed a minute later."""

    def __init__(self, kind: MediaFileKind = MediaFileKind.MEDIA) -> None:
        super().__init__(kind)
        self._marked_at = 0.0

    @property
    def is_marked_for_delete(self) -> bool:
        marked = super().is_marked_for_delete
        return marked and time.monotonic() - self._marked_at > PATIENCE

    def mark_for_delete(self) -> None:
        if not super().is_marked_for_delete:
            self._marked_at = time.monotonic()
        super().mark_for_delete()


def install() -> None:
    """From now on every file is one of these; once a process, before the first page."""
    media_file_manager.MediaFileMetadata = PatientMetadata  # type: ignore[misc]
