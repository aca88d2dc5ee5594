"""The first steps of a new site, above the pages that they are taken on: account, model, oneself,
kiosk. Only an administrator is led on, after the set-up link, until all is done or put off."""

from typing import Final

import streamlit as st

from face_rec.access.pages import Page
from face_rec.access.principal import PrincipalKind
from face_rec.domain.errors import StoreError
from face_rec.domain.site.first_steps import Guide, Step, next_step
from face_rec.facades.start import StartFacade
from face_rec.languages.language import msgid
from pages.ui.frame.identity import Identity, Right, current, require
from pages.ui.frame.navigation import go_button, link, open_page
from pages.ui.frame.outcome import flash
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import repeating
from pages.ui.shared.text import html
from pages.ui.shared.words import said

_NEEDED: Final = (Right.MODELS, Right.PEOPLE_WRITE, Right.KIOSK, Right.SITE)
_PAGES: Final = {
    Step.MODEL: Page.MODELS, Step.YOU: Page.REGISTER, Step.KIOSK: Page.TAKE_ATTENDANCE,
}  # fmt: skip
_WORDS: Final = {
    Step.MODEL: msgid("Model"), Step.YOU: msgid("You"), Step.KIOSK: msgid("Kiosk"),
}  # fmt: skip


def step(identity: Identity | None = None) -> Step | None:
    """What comes next for who is led on; None for everybody else. Raises StoreUnavailable."""
    who, app = identity or current(), StartFacade.current()
    if app.guide() is not Guide.ON or not may_lead(who):
        return None
    people = app.people()
    if people > 1:  # others are registered already: nobody needs to be told how
        return None
    return next_step(model=app.model_ready(), people=people, marked=app.marked())


def may_lead(who: Identity) -> bool:
    """Whether every page of the first steps is open to ``who``."""
    return who.kind is PrincipalKind.USER and all(who.may(right) for right in _NEEDED)


def page_of(identity: Identity) -> Page | None:
    """The page to begin with; None: as always."""
    try:
        at = step(identity)
    except StoreError:
        return None  # the page that opens instead says that the database is away
    return _PAGES.get(at) if at else None


def above(path: str) -> None:
    """What stands above the page at ``path``: the steps, and after the last one what comes next;
    nothing for who is not led on."""
    try:
        at = step()
    except StoreError:
        return  # the page says so
    if at is None:
        return
    if path == Page.TAKE_ATTENDANCE.path:
        _above_kiosk()
    elif at is not Step.DONE:
        _bar(at, path)
    elif path == Page.OVERVIEW.path:
        _what_next()


@repeating(2, Right.KIOSK)
def _above_kiosk() -> None:
    """The kiosk greets without a run of the page."""
    with guarded("first_steps.kiosk"):
        at = step()
        if at is Step.DONE:
            _what_next()
        elif at is not None:
            _bar(at, Page.TAKE_ATTENDANCE.path)


def _bar(at: Step, path: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="first_steps_bar"):
        st.html(_list(at))
        if _PAGES[at].path != path:
            go_button(_PAGES[at], said("Go on: {step}", step=said(_WORDS[at])), key="steps_on")
        if st.button(said("Set up later"), type="tertiary", key="steps_later"):
            put_off()


def _list(at: Step) -> str:
    order = list(_WORDS)
    done = order.index(at)
    items = [_item(1, said("Account"), "done")]
    for place, one in enumerate(order):
        state = "done" if place < done else "now" if one is at else ""
        items.append(_item(place + 2, said(_WORDS[one]), state))
    label = html(said("Set-up"))
    return f'<ol class="fr-start" aria-label="{label}">{"".join(items)}</ol>'


def _item(number: int, word: str, state: str) -> str:
    now = ' aria-current="step"' if state == "now" else ""
    sign = "✓" if state == "done" else str(number)
    return f'<li class="fr-{state or "open"}"{now}><i>{sign}</i> <span>{html(word)}</span></li>'


def put_off() -> None:
    """No page leads on any more; the Overview keeps the way back."""
    _set(Guide.LATER)
    flash(said("The Overview keeps the way back to the set-up."))
    open_page(Page.OVERVIEW)


def _set(guide: Guide) -> None:
    require(Right.SITE)
    StartFacade.current().set_guide(guide)


def go_on(entered: Step) -> None:
    """Leave for the page of the next step, if the one that was ``entered`` is done."""
    at = step()
    if at in _PAGES and at is not entered:
        open_page(_PAGES[at])


def _what_next() -> None:
    """After the first greeting: where others are registered, doors and rules are set."""
    with st.container(border=True, key="first_steps_done"):
        done = said("**All set: the kiosk knows you.** What next?")
        st.markdown(f":green[:material/check_circle:] {done}")
        with st.container(horizontal=True, vertical_alignment="center"):
            link(Page.PEOPLE, said("Register or import others"))
            link(Page.KIOSKS, said("Link a tablet at the door"))
            link(Page.SETTINGS, said("Set working hours and rules"))
            if st.button(said("Done"), key="steps_over", type="primary"):
                _set(Guide.OVER)
                open_page(Page.OVERVIEW)


# --- on the Overview


def way_back() -> None:
    """For who has put the steps off: the way back, or an end to being asked."""
    if not may_lead(current()) or StartFacade.current().guide() is not Guide.LATER:
        return
    with st.container(horizontal=True):
        if st.button(said("Go on with the set-up"), type="primary", key="steps_back"):
            _set(Guide.ON)
            go_on(Step.DONE)
        if st.button(said("Do not ask again"), type="tertiary", key="steps_never"):
            _set(Guide.OVER)
            st.rerun()


def over() -> bool:
    """Whether somebody has said that nothing of this is to be shown any more."""
    return StartFacade.current().guide() is Guide.OVER


# --- what is asked of the first one who registers


def zone_chosen() -> bool:
    """Whether somebody has decided in which time zone the site is."""
    return StartFacade.current().zone_chosen()


def keep_zone(zone: str) -> None:
    if zone:
        require(Right.SITE)
        StartFacade.current().choose_zone(zone)
