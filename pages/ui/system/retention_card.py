"""How long what is kept, what the last run has removed, and a button for the next."""

import streamlit as st

from face_rec.facades.people.privacy import PrivacyFacade
from face_rec.languages.sentence import stored
from face_rec.privacy.retention_run import Periods, Run
from pages.ui.frame.outcome import flash
from pages.ui.shared import times
from pages.ui.shared.text import plain
from pages.ui.shared.widgets import facts
from pages.ui.shared.words import formats, in_words, said, said_many


def retention_card(app: PrivacyFacade) -> None:
    """Periods, the last run, and a button for the next."""
    retention = app.retention
    last = retention.last()
    facts(
        [
            *_periods(retention.periods),
            _kept_photos(app, last),
            _encryption(app),
            *_last(app, last),
        ]
    )
    if last is not None and last.problem:
        st.warning(plain(in_words(stored(last.problem))), icon=":material/warning:")
    if not (retention.periods.snapshots or retention.periods.inactive):
        st.caption(
            said(
                "Nothing is removed by itself. Say under Settings, This site, what your "
                "data protection rules ask for."
            )
        )
        return
    st.caption(
        said(
            "The job runs soon after each start and then once a day. Periods: Settings, This site."
        )
    )
    if st.button(said("Run now"), icon=":material/auto_delete:", key="retention_run"):
        _run(app)


def _periods(periods: Periods) -> list[tuple[str, str]]:
    return [
        (said("Pictures of marks"), _pictures(periods.snapshots)),
        (said("Faces of inactive people"), _faces(periods.inactive)),
    ]


def _pictures(days: int) -> str:
    if not days:
        return said("kept until deleted")
    return said_many("removed after {count} day", "removed after {count} days", days)


def _faces(days: int) -> str:
    if not days:
        return said("kept until deleted")
    return said_many(
        "removed after {count} day without a mark",
        "removed after {count} days without a mark",
        days,
    )


def _kept_photos(app: PrivacyFacade, run: Run | None) -> tuple[str, str]:
    """Since when another model needs nobody to come in again, and what that takes on the disk."""
    if not app.site.keep_photos:
        return (
            said("Enrolment photos"),
            said("only a portrait each: another model calls everybody in"),
        )
    if run is None or not run.kept:  # none yet is said of who were registered since, too
        return (
            said("Enrolment photos"),
            said("kept with the person: counted at the next run"),
        )
    kept = said_many(
        "kept with the person: {count}, {size}",
        "kept with the person: {count}, {size}",
        run.kept,
        size=formats().size(run.kept_bytes),
    )
    return (said("Enrolment photos"), kept)


def _encryption(app: PrivacyFacade) -> tuple[str, str]:
    on = (
        said("encrypted with the data key")
        if app.encrypted
        else said("not encrypted (no DATA_KEY)")
    )
    return (said("Templates and pictures"), on)


def _last(app: PrivacyFacade, run: Run | None) -> list[tuple[str, str]]:
    if run is None:
        return [(said("Last run"), said("never"))]
    removed = [
        said_many("{count} picture", "{count} pictures", run.pictures),
        said_many("faces of {count} person", "faces of {count} people", run.people),
        said_many("{count} template", "{count} templates", run.templates),
    ]
    return [
        (said("Last run"), times.date_and_time(run.ended_at, app.site.timezone)),
        (said("It removed"), ", ".join(removed)),
    ]


def _run(app: PrivacyFacade) -> None:
    with st.spinner(said("Looking for what is old enough …")):
        run = app.retention.run()
    flash(said("Done.") if run is not None else said("Another process is at it already."))
    st.rerun()
