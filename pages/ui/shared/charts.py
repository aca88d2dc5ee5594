"""Charts in the site's colours."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, cast

import altair as alt
import pandas as pd

from pages.ui.shared.day_words import CHARTED, STATUS_NAMES, STRONG

ACCENT: Final = "#0f766e"
QUIET: Final = "#7b8a88"
_LEAST = timedelta(hours=4)  # what the arrivals' axis covers at least
_STATUS_SCALE = alt.Scale(
    domain=[STATUS_NAMES[one] for one in CHARTED], range=[STRONG[one] for one in CHARTED]
)


def arrivals(times: Sequence[datetime], expected: int, now: datetime) -> alt.LayerChart:
    """How many people had come by when; ``times`` and ``now`` in the site's zone, sorted.

    Reads the same with one arrival and with five hundred: the axis is a morning long at least,
    and the line goes on to ``now``.
    """
    start = (times[0] - timedelta(minutes=30)).replace(minute=0, second=0, microsecond=0)
    end = max(now, times[-1], start + _LEAST)
    steps = [(start, 0), *((at, number) for number, at in enumerate(times, start=1))]
    steps.append((max(now, times[-1]), len(times)))
    data = pd.DataFrame(steps, columns=["at", "people"])
    data["at"] = [_naive(at) for at in data["at"]]
    scale = alt.Scale(domain=[_vega(start), _vega(end)])
    base = alt.Chart(data).encode(
        x=alt.X(
            "at:T", title=None, scale=scale, axis=alt.Axis(format="%H:%M", grid=False, tickCount=6)
        ),
        y=alt.Y(
            "people:Q",
            title=None,
            stack=False,  # or two who come in the same second stand on top of each other
            axis=alt.Axis(tickMinStep=1, format="d", tickCount=5),
            scale=alt.Scale(domainMin=0, domainMax=max(1.12 * expected, len(times), 2)),
        ),
        tooltip=[
            alt.Tooltip("at:T", title="By", format="%H:%M"),
            alt.Tooltip("people:Q", title="Came"),
        ],
    )
    layers = [
        base.mark_area(interpolate="step-after", color=ACCENT, opacity=0.16),
        base.mark_line(interpolate="step-after", color=ACCENT, strokeWidth=2.2),
    ]
    return _layered(*layers, *_expected(expected, end))


def _expected(expected: int, end: datetime) -> list[alt.Chart]:
    if not expected:
        return []
    data = pd.DataFrame(
        {"people": [expected], "at": [_naive(end)], "words": [f"{expected} expected"]}
    )
    rule = alt.Chart(data).mark_rule(color=QUIET, strokeDash=[4, 4]).encode(y="people:Q")
    text = (
        alt.Chart(data)
        .mark_text(align="right", dy=-8, color=QUIET, fontSize=12)
        .encode(x="at:T", y="people:Q", text="words:N")
    )
    return [rule, text]


def statuses(frame: pd.DataFrame, by: str, title: str = "") -> alt.Chart:
    """People by status, stacked, without legend. ``frame``: columns ``by``, ``status`` (as in
    STATUS_NAMES), ``people``, ``rank``; ``by`` is a date or a text."""
    dated = by == "date"
    axis = alt.Axis(
        grid=False,
        labelAngle=0,
        labelOverlap=True,
        labelExpr=_DAYS if dated else "datum.label",
    )
    across = alt.X(f"{by}:O", title=None, axis=axis)
    chart: alt.Chart = (
        alt.Chart(frame)
        .mark_bar(cornerRadius=1)
        .encode(
            x=across,
            y=alt.Y("people:Q", title=title or None, axis=alt.Axis(tickMinStep=1)),
            color=alt.Color("status:N", scale=_STATUS_SCALE, title=None, legend=None),
            order=alt.Order("rank:Q"),
            tooltip=[
                alt.Tooltip(by, title="Day" if dated else "Group"),
                alt.Tooltip("status:N", title="Status"),
                alt.Tooltip("people:Q", title="People"),
            ],
        )
        .properties(height=240)
    )
    return chart


def bars(frame: pd.DataFrame, label: str, value: str, unit: str) -> alt.Chart:
    """One bar a row, longest first; ``unit`` stands in the tooltip."""
    chart: alt.Chart = (
        alt.Chart(frame)
        .mark_bar(color=ACCENT, cornerRadiusEnd=3, size=14)
        .encode(
            y=alt.Y(f"{label}:N", sort="-x", title=None, axis=alt.Axis(labelLimit=190)),
            x=alt.X(f"{value}:Q", title=unit, axis=alt.Axis(tickCount=5)),
            tooltip=[alt.Tooltip(f"{label}:N"), alt.Tooltip(f"{value}:Q", title=unit)],
        )
        .properties(height=max(90, 26 * len(frame) + 30))
    )
    return chart


def counts(frame: pd.DataFrame) -> alt.Chart:
    """People a day, stacked by group; ``frame``: ``Date``, ``Group``, ``people``."""
    data = frame.assign(Date=frame["Date"].astype(str), Group=frame["Group"].replace("", "(none)"))
    chart: alt.Chart = (
        alt.Chart(data)
        .mark_bar(cornerRadius=1)
        .encode(
            x=alt.X(
                "Date:O",
                title=None,
                axis=alt.Axis(
                    labelAngle=0,
                    labelOverlap=True,
                    labelExpr=_DAYS,
                ),
            ),
            y=alt.Y("people:Q", title=None, axis=alt.Axis(tickMinStep=1, format="d")),
            color=alt.Color("Group:N", title=None, legend=alt.Legend(orient="bottom")),
            tooltip=["Date:O", "Group:N", alt.Tooltip("people:Q", title="People")],
        )
        .properties(height=230)
    )
    return chart


def group_bars(frame: pd.DataFrame) -> alt.Chart:
    """Attendance and punctuality of each group, 0 to 100 per cent, side by side."""
    long = frame.melt("Group", ["Attendance", "On time"], "measure", "percent")
    chart: alt.Chart = (
        alt.Chart(long)
        .mark_bar(cornerRadiusEnd=3)
        .encode(
            y=alt.Y("Group:N", title=None, axis=alt.Axis(labelLimit=190)),
            yOffset=alt.YOffset("measure:N", scale=alt.Scale(paddingInner=0.1)),
            x=alt.X(
                "percent:Q",
                title="per cent",
                scale=alt.Scale(domain=[0, 100]),
                axis=alt.Axis(tickCount=5),
            ),
            color=alt.Color(
                "measure:N",
                title=None,
                scale=alt.Scale(domain=["Attendance", "On time"], range=[ACCENT, "#d98a00"]),
                legend=alt.Legend(orient="bottom"),
            ),
            tooltip=["Group:N", "measure:N", alt.Tooltip("percent:Q", format=".1f")],
        )
        .properties(height=48 * frame["Group"].nunique() + 130)
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
            axis=alt.Axis(labelExpr=_MONTHS, labelAngle=0, ticks=False, domain=False),
        ),
        y=alt.Y(
            "weekday:O",
            title=None,
            sort=list(range(7)),
            axis=alt.Axis(labelExpr=_WEEKDAYS, ticks=False, domain=False),
        ),
        tooltip=[
            alt.Tooltip("day:N", title="Day"),
            alt.Tooltip("status:N", title="Status"),
            alt.Tooltip("words:N", title="Hours"),
        ],
    )
    squares = base.mark_rect(cornerRadius=3, stroke="#ffffff", strokeWidth=2).encode(
        color=alt.Color("status:N", scale=_STATUS_SCALE, title=None, legend=None),
        stroke=alt.condition(picked, alt.value("#12211f"), alt.value("#ffffff")),
    )
    letters = base.mark_text(fontSize=10, color="#12211f", opacity=0.75).encode(text="code:N")
    return _layered(squares.add_params(picked), letters)


# With a time, or Vega takes the day for UTC and shows the one before in the west.
_DAYS: Final = "timeFormat(toDate(datum.value + 'T00:00'), '%d %b')"
_WEEKDAYS: Final = "['Mon','Tue','Wed','Thu','Fri','Sat','Sun'][datum.value]"
# A month's name stands over its first week only.
_MONTHS: Final = (
    "substring(datum.value, 8, 10) <= '07' ? timeFormat(toDate(datum.value + 'T00:00'), '%b') : ''"
)


def _layered(*layers: alt.Chart) -> alt.LayerChart:
    layered = alt.layer(*layers).properties(height=230)
    return cast("alt.LayerChart", layered)  # a FacetChart only where a layer is one


def _naive(local: datetime) -> datetime:
    """Without zone: Vega must not shift it to the browser's."""
    return local.replace(tzinfo=None)


def _vega(local: datetime) -> alt.DateTime:
    return alt.DateTime(
        year=local.year, month=local.month, date=local.day, hours=local.hour, minutes=local.minute
    )
