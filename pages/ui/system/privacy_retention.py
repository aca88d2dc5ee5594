"""What is removed by itself, when it last was, and how it is kept until then."""

import streamlit as st

from face_rec.facades.admin import AdminFacade
from face_rec.privacy.retention import Periods, Run
from pages.ui.frame.flash import flash
from pages.ui.shared import times
from pages.ui.shared.text import counted, plain
from pages.ui.shared.widgets import facts


def retention_card(app: AdminFacade) -> None:
    """Periods, the last run, and a button for the next."""
    retention = app.privacy.retention
    last = retention.last()
    facts([*_periods(retention.periods), _encryption(app), *_last(app, last)])
    if last is not None and last.problem:
        st.warning(plain(last.problem), icon=":material/warning:")
    if not (retention.periods.snapshots or retention.periods.inactive):
        st.caption(
            "Nothing is removed by itself. Say under Settings, This site, what your data "
            "protection rules ask for."
        )
        return
    st.caption(
        "The job runs soon after each start and then once a day. Periods: Settings, This site."
    )
    if st.button("Run now", icon=":material/auto_delete:", key="retention_run"):
        _run(app)


def _periods(periods: Periods) -> list[tuple[str, str]]:
    return [
        ("Pictures of marks", _kept(periods.snapshots, "")),
        ("Faces of inactive people", _kept(periods.inactive, " without a mark")),
    ]


def _kept(days: int, until: str) -> str:
    return f"removed after {counted(days, 'day')}{until}" if days else "kept until deleted"


def _encryption(app: AdminFacade) -> tuple[str, str]:
    on = "encrypted with the data key" if app.privacy.encrypted else "not encrypted (no DATA_KEY)"
    return ("Templates and pictures", on)


def _last(app: AdminFacade, run: Run | None) -> list[tuple[str, str]]:
    if run is None:
        return [("Last run", "never")]
    removed = [
        counted(run.pictures, "picture"),
        f"faces of {counted(run.people, 'person', 'people')}",
        counted(run.templates, "template"),
    ]
    return [
        ("Last run", times.date_and_time(run.ended_at, app.site.timezone)),
        ("It removed", ", ".join(removed)),
    ]


def _run(app: AdminFacade) -> None:
    with st.spinner("Looking for what is old enough …"):
        run = app.privacy.retention.run()
    flash("Done." if run is not None else "Another process is at it already.")
    st.rerun()
