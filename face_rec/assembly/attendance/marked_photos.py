"""A picture of a mark becomes one of the photos of whom it shows."""

from dataclasses import replace

from face_rec.attendance.marks.effective_marks import entries
from face_rec.domain.errors import PersonMissing, PictureError
from face_rec.domain.people import Person, PhotoLife
from face_rec.domain.pictures import day_of, owner_of
from face_rec.languages.language import msgid
from face_rec.people.enrolment import Enrolment
from face_rec.people.photos.photos import decode
from face_rec.protocols.marks import MarkReader
from face_rec.protocols.snapshots import SnapshotStore


def add_from_mark(
    marks: MarkReader, pictures: SnapshotStore, enrolment: Enrolment, subject: str, key: str
) -> Person:
    """The picture must be of a mark of ``subject`` that a person has confirmed and that stands:
    between the measurement and this click somebody may have voided it."""
    if owner_of(key) != subject:
        raise PersonMissing(msgid("This picture is of somebody else. Measure again."))
    if not _confirmed(marks, key):
        raise PictureError(
            msgid(
                "Nobody has confirmed the mark of this picture, or it was voided "
                "or disputed since. Confirm it under Records first, or take a "
                "photo with the camera."
            )
        )
    photo = enrolment.check(decode(pictures.get(key)))
    return enrolment.add_photos(subject, [replace(photo, life=PhotoLife.STILL)])


def _confirmed(marks: MarkReader, key: str) -> bool:
    """Whether the mark of a picture stands and is confirmed. Its key tells the UTC day, by which
    marks and what corrects them are listed, too."""
    day = day_of(key)
    if day is None:
        return False
    found = entries(marks.day(day)).marks
    return any(one.event.snapshot == key and one.confirmed and not one.voided for one in found)
