"""Photos that one person is registered with, and what is said where one is refused."""

import pytest

from face_rec.domain.errors import PictureRefused
from face_rec.domain.faces import Image
from tests.fakes.enrolment import People

LEFT, RIGHT = (0.15, 0.0), (-0.15, 0.0)


def refusal_of(people: People, image: Image) -> str:
    with pytest.raises(PictureRefused) as refused:
        people.enrolment.check(image)
    assert len(str(refused.value)) > 20
    return refused.value.code
