"""Why somebody may not mark themselves on their phone, in words for them."""

from face_rec.domain.errors import FaceRecError


class PunchRefused(FaceRecError):
    """``over``: the page that asked is of no use any more, and is to be opened again."""

    def __init__(self, message: str, *, over: bool = False) -> None:
        super().__init__(message)
        self.over = over
