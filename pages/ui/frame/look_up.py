"""One box for everything: pages, people and days, each within what whoever looks may see."""

import re
from datetime import date, timedelta
from typing import Final

import streamlit as st

from face_rec.access.pages import Page
from face_rec.access.principal import PrincipalKind
from face_rec.domain.people import Person
from face_rec.facades.search import SearchFacade
from face_rec.languages.language import DEFAULT, msgid
from face_rec.languages.translator import ENGLISH
from pages.ui.frame.identity import Identity, Right, current
from pages.ui.frame.navigation import open_button
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import ANYBODY, dialog
from pages.ui.shared.people_index import people_index
from pages.ui.shared.text import plain, search_key
from pages.ui.shared.words import formats, said, said_many, words

MOST: Final = 8
"""People who are shown; more words find the others."""
_DAY: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_TODAY: Final = msgid("today")
_YESTERDAY: Final = msgid("yesterday")
_LOCAL_DAY: Final = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})?")


def look_up_button(identity: Identity) -> None:
    """The way in, above the menu; nothing for a kiosk, or for who sees themselves alone."""
    if identity.kind not in {PrincipalKind.LOCAL, PrincipalKind.USER}:
        return
    with st.sidebar, st.container(key="look_up"):
        if st.button(
            said("Search"), icon=":material/search:", key="look_up_open", shortcut="Ctrl+K",
            width="stretch",
        ):  # fmt: skip
            _look_up()


@dialog(msgid("Search"), *ANYBODY, width="medium")
def _look_up() -> None:
    with guarded("look_up"):
        text = st.text_input(
            said("Pages, people, days"),
            placeholder=said("A page, a name, an ID, 2026-05-04 or yesterday"),
            key="look_up_text", live=True,
        )  # fmt: skip
        identity, app = current(), SearchFacade.current()
        if not (text or "").strip():
            st.caption(said("Opens with Ctrl+K on every page (⌘K on a Mac)."))
            return
        pages, people = pages_of(identity, text), people_of(app, identity, text)
        day = day_of(text, app.today) if identity.may(Right.RECORDS) else None
        with st.container(gap=None):
            for entry in pages:
                open_button(entry, f"{entry.icon} {said(entry.title)}", f"look_up_{entry.path}")
            if day is not None:
                label = f":material/calendar_month: {_long(day)}"
                open_button(Page.RECORDS, label, "look_up_day", view="Days", day=f"{day}")
            for person in people[:MOST]:
                _person(identity, person)
        _told(found=bool(pages or people or day), people=len(people))


def _told(*, found: bool, people: int) -> None:
    if not found:
        st.caption(said("Nothing that you may open fits. Try fewer letters."))
    elif people > MOST:
        st.caption(
            said_many(
                "{count} more person: type more of the name.",
                "{count} more people: type more of the name.",
                people - MOST,
            )
        )


def _long(day: date) -> str:
    """With a comma where English has it in a sentence."""
    english = words() is ENGLISH or words().language.code == DEFAULT
    return f"{day:%A}, {day.day} {day:%B %Y}" if english else formats().long_day(day)


def _person(identity: Identity, person: Person) -> None:
    """Their attendance for who may see it, else who they are; both ways for who has both."""
    who = " · ".join(plain(part) for part in (person.name, person.id, person.group) if part)
    sees = identity.may(Right.RECORDS) and identity.sees(person.group)
    entry = Page.RECORDS if sees else Page.PEOPLE
    with st.container(horizontal=True, vertical_alignment="center"):
        open_button(
            entry, f":material/person: {who}", f"look_up_of_{person.subject}",
            person=person.subject,
        )  # fmt: skip
        if sees and identity.may(Right.PEOPLE_READ):
            open_button(
                Page.PEOPLE,
                said("Profile"),
                f"look_up_who_{person.subject}",
                person=person.subject,
            )


def pages_of(identity: Identity, text: str) -> list[Page]:
    """Those that may be opened and whose title has a word that begins so, or holds it where words
    are not parted; in the reader's language, and in English, which others may have told them."""
    wanted = search_key(text).strip()
    return [
        entry
        for entry in Page
        if wanted
        and identity.may(entry.right)
        and any(_begins(title, wanted) for title in {said(entry.title), entry.title})
    ]


def _begins(title: str, wanted: str) -> bool:
    folded = search_key(title)
    starts = (found.start() for found in re.finditer(r"\b\w", folded))
    return any(folded[start:].startswith(wanted) for start in starts) or (
        not title.isascii() and wanted in folded
    )


def people_of(app: SearchFacade, identity: Identity, text: str) -> list[Person]:
    """Whom ``identity`` may see and ``text`` fits, first those of whose name it begins a word.
    Who edits people finds them by e-mail, too; whoever sees attendance alone finds those of their
    groups, by name, ID and group. May raise StoreUnavailable."""
    words = search_key(text).split()
    if not words:  # an accent alone
        return []
    if identity.may(Right.PEOPLE_READ):
        found = people_index(app.people).find(text)
    elif identity.may(Right.RECORDS):
        found = [
            person
            for person in people_index(app.people).find(text)
            if identity.sees(person.group) and _named(person, words)
        ]
    else:
        return []
    return sorted(found, key=lambda one: f" {words[0]}" not in f" {search_key(one.name)}")


def _named(person: Person, words: list[str]) -> bool:
    known = search_key(f"{person.name} {person.id} {person.group}")
    return all(word in known for word in words)


def day_of(text: str, today: date) -> date | None:
    """The day that ``text`` names, not after ``today``; a day without a year is the last one of
    that name. None: it names none."""
    asked = text.strip().casefold()
    for ago, names in enumerate((_TODAY, _YESTERDAY)):
        if asked in {names, said(names).casefold()}:
            return today - timedelta(days=ago)
    numbers = _DAY.fullmatch(asked)
    if numbers:
        return _before(today, int(numbers[1]), int(numbers[2]), int(numbers[3]))
    local = _LOCAL_DAY.fullmatch(asked)
    if local is None:
        return None
    day, month = int(local[1]), int(local[2])
    if local[3]:
        return _before(today, int(local[3]), month, day)
    years = (today.year, today.year - 1)
    return next((found for year in years if (found := _before(today, year, month, day))), None)


def _before(today: date, year: int, month: int, day: int) -> date | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if found <= today else None
