"""An import goes no further once whoever began it has lost the right."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import cv2
import pytest

from face_rec.access.audit import actor
from face_rec.access.audit.actor import Actor
from face_rec.access.control.access_control import Access
from face_rec.access.control.permit import Permit
from face_rec.access.rights import Right, Role
from face_rec.access.signin.authenticator import user_principal
from face_rec.domain.groups import ALL_GROUPS
from face_rec.people.imports.collection import Collection, PhotoFile, from_folder
from face_rec.people.imports.importing import Importer
from face_rec.protocols.models import Progress
from face_rec.stores.redis.client import Client
from pages.ui.frame.jobs import Job, Jobs
from tests.fakes.clock import FakeClock
from tests.fakes.enrolment import CONSENT, People, painted
from tests.gate_app import PASSWORD, access_on

CHANGES: list[Callable[[Access], object]] = [
    lambda access: access.accounts.change("reg", Role.KIOSK, ALL_GROUPS, active=True),
    lambda access: access.accounts.change("reg", Role.REGISTRAR, ALL_GROUPS, active=False),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number, name in enumerate(("ann", "bob", "cyd")):
        (tmp_path / name).mkdir()
        cv2.imwrite(str(tmp_path / name / "1.png"), painted(1 + 4 * number))
    return tmp_path


def _permit(access: Access) -> Permit:
    account = access.accounts.get("reg")
    assert account is not None
    return Permit(
        user_principal(account), Right.PEOPLE_WRITE, Actor("reg", "user"),
        lambda: access.authenticator.account("reg"),
    )  # fmt: skip


def _imported(access: Access, people: People, folder: Path, after: Callable[[], object]) -> Job:
    """The import of ``folder`` as ``reg`` began it; ``after`` happens when the first person is
    in."""

    def work(progress: Progress) -> object:
        def told(done: int, total: int) -> None:
            if done == 1:
                with actor.acting(actor.SYSTEM):  # somebody else's doing
                    after()
            progress(done, total)

        return Importer(people.store, people.enrolment).run(from_folder(folder), CONSENT, told)

    job = Jobs().start("import", "Importing", work, _permit(access))
    assert job.ended.wait(20)
    return job


@pytest.mark.parametrize("change", CHANGES, ids=["demoted", "switched off"])
def test_an_import_stops_when_its_starter_is_demoted_or_switched_off(
    redis_client: Client, folder: Path, change: Callable[[Access], object]
) -> None:
    clock, people = FakeClock(), People()
    access = access_on(redis_client, clock)
    for name, role in (("ada", Role.ADMIN), ("reg", Role.REGISTRAR)):
        access.accounts.create(name, PASSWORD, role, ALL_GROUPS)

    def after() -> None:
        change(access)
        clock.advance(2)  # who somebody is is remembered for a second

    job = _imported(access, people, folder, after)
    assert [person.id for person in people.store.all()] == ["ann"]
    assert "reg may no longer do this" in job.error


def test_who_loses_the_right_while_somebody_s_photos_are_looked_at_registers_them_no_more(
    redis_client: Client, folder: Path
) -> None:
    """A folder may hold many, and each is looked at before anything is written."""
    clock, people, looked = FakeClock(), People(), list[str]()
    access = access_on(redis_client, clock)
    for name, role in (("ada", Role.ADMIN), ("reg", Role.REGISTRAR)):
        access.accounts.create(name, PASSWORD, role, ALL_GROUPS)
    for number in (2, 3):
        cv2.imwrite(str(folder / "bob" / f"{number}.png"), painted(5))

    def losing(file: PhotoFile) -> PhotoFile:
        def read() -> bytes:
            looked.append(file.name)
            if file.name == "bob/1.png":
                with actor.acting(actor.SYSTEM):  # somebody else's doing
                    access.accounts.change("reg", Role.KIOSK, ALL_GROUPS, active=True)
                clock.advance(2)  # who somebody is is remembered for a second
            return file.read()

        return replace(file, read=read)

    found = from_folder(folder)
    watched = Collection(
        tuple(replace(one, photos=tuple(map(losing, one.photos))) for one in found.people)
    )
    work = partial(Importer(people.store, people.enrolment).run, watched, CONSENT)
    job = Jobs().start("import", "Importing", work, _permit(access))
    assert job.ended.wait(20)
    assert [person.id for person in people.store.all()] == ["ann"]
    assert looked == ["ann/1.png", "bob/1.png"]
    assert "reg may no longer do this" in job.error


def test_an_import_goes_on_when_its_starter_only_signs_out(
    redis_client: Client, folder: Path
) -> None:
    clock, people = FakeClock(), People()
    access = access_on(redis_client, clock)
    access.accounts.create("reg", PASSWORD, Role.REGISTRAR, ALL_GROUPS)

    def after() -> None:
        access.sign_in.sign_out_everywhere("reg")
        clock.advance(2)

    job = _imported(access, people, folder, after)
    assert len(list(people.store.all())) == 3
    assert not job.error
