"""Choosing a period: the usual ones by one press, any other by two dates. Each is known by its
English name, whatever it is called on the screen."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import streamlit as st

from face_rec.attendance.terms.filters import SPANS, Span
from face_rec.languages.language import msgid
from pages.ui.shared.words import day, formats, said

CUSTOM: Final = msgid("Dates")


def period(
    key: str, today: date, spans: Sequence[str], default: str, dates: Span | None = None
) -> Span:
    """The local days asked for, both included; ``dates``: those to begin with where they are
    chosen by two dates."""
    left, right = st.columns([2.6, 1], vertical_alignment="bottom")
    span = left.segmented_control(
        said("Period"), [*spans, CUSTOM], default=default, required=True, wrap=True,
        format_func=said, key=f"{key}_span",
    )  # fmt: skip
    if span in SPANS:
        return SPANS[span](today)
    chosen = right.date_input(
        said("From and to"),
        dates or (today.replace(day=1), today),
        max_value=today,
        format=formats().date_pattern,
        key=f"{key}_dates",
    )
    days = chosen if isinstance(chosen, tuple) else (chosen,)
    return (days[0], days[-1]) if days else (today, today)


def words(first: date, last: date) -> str:
    """The period in a line: ``2 Mar 2026`` or ``2 Mar 2026 – 8 Mar 2026``."""
    if first == last:
        return day(first)
    return f"{day(first)} – {day(last)}"
