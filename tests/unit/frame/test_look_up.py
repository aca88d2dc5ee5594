"""The search beside every page finds what whoever looks may open, and nothing else."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from face_rec.access.pages import Page
from face_rec.access.principal import Principal, PrincipalKind
from face_rec.access.rights import Role, rights_of
from face_rec.domain.groups import ALL_GROUPS, NO_GROUPS, only
from face_rec.facades.search import SearchFacade
from pages.ui.frame.look_up import day_of, pages_of, people_of
from tests.fakes.system import FakeSystem

TODAY = date(2026, 3, 5)


def _who(role: Role, *groups: str) -> Principal:
    seen = only(*groups) if groups else ALL_GROUPS
    return Principal(PrincipalKind.USER, "u", "u", rights_of(role), seen)


@pytest.fixture
def app() -> Iterator[SearchFacade]:
    system = FakeSystem()
    for number, (name, group) in enumerate(
        [("Nadia Haddad", "Office"), ("Ada Çelik", "Workshop"), ("Ada Byron", "Office")]
    ):
        system.add_person(number, name, group)  # with the address e{number}@example.org
    with system.running():
        yield SearchFacade.current()


def _found(app: SearchFacade, who: Principal, text: str) -> list[str]:
    return [person.name for person in people_of(app, who, text)]


def test_people_are_found_by_the_beginning_of_a_name_first_whatever_their_accents(
    app: SearchFacade,
) -> None:
    admin = _who(Role.ADMIN)
    assert _found(app, admin, "ada") == ["Ada Byron", "Ada Çelik"]
    assert _found(app, admin, "AD") == ["Ada Byron", "Ada Çelik", "Nadia Haddad"]
    assert _found(app, admin, "celik") == ["Ada Çelik"]
    assert _found(app, admin, "E1") == ["Ada Çelik"]
    assert (_found(app, admin, "\u0301"), pages_of(admin, "\u0301")) == ([], [])


def test_who_sees_some_groups_finds_nobody_of_another_and_nobody_by_their_e_mail(
    app: SearchFacade,
) -> None:
    manager = _who(Role.MANAGER, "Office")
    assert _found(app, manager, "ada") == ["Ada Byron"]
    assert _found(app, manager, "e2@example.org") == []
    assert _found(app, _who(Role.REGISTRAR), "e1@example.org") == ["Ada Çelik"]
    assert _found(app, replace(manager, groups=NO_GROUPS), "ada") == []
    assert _found(app, _who(Role.KIOSK), "ada") == []
    assert _found(app, _who(Role.PERSON), "ada") == []


def test_pages_are_found_that_may_be_opened() -> None:
    assert pages_of(_who(Role.ADMIN), "re") == [Page.RECORDS, Page.REPORTS, Page.REGISTER]
    assert pages_of(_who(Role.MANAGER), "re") == [Page.RECORDS, Page.REPORTS]
    assert pages_of(_who(Role.ADMIN), "log") == [Page.AUDIT]
    assert pages_of(_who(Role.KIOSK), "people") == []


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-04", date(2026, 3, 4)),
        (" Yesterday", date(2026, 3, 4)),
        ("today", TODAY),
        ("4.3.", date(2026, 3, 4)),
        ("6.3.", date(2025, 3, 6)),
        ("29. 2. 2024", date(2024, 2, 29)),
        ("30.2.", None),
        ("2026-03-06", None),
        ("99999", None),
    ],
)
def test_a_day_is_read_as_people_write_it_and_none_is_to_come(text: str, day: date | None) -> None:
    assert day_of(text, TODAY) == day
