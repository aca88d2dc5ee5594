"""What a change of the model makes of whom: photos that cannot be embedded, portraits in their
place, and people who are erased, withdraw or are edited meanwhile."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from face_rec.domain.faces import Image, Matrix
from face_rec.domain.people import Person
from face_rec.domain.pictures import kept_photo
from face_rec.people.kept_photos import KeptPhotos
from face_rec.stores.redis.client import Client
from tests.fakes.clock import FakeClock
from tests.fakes.models import FakeEmbedder
from tests.integration.people.change_site import PHOTOS, ChangingSite, two_packs


def test_what_cannot_be_made_is_named_with_its_reason_and_tried_again_when_asked(
    site: ChangingSite,
) -> None:
    whole, exchanged, gone = (site.register(who) for who in range(3))
    places = {
        who.subject: [kept_photo(who.subject, info.photo) for info in who.templates]
        for who in (whole, exchanged, gone)
    }
    site.pictures.put(
        places[exchanged.subject][0], site.pictures.get(places[whole.subject][0])
    )  # somebody's face in another one's place
    kept = {place: site.pictures.get(place) for place in places[gone.subject]}
    for place in kept:
        site.pictures.delete(place)
    site.fake_clock.advance(3600)
    site.change.begin("new")
    site.steps()
    status = site.change.status()
    assert status is not None
    tally = status.progress.tally
    assert (tally.done, tally.failed, tally.called_in) == (2, 1, 1)
    failures = site.change.failures()
    (reason,) = failures[exchanged.subject].values()
    assert "not the photo that was accepted" in reason
    assert len(failures[gone.subject]) == PHOTOS
    assert len(site.photos_of(exchanged.subject, "new")) == PHOTOS - 1
    for place, jpeg in kept.items():
        site.pictures.put(place, jpeg)
    site.change.again()
    site.look_again()
    assert len(site.photos_of(gone.subject, "new")) == PHOTOS


def test_a_photo_on_its_way_from_another_machine_is_waited_for(site: ChangingSite) -> None:
    person = site.register(0)
    place = kept_photo(person.subject, person.templates[0].photo)
    jpeg = site.pictures.get(place)
    site.pictures.delete(place)
    site.change.begin("new")
    site.steps()
    assert len(site.photos_of(person.subject, "new")) == PHOTOS - 1
    assert not site.change.failures()
    site.pictures.put(place, jpeg)
    site.look_again()
    assert len(site.photos_of(person.subject, "new")) == PHOTOS


def test_of_whom_no_photos_were_kept_the_portrait_serves_and_else_they_are_called_in(
    site: ChangingSite,
) -> None:
    shown, unseen = site.register(0), site.register(1)
    for person in (shown, unseen):
        bare = [
            replace(one, info=replace(one.info, photo=""))
            for one in site.people.templates(person.subject)
        ]
        site.people.put_templates(person.subject, bare, person.version, site.people.revision())
    key = f"people/{shown.subject}/portrait.jpg"
    place = kept_photo(shown.subject, shown.templates[0].photo)
    site.pictures.put(key, site.pictures.get(place))
    now = site.people.get(shown.subject)
    assert now is not None
    site.people.update(replace(now, photo=key))
    outlook = site.change.outlook()
    assert (outlook.waiting, outlook.without) == (1, 1)
    site.change.begin("new")
    site.steps()
    status = site.change.status()
    assert status is not None
    assert (status.progress.tally.done, status.progress.tally.portraits) == (1, 1)
    assert status.progress.tally.called_in == 1
    assert site.photos_of(shown.subject, "new") == [""]


def _with_portrait(site: ChangingSite, person: Person, shown: Person) -> Person:
    """``person``, whose portrait is a photo of ``shown``."""
    key = f"people/{person.subject}/portrait.jpg"
    place = kept_photo(shown.subject, shown.templates[0].photo)
    site.pictures.put(key, site.pictures.get(place))
    return site.people.update(replace(person, photo=key))


def test_a_portrait_serves_whose_photos_were_kept_once_and_are_not_any_more(
    site: ChangingSite,
) -> None:
    person = site.register(0)
    _with_portrait(site, person, person)
    KeptPhotos(site.pictures, everything=False).tidy(site.people.many)
    site.fake_clock.advance(3600)
    site.change.begin("new")
    site.steps()
    assert site.photos_of(person.subject, "new") == [""]
    status = site.change.status()
    assert status is not None
    assert (status.progress.tally.done, status.progress.tally.portraits) == (1, 1)


def test_a_portrait_of_somebody_else_is_not_embedded(site: ChangingSite) -> None:
    person, other = site.register(0), site.register(1)
    person = _with_portrait(site, person, shown=other)  # who can write pictures can do that
    bare = [
        replace(one, info=replace(one.info, photo=""))
        for one in site.people.templates(person.subject)
    ]
    site.people.put_templates(person.subject, bare, person.version, site.people.revision())
    site.fake_clock.advance(3600)
    site.change.begin("new")
    site.steps()
    assert not site.photos_of(person.subject, "new")
    (reason,) = site.change.failures()[person.subject].values()
    assert "does not show the face that was registered" in reason


# --- people who change meanwhile


class ActingEmbedder(FakeEmbedder):
    """Has something happen while the first photo is being embedded."""

    happens: object = None

    def embed(self, crops: Sequence[Image]) -> Matrix:
        happens, self.happens = self.happens, None
        if callable(happens):
            happens()
        return super().embed(crops)


def _meanwhile(client: Client, folder: Path) -> tuple[ChangingSite, ActingEmbedder]:
    embedder = ActingEmbedder(digest="new")
    packs = two_packs()
    packs.installed["new"] = replace(packs.installed["new"], embedder=embedder)
    return ChangingSite(client, folder, packs, FakeClock()), embedder


def test_who_is_erased_while_their_photo_is_embedded_does_not_come_back(
    redis_client: Client, tmp_path: Path
) -> None:
    site, embedder = _meanwhile(redis_client, tmp_path / "pictures")
    person = site.register(0)

    def erase() -> None:
        for info in person.templates:
            site.pictures.delete(kept_photo(person.subject, info.photo))
        site.people.delete(person.subject)
        site.store.forget(person.subject)

    embedder.happens = erase
    site.change.begin("new")
    site.fake_clock.advance(3600)
    site.steps()
    assert site.people.get(person.subject) is None
    assert not list(redis_client.scan_iter("person:*"))
    assert not list((tmp_path / "pictures").rglob("*.jpg"))
    assert person.subject not in str(redis_client.hgetall("model-change:{main}"))
    assert not redis_client.exists("model-change:{main}:failed")


def test_whose_consent_is_withdrawn_meanwhile_is_not_embedded(
    redis_client: Client, tmp_path: Path
) -> None:
    site, embedder = _meanwhile(redis_client, tmp_path / "pictures")
    person = site.register(0)
    consent = person.consent
    assert consent is not None

    def set_consent(withdrawn: bool) -> None:
        now = site.people.get(person.subject)
        assert now is not None
        ended = replace(consent, withdrawn_at=site.clock.now() if withdrawn else None)
        site.people.update(replace(now, consent=ended))

    embedder.happens = lambda: set_consent(withdrawn=True)
    site.change.begin("new")
    site.steps()
    assert not site.photos_of(person.subject, "new")
    status = site.change.status()
    assert status is not None
    assert status.progress.tally.withheld == 1
    set_consent(withdrawn=False)
    site.look_again()
    assert len(site.photos_of(person.subject, "new")) == PHOTOS


def test_who_is_edited_meanwhile_is_looked_at_again(redis_client: Client, tmp_path: Path) -> None:
    site, embedder = _meanwhile(redis_client, tmp_path / "pictures")
    person = site.register(0)
    embedder.happens = lambda: site.people.update(replace(person, name="Other"))
    site.change.begin("new")
    site.steps()
    assert len(site.photos_of(person.subject, "new")) == PHOTOS
    now = site.people.get(person.subject)
    assert now is not None
    assert now.name == "Other"
