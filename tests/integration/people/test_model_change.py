"""A change of the recognition model calls nobody in: real Redis, real files, painted faces."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from face_rec.domain.errors import Conflict, ModelError
from face_rec.domain.faces import Image, Matrix
from face_rec.domain.people import Person
from face_rec.domain.pictures import kept_photo
from face_rec.people.change.plan import WAY_BACK, Alike, Side, Stage, Switch, Trial
from face_rec.people.kept_photos import KeptPhotos
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client
from tests.fakes.clock import FakeClock
from tests.fakes.enrolment import colour
from tests.fakes.models import FakeEmbedder, fake_models
from tests.integration.people.change_site import PHOTOS, ChangingSite, Packs, two_packs
from tests.redis_servers import Server, wait_until


@pytest.fixture
def site(redis_client: Client, tmp_path: Path) -> ChangingSite:
    clock = FakeClock()
    return ChangingSite(redis_client, tmp_path / "pictures", clock=clock)


def _clock(site: ChangingSite) -> FakeClock:
    assert isinstance(site.clock, FakeClock)
    return site.clock


def _look_again(site: ChangingSite) -> None:
    """After the pause that follows a finished look."""
    _clock(site).advance(60)
    site.steps()


def _stage(site: ChangingSite) -> Stage | None:
    status = site.change.status()
    return status.stage if status else None


def test_everybody_is_embedded_anew_beside_the_templates_in_use(site: ChangingSite) -> None:
    people = [site.register(who) for who in range(4)]
    site.change.begin("new")
    assert _stage(site) is Stage.MAKING
    site.steps()
    for person in people:
        old = [info.photo for info in person.templates]
        assert site.photos_of(person.subject, "old") == old
        assert sorted(site.photos_of(person.subject, "new")) == sorted(old)
    status = site.change.status()
    assert status is not None
    assert (status.progress.tally.done, status.progress.complete) == (4, True)
    assert status.stage is Stage.READY
    entry = site.people.entry(people[1].subject, "old")
    assert entry is not None
    assert entry.vectors.shape[0] == PHOTOS, "the gallery in use holds what it held"


def test_what_is_made_of_a_kept_photo_is_what_the_camera_would_have_given(
    site: ChangingSite,
) -> None:
    person = site.register(3)
    site.change.begin("new")
    site.steps()
    embedder = FakeEmbedder(digest="new")
    (seen,) = site.people.entries("new")
    assert seen.subject == person.subject
    assert (seen.vectors @ embedder.vector_of(colour(3)) > 0.99).all()
    old = [one.info for one in site.people.templates(person.subject) if one.info.contract == "old"]
    new = [one.info for one in site.people.templates(person.subject) if one.info.contract == "new"]
    assert [(i.view, i.quality, i.added_at) for i in new] == [
        (i.view, i.quality, i.added_at) for i in old
    ]


def test_who_comes_meanwhile_gets_both(site: ChangingSite) -> None:
    site.register(0)
    site.change.begin("new")
    site.steps()
    late = site.register(1)
    _look_again(site)
    assert len(site.photos_of(late.subject, "new")) == PHOTOS


def test_after_the_switch_the_way_back_is_kept_for_those_who_come(site: ChangingSite) -> None:
    first = site.register(0)
    site.change.begin("new")
    site.steps()
    site.change.switch()
    site.packs.used = site.packs.installed["new"]
    assert _stage(site) is Stage.SWITCHED
    late = site.register(1)
    _look_again(site)
    assert len(site.photos_of(late.subject, "old")) == PHOTOS
    site.change.switch()  # and back
    assert _stage(site) is Stage.READY
    switched = site.change.switched()
    assert switched is not None
    assert (switched.number, switched.pack, switched.contract) == (2, "old", "old")
    assert site.photos_of(first.subject, "old")


def test_the_way_back_closes_after_its_time_and_the_old_templates_go(site: ChangingSite) -> None:
    person = site.register(0)
    site.change.begin("new")
    site.steps()
    site.change.switch()
    site.packs.used = site.packs.installed["new"]
    _clock(site).advance((WAY_BACK - timedelta(hours=1)).total_seconds())
    site.steps()
    assert site.photos_of(person.subject, "old")
    _clock(site).advance(7200)
    site.steps()
    assert not site.photos_of(person.subject, "old")
    assert len(site.photos_of(person.subject, "new")) == PHOTOS
    assert site.change.status() is None


def test_a_change_that_is_given_up_leaves_nothing(
    site: ChangingSite, redis_client: Client
) -> None:
    person = site.register(0)
    site.change.begin("new")
    site.steps()
    site.change.end()
    site.steps()
    assert not site.photos_of(person.subject, "new")
    assert len(site.photos_of(person.subject, "old")) == PHOTOS
    assert site.change.status() is None
    assert redis_client.hgetall("model-change:{main}") == {b"plan": b""}
    site.change.begin("new")  # and another one can begin
    assert site.told == [("begun", "new"), ("ended", "new"), ("begun", "new")]


# --- what one process knows seconds before another


@pytest.fixture
def beside(site: ChangingSite, redis_client: Client, tmp_path: Path) -> ChangingSite:
    """Another process of the site, whose options were read before anything was switched."""
    other = ChangingSite(redis_client, tmp_path / "pictures", clock=site.clock)
    other.options.refresh()
    return other


def _switched(site: ChangingSite) -> None:
    site.change.begin("new")
    site.steps()
    site.change.switch()
    site.packs.used = site.packs.installed["new"]


def test_an_end_right_after_a_switch_elsewhere_drops_what_is_not_in_use(
    site: ChangingSite, beside: ChangingSite
) -> None:
    person = site.register(0)
    _switched(site)
    beside.change.end()
    _look_again(site)
    assert len(site.photos_of(person.subject, "new")) == PHOTOS
    assert not site.photos_of(person.subject, "old")


def test_a_way_back_taken_on_its_last_day_is_not_dropped_by_another_process(
    site: ChangingSite, beside: ChangingSite
) -> None:
    person = site.register(0)
    _switched(site)
    beside.options.refresh()
    _clock(site).advance(WAY_BACK.total_seconds() + 5)
    site.change.switch()
    beside.steps()
    assert len(site.photos_of(person.subject, "old")) == PHOTOS


def test_while_a_switch_is_made_nobody_ends_the_change(
    site: ChangingSite, beside: ChangingSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.register(0)
    site.change.begin("new")
    site.steps()
    choose = site.change._choose

    def slowly(side: Side) -> Switch:
        with pytest.raises(Conflict, match="being switched"):
            beside.change.end()
        return choose(side)

    monkeypatch.setattr(site.change, "_choose", slowly)
    site.change.switch()
    assert _stage(beside) is Stage.SWITCHED
    beside.change.end()
    plan = site.store.plan()
    assert plan is not None
    assert plan.dropped == "old"


def test_what_is_being_dropped_is_not_switched_to(
    site: ChangingSite, beside: ChangingSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.register(0)
    site.change.begin("new")
    site.steps()
    status = site.change.status()
    beside.change.end()
    monkeypatch.setattr(site.change, "status", lambda: status)  # as it stood a moment ago
    with pytest.raises(Conflict):
        site.change.switch()
    assert site.change.switched() is None


def test_whatever_is_asked_for_the_templates_in_use_are_not_dropped(site: ChangingSite) -> None:
    person = site.register(0)
    _switched(site)
    plan = site.store.plan()
    assert plan is not None
    assert site.store.swap(plan, replace(plan, dropped="new"))
    site.steps()
    assert len(site.photos_of(person.subject, "new")) == PHOTOS
    assert _stage(site) is Stage.SWITCHED


def test_a_switch_killed_in_the_middle_holds_an_end_up_for_a_minute_only(
    site: ChangingSite,
) -> None:
    site.register(0)
    site.change.begin("new")
    site.steps()
    plan = site.store.plan()
    assert plan is not None
    site.store.swap(plan, replace(plan, switches=1, switching_at=site.clock.now()))
    with pytest.raises(Conflict):
        site.change.end()
    _clock(site).advance(61)
    site.change.end()
    assert _stage(site) is Stage.ENDING


def test_a_plan_that_an_older_version_wrote_can_be_paused_and_ended(
    site: ChangingSite, redis_client: Client
) -> None:
    site.register(0)
    site.change.begin("new")
    stored = json.loads(redis_client.hget("model-change:{main}", "plan") or b"")
    del stored["switches"], stored["switching_at"]
    redis_client.hset("model-change:{main}", "plan", json.dumps(stored))
    site.change.pause()
    redis_client.hset("model-change:{main}", "plan", json.dumps(stored))
    site.change.end()
    site.steps()
    assert site.change.status() is None


def test_a_machine_that_is_behind_begins_no_change(
    site: ChangingSite, beside: ChangingSite
) -> None:
    beside.packs.installed["third"] = replace(fake_models("third"), pack="third")
    person = site.register(0, photos=10)
    _switched(site)
    site.change.end()
    _look_again(site)
    with pytest.raises(Conflict, match="The site uses the pack 'new'"):
        beside.change.begin("third")  # it uses "old" still
    _clock(site).advance(60)
    beside.steps(12)
    assert len(site.photos_of(person.subject, "new")) == 10


def test_a_change_between_two_other_packs_than_the_sites_touches_nothing(
    site: ChangingSite,
) -> None:
    site.packs.installed["third"] = replace(fake_models("third"), pack="third")
    person = site.register(0, photos=10)
    site.change.begin("new")
    third = Switch(1, "third", site.clock.now(), "third")  # another process, in the same moment
    site.options.change({"model": third.text()}, site.options.version)
    site.steps()
    assert len(site.photos_of(person.subject, "old")) == 10
    assert not site.photos_of(person.subject, "new")
    status = site.change.status()
    assert status is not None
    assert "The site uses the pack 'third' meanwhile" in status.progress.problem


def test_with_a_threshold_set_by_hand_nobody_switches_to_another_model(
    site: ChangingSite, redis_client: Client, tmp_path: Path
) -> None:
    site.register(0)
    by_hand = ChangingSite(redis_client, tmp_path / "pictures", clock=site.clock, by_hand=True)
    by_hand.packs.installed["twin"] = replace(fake_models("old"), pack="twin")
    with pytest.raises(Conflict, match=r"Remove both .* restart"):
        by_hand.change.use("new")
    site.change.begin("new")
    site.steps()
    with pytest.raises(Conflict, match="MATCH_THRESHOLD or MATCH_MARGIN is set"):
        by_hand.change.switch()
    assert site.change.switched() is None
    assert _stage(site) is Stage.READY
    site.change.end()
    site.steps()
    by_hand.change.use("twin")  # the same recogniser: the scores mean the same


def test_whoever_has_templates_of_the_dropped_pack_only_keeps_them_and_the_photos(
    site: ChangingSite,
) -> None:
    known, withdrawn = site.register(0), site.register(1)
    consent = withdrawn.consent
    assert consent is not None
    site.people.update(replace(withdrawn, consent=replace(consent, withdrawn_at=site.clock.now())))
    _switched(site)
    site.change.end()
    _look_again(site)
    assert not site.photos_of(known.subject, "old")
    assert len(site.photos_of(withdrawn.subject, "old")) == PHOTOS
    assert site.change.status() is None
    assert KeptPhotos(site.pictures).tidy(site.people.many).removed == 0


def test_a_second_try_is_written_down_and_not_made_of_a_plan_that_has_changed(
    site: ChangingSite,
) -> None:
    site.register(0)
    site.change.begin("new")
    site.steps()
    before = site.store.plan()
    site.change.again()
    after = site.store.plan()
    assert before is not None
    assert after is not None
    assert (after.name != before.name, site.store.trial()) == (True, None)
    assert site.told[-1] == ("again", "new")
    site.change.end()
    site.steps()
    with pytest.raises(Conflict):
        site.change.again()


def test_a_pause_holds_in_every_process_and_ends_where_it_stopped(
    site: ChangingSite, redis_client: Client, tmp_path: Path
) -> None:
    person = site.register(0)
    site.change.begin("new")
    other = ChangingSite(redis_client, tmp_path / "pictures")
    other.change.pause()
    site.steps()
    assert not site.photos_of(person.subject, "new")
    other.change.pause(paused=False)
    site.steps()
    assert len(site.photos_of(person.subject, "new")) == PHOTOS


def test_two_changes_are_not_made_at_once(site: ChangingSite) -> None:
    site.register(0)
    site.change.begin("new")
    with pytest.raises(Conflict):
        site.change.begin("new")
    with pytest.raises(Conflict):
        site.change.switch()  # not everybody is embedded
    with pytest.raises(Conflict):
        site.change.use("new")


def test_a_pack_with_the_same_recogniser_needs_no_change(site: ChangingSite) -> None:
    site.packs.installed["twin"] = replace(fake_models("old"), pack="twin")
    with pytest.raises(ModelError, match="same model"):
        site.change.begin("twin")
    site.change.use("twin")
    switched = site.change.switched()
    assert switched is not None
    assert switched.pack == "twin"


# --- what cannot be made


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
    _clock(site).advance(3600)
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
    _look_again(site)
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
    _look_again(site)
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
    _clock(site).advance(3600)
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
    _clock(site).advance(3600)
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
    _clock(site).advance(3600)
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
    _look_again(site)
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


# --- killed in the middle


def test_a_process_killed_at_the_work_is_followed_by_another_that_does_the_rest(
    redis_server: Server, redis_client: Client, tmp_path: Path
) -> None:
    folder = tmp_path / "pictures"
    site = ChangingSite(redis_client, folder)
    people = [site.register(who % 16) for who in range(16)]
    site.change.begin("new")
    kills = 0
    while kills < 3:
        child = _worker(redis_server, folder, 0.02)
        enough = _done(site, people) + 3
        wait_until(lambda enough=enough: _done(site, people) >= enough)  # type: ignore[misc]
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        kills += 1
        assert _done(site, people) < len(people), "killed in the middle"
    last = _worker(redis_server, folder, 0.0)
    assert last.wait(60) == 0
    for person in people:
        now = site.people.get(person.subject)
        assert now is not None
        for contract in ("old", "new"):
            assert len(set(site.photos_of(person.subject, contract))) == PHOTOS
        assert len(now.templates) == 2 * PHOTOS
    assert _stage(site) is Stage.READY


def _worker(server: Server, folder: Path, seconds: float) -> subprocess.Popen[bytes]:
    module = "tests.integration.people.change_site"
    return subprocess.Popen(
        [sys.executable, "-m", module, str(server.port), str(folder), str(seconds)]
    )


def _done(site: ChangingSite, people: Sequence[Person]) -> int:
    return sum(len(site.photos_of(one.subject, "new")) == PHOTOS for one in people)


# --- the trial


class Confused(FakeEmbedder):
    """Takes person 1 for person 0, and sees person 2 in no two photos alike."""

    def embed(self, crops: Sequence[Image]) -> Matrix:
        rows = super().embed(crops)
        for number, row in enumerate(rows):
            if row @ self.vector_of(colour(1)) > 0.9:
                rows[number] = self.vector_of(colour(0))
            if row @ self.vector_of(colour(2)) > 0.9:
                self.seen = getattr(self, "seen", 0) + 1
                lots = np.random.default_rng((self.seen - 1) // 2).normal(size=len(row))
                rows[number] = (lots / np.linalg.norm(lots)).astype(np.float32)
        return rows


def test_the_trial_says_who_would_be_named_differently_and_who_look_alike(
    redis_client: Client, tmp_path: Path
) -> None:
    packs = two_packs()
    packs = Packs(packs.used, replace(packs.installed["new"], embedder=Confused(digest="new")))
    site = ChangingSite(redis_client, tmp_path / "pictures", packs, FakeClock())
    people = [site.register(who) for who in range(4)]
    single = site.register(5, photos=1)
    site.change.begin("new")
    site.steps()
    status = site.change.status()
    assert status is not None
    trial = status.trial
    assert trial is not None
    assert (trial.people, trial.looks, trial.single) == (5, 4 * PHOTOS, 1)
    assert (trial.old.right, trial.old.nobody, trial.old.wrong) == (12, 0, 0)
    assert (trial.new.right, trial.new.wrong) == (3, 0)
    assert trial.new.nobody == 9, "two look the same: neither leads; one looks like nobody"
    assert set(trial.changed) == {people[who].subject for who in (0, 1, 2)}
    assert (trial.differently, trial.lost) == (3, 3)
    (pair,) = trial.pairs
    assert {pair.one, pair.other} == {people[0].subject, people[1].subject}
    assert (trial.alike_old, trial.alike) == (0, 1)
    assert (trial.old.threshold, trial.old.margin) == (0.6, 0.1)
    assert single.subject not in trial.subjects()
    site.store.forget(people[0].subject)
    kept = site.store.trial()
    assert kept is not None
    assert people[0].subject not in kept.subjects()


def test_a_trial_names_nobody_who_is_erased_while_it_is_written(
    site: ChangingSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An erasure cuts its person out of the trial, and removes the person afterwards."""
    one, other = site.register(0), site.register(1)
    site.change.begin("new")
    site.steps()
    plan, tried = site.store.plan(), site.store.trial()
    assert plan is not None
    assert tried is not None
    made = replace(tried, pairs=(Alike(one.subject, other.subject, 0.9),))
    monkeypatch.setattr(site.job, "_comparison", Made(made))
    many = site.people.many

    def erased_after(subjects: Sequence[str]) -> Mapping[str, Person]:
        found = many(subjects)
        if other.subject in found:
            monkeypatch.setattr(site.people, "many", many)
            site.store.forget(other.subject)
            site.people.delete(other.subject)
        return found

    monkeypatch.setattr(site.people, "many", erased_after)
    site.store.keep(None)
    site.job._try(plan)
    kept = site.store.trial()
    assert kept is not None
    assert other.subject not in kept.subjects()


