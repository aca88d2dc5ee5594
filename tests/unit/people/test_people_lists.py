"""A list of people without photos: what it would change, what was done, and the way back."""

import tracemalloc
from contextlib import nullcontext
from dataclasses import replace

import pytest

from face_rec.domain.errors import ArchiveRefused
from face_rec.domain.people import Person
from face_rec.people.imports.collection import MOST_TABLE_BYTES
from face_rec.people.lists import people_file
from face_rec.people.lists.list_changes import ListReport, PeopleLists
from face_rec.people.lists.list_plan import Doing, ListPlan, of_lines, of_people
from tests.fakes.enrolment import CONSENT, People

MANY = "id,name,group,email,active\n7,Ada L.,7B,ada@x.org,yes\n8,Bob,7A,,no\n"


@pytest.fixture
def site() -> People:
    return People()


@pytest.fixture
def ada(site: People) -> Person:
    return site.enrolment.register(site.details("7", "Ada"), [site.photo(1)])


def _lists(site: People) -> PeopleLists:
    return PeopleLists(site.store, site.store, site.enrolment, site.clock)


def _plan(site: People, text: str) -> ListPlan:
    return of_lines(people_file.read(text.encode()), site.store.all())


def _done(site: People, plan: ListPlan) -> ListReport:
    return _lists(site).carry_out(plan, None)


def _now(site: People, person_id: str) -> Person:
    person = site.store.by_id(person_id)
    assert person is not None
    return person


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (b"id," + b"x," * 4000 + b"\n" + (b"," * 9000 + b"\n") * 1800, ""),
        (b"id\n" + b"1\n" * 300_000, "lines"),
        (b"id\r" + b"1\r" * 3_000, ""),
        (b"id,name\n1,\x00\x00\n", ""),
    ],
    ids=["columns", "lines", "carriage returns", "NUL"],
)
def test_a_hostile_file_does_not_take_the_memory(site: People, file: bytes, words: str) -> None:
    tracemalloc.start()
    with pytest.raises(ArchiveRefused, match=words) if words else nullcontext():
        plan = of_lines(people_file.read(file), site.store.all())
        assert plan.count(Doing.NEW) == 0
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10 * MOST_TABLE_BYTES


def test_who_was_erased_before_carrying_out_is_in_no_report(site: People, ada: Person) -> None:
    plan = _plan(site, "id,name\n7,Ada L.\n")
    site.store.delete(ada.subject)
    report = _done(site, plan)
    assert report.count(Doing.REFUSED) == 1
    assert report.back().steps == ()
    assert report.subjects() == {ada.subject}
    assert report.without({ada.subject}).done == ()


def test_before_anything_is_changed_each_line_says_what_it_would_do(
    site: People, ada: Person
) -> None:
    plan = _plan(site, f"{MANY}9,,,,\n7,Again,,,\n10,Cy,,no mail,\n11,Di,,,perhaps\n")
    assert [(step.id, step.doing) for step in plan.steps] == [
        ("7", Doing.CHANGED), ("8", Doing.NEW), ("9", Doing.REFUSED), ("7", Doing.REFUSED),
        ("10", Doing.REFUSED), ("11", Doing.REFUSED),
    ]  # fmt: skip
    assert plan.steps[0].changes() == (
        ("name", "Ada", "Ada L."), ("group", "", "7B"), ("e-mail", "", "ada@x.org")
    )  # fmt: skip
    reasons = [step.reason for step in plan.steps if step.doing is Doing.REFUSED]
    assert ["empty" in reasons[0], "twice" in reasons[1]] == [True, True]
    assert ["no mail" in reasons[2], "yes or no" in reasons[3]] == [True, True]
    assert list(site.store.all()) == [ada]


def test_a_column_that_is_not_there_changes_nothing_and_an_empty_cell_empties(
    site: People, ada: Person
) -> None:
    site.enrolment.edit(replace(ada, group="7A", email="ada@x.org"))
    _done(site, _plan(site, "ID;Group\n7;7B\n"))
    assert (_now(site, "7").name, _now(site, "7").email) == ("Ada", "ada@x.org")
    _done(site, _plan(site, "id,group,email\n7,7B,\n"))
    assert (_now(site, "7").group, _now(site, "7").email) == ("7B", "")
    assert _plan(site, "id,group,email\n7,7B,\n").count(Doing.SAME) == 1


def test_who_is_new_is_there_without_photos_and_consent_only_where_it_was_given(
    site: People,
) -> None:
    plan = _plan(site, "id,name,active\n8,Bob,yes\n9,Cy,no\n")
    _done(site, plan)
    bob, cy = _now(site, "8"), _now(site, "9")
    assert (bob.active, bob.templates, bob.consent, bob.photo) == (True, (), None, None)
    assert not cy.active
    _lists(site).carry_out(_plan(site, "id,name\n10,Di\n"), CONSENT)
    assert _now(site, "10").consent == CONSENT


def test_a_change_that_somebody_was_faster_than_is_refused_and_named(
    site: People, ada: Person
) -> None:
    plan = of_people([ada], group="7B")
    site.enrolment.edit(replace(ada, name="Ada L."))
    (line,) = _done(site, plan).done
    assert (line.doing, line.id) == (Doing.REFUSED, "7")
    assert _now(site, "7").group == ""
    off = of_people([ada], active=False)
    (line,) = _done(site, off).done
    assert line.doing is Doing.REFUSED
    assert _now(site, "7").active


def test_an_undo_gives_back_what_was_and_leaves_who_was_changed_since(
    site: People, ada: Person
) -> None:
    bob = site.enrolment.register(site.details("8", "Bob"), [site.photo(9)])
    report = _done(site, of_people([ada, bob], group="7B", active=False))
    assert {(p.group, p.active) for p in site.store.all()} == {("7B", False)}
    site.enrolment.edit(replace(_now(site, "8"), group="7C"))
    undone = _done(site, report.back())
    assert [line.doing for line in undone.done] == [Doing.CHANGED, Doing.REFUSED]
    assert (_now(site, "7").group, _now(site, "7").active) == ("", True)
    assert (_now(site, "8").group, _now(site, "8").active) == ("7C", False)


def test_nobody_is_activated_whose_face_was_registered_for_somebody_else_meanwhile(
    site: People, ada: Person
) -> None:
    site.enrolment.set_active(ada.subject, active=False)
    site.enrolment.register(site.details("8", "Bob"), [site.photo(1)])
    (line,) = _done(site, of_people([_now(site, "7")], active=True)).done
    assert line.doing is Doing.REFUSED
    assert "Not activated" in line.reason
    assert not _now(site, "7").active


def test_a_report_forgets_who_is_erased(site: People, ada: Person) -> None:
    report = _done(site, of_people([ada], group="7B"))
    assert report.subjects() == {ada.subject}
    assert report.without({ada.subject}).done == ()


def test_a_file_that_was_taken_away_says_the_same_when_it_comes_back(site: People) -> None:
    _done(site, _plan(site, "id,name,group\n=1+1,@SUM,-7\n"))
    file = people_file.write(site.store.all())
    assert b"'=1+1,'@SUM,'-7" in file
    plan = of_lines(people_file.read(file), site.store.all())
    assert plan.count(Doing.SAME) == 1


def test_what_is_no_list_is_refused_in_words() -> None:
    for file, words in ((b"name\nAda\n", "no column id"), (b"\xff\xfe", "UTF-8")):
        with pytest.raises(ArchiveRefused, match=words):
            people_file.read(file)
