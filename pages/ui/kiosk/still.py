"""The kiosk by single photos, where video cannot connect: take one, be recognised, next."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo
from functools import partial

import streamlit as st

from face_rec.attendance.marks.visit import Visit
from face_rec.domain.kiosks.screens import Label, Mood
from face_rec.facades.kiosk import KioskFacade
from face_rec.kiosks.banner import Banner, of_label
from face_rec.languages.translator import Translator
from face_rec.web.live.mark_lines import lines_of
from pages.ui.frame.component_files import joined
from pages.ui.frame.identity import Right
from pages.ui.frame.page import guarded, store_banner
from pages.ui.frame.parts import by_itself, repeating
from pages.ui.shared.photos import photo
from pages.ui.shared.text import html
from pages.ui.shared.widgets import Line, empty_state, person_list

# The browser's camera for single photos: one JPEG to ``/frames/still`` at the press of a
# button.
#
# Not ``st.camera_input``: its photo is an upload like any other, which no kiosk may make.

_camera = st.components.v2.component(
    "face_rec_still_camera",
    html='<div class="fr-still"><div class="fr-camera" data-testid="camera" '
    'data-state="connecting"><b></b><span></span></div>'
    '<div class="fr-stage" hidden><video muted playsinline></video></div>'
    "<button disabled></button></div>",
    css=joined("camera.css", "still_camera.css"),
    js=joined("page_parts.js", "camera_words.js", "still_camera.js"),
    isolate_styles=False,
)


def still_camera(key: str, kiosk: str, words: Translator) -> None:
    """The picture and the button; the page runs again when a photo has been looked at."""
    data = {"url": f"/frames?kiosk={kiosk}", "words": words.words()}
    _camera(key=key, data=data, on_taken_change=_nothing)


def _nothing() -> None:
    """What the photo came to is asked of the engine, not of the browser."""


_SAID = "_still_said"
_SHOWN_FOR = 8.0  # s: the next person is not told what the last one did


def still(kiosk: str) -> None:
    """Banner of the last photo and the camera for the next; beside it today's marks where an
    admin wants them shown."""
    app = KioskFacade.current()
    listed, words = app.record(kiosk).show_marks, app.words_at(kiosk)
    screen, side = st.columns([2.4, 1], gap="medium") if listed else (st.container(), None)
    with screen:
        _answer(kiosk)
        still_camera("kiosk-still", kiosk, words)
    with side or screen:
        marks_today(kiosk, listed=listed)


@repeating(1, Right.KIOSK)
def _answer(kiosk: str) -> None:
    with guarded("kiosk.still"):
        app = KioskFacade.current()
        words = app.words_at(kiosk)
        if not app.open_now(kiosk):
            draw_banners((closed(words),))
            return
        if app.away():
            store_banner(words)
        since = app.clock.monotonic() - _SHOWN_FOR
        labels, (said, at) = app.engine.last_still(kiosk, since), _said()
        if labels is not None:
            draw_banners(_answers(labels, kiosk))
        elif said and at >= since:
            draw_banners((said,))
        else:
            with st.container(key="still_waits"):  # kiosk.css: not where there is no picture
                draw_banners((idle(app.clock.now(), app.site.timezone, words),))


def say(shown: Banner) -> None:
    """A banner for some seconds."""
    st.session_state[_SAID] = (shown, KioskFacade.current().clock.monotonic())


def _said() -> tuple[Banner | None, float]:
    found: tuple[Banner | None, float] = st.session_state.get(_SAID, (None, 0.0))
    return found


def _answers(labels: tuple[Label, ...], kiosk: str) -> tuple[Banner, ...]:
    app = KioskFacade.current()
    zone, means, named = app.site.timezone, app.means_at(kiosk), app.named_at(kiosk)
    words, pin = app.words_at(kiosk), app.kiosks.record(kiosk).pin
    said = tuple(of_label(label, zone, means, named, words=words, pin=pin) for label in labels)
    return said or (nobody(words),)


def nobody(words: Translator) -> Banner:
    """To who pressed the button and is not on the photo."""
    advice = words.gettext("Come closer and look straight at the camera")
    return Banner(Mood.UNKNOWN, words.gettext("No face found"), advice)


def closed(words: Translator) -> Banner:
    """Outside the kiosk's hours."""
    text = words.gettext("This kiosk does not take attendance at this hour.")
    return Banner(Mood.IDLE, words.gettext("Closed"), text)


@repeating(1, Right.KIOSK)
def marks_today(kiosk: str, *, listed: bool) -> None:
    """How many marks this site's day has; ``listed``: there is room for the newest, newest
    first, with names and portraits. A kiosk is read by everybody who passes, so whether it may
    show them is asked each time; where that has changed the page is drawn anew."""
    may = KioskFacade.current().record(kiosk).show_marks
    if may != listed and by_itself():
        st.rerun(scope="app")
    with guarded("kiosk.marks"):
        app = KioskFacade.current()
        if app.away():  # the banner above says so
            return
        found, words = app.visits().all, app.words_at(kiosk)
        count = words.ngettext("{count} mark", "{count} marks", len(found))
        today = words.gettext("Today")
        st.markdown(f"**{today}** · {count}")
        if not (listed and may):
            return
        with st.container(key="marks_today"):
            if found:
                person_list(_listed(app, found, kiosk))
            else:
                advice = words.gettext("Marks appear here as they happen.")
                empty_state("how_to_reg", words.gettext("Nobody yet today"), advice)


def _listed(app: KioskFacade, visits: Sequence[Visit], kiosk: str) -> Iterator[Line]:
    """As the live screen lists them."""
    portrait, short = partial(photo, app.pictures), app.look(kiosk).short_names
    words, zone = app.words_at(kiosk), app.site.timezone
    for one in lines_of(visits, app.directory, portrait, zone, words, short=short):
        yield Line(one.title, one.note, one.right, photo=one.photo)


def idle(now: datetime, zone: tzinfo, words: Translator) -> Banner:
    """Where there is nothing to say."""
    local = now.astimezone(zone)
    moment = f"{words.day(local.date())} · {words.time(local.hour, local.minute)}"
    return Banner(Mood.IDLE, words.gettext("Look at the camera"), moment)


def draw_banners(shown: Iterable[Banner]) -> None:
    """The banners side by side, newest last."""
    cards = "".join(_card(banner) for banner in shown)
    st.html(f'<div class="fr-banners" role="status" data-testid="greeting">{cards}</div>')


def _card(banner: Banner) -> str:
    words = f'<b dir="auto">{html(banner.title)}</b><span>{html(banner.text)}</span>'
    return f'<div class="fr-banner fr-{banner.mood}">{words}</div>'
