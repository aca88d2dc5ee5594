"""Charts of people by status, in the colours of statuses."""

import altair as alt
import pandas as pd

from pages.ui.shared.charts import ACCENT, days_axis, first_weeks, layered, weekdays
from pages.ui.shared.day_words import CHARTED, STRONG, status_name
from pages.ui.shared.words import said


def _status_scale() -> alt.Scale:
    return alt.Scale(
        domain=[status_name(one) for one in CHARTED], range=[STRONG[one] for one in CHARTED]
    )


def statuses(frame: pd.DataFrame, by: str, title: str = "") -> alt.Chart:
    """People by status, stacked, without legend. ``frame``: columns ``by``, ``status`` (as
    ``status_name`` says it), ``people``, ``rank``; ``by`` is a date or a text."""
    dated = by == "date"
    axis = alt.Axis(
        grid=False,
        labelAngle=0,
        labelOverlap=True,
        labelExpr=days_axis() if dated else "datum.label",
    )
    across = alt.X(f"{by}:O", title=None, axis=axis)
    chart: alt.Chart = (
        alt.Chart(frame)
        .mark_bar(cornerRadius=1)
        .encode(
            x=across,
            y=alt.Y("people:Q", title=title or None, axis=alt.Axis(tickMinStep=1)),
            color=alt.Color("status:N", scale=_status_scale(), title=None, legend=None),
            order=alt.Order("rank:Q"),
            tooltip=[
                alt.Tooltip(by, title=said("Day") if dated else said("Group")),
                alt.Tooltip("status:N", title=said("Status")),
                alt.Tooltip("people:Q", title=said("People")),
            ],
        )
        .properties(height=240)
    )
    return chart


def calendar(frame: pd.DataFrame) -> alt.LayerChart:
    """A person's days, a column a week; ``frame``: ``week`` (Monday), ``weekday`` (0 to 6),
    ``day`` (ISO text), ``status``, ``code``, ``words``. A click selects ``day``."""
    picked = alt.selection_point(name="day", fields=["day"], on="click", empty=False)
    base = alt.Chart(frame).encode(
        x=alt.X(
            "week:O",
            title=None,
            axis=alt.Axis(labelExpr=first_weeks(), labelAngle=0, ticks=False, domain=False),
        ),
        y=alt.Y(
            "weekday:O",
            title=None,
            sort=list(range(7)),
            axis=alt.Axis(labelExpr=weekdays(), ticks=False, domain=False),
        ),
        tooltip=[
            alt.Tooltip("day:N", title=said("Day")),
            alt.Tooltip("status:N", title=said("Status")),
            alt.Tooltip("words:N", title=said("Hours")),
        ],
    )
    squares = base.mark_rect(cornerRadius=3, strokeWidth=3).encode(
        color=alt.Color("status:N", scale=_status_scale(), title=None, legend=None),
        stroke=alt.condition(picked, alt.value(ACCENT), alt.value("transparent")),
    )
    letters = base.mark_text(fontSize=10, color="#12211f", opacity=0.75).encode(text="code:N")
    return layered(squares.add_params(picked), letters)
