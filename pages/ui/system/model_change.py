"""A change of the recognition model: its outlook, progress, trial, the switch and the way back."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import streamlit as st

from face_rec.facades.admin import AdminFacade
from face_rec.languages.language import msgid
from face_rec.languages.sentence import stored
from face_rec.people.change.change import ChangeStatus
from face_rec.people.change.plan import NAMED, Stage, Tally
from pages.ui.frame.identity import Right
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import callback, repeating
from pages.ui.shared import times
from pages.ui.shared.text import plain
from pages.ui.shared.widgets import Line, Tone, facts, state_list
from pages.ui.shared.words import formats, in_words, said, said_many
from pages.ui.system.confirm_change import done
from pages.ui.system.model_trial import people, short, trial_report

_STATES: Final[Mapping[Stage, tuple[Tone, str]]] = {
    Stage.MAKING: (Tone.WARN, msgid("Embedding")),
    Stage.TRYING: (Tone.WARN, msgid("Comparing")),
    Stage.READY: (Tone.GOOD, msgid("Ready to switch")),
    Stage.SWITCHED: (Tone.GOOD, msgid("Switched")),
    Stage.ENDING: (Tone.QUIET, msgid("Ending")),
}


_ASKED: Final = "_change_asked"
_SWITCH, _END = "switch", "end"


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
        tone, word = Tone.QUIET, msgid("Paused")
    new, old = short(status.plan.new.pack), short(status.plan.old.pack)
    state_list(
        [
            Line(
                said("Change from {old} to {new}", old=old, new=new),
                _said(app, status),
                said(word),
                tone=tone,
            )
        ]
    )
    progress = status.progress
    if progress.problem:
        st.warning(plain(in_words(stored(progress.problem))), icon=":material/warning:")
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
        return said("Kiosks go on with the present pack; you can leave this page.")
    if status.stage is Stage.TRYING:
        return said("Everybody is embedded; now both packs are compared.")
    if status.stage is Stage.READY:
        return said("Look at the comparison, then switch. Who is registered now gets both.")
    if status.stage is Stage.ENDING:
        return said("What the pack that is not in use has made is being removed.")
    until = times.day(status.until, app.site.timezone) if status.until else ""
    return said(
        "All kiosks use {pack}. You can go back until {until}.",
        pack=short(status.running.pack),
        until=until,
    )


def _bar(status: ChangeStatus) -> None:
    tally = status.progress.tally
    goal = tally.done + tally.waiting
    text = (
        said_many(
            "{done} of {count} person",
            "{done} of {count} people",
            goal,
            done=formats().number(tally.done),
        )
        if goal
        else said("starting …")
    )
    if status.progress.rate and tally.waiting and not status.plan.paused:
        left = said(
            "about {duration} left", duration=_duration(tally.waiting / status.progress.rate)
        )
        text = f"{text} · {left}"
    st.progress(tally.done / goal if goal else 0.0, text=text)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return said_many("{count} second", "{count} seconds", max(1, round(seconds)))
    if seconds < 90 * 60:
        return said_many("{count} minute", "{count} minutes", round(seconds / 60))
    return said_many("{count} hour", "{count} hours", round(seconds / 3600))


def _people(tally: Tally) -> list[tuple[str, str]]:
    rows = [(said("Embedded"), people(tally.done))]
    if tally.portraits:
        rows.append((said("Of these, from a portrait only"), people(tally.portraits)))
    rows.append((said("Need to come for a photo"), people(tally.called_in)))
    if tally.withheld:
        rows.append((said("Have not consented"), people(tally.withheld)))
    return rows


def _unmade(app: AdminFacade) -> None:
    """Who could not be embedded, and why."""
    failures = app.change.failures()
    if not failures:
        return
    with st.expander(
        said_many(
            "What could not be embedded: photos of {count} person",
            "What could not be embedded: photos of {count} people",
            len(failures),
        )
    ):
        some = list(failures)[:NAMED]
        found = app.people.many(some)
        for subject in some:
            person = found.get(subject)
            if person is not None:
                reasons = " ".join(map(in_words, dict.fromkeys(failures[subject].values())))
                st.markdown(f"**{plain(person.name)}** ({plain(person.id)}): {plain(reasons)}")
        if len(failures) > NAMED:
            more = len(failures) - NAMED
            st.caption(said_many("and {count} person more", "and {count} people more", more))


# --- what can be done


def _buttons(app: AdminFacade, status: ChangeStatus) -> None:
    """What a press cannot undo at once is asked for once more, in the card: a dialog would be
    closed by its next run."""
    asked, other = st.session_state.get(_ASKED), short(status.other.pack)
    if asked == _SWITCH and status.stage in {Stage.READY, Stage.SWITCHED}:
        _confirm(
            said(
                "All kiosks and computers of this site use **{other}** within seconds. The way "
                "back is the same press, for 30 days.",
                other=plain(other),
            ),
            said("Switch to {other}", other=other), app.change.switch,
            said("{name} is in use within seconds.", name=plain(other)),
        )  # fmt: skip
    elif asked == _END and status.stage is not Stage.ENDING:
        _confirm(
            _ending_words(status, other),
            said("End the change"), app.change.end, said("The change ends."),
        )  # fmt: skip
    elif status.stage is not Stage.ENDING:
        with st.container(horizontal=True):
            _acts(app, status, other)


def _ending_words(status: ChangeStatus, other: str) -> str:
    running, tally = short(status.running.pack), status.progress.tally
    unknown = tally.called_in + tally.withheld if status.stage is Stage.SWITCHED else 0
    names = {"other": plain(other), "running": plain(running)}
    if unknown:
        return said_many(
            "What **{other}** has made is removed, of everybody whom {running} knows too, and so "
            "nobody switches to it any more. Whom {running} does not know ({count} person) keeps "
            "it, and the photos with it. The pack in use stays, and so do the photos that it has "
            "used: a change can be prepared again. Photos that it could not use are removed.",
            "What **{other}** has made is removed, of everybody whom {running} knows too, and so "
            "nobody switches to it any more. Whom {running} does not know ({count} people) keeps "
            "it, and the photos with it. The pack in use stays, and so do the photos that it has "
            "used: a change can be prepared again. Photos that it could not use are removed.",
            unknown,
            **names,
        )
    return said(
        "What **{other}** has made is removed, of everybody whom {running} knows too, and so "
        "nobody switches to it any more. Whom {running} does not know keeps it, and the photos "
        "with it. The pack in use stays, and so do the photos that it has used: a change can be "
        "prepared again. Photos that it could not use are removed.",
        **names,
    )


def _acts(app: AdminFacade, status: ChangeStatus, other: str) -> None:
    if status.stage is Stage.READY:
        st.button(said("Switch to {other} …", other=other), key="change_switch",
                  icon=":material/swap_horiz:", type="primary",
                  on_click=callback(Right.MODELS, _ask), args=(_SWITCH,))  # fmt: skip
    if status.stage is Stage.SWITCHED:
        st.button(said("Back to {other} …", other=other), key="change_back",
                  icon=":material/undo:",
                  on_click=callback(Right.MODELS, _ask), args=(_SWITCH,))  # fmt: skip
    if status.stage in {Stage.MAKING, Stage.TRYING}:
        _pause_button(app, paused=status.plan.paused)
    if status.stage in {Stage.READY, Stage.SWITCHED} and st.button(
        said("Try again and compare anew"), key="change_again", icon=":material/replay:"
    ):
        done(app.change.again, said("It is tried again."))
    st.button(said("End …"), key="change_end", icon=":material/stop_circle:",
              on_click=callback(Right.MODELS, _ask), args=(_END,))  # fmt: skip


def _ask(what: str) -> None:
    st.session_state[_ASKED] = what


def _confirm(words: str, label: str, act: Callable[[], object], told: str) -> None:
    st.markdown(words)
    with st.container(horizontal=True):
        if st.button(label, type="primary", key="change_sure"):
            _ask("")
            done(act, told)
        st.button(
            said("Not now"), key="change_not", on_click=callback(Right.MODELS, _ask), args=("",)
        )


def _pause_button(app: AdminFacade, *, paused: bool) -> None:
    if paused:
        if st.button(said("Go on"), key="change_resume", icon=":material/play_arrow:"):
            done(partial(app.change.pause, paused=False), said("It goes on."))
    elif st.button(said("Pause"), key="change_pause", icon=":material/pause:"):
        done(app.change.pause, said("It is paused."))
