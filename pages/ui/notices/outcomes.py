"""What became of what was told: what waits, what was given up, and what went out lately."""

from collections.abc import Callable, Mapping
from typing import Final

import streamlit as st

from face_rec.domain.people import Person
from face_rec.facades.notices import NoticesFacade
from face_rec.languages.language import msgid
from face_rec.notices.channel import REPORTS
from face_rec.notices.deciding.telling import REQUESTS
from face_rec.notices.delivery import Delivery
from face_rec.notices.guardians.guardian_service import GUARDIANS
from face_rec.notices.notice import Notice
from face_rec.notices.personal.mail import PERSONAL
from face_rec.notices.said import read_again
from pages.ui.frame.identity import Right
from pages.ui.frame.outcome import carried_out
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import repeating
from pages.ui.frame.step_up import ask, fresh
from pages.ui.shared.text import plain
from pages.ui.shared.times import date_and_time
from pages.ui.shared.widgets import Line, Tone, state_list
from pages.ui.shared.words import in_words, said, said_many

_AT_ONCE: Final = 10
_BESIDE: Final = {
    GUARDIANS: msgid("Guardians"),
    PERSONAL: msgid("People themselves"),
    REQUESTS: msgid("Requests and leave"),
    REPORTS: msgid("Reports by mail"),
}
"""What goes out by no channel of its own."""
OUTCOMES: Final = "outcomes"
"""What the way back from a proof is called."""


@repeating(5, Right.NOTICES)
def outcomes(app: NoticesFacade) -> None:
    with guarded("notices.outcomes"):
        names = {channel.id: channel.title for channel in app.notices.channels.all()}
        names |= {name: said(words) for name, words in _BESIDE.items()}
        waiting, dead, recent = app.notices.waiting(), app.notices.dead(), app.notices.recent()
        if not (names.keys() - _BESIDE.keys() or waiting or dead or recent):
            return
        st.subheader(said("What went out"), anchor=False)
        if waiting:
            st.caption(
                said_many(
                    "{count} notice on the way or waiting.",
                    "{count} notices on the way or waiting.",
                    waiting,
                )
            )
        elif not (dead or recent):
            st.caption(said("Nothing yet."))
        begin = _AT_ONCE * (_page(len(dead)) - 1)
        dead, recent = dead[begin : begin + _AT_ONCE], recent[:20]
        told = [one.notice for one in dead] + [one.notice for one in recent]
        people = app.people.many(sorted({one.subject for one in told if one.subject}))
        may = fresh()
        for one in dead:
            _dead(one, about(one.notice, people), names.get(one.channel) or said("(removed)"))
            if may:
                _offered(app, one)
        if dead and not may:
            ask(OUTCOMES)
        state_list(
            Line(
                said(one.notice.kind.words),
                " · ".join(
                    filter(None, (about(one.notice, people), in_words(read_again(one.problem))))
                ),
                names.get(one.channel) or said("(removed)"),
                date_and_time(one.at, app.site.timezone),
                tone=Tone.WARN if one.problem else Tone.GOOD,
            )
            for one in recent
        )


def _page(dead: int) -> int:
    """Which page of what was given up is shown, from 1 on."""
    pages = -(-dead // _AT_ONCE)
    if pages < 2:
        return 1
    st.caption(
        said_many(
            "{count} was given up; {shown} are shown at a time.",
            "{count} were given up; {shown} are shown at a time.",
            dead,
            shown=_AT_ONCE,
        )
    )
    return min(pages, st.pagination(pages, width="stretch", key=f"dead_page_{pages}"))


def _dead(one: Delivery, about: str, channel: str) -> None:
    with st.container(border=True, key=f"d_{one.id}"):
        st.markdown(
            said_many(
                "**{words}** {about}  \ngiven up after {count} try: {problem} ({channel})",
                "**{words}** {about}  \ngiven up after {count} tries: {problem} ({channel})",
                one.tries,
                words=plain(said(one.notice.kind.words)),
                about=plain(about),
                problem=plain(in_words(read_again(one.problem))),
                channel=plain(channel),
            ),
            width="stretch",
        )


def _offered(app: NoticesFacade, one: Delivery) -> None:
    with st.container(horizontal=True):
        if st.button(said("Send again"), key=f"again_{one.id}"):
            _done(lambda: app.notices.again(one))
        if st.button(said("Forget"), key=f"drop_{one.id}"):
            _done(lambda: app.notices.drop(one))


def _done(change: Callable[[], None]) -> None:
    if carried_out(change):
        st.rerun(scope="fragment")


def about(notice: Notice, people: Mapping[str, Person]) -> str:
    person = people.get(notice.subject)
    words = [person.name if person else "", notice.details, notice.kiosk]
    return ", ".join(word for word in words if word)
