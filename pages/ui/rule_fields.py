"""Fields that several parts of the settings share."""

from datetime import date

import streamlit as st

from face_rec.system import System
from pages.ui.people_index import people_index


def person_choice(app: System, known: str, key: str) -> str:
    """The subject of one person; "" while nobody is chosen."""
    index = people_index(app.people)
    subjects = [card.person.subject for card in index.cards]

    def label(subject: str) -> str:
        person = index.by_subject[subject]
        return f"{person.name} ({person.id})"

    place = subjects.index(known) if known in index.by_subject else None
    chosen = st.selectbox(
        "Person", subjects, index=place, format_func=label, placeholder="Name or ID", key=key
    )
    return chosen or ""


def dates(first: date | None, last: date | None, key: str) -> tuple[date | None, date | None]:
    """From and to, both included; an empty field is open."""
    left, right = st.columns(2)
    start = left.date_input("From", first, key=f"{key}_first", help="Empty: always.")
    end = right.date_input("To, included", last, key=f"{key}_last", help="Empty: open.")
    return _one(start), _one(end)


def _one(value: object) -> date | None:
    return value if isinstance(value, date) else None
