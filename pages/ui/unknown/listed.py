"""Which unknown people are listed, in which order; and how each looks in the list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st

from face_rec.domain.strangers import SEVERAL, Standing, Stranger, Visit
from face_rec.facades.people.strangers import StrangersFacade
from face_rec.languages.language import msgid
from pages.ui.shared import times
from pages.ui.shared.photos import photo
from pages.ui.shared.text import html, plain
from pages.ui.shared.words import formats, said, said_many

PAGE: Final = 12
SIDE: Final = 240
_ORDERS: Final = (msgid("Last seen"), msgid("Most often"))
_SEVERAL: Final = "several"
_TIMES: Final = {_SEVERAL: msgid("{number} times or more"), "all": msgid("All")}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for. ``kiosk``: "": any."""

    standing: Standing
    kiosk: str
    several: bool
    often_first: bool

    def of(self, people: Sequence[Stranger]) -> list[Stranger]:
        """Those of ``people``, in order."""
        found = [
            one
            for one in people
            if one.standing is self.standing
            and (not self.kiosk or self.kiosk in one.kiosks)
            and (not self.several or one.times >= SEVERAL)
        ]
        found.sort(key=lambda one: one.ended, reverse=True)
        if self.often_first:
            found.sort(key=lambda one: one.times, reverse=True)
        return found


def asked(app: StrangersFacade, people: Sequence[Stranger]) -> Wanted:
    """The filters."""
    counts = {one: sum(p.standing is one for p in people) for one in Standing}
    standing = st.pills(
        said("Which"), list(Standing), default=Standing.OPEN, required=True,
        format_func=lambda one: f"{said(one.words)} ({formats().number(counts[one])})",
        label_visibility="collapsed", key="unknown_standing",
    )  # fmt: skip
    left, middle, right = st.columns(3, gap="small")
    several = left.selectbox(
        said("Seen"), list(_TIMES), index=0 if standing is Standing.OPEN else 1,
        format_func=lambda one: said(_TIMES[one], number=SEVERAL),
        key=f"unknown_times_{standing}",
    )  # fmt: skip
    kiosks = sorted({kiosk for one in people for kiosk in one.kiosks})
    kiosk = middle.selectbox(
        said("Camera"), kiosks, index=None, placeholder=said("All"), format_func=app.kiosk_title,
        key="unknown_kiosk",
    )  # fmt: skip
    order = right.selectbox(said("First"), _ORDERS, format_func=said, key="unknown_order")
    return Wanted(standing, kiosk or "", several == _SEVERAL, order == _ORDERS[1])


def card(app: StrangersFacade, one: Stranger, visit: Visit | None) -> None:
    """The newest picture, and when and where they were."""
    source = photo(app.pictures, visit.picture if visit else None, SIDE)
    words = said_many("Unknown person, {count} visit", "Unknown person, {count} visits", one.times)
    st.html(
        f'<img class="fr-stranger" src="{html(source)}" alt="{html(words)}">'
        if source
        else '<div class="fr-stranger fr-icon">no_photography</div>'
    )
    often = said_many("{count} time", "{count} times", one.times)
    older = f" · :orange[{said('older model')}]" if _older(app, one) else ""
    st.markdown(f"**{often}**{older}")
    last = times.date_and_time(one.ended, app.site.timezone)
    where = ", ".join(app.kiosk_title(kiosk) for kiosk in one.kiosks)
    st.caption(
        said(
            "Last {last}  \nFirst {day} · {where}",
            last=last,
            day=times.day(one.began, app.site.timezone),
            where=plain(where),
        )
    )
    _decided(app, one)


def _older(app: StrangersFacade, one: Stranger) -> bool:
    now = app.contract()
    return bool(now) and one.contract != now


def _decided(app: StrangersFacade, one: Stranger) -> None:
    decision, zone = one.decision, app.site.timezone
    if decision.standing is Standing.OPEN or decision.at is None:
        return
    told = said(
        "{what} by {who}, {day}", what=said(decision.standing.words), who=decision.by,
        day=times.day(decision.at, zone),
    )  # fmt: skip
    if decision.until is not None:
        told = said("{decided}, until {day}", decided=told, day=times.day(decision.until, zone))
    if decision.subject:
        person = app.people.get(decision.subject)
        name = person.name if person else said("somebody who is erased")
        told = said("{decided}: {person}", decided=told, person=name)
    st.caption(plain(told))


def older_people(app: StrangersFacade, people: Sequence[Stranger]) -> int:
    """How many were seen by another model than the one in use."""
    now = app.contract()
    return sum(one.contract != now for one in people) if now else 0


def newest(app: StrangersFacade, shown: Sequence[Stranger]) -> Mapping[str, Visit]:
    """Of each the visit whose picture stands for them."""
    return app.service.best(shown)
