"""Today in one sentence, and one day: why it is what it is, with one's own marks, and asking for
a correction."""

from datetime import date, time
from typing import Final

import streamlit as st

from face_rec.attendance.days.day_record import DayRecord
from face_rec.attendance.days.explained_day import EventLine, Explanation
from face_rec.attendance.terms.duration import begun
from face_rec.attendance.terms.status import DAYS_OFF, Status
from face_rec.domain.errors import CorrectionRefused
from face_rec.domain.marks import MARK_KINDS, EventKind
from face_rec.domain.people import Person
from face_rec.facades.people.own import OwnFacade
from face_rec.languages.language import msgid
from face_rec.languages.translator import Translator
from face_rec.requests.asking import LONGEST_REASON, moment
from face_rec.requests.request import OwnRequest, Standing, Wish
from pages.ui.frame.identity import Right, require
from pages.ui.frame.outcome import flash
from pages.ui.own.said import STANDING, STATUS, clock, request_row
from pages.ui.shared.day_words import FILLS, hours
from pages.ui.shared.photos import whole_picture
from pages.ui.shared.text import html, isolated, plain
from pages.ui.shared.widgets import picture


def today_sentence(one: DayRecord, words: Translator) -> str:
    """How the day stands for its person, in one sentence."""
    if one.first is None:
        if one.status in DAYS_OFF:
            return words.gettext("Today you are not expected: {why}.", why=_off(one, words))
        if one.status is Status.ABSENT:
            return words.gettext("Today you were not marked: absent.")
        return words.gettext("You have not been marked today.")
    came = clock(words, one.first, one.day)
    if one.inside or one.last is None:
        return words.gettext("You are in since {time}.", time=came)
    left = clock(words, one.last, one.day)
    return words.gettext("You came at {time} and left at {left}.", time=came, left=left)


def _off(one: DayRecord, words: Translator) -> str:
    return one.note or words.gettext(STATUS[one.status])


