"""A change of the recognition model calls nobody in: real Redis, real files, painted faces."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from face_rec.domain.errors import Conflict, ModelError
from face_rec.people.change.plan import WAY_BACK, Side, Stage, Switch
from face_rec.people.kept_photos import KeptPhotos
from face_rec.stores.redis.client import Client
from tests.fakes.clock import FakeClock
from tests.fakes.enrolment import colour
from tests.fakes.models import FakeEmbedder, fake_models
from tests.integration.people.change_site import PHOTOS, ChangingSite


def test_everybody_is_embedded_anew_beside_the_templates_in_use(site: ChangingSite) -> None:
    people = [site.register(who) for who in range(4)]
    site.change.begin("new")
    assert site.stage() is Stage.MAKING
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
    site.look_again()
    assert len(site.photos_of(late.subject, "new")) == PHOTOS


def test_after_the_switch_the_way_back_is_kept_for_those_who_come(site: ChangingSite) -> None:
    first = site.register(0)
    site.change.begin("new")
    site.steps()
    site.change.switch()
    site.packs.used = site.packs.installed["new"]
    assert site.stage() is Stage.SWITCHED
    late = site.register(1)
    site.look_again()
    assert len(site.photos_of(late.subject, "old")) == PHOTOS
    site.change.switch()  # and back
    assert site.stage() is Stage.READY
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
    site.fake_clock.advance((WAY_BACK - timedelta(hours=1)).total_seconds())
    site.steps()
    assert site.photos_of(person.subject, "old")
    site.fake_clock.advance(7200)
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
    site.look_again()
    assert len(site.photos_of(person.subject, "new")) == PHOTOS
    assert not site.photos_of(person.subject, "old")


def test_a_way_back_taken_on_its_last_day_is_not_dropped_by_another_process(
    site: ChangingSite, beside: ChangingSite
) -> None:
    person = site.register(0)
    _switched(site)
    beside.options.refresh()
    site.fake_clock.advance(WAY_BACK.total_seconds() + 5)
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
    assert beside.stage() is Stage.SWITCHED
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
    assert site.stage() is Stage.SWITCHED


def test_what_the_site_uses_is_not_asked_for_once_a_person(
    redis_client: Client, tmp_path: Path
) -> None:
    """A round trip each, for 100,000 people; once a second, for a switch that comes late."""
    clock = FakeClock()
    site = ChangingSite(redis_client, tmp_path, clock=clock)
    for who in range(6):
        site.register(who)
    site.change.begin("new")
    site.steps()
    asked: list[float] = []
    used = site.job._switch

    def switch() -> Switch | None:
        asked.append(clock.monotonic())
        return used()

    site.job._switch = switch
    site.change.end()
    site.steps()
    assert site.store.plan() is None
    assert len(asked) == 2  # before the step, and before the first person


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
    site.fake_clock.advance(61)
    site.change.end()
    assert site.stage() is Stage.ENDING


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
    site.look_again()
    with pytest.raises(Conflict, match="The site uses the pack 'new'"):
        beside.change.begin("third")  # it uses "old" still
    site.fake_clock.advance(60)
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
    assert site.stage() is Stage.READY
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
    site.look_again()
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
