"""What somebody lays beside a request for leave, a doctor's note say: what is taken, and how."""

from typing import Final

from face_rec.domain.errors import CorrectionRefused, PictureError
from face_rec.languages.language import msgid
from face_rec.people.photos.photos import decode, jpeg_of

MOST: Final = 3
"""Of one request."""
MOST_KEPT: Final = 30
"""Of one person."""
LARGEST: Final = 5 * 1024 * 1024
_QUALITY: Final = 85
_JPEG, _PNG, _PDF = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-"
_END, _TAIL = b"%%EOF", 2048
_KIND: Final = msgid("Choose a JPEG, a PNG or a PDF file.")


def checked(data: bytes) -> tuple[str, bytes]:
    """The file's ending and what is kept of it: of a picture its pixels alone, made anew, without
    place, device or whatever else stood in the file; a PDF as it is. What it is, its beginning
    says, never its name. Raises CorrectionRefused, in words for the person."""
    if len(data) > LARGEST:
        raise CorrectionRefused(
            msgid("The file is too large: 5 MB at most. Choose a smaller picture, or fewer pages.")
        )
    if data.startswith((_JPEG, _PNG)):
        return "jpg", _picture(data)
    if data.startswith(_PDF):
        if _END not in data[-_TAIL:]:
            raise CorrectionRefused(msgid("This PDF file is not whole. Save it again."))
        return "pdf", data
    raise CorrectionRefused(_KIND)


def _picture(data: bytes) -> bytes:
    try:
        return jpeg_of(decode(data), _QUALITY)
    except PictureError:
        raise CorrectionRefused(
            msgid("This picture cannot be read. Take or save it again.")
        ) from None
