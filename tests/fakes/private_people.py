"""People with pictures and marks, about whom something is kept."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from face_rec.domain.marks import Event
from face_rec.domain.people import Person
from face_rec.domain.pictures import key_of
from face_rec.privacy.retention_run import Periods
from tests.fakes.models import fake_models
from tests.fakes.privacy import PrivacyOf
from tests.fakes.system import FakeSystem

DAY = 86_400.0
CONTRACT = fake_models().contract.digest


@pytest.fixture
def fake() -> Iterator[FakeSystem]:
    with FakeSystem().running() as running:
        assert running.follower.wait(
            running.people.revision(), 30
        )  # on a busy machine not at once
        yield running


@pytest.fixture
def world(fake: FakeSystem) -> PrivacyOf:
    return PrivacyOf(fake, Periods(snapshots=30, inactive=90))


def pictured(fake: FakeSystem, person: Person) -> Person:
    """``person`` with an enrolment photo."""
    key = f"people/{person.subject}/photo.jpg"
    fake.snapshots.put(key, b"photo of " + person.name.encode())
    return fake.people.update(replace(person, photo=key))


def marked(fake: FakeSystem, person: Person, days_ago: float = 0) -> Event:
    """A mark with its picture."""
    at = fake.clock.now() - timedelta(days=days_ago)
    event_id = f"{person.subject}-{days_ago}"
    key = key_of(event_id, at, person.subject)
    fake.snapshots.put(key, b"mark of " + person.name.encode())
    return fake.mark(person, minutes=days_ago * 1440, snapshot=key)


def subjects(fake: FakeSystem) -> set[str]:
    return {entry.subject for entry in fake.people.entries(CONTRACT)}
