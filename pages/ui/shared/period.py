"""Choosing a period: the usual ones by one press, any other by two dates."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Final

import streamlit as st

Span = tuple[date, date]
CUSTOM: Final = "Dates"
_ONE: Final = timedelta(days=1)


def _last_month(today: date) -> Span:
    end = today.replace(day=1) - _ONE
    return end.replace(day=1), end


SPANS: Final[dict[str, Callable[[date], Span]]] = {
    "Today": lambda today: (today, today),
    "Yesterday": lambda today: (today - _ONE, today - _ONE),
    "7 days": lambda today: (today - 6 * _ONE, today),
    "30 days": lambda today: (today - 29 * _ONE, today),
    "90 days": lambda today: (today - 89 * _ONE, today),
    "This month": lambda today: (today.replace(day=1), today),
    "Last month": _last_month,
    "12 months": lambda today: (today - 364 * _ONE, today),
}


def period(
    key: str, today: date, spans: Sequence[str], default: str, dates: Span | None = None
) -> Span:
    """The local days asked for, both included; ``dates``: those to begin with where they are
    chosen by two dates."""
    left, right = st.columns([2.6, 1], vertical_alignment="bottom")
    span = left.segmented_control(
        "Period", [*spans, CUSTOM], default=default, required=True, wrap=True, key=f"{key}_span"
    )
    if span in SPANS:
        return SPANS[span](today)
    chosen = right.date_input(
        "From and to",
        dates or (today.replace(day=1), today),
        max_value=today,
        key=f"{key}_dates",
    )
    days = chosen if isinstance(chosen, tuple) else (chosen,)
    return (days[0], days[-1]) if days else (today, today)


def words(first: date, last: date) -> str:
    """The period in a line: ``2 Mar 2026`` or ``2 Mar 2026 – 8 Mar 2026``."""
    if first == last:
        return f"{first.day} {first:%b %Y}"
    return f"{first.day} {first:%b %Y} – {last.day} {last:%b %Y}"
