"""Why somebody cannot be registered, or their details not be changed like this."""

from face_rec.domain.errors import PeopleError
from face_rec.languages.sentence import sentence


class DetailsRefused(PeopleError):
    """A name, ID, group or e-mail address that cannot be taken; ``field`` says which."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class IdTaken(PeopleError):
    """Somebody else already has this ID."""


class FaceTaken(PeopleError):
    """The face is already registered under another ID.

    ``subject`` is that person's subject, so that a page can show who; ``others``: those of more
    people whose face it may be, the likest first.
    """

    def __init__(
        self, subject: str, score: float, message: str, others: tuple[str, ...] = ()
    ) -> None:
        super().__init__(message)
        self.subject = subject
        self.score = score
        self.others = others


class FaceDoubted(PeopleError):
    """The camera saw a picture of a face, or what looked like one. ``why``: in words."""

    def __init__(self, why: str) -> None:
        super().__init__(
            sentence(
                "The photos were not taken: {why}. Let the person stand before the camera "
                "themselves, in even light, and take them again.",
                why=why,
            )
        )
        self.why = why


class ConsentMissing(PeopleError):
    """A face may not be stored without the person's consent."""
