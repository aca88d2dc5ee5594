"""Charts in the site's colours."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, tzinfo

import altair as alt
import pandas as pd

ACCENT = "#0f766e"
_STEP_MINUTES = 15


def arrivals(times: Iterable[datetime], zone: tzinfo) -> alt.Chart:
    """People by the quarter of an hour in which they first came, in local time."""
    slots = Counter(_slot(at.astimezone(zone)) for at in times)
    data = pd.DataFrame(
        {"start": pd.to_datetime(list(slots)), "people": list(slots.values())}
    ).assign(end=lambda frame: frame["start"] + pd.Timedelta(minutes=_STEP_MINUTES))
    chart: alt.Chart = (
        alt.Chart(data)
        .mark_rect(color=ACCENT, cornerRadius=3, stroke="#ffffff", strokeWidth=1.5)
        .encode(
            x=alt.X("start:T", title=None, axis=alt.Axis(format="%H:%M", grid=False)),
            x2="end:T",
            y=alt.Y("people:Q", title=None, axis=alt.Axis(tickMinStep=1, format="d")),
            y2=alt.datum(0),
            tooltip=[
                alt.Tooltip("start:T", title="From", format="%H:%M"),
                alt.Tooltip("people:Q", title="People"),
            ],
        )
        .properties(height=220)
    )
    return chart


def _slot(local: datetime) -> datetime:
    """The start of the quarter, without zone: Vega must not shift it to the browser's."""
    minute = local.minute - local.minute % _STEP_MINUTES
    return local.replace(minute=minute, second=0, microsecond=0, tzinfo=None)