def test_a_trial_that_was_written_between_the_two_steps_of_an_erasure_is_looked_at_again(
    site: ChangingSite,
) -> None:
    one, other = site.register(0), site.register(1)
    site.change.begin("new")
    site.steps()
    site.store.forget(other.subject)
    tried = site.store.trial()
    assert tried is not None
    site.store.keep(replace(tried, pairs=(Alike(one.subject, other.subject, 0.9),)))
    site.people.delete(other.subject)
    _look_again(site)
    kept = site.store.trial()
    assert kept is not None
    assert not kept.subjects()


class Made:
    """A comparison that was made."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial

    def of(self, *_: object) -> Trial:
        return self._trial


def test_the_lease_holds_while_a_reading_takes_longer_than_it_lasts(
    site: ChangingSite,
    redis_client: Client,
    beside: ChangingSite,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site.register(0)
    site.change.begin("new")
    everybody, lock = site.people.everybody, keys.turn("main", "model-change")

    def long() -> object:
        redis_client.pexpire(lock, 400)
        wait_until(lambda: redis_client.pttl(lock) > 500)  # renewed
        assert not beside.store.claim()
        return everybody()

    monkeypatch.setattr(site.people, "everybody", long)
    site.job.step()
    assert not redis_client.exists(lock), "and is given back"
    monkeypatch.setattr(site.people, "everybody", everybody)
    site.steps()
    assert _stage(site) is Stage.READY
