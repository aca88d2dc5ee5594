"""How well does it know us: what a measurement on the site's own people says, and its advice."""

from typing import Final, cast

import altair as alt
import pandas as pd
import streamlit as st

from face_rec.facades.admin import AdminFacade
from face_rec.models.scores.bounds import Rate
from face_rec.models.scores.own_report import (
    ENOUGH,
    TIMES,
    Basis,
    Check,
    Condition,
    Doubles,
    Operating,
    OwnReport,
)
from face_rec.web.base.uploads import LARGEST_MB
from pages.ui.frame.identity import Right, permit
from pages.ui.frame.jobs import JOBS, Job
from pages.ui.frame.outcome import flash
from pages.ui.frame.progress import show_job
from pages.ui.shared.charts import ACCENT
from pages.ui.shared.text import counted, plain
from pages.ui.system.gallery_care import bounded, gallery_care, group_card

JOB: Final = "own-people"
_OTHERS: Final = "#d98a00"
_BASIS: Final = {
    Basis.MEASURED: "measured",
    Basis.TAIL: "from the tail",
    Basis.NONE: "insufficient data",
}


def own_people(app: AdminFacade) -> None:
    """The section: what is in force, the run, and what the last one found."""
    st.subheader("How well does it know us?", anchor=False)
    st.caption(
        "Searches the gallery with everybody's own photos, and with pictures of marks that "
        "somebody has confirmed: who would be missed, and who be taken for somebody else? It runs "
        "in the background; the kiosks go first. Nothing of it is stored."
    )
    _in_force(app)
    uploaded = st.file_uploader(
        "Tags to tell apart, besides groups (optional)",
        type="csv",
        key="own_tags",
        max_upload_size=LARGEST_MB,
        help="A CSV file with a column id and one for each tag, such as: id,glasses. It is read "
        "for this run and kept nowhere.",
    )
    running = show_job(JOB, Right.MODELS, _amount, lambda job: _ended(app, job))
    if st.button(
        "Measure", icon=":material/science:", key="own_measure",
        disabled=running or app.models.current() is None,
    ):  # fmt: skip
        JOBS.forget(JOB)
        tags = uploaded.getvalue() if uploaded else b""
        JOBS.start(JOB, "Measuring", lambda told: app.measure(told, tags), permit(Right.MODELS))
        st.rerun()


def _amount(job: Job) -> str:
    return f"{job.fraction:.0%}" if job.total else "starting …"


def _ended(app: AdminFacade, job: Job) -> None:
    if isinstance(job.result, OwnReport):
        _report(app, job.result)


# --- what is in force


def _in_force(app: AdminFacade) -> None:
    models = app.models.current()
    taken = app.advice.in_force(models.contract.digest) if models else None
    if models is None or taken is None:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f"**In force:** {plain(taken.told())}.", width="stretch")
        if st.button("Go back", icon=":material/undo:", key="own_back",
                     help="To the thresholds before, or those of the model."):  # fmt: skip
            app.advice.give_up(taken.contract)
            flash("The thresholds before are in force again, on every kiosk within seconds.")
            st.rerun()


def _advice(app: AdminFacade, report: OwnReport) -> None:
    if report.overridden:
        st.warning(
            "MATCH_THRESHOLD or MATCH_MARGIN is set in the environment or .env and wins over any "
            "advice. Remove it there to let the number of people decide.",
            icon=":material/lock:",
        )
    if report.advice is None:
        st.info(_insufficient(report), icon=":material/hourglass_empty:")
        return
    models = app.models.current()
    if models is None or models.contract.digest != report.contract:
        st.info("Another model is in use by now. Measure again.", icon=":material/info:")
        return
    st.markdown(_cost(report))
    if report.twice:
        st.caption(_doubles(report))
    if report.costly:
        st.warning(
            "It would leave many more people unnamed than now, so it cannot be put in force. Look "
            "after the gallery first (below), then measure again.",
            icon=":material/warning:",
        )
    if app.advice.in_force(report.contract) == report.advice:
        st.success("This advice is in force.", icon=":material/check_circle:")
    elif not (report.overridden or report.costly):
        _take(app, report)


def _take(app: AdminFacade, report: OwnReport) -> None:
    said = report.doubles is Doubles.ASKED and st.checkbox(
        "I have looked at them: they are one person each, or twins", key="own_doubles"
    )
    waits = report.doubles is Doubles.ASKED and not said
    if st.button(
        "Put the advice in force", type="primary", icon=":material/done_all:", key="own_take",
        disabled=waits,
    ):  # fmt: skip
        flash(plain(app.advice.take(report, leave_out=said)))
        st.rerun()


def _doubles(report: OwnReport) -> str:
    pairs = counted(report.twice, "pair")
    if report.doubles is Doubles.COUNTED:
        return (
            f"{pairs} or more may be one person registered twice. The advice hangs on them, so "
            "they count as two people here, as sisters and brothers do: join those who are one "
            "(below), then measure again."
        )
    return f"{pairs} that may be one person registered twice, left out of this: see below."