def day(app: OwnFacade, person: Person, chosen: date, words: Translator) -> None:
    """Draw one day of ``person``, who looks at it and may ask for a correction."""
    told = app.service.mark_queries.explain(person.subject, chosen)
    one = told.record
    with st.container(border=True, key="own_day_card"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.subheader(words.day(chosen), anchor=False, width="content")
            style = f"background:{FILLS[one.status]}"
            said = html(words.gettext(STATUS[one.status]))
            st.html(f'<span class="fr-chip" style="{style}">{said}</span>', width="content")
        _heading(words.gettext("Why this status?"))
        st.html(_items(reasons(one, words)))
        _marks(app, told, words)
        _corrections(told, words)
        _exactly(told, words)
    asking(app, person, chosen, list(told.events), words)


def _heading(text: str) -> None:
    st.markdown(f"**{plain(text)}**")


def reasons(one: DayRecord, words: Translator) -> list[str]:
    """What the day came to, a line each."""
    lines = [one.note] if one.note else []
    if one.shift and one.status not in DAYS_OFF:
        lines.append(words.gettext("Shift: {shift}", shift=one.shift))
    if one.first is None:
        lines.append(words.gettext("No mark counts on this day."))
    else:
        lines.append(words.gettext("Came at {time}.", time=clock(words, one.first, one.day)))
    if one.last is not None:
        lines.append(words.gettext("Left at {time}.", time=clock(words, one.last, one.day)))
    return lines + [said for seconds, said in _spans(one, words) if seconds]


def _spans(one: DayRecord, words: Translator) -> list[tuple[int, str]]:
    """Seconds, and what is said of them."""
    late, early = begun(one.late), begun(one.early)
    return [
        (one.worked, words.gettext("Worked: {hours}", hours=hours(one.worked))),
        (
            one.deducted,
            words.gettext("Taken off for the break: {hours}", hours=hours(one.deducted)),
        ),
        (late, words.gettext("Late by {hours}", hours=hours(late))),
        (early, words.gettext("Left early by {hours}", hours=hours(early))),
        (one.overtime, words.gettext("Overtime: {hours}", hours=hours(one.overtime))),
    ]


def _items(lines: list[str]) -> str:
    rows = "".join(f"<li>{html(line)}</li>" for line in lines)
    return f'<ul class="fr-steps">{rows}</ul>'


def _marks(app: OwnFacade, told: Explanation, words: Translator) -> None:
    _heading(words.gettext("Marks of this day"))
    own = [one for one in told.events if one.entry.event.subject == told.record.person.subject]
    if not own:
        st.caption(words.gettext("None."))
    for line in own:
        _mark(app, line, told.record.day, words)


def _mark(app: OwnFacade, line: EventLine, on: date, words: Translator) -> None:
    """Its picture is read only if it is asked for."""
    event, faded = line.entry.event, "" if line.used else " fr-unused"
    way = MARK_KINDS[line.entry.kind].button
    kind = words.gettext(way) if way else ""
    at = event.where.place if event.where else event.kiosk
    where = " · ".join(part for part in (kind, at, _doubt(line, words)) if part)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html(
            f'<div class="fr-mark{faded}"><b>{html(clock(words, line.at, on))}</b>'
            f"<small>{html(where)}</small></div>",
            width="stretch",
        )
        shown = bool(event.snapshot) and st.toggle(
            words.gettext("Picture"), key=f"own_picture_{event.id}"
        )
    if shown:
        source = whole_picture(app.pictures, event.snapshot)
        if source:
            picture(source, words.gettext("Picture of this mark"))
        else:
            st.caption(words.gettext("No picture of this mark is kept."))


def _doubt(line: EventLine, words: Translator) -> str:
    if line.entry.voided:
        return words.gettext("does not count")
    return "" if line.used else words.gettext("not used for this day")


def _corrections(told: Explanation, words: Translator) -> None:
    """What the office has changed, and who."""
    if not told.corrections:
        return
    _heading(words.gettext("Corrections"))
    for line in told.corrections:
        at = line.at.astimezone(told.record.first.tzinfo if told.record.first else line.at.tzinfo)
        said = f"{words.said(line.before)} → {words.said(line.after)}"
        who = f"“{isolated(html(line.reason))}” · {html(line.author)}, {words.day(at.date())}"
        st.html(f'<div class="fr-mark"><b>{html(said)}</b><small>{who}</small></div>')


def _exactly(told: Explanation, words: Translator) -> None:
    """The office's own reckoning, as its pages have it."""
    with st.expander(words.gettext("How it is worked out")):
        st.html(_items([words.said(one) for one in (*told.rule, *told.steps, *told.outages)]))


# Asking for a correction of a day of one's own, and what became of what was asked before.

_ROUND: Final = "_own_ask_round"
_SHOWN: Final = 10
_KINDS: Final = {kind: one.button for kind, one in MARK_KINDS.items() if one.button}


def asking(
    app: OwnFacade, person: Person, chosen: date, marks: list[EventLine], words: Translator
) -> None:
    """The form for one day, and the newest requests."""
    with st.container(border=True, key="own_ask_card"):
        st.subheader(words.gettext("Ask for a correction"), anchor=False)
        _form(app, chosen, marks, words)
        for one in app.requests.of(person.subject)[:_SHOWN]:
            _asked(app, one, words)


def _form(app: OwnFacade, chosen: date, marks: list[EventLine], words: Translator) -> None:
    key = f"own_ask_{chosen}_{st.session_state.setdefault(_ROUND, 0)}"
    wrong = {line.entry.event.id: line for line in marks if not line.entry.voided}
    what = {"": words.gettext("A mark is missing")} | {
        name: words.gettext("{time} is wrong", time=clock(words, line.at, chosen))
        for name, line in wrong.items()
    }
    on = words.day(chosen)
    with st.expander(on, key=f"{key}_open"):
        about = st.selectbox(
            words.gettext("What is wrong?"), list(what), format_func=lambda name: what[name],
            key=f"{key}_about",
        )  # fmt: skip
        at, kind = None, next(iter(_KINDS))
        if not about:
            at = st.time_input(words.gettext("Time"), None, step=60, key=f"{key}_at")
            kind = st.radio(
                words.gettext("Kind"), list(_KINDS), horizontal=True, key=f"{key}_kind",
                format_func=lambda one: words.gettext(_KINDS[one]),
            )  # fmt: skip
        reason = st.text_area(
            words.gettext("Reason"), key=f"{key}_reason", max_chars=LONGEST_REASON, height=80
        )
        if not st.button(words.gettext("Send"), type="primary", key=f"{key}_send"):
            return
        line = wrong.get(about)
        meant = Wish(line.at, line.entry.kind, about) if line else (at, kind)
        _send(app, chosen, meant, reason or "", words)


def _send(
    app: OwnFacade,
    chosen: date,
    meant: Wish | tuple[time | None, EventKind],
    reason: str,
    words: Translator,
) -> None:
    try:
        wish = meant if isinstance(meant, Wish) else _missing(app, chosen, *meant)
        app.requests.ask(require(Right.OWN).subject, wish, reason)
    except CorrectionRefused as error:
        st.error(plain(words.said(error.said)), icon=":material/error:")
        return
    st.session_state[_ROUND] += 1
    flash(words.gettext("Sent to the office."))
    st.rerun()


def _missing(app: OwnFacade, chosen: date, at: time | None, kind: EventKind) -> Wish:
    if at is None:
        raise CorrectionRefused(msgid("Give the time."))
    return Wish(moment(chosen, at, app.site.timezone), kind)


def _asked(app: OwnFacade, one: OwnRequest, words: Translator) -> None:
    at = one.wish.at.astimezone(app.site.timezone)
    time = clock(words, at, at.date())
    what = (
        words.gettext("{time} is wrong", time=time)
        if one.wish.event
        else words.gettext("{time} is missing", time=time)
    )
    said = words.gettext(STANDING[one.standing])
    note = app.requests.records.text(one.id, one.note)
    shown = request_row(html(what), (words.day(at.date()), said, one.by), note)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html(shown, width="stretch")
        if one.standing is Standing.ASKED and st.button(
            words.gettext("Take back"), key=f"own_back_{one.id}"
        ):
            app.requests.take_back(require(Right.OWN).subject, one.id)
            st.rerun()
