"""Everybody, in memory, for searching while somebody types."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from threading import Lock
from weakref import WeakKeyDictionary

from face_rec.domain.people import Everybody, Person
from face_rec.protocols.people_store import PeopleReader
from pages.ui.shared.text import search_key
from pages.ui.shared.words import busy, said


@dataclass(frozen=True, slots=True, eq=False)
class Card:
    """One person as the list shows them; ``key`` is what searches look at, ``id`` the ID as it is
    searched for, ``order`` where they stand."""

    person: Person
    key: str
    id: str
    order: tuple[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """All people by name, the same by subject, and the groups they are in, with "" for those
    without one in ``with_none``. ``undecided``: whom an import kept."""

    cards: Sequence[Card]
    keys: Sequence[str]
    by_subject: Mapping[str, Person]
    groups: Sequence[str]
    with_none: Sequence[str]
    undecided: Sequence[Person]
    revision: int

    def find(self, text: str = "", group: str | None = None) -> list[Person]:
        """Those who have every word of ``text`` in name, ID, group or e-mail; who has it for
        an ID stands first."""
        cards, keys, wanted = self.cards, self.keys, search_key(text).strip()
        found: Iterable[int] = range(len(cards))
        for word in wanted.split():
            found = [number for number in found if word in keys[number]]
        chosen = [cards[number] for number in found]
        if group is not None:
            chosen = [card for card in chosen if card.person.group == group]
        first = [card.person for card in chosen if card.id == wanted]
        return first + [card.person for card in chosen if card.id != wanted]


_made: WeakKeyDictionary[PeopleReader, Index] = WeakKeyDictionary()
"""The newest of each store; there is one, but for tests."""
_making = Lock()


def people_index(store: PeopleReader) -> Index:
    """The index, made again only when the gallery's revision has moved; StoreUnavailable."""
    revision = store.revision()
    known = _made.get(store)
    if known is not None and known.revision == revision:
        return known
    with busy(said("Reading the list of people …")), _making:
        everybody, known = store.everybody(), _made.get(store)
        if known is None or known.revision != everybody.revision:
            known = _made[store] = _index(everybody, known.cards if known else ())
        return known


def _index(everybody: Everybody, before: Sequence[Card]) -> Index:
    """Whoever has not changed keeps their card, and their place among the others."""
    by_subject = {person.subject: person for person in everybody.people}
    cards = [card for card in before if by_subject.get(card.person.subject) is card.person]
    known = {card.person.subject for card in cards}
    cards += [_card(person) for person in everybody.people if person.subject not in known]
    cards.sort(key=_order)
    every = sorted({person.group for person in everybody.people})
    return Index(
        cards,
        [card.key for card in cards],
        by_subject,
        [group for group in every if group],
        every,
        [card.person for card in cards if card.person.resembles],
        everybody.revision,
    )


_order = attrgetter("order")


def _card(person: Person) -> Card:
    key = search_key(f"{person.name} {person.id} {person.group} {person.email}")
    name, own = search_key(person.name), search_key(person.id)
    return Card(person, key, own, (name, person.id))
