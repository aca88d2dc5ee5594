"""Choosing a period: the usual ones by one press, any other by two dates. Each is known by its
English name, whatever it is called on the screen."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Final

import streamlit as st

from face_rec.languages.language import msgid
from pages.ui.shared.words import day, formats, said

Span = tuple[date, date]
CUSTOM: Final = msgid("Dates")
_ONE: Final = timedelta(days=1)


def _last_month(today: date) -> Span:
    end = today.replace(day=1) - _ONE
    return end.replace(day=1), end


SPANS: Final[dict[str, Callable[[date], Span]]] = {
    msgid("Today"): lambda today: (today, today),
    msgid("Yesterday"): lambda today: (today - _ONE, today - _ONE),
    msgid("7 days"): lambda today: (today - 6 * _ONE, today),
    msgid("30 days"): lambda today: (today - 29 * _ONE, today),
    msgid("90 days"): lambda today: (today - 89 * _ONE, today),
    msgid("This month"): lambda today: (today.replace(day=1), today),
    msgid("Last month"): _last_month,
    msgid("12 months"): lambda today: (today - 364 * _ONE, today),
}


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
