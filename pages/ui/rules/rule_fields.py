"""Fields that several parts of the settings share."""

from collections.abc import Iterable
from datetime import date

import streamlit as st

from face_rec.protocols.people_store import PeopleReader
from pages.ui.frame.identity import current
from pages.ui.shared.people_index import people_index
from pages.ui.shared.words import formats, said


def person_choice(people: PeopleReader, known: str, key: str) -> str:
    """The subject of one person, of those that may be seen; "" while nobody is chosen."""
    index, identity = people_index(people), current()
    subjects = [card.person.subject for card in index.cards if identity.sees(card.person.group)]

    def label(subject: str) -> str:
        person = index.by_subject[subject]
        return f"{person.name} ({person.id})"

    place = subjects.index(known) if known in subjects else None
    chosen = st.selectbox(
        said("Person"), subjects, index=place, format_func=label,
        placeholder=said("Name or ID"), key=key,
    )  # fmt: skip
    return chosen or ""


def seen_groups(people: PeopleReader, known: Iterable[str] = ()) -> list[str]:
    """The groups that may be chosen, and those that are."""
    identity = current()
    return sorted({g for g in people_index(people).groups if identity.sees(g)} | set(known))


def sees_person(people: PeopleReader, subject: str) -> bool:
    """Whether entries about this person may be shown."""
    person = people_index(people).by_subject.get(subject)
    return current().sees(person.group if person else None)


def dates(first: date | None, last: date | None, key: str) -> tuple[date | None, date | None]:
    """From and to, both included; an empty field is open."""
    left, right = st.columns(2)
    start = left.date_input(
        said("From"), first, key=f"{key}_first", help=said("Empty: always."),
        format=formats().date_pattern,
    )  # fmt: skip
    end = right.date_input(
        said("To, included"), last, key=f"{key}_last", help=said("Empty: open."),
        format=formats().date_pattern,
    )  # fmt: skip
    return _one(start), _one(end)


def _one(value: object) -> date | None:
    return value if isinstance(value, date) else None
