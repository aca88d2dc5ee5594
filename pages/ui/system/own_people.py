"""How well does it know us: what a measurement on the site's own people says, and its advice."""

from typing import Final

import streamlit as st

from face_rec.facades.admin import AdminFacade
from face_rec.languages.language import msgid
from face_rec.models.scores.bounds import Rate
from face_rec.models.scores.own_report import (
    ENOUGH,
    TIMES,
    Doubles,
    OwnReport,
)
from face_rec.web.base.uploads import LARGEST_MB
from pages.ui.frame.identity import Right, permit
from pages.ui.frame.jobs import JOBS, Job
from pages.ui.frame.outcome import flash
from pages.ui.frame.progress import show_job
from pages.ui.shared.text import plain
from pages.ui.shared.words import formats, in_words, said, said_many
from pages.ui.system.gallery_care import gallery_care, group_card
from pages.ui.system.own_figures import checked, score, show_condition

JOB: Final = "own-people"


def own_people(app: AdminFacade) -> None:
    """The section: what is in force, the run, and what the last one found."""
    st.subheader(said("How well does it know us?"), anchor=False)
    st.caption(
        said(
            "Searches the gallery with everybody's own photos, and with pictures of "
            "marks that somebody has confirmed: who would be missed, and who be taken "
            "for somebody else? It runs in the background; the kiosks go first. Nothing "
            "of it is stored."
        )
    )
    _in_force(app)
    uploaded = st.file_uploader(
        said("Tags to tell apart, besides groups (optional)"),
        type="csv",
        key="own_tags",
        max_upload_size=LARGEST_MB,
        help=said(
            "A CSV file with a column id and one for each tag, such as: id,glasses. "
            "It is read for this run and kept nowhere."
        ),
    )
    running = show_job(JOB, Right.MODELS, _amount, lambda job: _ended(app, job))
    if st.button(
        said("Measure now"), icon=":material/science:", key="own_measure",
        disabled=running or app.models.current() is None,
    ):  # fmt: skip
        JOBS.forget(JOB)
        tags = uploaded.getvalue() if uploaded else b""
        JOBS.start(
            JOB, msgid("Measuring"), lambda told: app.measure(told, tags), permit(Right.MODELS)
        )
        st.rerun()


def _amount(job: Job) -> str:
    return formats().percent(job.fraction) if job.total else said("starting …")


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
        st.markdown(
            said("**In force:** {told}.", told=plain(in_words(taken.told()))), width="stretch"
        )
        if st.button(said("Go back"), icon=":material/undo:", key="own_back",
                     help=said("To the thresholds before, or those of the model.")):  # fmt: skip
            app.advice.give_up(taken.contract)
            flash(said("The thresholds before are in force again, on every kiosk within seconds."))
            st.rerun()


def _advice(app: AdminFacade, report: OwnReport) -> None:
    if report.overridden:
        st.warning(
            said(
                "MATCH_THRESHOLD or MATCH_MARGIN is set in the environment or .env and "
                "wins over any advice. Remove it there to let the number of people "
                "decide."
            ),
            icon=":material/lock:",
        )
    if report.advice is None:
        st.info(_insufficient(report), icon=":material/hourglass_empty:")
        return
    models = app.models.current()
    if models is None or models.contract.digest != report.contract:
        st.info(said("Another model is in use by now. Measure again."), icon=":material/info:")
        return
    st.markdown(_cost(report))
    if report.twice:
        st.caption(_doubles(report))
    if report.costly:
        st.warning(
            said(
                "It would leave many more people unnamed than now, so it cannot be put "
                "in force. Look after the gallery first (below), then measure again."
            ),
            icon=":material/warning:",
        )
    if app.advice.in_force(report.contract) == report.advice:
        st.success(said("This advice is in force."), icon=":material/check_circle:")
    elif not (report.overridden or report.costly):
        _take(app, report)


def _take(app: AdminFacade, report: OwnReport) -> None:
    looked = report.doubles is Doubles.ASKED and st.checkbox(
        said("I have looked at them: they are one person each, or twins"), key="own_doubles"
    )
    waits = report.doubles is Doubles.ASKED and not looked
    if st.button(
        said("Put the advice in force"), type="primary", icon=":material/done_all:",
        key="own_take", disabled=waits,
    ):  # fmt: skip
        flash(plain(in_words(app.advice.take(report, leave_out=looked))))
        st.rerun()


