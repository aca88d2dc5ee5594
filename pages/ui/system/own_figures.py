"""What a measurement on the site's own people found, in figures: thresholds, errors and charts."""

from typing import Final, cast

import altair as alt
import pandas as pd
import streamlit as st

from face_rec.languages.language import msgid
from face_rec.languages.sentence import pgettext
from face_rec.models.scores.own_report import TIMES, Basis, Check, Condition, Operating
from pages.ui.shared.charts import ACCENT
from pages.ui.shared.text import plain
from pages.ui.shared.words import formats, in_words, said, said_many
from pages.ui.system.gallery_care import bounded

_OTHERS: Final = "#d98a00"
_BASIS: Final = {
    Basis.MEASURED: msgid("measured"),
    Basis.TAIL: msgid("from the tail"),
    Basis.NONE: msgid("insufficient data"),
}


def score(value: float | None) -> str:
    """A score, or that there is none."""
    return "–" if value is None else formats().number(value, 3)


def show_condition(condition: Condition) -> None:
    """One kind of pictures: the thresholds, what they cost, and the curves."""
    st.markdown(
        said_many(
            "**{name}**: {non_mated} searches without the right person, {mated} with, "
            "for {count} person",
            "**{name}**: {non_mated} searches without the right person, {mated} with, "
            "for {count} people",
            condition.people,
            name=plain(in_words(condition.name)),
            non_mated=formats().number(condition.non_mated),
            mated=formats().number(condition.mated),
        )
    )
    rows = [(said("In use"), condition.now)]
    rows += [
        (said("FPIR {target}", target=formats().percent(limit.target, 1)), limit)
        for limit in condition.limits
    ]
    rows.append((said("{times} × as many people", times=TIMES), condition.ahead))
    st.dataframe(
        pd.DataFrame([_row(name, one) for name, one in rows]),
        column_config=_columns(),
        hide_index=True,
        alt=said(
            "{name}: thresholds, who is missed and who is taken for somebody else",
            name=in_words(condition.name),
        ),
    )
    if condition.curve and condition.mated:
        left, right = st.columns(2)
        left.altair_chart(
            _det(condition), alt=said("Missed people against strangers that reach the score")
        )
        right.altair_chart(
            _scores(condition), alt=said("Scores for oneself and for the nearest other")
        )


def _columns() -> dict[str, str]:
    return {
        "for": said(pgettext("case", "For")),
        "score": said("Least score"),
        "basis": said("Rests on"),
        "missed": said("Missed (FNIR)"),
        "reached": said("Strangers that reach it (FPIR)"),
        "named": said("… and have the lead"),
    }


def _row(name: str, one: Operating) -> dict[str, str]:
    if one.threshold is None:
        return {"for": name, "score": said(_BASIS[one.basis])}
    return {
        "for": name,
        "score": score(one.threshold),
        "basis": said(_BASIS[one.basis]),
        "missed": bounded(one.missed),
        "reached": bounded(one.reached),
        "named": bounded(one.named),
    }


def _det(condition: Condition) -> alt.Chart:
    """A DET curve: both errors, on logarithmic axes. Rates of 0 cannot stand on them."""
    points = [p for p in condition.curve if p.fpir > 0 and p.fnir > 0]
    frame = pd.DataFrame(
        [{"FPIR": p.fpir, "FNIR": p.fnir, "score": p.threshold} for p in points],
        columns=["FPIR", "FNIR", "score"],
    )
    chart: alt.Chart = (
        alt.Chart(frame, title=said("Missed against mistaken"))
        .mark_line(color=ACCENT, point=alt.OverlayMarkDef(size=14, color=ACCENT))
        .encode(
            x=alt.X("FPIR:Q", title=said("strangers that reach the score"),
                    scale=alt.Scale(type="log"), axis=alt.Axis(format="~%", tickCount=4)),
            y=alt.Y("FNIR:Q", title=said("people missed"), scale=alt.Scale(type="log"),
                    axis=alt.Axis(format="~%", tickCount=4)),
            tooltip=[alt.Tooltip("score:Q", format=".3f"), alt.Tooltip("FPIR:Q", format=".3%"),
                     alt.Tooltip("FNIR:Q", format=".3%")],
        )
        .properties(height=240)
    )  # fmt: skip
    return chart


def _scores(condition: Condition) -> alt.LayerChart:
    """Histograms of both kinds of search, and the threshold in use."""
    found = condition.histogram
    frame = pd.DataFrame(
        [
            {"from": low, "to": high, "share": share, "of": name}
            for name, shares in (
                (said("oneself"), found.mated),
                (said("nearest other"), found.non_mated),
            )
            for low, high, share in zip(found.edges, found.edges[1:], shares, strict=False)
        ]
    )
    names, colours = [said("oneself"), said("nearest other")], [ACCENT, _OTHERS]
    bars = (
        alt.Chart(frame, title=said("Scores"))
        .mark_bar(opacity=0.65)
        .encode(
            x=alt.X("from:Q", title=said("score"), bin="binned"),
            x2="to:Q",
            y=alt.Y("share:Q", title=said("of searches"), stack=None, axis=alt.Axis(format="%")),
            color=alt.Color("of:N", title=None, scale=alt.Scale(domain=names, range=colours),
                            legend=alt.Legend(orient="bottom")),
            tooltip=["of:N", alt.Tooltip("from:Q", format=".2f"),
                     alt.Tooltip("share:Q", format=".2%")],
        )
    )  # fmt: skip
    line = (
        alt.Chart(pd.DataFrame({"score": [condition.now.threshold]}))
        .mark_rule(strokeDash=[4, 3])
        .encode(x="score:Q")
    )
    return cast("alt.LayerChart", alt.layer(bars, line).properties(height=240))


def checked(check: Check | None) -> str:
    """Whether what the tail foretells has come true, in a sentence."""
    if check is None:
        return said(
            "What the tail foretells could not be checked here: it takes 8,800 "
            "searches to hold one part of the people against the others."
        )
    figures = {
        "from_people": formats().number(check.from_people), "score": score(check.threshold),
        "people": formats().number(check.people), "reached": bounded(check.reached),
    }  # fmt: skip
    if check.holds:
        return said(
            "Checked: from {from_people} people alone, a least score of {score} was foretold for "
            "{people} others. There {reached} of strangers reach it; at most 0.5 % should. The "
            "forecast holds.",
            **figures,
        )
    return said(
        "Checked: from {from_people} people alone, a least score of {score} was foretold for "
        "{people} others. There {reached} of strangers reach it; at most 0.5 % should. The "
        "forecast does **not** hold, so it is left out of the advice.",
        **figures,
    )
