"""Everybody, in memory, for searching while somebody types."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from weakref import WeakKeyDictionary

import streamlit as st

from face_rec.domain.people import Everybody, Person
from face_rec.protocols.people import PeopleReader
from pages.ui.shared.text import search_key


@dataclass(frozen=True, slots=True)
class Card:
    """One person as the list shows them; ``key`` is what searches look at."""

    person: Person
    key: str


@dataclass(frozen=True, slots=True)
class Index:
    """All people by name, the same by subject, and the groups they are in."""

    cards: Sequence[Card]
    by_subject: Mapping[str, Person]
    groups: Sequence[str]
    revision: int

    def find(self, text: str = "", group: str | None = None) -> list[Person]:
        """Those who have every word of ``text`` in name, ID, group or e-mail; who has it for
        an ID stands first."""
        wanted = search_key(text).strip()
        words = wanted.split()
        found = [
            card.person
            for card in self.cards
            if (group is None or card.person.group == group)
            and all(word in card.key for word in words)
        ]
        return sorted(found, key=lambda person: search_key(person.id) != wanted)


_made: WeakKeyDictionary[PeopleReader, Index] = WeakKeyDictionary()
"""The newest of each store; there is one, but for tests."""
_making = Lock()


def people_index(store: PeopleReader) -> Index:
    """The index, made again only when the gallery's revision has moved; StoreUnavailable."""
    revision = store.revision()
    known = _made.get(store)
    if known is not None and known.revision == revision:
        return known
    with st.spinner("Reading the list of people …"), _making:
        everybody, known = store.everybody(), _made.get(store)
        if known is None or known.revision != everybody.revision:
            known = _made[store] = _index(everybody)
        return known


def _index(everybody: Everybody) -> Index:
    people = sorted(everybody.people, key=lambda person: (search_key(person.name), person.id))
    cards = [Card(person, _key(person)) for person in people]
    by_subject = {person.subject: person for person in people}
    groups = sorted({person.group for person in people if person.group})
    return Index(cards, by_subject, groups, everybody.revision)


def _key(person: Person) -> str:
    return search_key(f"{person.name} {person.id} {person.group} {person.email}")