def _insufficient(report: OwnReport) -> str:
    most = max((one.non_mated for one in report.conditions), default=0)
    return (
        f"**Insufficient data** for an advice: {counted(most, 'search', 'searches')} of strangers "
        f"could be made, and {ENOUGH:,} are needed to tell an error of 1 in 1,000. More people, "
        "more photos of each (at most ten count), or marks confirmed under Records, Review help. "
        "The thresholds of the model stay in force."
    )


def _cost(report: OwnReport) -> str:
    """The advice in a sentence, and what it costs."""
    advice = report.advice
    if advice is None:
        return ""
    dearest = max(report.conditions, key=lambda one: one.then.missed.value - one.now.missed.value)
    now, then = dearest.now, dearest.then
    highest = advice.points[-1][1]
    rising = f", rising to **{highest:.3f}** for {TIMES} times as many"
    return (
        f"**Advice:** a least score of **{then.threshold:.3f}** for {report.people:,} people (in "
        f"use: {now.threshold:.3f}){rising if highest > (then.threshold or 0) + 0.001 else ''}. "
        f"Of looks at one's own people, {_percent(then.missed)} would not be named (in use: "
        f"{_percent(now.missed)}); of looks at strangers, {_percent(then.reached)} would reach "
        f"the score (in use: {_percent(now.reached)})."
    )


# --- what was found


def _report(app: AdminFacade, report: OwnReport) -> None:
    st.markdown(
        f"{counted(report.people, 'person', 'people')} with "
        f"{counted(report.templates, 'template')}, measured on {report.day}."
    )
    _advice(app, report)
    for condition in report.conditions:
        _condition(condition)
    st.caption(_checked(report.check))
    gallery_care(app, report.findings)
    group_card(report.groups)


def _condition(condition: Condition) -> None:
    st.markdown(
        f"**{plain(condition.name)}**: {condition.non_mated:,} searches without the right person, "
        f"{condition.mated:,} with, for {counted(condition.people, 'person', 'people')}"
    )
    rows = [("In use", condition.now)]
    rows += [(f"FPIR {limit.target:.1%}", limit) for limit in condition.limits]
    rows.append((f"{TIMES} × as many people", condition.ahead))
    st.dataframe(
        pd.DataFrame([_row(name, one) for name, one in rows]),
        hide_index=True,
        alt=f"{condition.name}: thresholds, who is missed and who is taken for somebody else",
    )
    if condition.curve and condition.mated:
        left, right = st.columns(2)
        left.altair_chart(
            _det(condition), alt="Missed people against strangers that reach the score"
        )
        right.altair_chart(_scores(condition), alt="Scores for oneself and for the nearest other")


def _row(name: str, one: Operating) -> dict[str, str]:
    if one.threshold is None:
        return {"For": name, "Least score": _BASIS[one.basis]}
    return {
        "For": name,
        "Least score": f"{one.threshold:.3f}",
        "Rests on": _BASIS[one.basis],
        "Missed (FNIR)": bounded(one.missed),
        "Strangers that reach it (FPIR)": bounded(one.reached),
        "… and have the lead": bounded(one.named),
    }


def _det(condition: Condition) -> alt.Chart:
    """A DET curve: both errors, on logarithmic axes. Rates of 0 cannot stand on them."""
    points = [p for p in condition.curve if p.fpir > 0 and p.fnir > 0]
    frame = pd.DataFrame(
        [{"FPIR": p.fpir, "FNIR": p.fnir, "score": p.threshold} for p in points],
        columns=["FPIR", "FNIR", "score"],
    )
    chart: alt.Chart = (
        alt.Chart(frame, title="Missed against mistaken")
        .mark_line(color=ACCENT, point=alt.OverlayMarkDef(size=14, color=ACCENT))
        .encode(
            x=alt.X("FPIR:Q", title="strangers that reach the score",
                    scale=alt.Scale(type="log"), axis=alt.Axis(format="~%", tickCount=4)),
            y=alt.Y("FNIR:Q", title="people missed", scale=alt.Scale(type="log"),
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
            for name, shares in (("oneself", found.mated), ("nearest other", found.non_mated))
            for low, high, share in zip(found.edges, found.edges[1:], shares, strict=False)
        ]
    )
    names, colours = ["oneself", "nearest other"], [ACCENT, _OTHERS]
    bars = (
        alt.Chart(frame, title="Scores")
        .mark_bar(opacity=0.65)
        .encode(
            x=alt.X("from:Q", title="score", bin="binned"),
            x2="to:Q",
            y=alt.Y("share:Q", title="of searches", stack=None, axis=alt.Axis(format="%")),
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


def _checked(check: Check | None) -> str:
    if check is None:
        return (
            "What the tail foretells could not be checked here: it takes 8,800 searches to hold "
            "one part of the people against the others."
        )
    verdict = "holds" if check.holds else "does **not** hold, so it is left out of the advice"
    return (
        f"Checked: from {check.from_people:,} people alone, a least score of "
        f"{check.threshold:.3f} was foretold for {check.people:,} others. There "
        f"{bounded(check.reached)} of strangers reach it; at most 0.5 % should. "
        f"The forecast {verdict}."
    )


def _percent(rate: Rate) -> str:
    return f"{rate.value:.2%}" if rate.trials else "an unknown share"
