"""Consent, retention, erasure and export: what stays, what goes, what may never leave."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest

from face_rec.domain import pictures
from face_rec.domain.errors import Conflict, PersonMissing, StoreUnavailable
from face_rec.domain.people import ERASED, Person
from face_rec.domain.pictures import key_of
from face_rec.languages.translator import Translators
from tests.fakes.clock import MORNING
from tests.fakes.privacy import PrivacyOf
from tests.fakes.private_people import DAY, fake, marked, pictured, subjects, world
from tests.fakes.system import FakeSystem
from tests.samples import events_between

__all__ = ["fake", "world"]


def test_without_consent_nobody_is_in_the_gallery(world: PrivacyOf) -> None:
    ada, bob = world.fake.add_person(1, "Ada"), world.fake.add_person(2, "Bob")
    withdrawn = world.privacy.consent.withdraw(ada.subject)
    assert withdrawn.consent is not None
    assert withdrawn.consent.withdrawn_at == MORNING
    assert subjects(world.fake) == {bob.subject}
    assert world.fake.follower.wait(world.fake.people.revision(), 5)
    assert world.fake.follower.gallery.people == 1


def test_consent_can_be_given_again_with_the_text_of_then(world: PrivacyOf) -> None:
    ada = world.fake.add_person(1, "Ada")
    world.privacy.consent.withdraw(ada.subject)
    world.fake.clock.advance(60)
    given = world.privacy.consent.give(ada.subject, "The new text.", "2")
    assert given.consent is not None
    assert (given.consent.text, given.consent.version) == ("The new text.", "2")
    assert given.consent.given_at == MORNING + timedelta(seconds=60)
    assert given.matchable
    assert [what for what, _, _ in world.notes] == ["consent withdrawn", "consent given"]


def test_a_second_withdrawal_does_not_move_the_first(world: PrivacyOf) -> None:
    ada = world.fake.add_person(1, "Ada")
    first = world.privacy.consent.withdraw(ada.subject)
    world.fake.clock.advance(DAY)
    assert world.privacy.consent.withdraw(ada.subject) == first


def test_a_withdrawal_is_not_lost_to_somebody_who_saves_at_the_same_time(
    world: PrivacyOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = world.fake.add_person(1, "Ada")
    update, tries = world.fake.people.update, []

    def beaten_once(person: Person) -> Person:
        tries.append(person)
        if len(tries) == 1:
            raise Conflict("Somebody else was faster.")
        return update(person)

    monkeypatch.setattr(world.fake.people, "update", beaten_once)
    assert not world.privacy.consent.withdraw(ada.subject).matchable
    assert len(tries) == 2


def test_consent_of_nobody_is_said(world: PrivacyOf) -> None:
    with pytest.raises(PersonMissing):
        world.privacy.consent.withdraw("nobody")


def test_erasing_removes_every_face_and_name_and_keeps_the_nameless_marks(
    world: PrivacyOf,
) -> None:
    fake = world.fake
    ada = pictured(fake, fake.add_person(1, "Ada", templates=2))
    bob = pictured(fake, fake.add_person(2, "Bob"))
    ours = [marked(fake, ada, days) for days in (0, 1, 200)]
    theirs = marked(fake, bob, 1)
    world.leave[ada.subject] = [{"leave": "ill"}]
    certificate = world.privacy.erasure.erase(ada.subject, "Grace")
    assert fake.people.get(ada.subject) is None
    assert fake.people.by_id(ada.id) is None
    assert fake.people.templates(ada.subject) == []
    assert set(fake.snapshots.jpegs) == {bob.photo, theirs.snapshot}
    assert world.leave == {}
    stored = events_between(
        fake.attendance, MORNING - timedelta(days=300), MORNING + timedelta(days=1)
    )
    assert [event for event in stored if event.subject == ada.subject] == ours[::-1]
    counts = {item.what: item.count for item in certificate.removed}
    assert counts["face template"] == 2
    assert counts["picture of a mark"] == 3
    assert counts["enrolment photo"] == 1
    assert counts["leave"] == 1
    assert certificate.confirmed
    assert fake.follower.gallery.people == 1


def test_the_certificate_names_the_person_and_never_the_subject(world: PrivacyOf) -> None:
    ada = world.fake.add_person(1, "Ada <b>=1+1</b>")
    certificate = world.privacy.erasure.erase(ada.subject, "Grace")
    for content in (certificate.as_text(), certificate.as_json()):
        assert b"Ada <b>" in content
        assert ada.subject.encode() not in content
    assert json.loads(certificate.as_json())["person"]["id"] == "E1"
    pdf = certificate.as_pdf()
    assert pdf.startswith(b"%PDF")
    assert ada.subject.encode() not in pdf


def test_the_certificate_speaks_the_language_of_whoever_erases_and_programs_read_english(
    world: PrivacyOf,
) -> None:
    ada = world.fake.add_person(1, "Closed")  # a name is never taken for a word
    certificate = world.privacy.erasure.erase(ada.subject, "Grace")
    german = certificate.as_text(Translators().of("de")).decode()
    assert german.startswith("Löschbescheinigung\n")
    assert "Person: Closed (ID E1)" in german
    assert "1 × Gesichtsmuster, aus: Datenbank" in german
    assert "Kept:" not in german
    assert b"face template" in certificate.as_json()
    for code in ("ar", "hi"):
        words = Translators().of(code)
        assert certificate.as_pdf(words).startswith(b"%PDF")


def _arriving_late(world: PrivacyOf, ada: Person, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Another process stores two pictures after ours were looked through."""
    late = [f"people/{ada.subject}/late.jpg", marked(world.fake, ada).snapshot or ""]
    delete = world.fake.people.delete
    world.fake.snapshots.delete(late[1])

    def meanwhile(subject: str) -> Person | None:
        for key in late:
            world.fake.snapshots.put(key, b"late")
        return delete(subject)

    monkeypatch.setattr(world.fake.people, "delete", meanwhile)
    return late


