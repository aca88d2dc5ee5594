"""A change of the recognition model: its outlook, progress, trial, the switch and the way back."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import streamlit as st

from face_rec.domain.errors import FaceRecError
from face_rec.facades.admin import AdminFacade
from face_rec.people.change.change import ChangeStatus
from face_rec.people.change.plan import NAMED, Stage, Tally
from pages.ui.frame.identity import Right
from pages.ui.frame.outcome import flash
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import callback, dialog, repeating
from pages.ui.shared import times
from pages.ui.shared.text import counted, plain
from pages.ui.shared.widgets import Line, Tone, facts, state_list
from pages.ui.system.model_trial import people, short, trial_report

_STATES: Final[Mapping[Stage, tuple[Tone, str]]] = {
    Stage.MAKING: (Tone.WARN, "Embedding"),
    Stage.TRYING: (Tone.WARN, "Comparing"),
    Stage.READY: (Tone.GOOD, "Ready to switch"),
    Stage.SWITCHED: (Tone.GOOD, "Switched"),
    Stage.ENDING: (Tone.QUIET, "Ending"),
}


_ASKED: Final = "_change_asked"
_SWITCH, _END = "switch", "end"


# --- before


@dialog("Use another model pack?", Right.MODELS, icon=":material/swap_horiz:")
def confirm_change(app: AdminFacade, name: str) -> None:
    """Prepare it from the kept photos, or use it at once."""
    with guarded("models.change"):
        if not app.people.count():
            st.markdown(f"**{plain(name)}** will be used from now on, by all kiosks.")
            if st.button("Use this pack", type="primary", key="use_confirmed"):
                _done(partial(app.change.use, name), f"{plain(name)} is in use within seconds.")
            return
        st.markdown(_outlook_words(name, app.change.outlook()))
        if st.button("Prepare the change", type="primary", key="change_confirmed"):
            with st.spinner("Loading …"):
                _done(partial(app.change.begin, name), "The change is being prepared.")
        st.caption(
            "Or use it at once: right where both packs have the same recogniser, so that nobody "
            "has to be embedded anew. Else nobody is recognised until they have new photos."
        )
        if st.button("Use it at once", key="use_confirmed"):
            with st.spinner("Loading …"):
                _done(partial(app.change.use, name), f"{plain(name)} is in use within seconds.")


def _outlook_words(name: str, outlook: Tally) -> str:
    ready = outlook.waiting
    lines = [
        f"Nobody has to come in for **{plain(name)}** of whom a photo is kept: everybody is "
        "embedded anew in the background, while the kiosks go on with the present pack. You "
        "switch when you have seen the comparison, and can go back for 30 days.",
        f"- {counted(ready, 'person has', 'people have')} photos or a portrait that are kept.",
    ]
    if outlook.without:
        lines.append(
            f"- {counted(outlook.without, 'person needs', 'people need')} to come for a photo."
        )
    if outlook.withheld:
        lines.append(f"- {counted(outlook.withheld, 'person has', 'people have')} not consented.")
    return "\n".join([lines[0], "", *lines[1:]])


# --- while it goes on


@repeating(2, Right.MODELS)
def change_card(app: AdminFacade) -> None:
    """The change under way, if there is one."""
    with guarded("models.change"):
        status = app.change.status()
        if status is not None:
            with st.container(border=True):
                _card(app, status)


def _card(app: AdminFacade, status: ChangeStatus) -> None:
    tone, word = _STATES[status.stage]
    if status.plan.paused:
        tone, word = Tone.QUIET, "Paused"
    new, old = short(status.plan.new.pack), short(status.plan.old.pack)
    state_list([Line(f"Change from {old} to {new}", _said(app, status), word, tone=tone)])
    progress = status.progress
    if progress.problem:
        st.warning(plain(progress.problem), icon=":material/warning:")
    if status.stage in {Stage.MAKING, Stage.TRYING}:
        _bar(status)
    if status.stage is not Stage.ENDING:
        facts(_people(progress.tally))
        _unmade(app)
    if status.trial is not None and status.stage in {Stage.READY, Stage.SWITCHED}:
        trial_report(app, status.plan, status.trial)
    _buttons(app, status)


def _said(app: AdminFacade, status: ChangeStatus) -> str:
    if status.stage is Stage.MAKING:
        return "Kiosks go on with the present pack; you can leave this page."
    if status.stage is Stage.TRYING:
        return "Everybody is embedded; now both packs are compared."
    if status.stage is Stage.READY:
        return "Look at the comparison, then switch. Who is registered now gets both."
    if status.stage is Stage.ENDING:
        return "What the pack that is not in use has made is being removed."
    until = times.day(status.until, app.site.timezone) if status.until else ""
    return f"All kiosks use {short(status.running.pack)}. You can go back until {until}."


def _bar(status: ChangeStatus) -> None:
    tally = status.progress.tally
    goal = tally.done + tally.waiting
    text = f"{tally.done:,} of {counted(goal, 'person', 'people')}" if goal else "starting …"
    if status.progress.rate and tally.waiting and not status.plan.paused:
        text += f" · about {_duration(tally.waiting / status.progress.rate)} left"
    st.progress(tally.done / goal if goal else 0.0, text=text)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return counted(max(1, round(seconds)), "second")
    if seconds < 90 * 60:
        return counted(round(seconds / 60), "minute")
    return counted(round(seconds / 3600), "hour")


def _people(tally: Tally) -> list[tuple[str, str]]:
    rows = [("Embedded", people(tally.done))]
    if tally.portraits:
        rows.append(("Of these, from a portrait only", people(tally.portraits)))
    rows.append(("Need to come for a photo", people(tally.called_in)))
    if tally.withheld:
        rows.append(("Have not consented", people(tally.withheld)))
    return rows


def _unmade(app: AdminFacade) -> None:
    """Who could not be embedded, and why."""
    failures = app.change.failures()
    if not failures:
        return
    with st.expander(f"What could not be embedded: photos of {people(len(failures))}"):
        some = list(failures)[:NAMED]
        found = app.people.many(some)
        for subject in some:
            person = found.get(subject)
            if person is not None:
                reasons = " ".join(dict.fromkeys(failures[subject].values()))
                st.markdown(f"**{plain(person.name)}** ({plain(person.id)}): {plain(reasons)}")
        if len(failures) > NAMED:
            st.caption(f"and {people(len(failures) - NAMED)} more")


# --- what can be done


def _buttons(app: AdminFacade, status: ChangeStatus) -> None:
    """What a press cannot undo at once is asked for once more, in the card: a dialog would be
    closed by its next run."""
    asked, other = st.session_state.get(_ASKED), short(status.other.pack)
    if asked == _SWITCH and status.stage in {Stage.READY, Stage.SWITCHED}:
        _confirm(
            f"All kiosks and computers of this site use **{plain(other)}** within seconds. The "
            "way back is the same press, for 30 days.",
            f"Switch to {other}", app.change.switch, f"{plain(other)} is in use within seconds.",
        )  # fmt: skip
    elif asked == _END and status.stage is not Stage.ENDING:
        _confirm(
            _ending_words(status, other),
            "End the change", app.change.end, "The change ends.",
        )  # fmt: skip
    elif status.stage is not Stage.ENDING:
        with st.container(horizontal=True):
            _acts(app, status, other)


def _ending_words(status: ChangeStatus, other: str) -> str:
    running, tally = short(status.running.pack), status.progress.tally
    unknown = tally.called_in + tally.withheld if status.stage is Stage.SWITCHED else 0
    of_whom = f" ({people(unknown)})" if unknown else ""
    return (
        f"What **{plain(other)}** has made is removed, of everybody whom {plain(running)} knows "
        f"too, and so nobody switches to it any more. Whom {plain(running)} does not know"
        f"{of_whom} keeps it, and the photos with it. The pack in use stays, and so do the photos "
        "that it has used: a change can be prepared again. Photos that it could not use are "
        "removed."
    )


def _acts(app: AdminFacade, status: ChangeStatus, other: str) -> None:
    if status.stage is Stage.READY:
        st.button(f"Switch to {other} …", key="change_switch", icon=":material/swap_horiz:",
                  type="primary",
                  on_click=callback(Right.MODELS, _ask), args=(_SWITCH,))  # fmt: skip
    if status.stage is Stage.SWITCHED:
        st.button(f"Back to {other} …", key="change_back", icon=":material/undo:",
                  on_click=callback(Right.MODELS, _ask), args=(_SWITCH,))  # fmt: skip
    if status.stage in {Stage.MAKING, Stage.TRYING}:
        _pause_button(app, paused=status.plan.paused)
    if status.stage in {Stage.READY, Stage.SWITCHED} and st.button(
        "Try again and compare anew", key="change_again", icon=":material/replay:"
    ):
        _done(app.change.again, "It is tried again.")
    st.button("End …", key="change_end", icon=":material/stop_circle:",
              on_click=callback(Right.MODELS, _ask), args=(_END,))  # fmt: skip


def _ask(what: str) -> None:
    st.session_state[_ASKED] = what


def _confirm(words: str, label: str, act: Callable[[], object], done: str) -> None:
    st.markdown(words)
    with st.container(horizontal=True):
        if st.button(label, type="primary", key="change_sure"):
            _ask("")
            _done(act, done)
        st.button("Not now", key="change_not", on_click=callback(Right.MODELS, _ask), args=("",))


def _pause_button(app: AdminFacade, *, paused: bool) -> None:
    if paused:
        if st.button("Go on", key="change_resume", icon=":material/play_arrow:"):
            _done(partial(app.change.pause, paused=False), "It goes on.")
    elif st.button("Pause", key="change_pause", icon=":material/pause:"):
        _done(app.change.pause, "It is paused.")


def _done(act: Callable[[], object], words: str) -> None:
    """Do it, and say that it was done or why not."""
    try:
        act()
    except FaceRecError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    flash(words)
    st.rerun()
