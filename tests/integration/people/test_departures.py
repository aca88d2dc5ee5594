"""Whether somebody has gone since a moment, as Redis, a cluster and the fake tell it."""

import dataclasses

import pytest

from face_rec.domain.groups import ALL_GROUPS, NO_GROUPS, only
from face_rec.people.departures import Departures
from face_rec.protocols.people_store import PeopleStore
from face_rec.stores.people import gallery_feed
from tests.samples import a_person, added


def test_who_is_erased_has_gone_for_everybody_however_many_changes_ago(
    people: PeopleStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gallery_feed, "_CHANGES_AT_ONCE", 2)
    departures, ada = Departures(people), added(people)
    moment = departures.now()
    others = [added(people, a_person(str(number), f"ID{number}")) for number in range(5)]
    assert not any(departures.since(moment, one) for one in (ALL_GROUPS, NO_GROUPS))
    people.delete(ada.subject)
    people.update(others[0])
    assert all(departures.since(moment, one) for one in (ALL_GROUPS, NO_GROUPS))
    assert not departures.since(departures.now(), ALL_GROUPS)


def test_who_has_another_group_has_gone_for_those_who_see_them_no_more(
    people: PeopleStore,
) -> None:
    departures, ada = Departures(people), added(people)
    ada = people.update(dataclasses.replace(ada, group="Day"))
    moment = departures.now()
    people.update(dataclasses.replace(ada, group="Board"))
    assert departures.since(moment, only("Day"))
    for groups in (ALL_GROUPS, only("Day", "Board"), only("Night")):
        assert not departures.since(moment, groups)


def test_where_the_changes_cannot_be_told_any_more_somebody_may_have_gone(
    people: PeopleStore,
) -> None:
    added(people)
    assert Departures(people).since(99, ALL_GROUPS)
