"""Whose records somebody may see, as filters for timesheets."""

from collections.abc import Iterable, Sequence
from typing import Final

import streamlit as st

from face_rec.attendance.terms.filters import Filters
from face_rec.attendance.terms.status import Status
from face_rec.languages.language import msgid
from face_rec.protocols.people_store import PeopleReader
from pages.ui.frame.identity import Identity
from pages.ui.shared.people_index import people_index
from pages.ui.shared.words import said

NO_GROUP: Final = msgid("(no group)")


def filters(
    identity: Identity,
    groups: Iterable[str] = (),
    text: str = "",
    statuses: Iterable[Status] = (),
    subjects: Iterable[str] = (),
) -> Filters:
    """What was asked for, within what ``identity`` may see."""
    return Filters(
        identity.groups.narrowed(groups), frozenset(subjects), frozenset(statuses), text.strip()
    )


def visible_groups(people: PeopleReader, identity: Identity) -> Sequence[str]:
    """The groups there are that ``identity`` may see; "" stands for those without one."""
    return [group for group in people_index(people).with_none if identity.sees(group)]


def group_choice(people: PeopleReader, identity: Identity, key: str) -> list[str]:
    """Groups to be chosen; none means all of them."""
    groups = visible_groups(people, identity)
    return st.multiselect(
        said("Groups"),
        groups,
        placeholder=said("All groups"),
        format_func=lambda name: name or said(NO_GROUP),
        key=key,
    )
