"""Small pieces that several pages show, drawn as HTML with everything escaped."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import streamlit as st

from pages.ui.shared.text import html, initials
from pages.ui.shared.words import said


class Tone(StrEnum):
    """How something stands; decides its colour."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a list: a mark at the left, a title with a note, something at the right.

    ``photo`` is a data URI; without one a person is shown by their initials.
    """

    title: str
    note: str = ""
    right: str = ""
    right_note: str = ""
    tone: Tone | None = None
    photo: str | None = None


def person_list(lines: Iterable[Line]) -> None:
    """People, each with a face or initials."""
    _list(f"{_avatar(line)}{_words(line)}{_right(line)}" for line in lines)


def state_list(lines: Iterable[Line]) -> None:
    """Parts of the system, each with a coloured dot."""
    _list(f"{_dot(line)}{_words(line)}{_right(line)}" for line in lines)


def facts(rows: Iterable[tuple[str, str]]) -> None:
    """Names and values, one below the other."""
    cells = "".join(f"<dt>{html(name)}</dt><dd>{html(value)}</dd>" for name, value in rows)
    st.html(f'<div class="fr-room"><dl class="fr-facts">{cells}</dl></div>')


def avatar(photo: str | None, name: str) -> None:
    """A small round picture of one person, or their initials."""
    st.html(_avatar(Line(title=name, photo=photo)), width="content")


def portrait(photo: str | None, name: str) -> None:
    """A large picture of one person, or their initials."""
    if photo:
        alt = html(said("Photo of {name}", name=name))
        st.html(f'<img class="fr-portrait" src="{html(photo)}" alt="{alt}">')
    else:
        st.html(f'<div class="fr-portrait">{html(initials(name))}</div>')


def picture(source: str, words: str) -> None:
    """A picture in its own shape, as wide as there is room; ``source`` is a data URI."""
    st.html(f'<img class="fr-picture" src="{html(source)}" alt="{html(words)}">')


def empty_state(icon: str, title: str, text: str) -> None:
    """What a page says while it has nothing to show; put the next step below it."""
    st.html(
        f'<div class="fr-empty"><span class="fr-icon">{html(icon)}</span>'
        f"<h3>{html(title)}</h3><p>{html(text)}</p></div>"
    )


def _list(rows: Iterable[str]) -> None:
    items = "".join(f"<li>{row}</li>" for row in rows)
    st.html(f'<ul class="fr-list">{items}</ul>')


def _avatar(line: Line) -> str:
    if line.photo:
        return f'<img class="fr-avatar" src="{html(line.photo)}" alt="">'
    return f'<span class="fr-avatar">{html(initials(line.title))}</span>'


def _dot(line: Line) -> str:
    return f'<span class="fr-dot fr-{line.tone or Tone.QUIET}"></span>'


def _words(line: Line) -> str:
    note = f"<small>{html(line.note)}</small>" if line.note else ""
    return f'<span class="fr-words"><b>{html(line.title)}</b>{note}</span>'


def _right(line: Line) -> str:
    if not line.right:
        return ""
    note = f"<small>{html(line.right_note)}</small>" if line.right_note else ""
    return f'<span class="fr-right"><span>{html(line.right)}</span>{note}</span>'