def _doubles(report: OwnReport) -> str:
    if report.doubles is Doubles.COUNTED:
        return said_many(
            "{count} pair or more may be one person registered twice. The advice hangs on them, "
            "so they count as two people here, as sisters and brothers do: join those who are one "
            "(below), then measure again.",
            "{count} pairs or more may be one person registered twice. The advice hangs on them, "
            "so they count as two people here, as sisters and brothers do: join those who are one "
            "(below), then measure again.",
            report.twice,
        )
    return said_many(
        "{count} pair that may be one person registered twice, left out of this: see below.",
        "{count} pairs that may be one person registered twice, left out of this: see below.",
        report.twice,
    )


def _insufficient(report: OwnReport) -> str:
    most = max((one.non_mated for one in report.conditions), default=0)
    return said_many(
        "**Insufficient data** for an advice: {count} search of strangers could be "
        "made, and {enough} are needed to tell an error of 1 in 1,000. More people, "
        "more photos of each (at most ten count), or marks confirmed under Records, "
        "Review help. The thresholds of the model stay in force.",
        "**Insufficient data** for an advice: {count} searches of strangers could be "
        "made, and {enough} are needed to tell an error of 1 in 1,000. More people, "
        "more photos of each (at most ten count), or marks confirmed under Records, "
        "Review help. The thresholds of the model stay in force.",
        most,
        enough=formats().number(ENOUGH),
    )


def _cost(report: OwnReport) -> str:
    """The advice in a sentence, and what it costs."""
    advice = report.advice
    if advice is None:
        return ""
    dearest = max(report.conditions, key=lambda one: one.then.missed.value - one.now.missed.value)
    now, then = dearest.now, dearest.then
    highest = advice.points[-1][1]
    figures = {
        "score": score(then.threshold), "now": score(now.threshold),
        "missed": _percent(then.missed), "missed_now": _percent(now.missed),
        "reached": _percent(then.reached), "reached_now": _percent(now.reached),
    }  # fmt: skip
    if highest <= (then.threshold or 0) + 0.001:
        return said_many(
            "**Advice:** a least score of **{score}** for {count} person (in use: {now}). Of "
            "looks at one's own people, {missed} would not be named (in use: {missed_now}); of "
            "looks at strangers, {reached} would reach the score (in use: {reached_now}).",
            "**Advice:** a least score of **{score}** for {count} people (in use: {now}). Of "
            "looks at one's own people, {missed} would not be named (in use: {missed_now}); of "
            "looks at strangers, {reached} would reach the score (in use: {reached_now}).",
            report.people,
            **figures,
        )
    figures |= {"highest": score(highest), "times": str(TIMES)}
    return said_many(
        "**Advice:** a least score of **{score}** for {count} person (in use: {now}), rising to "
        "**{highest}** for {times} times as many. Of looks at one's own people, {missed} would "
        "not be named (in use: {missed_now}); of looks at strangers, {reached} would reach the "
        "score (in use: {reached_now}).",
        "**Advice:** a least score of **{score}** for {count} people (in use: {now}), rising to "
        "**{highest}** for {times} times as many. Of looks at one's own people, {missed} would "
        "not be named (in use: {missed_now}); of looks at strangers, {reached} would reach the "
        "score (in use: {reached_now}).",
        report.people,
        **figures,
    )


# --- what was found


def _report(app: AdminFacade, report: OwnReport) -> None:
    templates = said_many("{count} template", "{count} templates", report.templates)
    st.markdown(
        said_many(
            "{count} person with {templates}, measured on {day}.",
            "{count} people with {templates}, measured on {day}.",
            report.people,
            templates=templates,
            day=report.day,
        )
    )
    _advice(app, report)
    for condition in report.conditions:
        show_condition(condition)
    st.caption(checked(report.check))
    gallery_care(app, report.findings, counted=report.counted)
    group_card(report.groups)


def _percent(rate: Rate) -> str:
    return formats().percent(rate.value, 2) if rate.trials else said("an unknown share")