def test_a_picture_that_arrives_while_somebody_is_erased_goes_too(
    world: PrivacyOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = world.fake.add_person(1, "Ada")
    _arriving_late(world, ada, monkeypatch)
    certificate = world.privacy.erasure.erase(ada.subject, "Grace")
    assert world.fake.snapshots.jpegs == {}
    assert not any("TO DO" in line for line in certificate.files)


def test_what_is_saved_about_somebody_while_they_are_erased_goes_too(
    world: PrivacyOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = world.fake.add_person(1, "Ada")
    delete = world.fake.people.delete

    def late(subject: str) -> Person | None:
        world.leave[subject] = [{"kind": "leave"}]  # approved a moment ago, on another page
        return delete(subject)

    monkeypatch.setattr(world.fake.people, "delete", late)
    certificate = world.privacy.erasure.erase(ada.subject, "Grace")
    assert world.leave == {}
    assert not any("TO DO" in said for said in certificate.files)


def test_a_store_that_fails_at_the_very_end_is_said_in_the_certificate(
    world: PrivacyOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = world.fake.add_person(1, "Ada")
    _arriving_late(world, ada, monkeypatch)
    delete = world.fake.people.delete

    def then_away(subject: str) -> Person | None:
        found = delete(subject)
        world.fake.snapshots.away = True
        return found

    monkeypatch.setattr(world.fake.people, "delete", then_away)
    certificate = world.privacy.erasure.erase(ada.subject, "Grace")
    assert "TO DO" in certificate.files[0]
    assert ada.subject not in certificate.as_text().decode()


def test_an_erasure_that_was_interrupted_is_finished_by_the_same_call(world: PrivacyOf) -> None:
    fake = world.fake
    ada = pictured(fake, fake.add_person(1, "Ada"))
    marked(fake, ada)
    fake.snapshots.away = True
    with pytest.raises(StoreUnavailable, match="Erase again"):
        world.privacy.erasure.erase(ada.subject, "Grace")
    assert subjects(fake) == set()  # not matched any more, whatever else is left
    assert fake.people.by_id(ada.id) is not None
    fake.snapshots.away = False
    certificate = world.privacy.erasure.erase(ada.subject, "Grace")
    assert fake.snapshots.jpegs == {}
    assert {item.what: item.count for item in certificate.removed}["picture of a mark"] == 1


def test_nobody_is_erased_twice(world: PrivacyOf) -> None:
    ada = world.fake.add_person(1, "Ada")
    world.privacy.erasure.erase(ada.subject, "Grace")
    with pytest.raises(PersonMissing):
        world.privacy.erasure.erase(ada.subject, "Grace")


def exported(world: PrivacyOf, person: Person) -> zipfile.ZipFile:
    out = io.BytesIO()
    world.privacy.export.write(person.subject, out)
    return zipfile.ZipFile(out)


def test_an_export_holds_everything_about_one_person_and_no_other(world: PrivacyOf) -> None:
    fake = world.fake
    ada = pictured(fake, fake.add_person(1, "Ada"))
    event = marked(fake, ada, 2)
    marked(fake, pictured(fake, fake.add_person(2, "Bob")), 2)
    world.leave[ada.subject] = [{"leave": "ill"}]
    with exported(world, ada) as archive:
        assert set(archive.namelist()) == {
            "person.json", "consent.txt", "attendance.csv", "events.json", "leave.json",
            "photos/photo.jpg", str(event.snapshot), "README.txt",
        }  # fmt: skip
        everything = b"".join(archive.read(name) for name in archive.namelist())
        assert json.loads(archive.read("person.json"))["name"] == "Ada"
        assert json.loads(archive.read("events.json"))[0]["id"] == event.id
        assert b"I agree." in archive.read("consent.txt")
        assert archive.read("photos/photo.jpg") == b"photo of Ada"
    assert b"Bob" not in everything
    assert [what for what, _, _ in world.notes] == ["exported"]


def test_an_export_never_holds_an_embedding(world: PrivacyOf) -> None:
    ada = world.fake.add_person(1, "Ada")
    vector = world.fake.people.templates(ada.subject)[0].vector
    with exported(world, ada) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert vector.tobytes()[:16] not in everything
    assert f"{vector[0]:.4f}".encode() not in everything
    assert b"vector" not in everything


def test_a_name_that_is_a_formula_does_nothing_in_the_exported_table(world: PrivacyOf) -> None:
    eve = world.fake.add_person(1, "=HYPERLINK(1)")
    world.fake.mark(eve)
    with exported(world, eve) as archive:
        table = archive.read("attendance.csv").decode("utf-8-sig")
    assert ",'=HYPERLINK(1)," in table


def test_a_picture_that_cannot_be_read_is_named_instead(
    world: PrivacyOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = pictured(world.fake, world.fake.add_person(1, "Ada"))

    def refuse(_: str) -> bytes:
        raise StoreUnavailable("not now")

    monkeypatch.setattr(world.fake.snapshots, "get", refuse)
    with exported(world, ada) as archive:
        assert "photos/photo.jpg" not in archive.namelist()
        assert "photos/photo.jpg" in archive.read("README.txt").decode()


def test_the_keys_of_marks_are_those_that_retention_reads() -> None:
    key = key_of("event", MORNING, "s1")
    assert key.startswith(pictures.MARKS)
    assert pictures.day_of(key) == MORNING.date()
    assert pictures.owner_of(key) == "s1"


@pytest.mark.parametrize(
    ("key", "owner"),
    [
        ("people/s1/a.jpg", "s1"), ("marks/2025/03/10/s1.e1.jpg", "s1"),
        ("marks/2025/03/10/e1.jpg", None), ("unknown/2025/03/10/s1.e1.jpg", None),
        ("people/a.jpg", None), ("doctor/s1.x.jpg", None), ("marks/s1.e1.jpg", None),
    ],
)  # fmt: skip
def test_the_name_of_a_picture_tells_whose_it_is(key: str, owner: str | None) -> None:
    assert pictures.owner_of(key) == owner


def _looks_like(fake: FakeSystem, person: Person, name: str) -> Person:
    twin = replace(
        person, subject=name, id=name, name=name, active=False, resembles=person.subject, version=0
    )
    return fake.people.create(twin, (), fake.people.revision())


def test_whoever_looks_like_somebody_erased_waits_on_and_does_not_lead_to_them(
    world: PrivacyOf,
) -> None:
    ada, bob = world.fake.add_person(1, "Ada"), world.fake.add_person(2, "Bob")
    _looks_like(world.fake, ada, "one")
    _looks_like(world.fake, ada, "two")
    other = _looks_like(world.fake, bob, "other")
    certificate = world.privacy.erasure.erase(ada.subject, "Grace")
    now = world.fake.people.many(["one", "two", "other"])
    assert [now[one].resembles for one in ("one", "two")] == [ERASED] * 2
    assert now["other"] == other
    removed = {item.what: item.count for item in certificate.removed}
    assert removed["note that another looks like them"] == 2


def test_nor_does_whoever_is_imported_during_the_erasure(
    world: PrivacyOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = world.fake.add_person(1, "Ada")
    delete = world.fake.people.delete

    def late(subject: str) -> Person | None:
        _looks_like(world.fake, ada, "late")
        return delete(subject)

    monkeypatch.setattr(world.fake.people, "delete", late)
    certificate = world.privacy.erasure.erase(ada.subject, "Grace")
    assert world.fake.people.many(["late"])["late"].resembles == ERASED
    assert not any("TO DO" in said for said in certificate.files)


def test_a_record_that_still_says_whom_it_resembles_is_healed_once_they_are_gone(
    world: PrivacyOf,
) -> None:
    """An erasure of before that was thought of left the number that leads to the marks."""
    ada, bob = world.fake.add_person(1, "Ada"), world.fake.add_person(2, "Bob")
    _looks_like(world.fake, ada, "one")
    other = _looks_like(world.fake, bob, "other")
    world.fake.people.delete(ada.subject)
    world.privacy.retention.run()
    now = world.fake.people.many(["one", "other"])
    assert (now["one"].resembles, now["one"].active) == (ERASED, False)
    assert now["other"] == other
    world.privacy.retention.run()
    assert world.fake.people.many(["one"]) == {"one": now["one"]}
