"""Today in one sentence, and one day: why it is what it is, with one's own marks."""

from datetime import date

import streamlit as st

from face_rec.attendance.days.day_record import DayRecord
from face_rec.attendance.days.explained_day import EventLine, Explanation
from face_rec.attendance.terms.duration import begun
from face_rec.attendance.terms.status import DAYS_OFF, Status
from face_rec.domain.marks import MARK_KINDS
from face_rec.domain.people import Person
from face_rec.facades.people.own import OwnFacade
from face_rec.languages.translator import Translator
from pages.ui.own.asking import asking
from pages.ui.own.said import STATUS, clock
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
        _trail(told, words)
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


def _trail(told: Explanation, words: Translator) -> None:
    """What the office has changed, and who."""
    if not told.corrections:
        return
    _heading(words.gettext("Corrections"))
    for line in told.corrections:
        at = line.at.astimezone(told.record.first.tzinfo if told.record.first else line.at.tzinfo)
        said = f"{line.before} → {line.after}"
        who = f"“{isolated(html(line.reason))}” · {html(line.author)}, {words.day(at.date())}"
        st.html(f'<div class="fr-mark"><b>{html(said)}</b><small>{who}</small></div>')


def _exactly(told: Explanation, words: Translator) -> None:
    """The office's own reckoning, as its pages have it."""
    with st.expander(words.gettext("How it is worked out, in English")):
        st.html(_items([*told.rule, *told.steps, *told.outages]))
