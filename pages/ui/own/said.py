"""What a person's own page says, in their language: that of their browser, else the site's."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final

import streamlit as st

from face_rec.attendance.terms.status import Status
from face_rec.clock import offset_if_twice
from face_rec.facades.people.own import OwnFacade
from face_rec.languages.language import accepted, msgid
from face_rec.languages.translator import Translator
from face_rec.requests.request import Standing
from pages.ui.shared.text import html, isolated

STATUS: Final[Mapping[Status, str]] = {
    Status.PRESENT: msgid("Present"),
    Status.LATE: msgid("Late"),
    Status.EARLY: msgid("Left early"),
    Status.HALF_DAY: msgid("Half day"),
    Status.ABSENT: msgid("Absent"),
    Status.MISSING_OUT: msgid("No check-out"),
    Status.MISSING_IN: msgid("No check-in"),
    Status.HOLIDAY: msgid("Holiday"),
    Status.WEEKLY_OFF: msgid("Day off"),
    Status.LEAVE: msgid("Leave"),
    Status.NOT_EMPLOYED: msgid("Not employed"),
    Status.KIOSK_DOWN: msgid("Kiosk was down"),
    Status.NOT_YET: msgid("Not yet"),
}
STANDING: Final[Mapping[Standing, str]] = {
    Standing.ASKED: msgid("waits for the office"),
    Standing.APPROVED: msgid("approved"),
    Standing.DECLINED: msgid("declined"),
    Standing.TAKEN_BACK: msgid("taken back"),
    Standing.CANCELLED: msgid("cancelled"),
}


def own_words(app: OwnFacade) -> Translator:
    """The language of this browser, as it tells it."""
    return app.words(accepted(st.context.locale or ""))


def clock(words: Translator, at: datetime, day: date) -> str:
    """A local time, with the day where that is another one than ``day``."""
    shown = words.time(at.hour, at.minute) + offset_if_twice(at)
    return shown if at.date() == day else f"{shown} ({words.day(at.date())})"


def request_row(what: str, parts: Iterable[str], note: str) -> str:
    """One of a person's own requests: ``what`` it is, as HTML, and below it the ``parts`` that
    there are and what the office noted, as texts."""
    lines = [*map(html, filter(None, parts)), *([isolated(html(note))] if note else [])]
    return f'<div class="fr-mark"><b>{what}</b><small>{" · ".join(lines)}</small></div>'
