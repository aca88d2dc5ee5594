"""How the kiosks' screens look and sound: the site's, and what one kiosk does otherwise."""

from dataclasses import replace
from typing import Any, Final

import streamlit as st

from face_rec.domain.errors import PictureError
from face_rec.domain.kiosks.look import BEHAVIOUR, LOGO_UPLOAD, Look, accent_of, logo_of
from face_rec.facades.kiosks import KiosksFacade
from face_rec.kiosks.banner import short_name
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.languages.language import LANGUAGES, msgid
from face_rec.languages.sentence import pgettext
from face_rec.settings.kinds import rule_of
from pages.ui.frame.identity import Right, require
from pages.ui.frame.outcome import save
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import dialog
from pages.ui.frame.step_up import proven
from pages.ui.shared.text import html, plain
from pages.ui.shared.words import in_words, said

LOOK: Final = "look"
_WORDS: Final = {
    "sounds": (msgid("Sounds"), msgid("A short tone for each mark.")),
    "voice": (msgid("Voice"), msgid("The screen says the name and what the mark means.")),
    "short_names": (
        msgid("Short names"),
        msgid(
            "“Maria K.” instead of “Maria Kern”, everywhere on the screen. The full name is not "
            "sent to it."
        ),
    ),
    "show_late": (
        msgid("Tell who comes late by how much"),
        msgid(
            "“Late by 12 min”, for everybody who stands there to read. Only where the day's rules "
            "leave no doubt."
        ),
    ),
}
_EXAMPLE: Final = "Maria Kern"


@dialog(msgid("Look and sound"), Right.KIOSKS, width="large", icon=":material/palette:")
def look_dialog(app: KiosksFacade) -> None:
    """Of all screens; what is saved is on those that are open within seconds."""
    with guarded("kiosks.look"):
        if not proven(LOOK):
            return
        app.options.refresh()
        version, now = app.options.version, app.options.current().look
        key = f"look_{version}"
        form, shown = st.columns([1.15, 1], gap="large")
        with form:
            wanted = _fields(now, key)
        with shown:
            _preview(app.site.title, wanted)
        if st.button(said("Save"), type="primary", key=f"{key}_save"):
            _save(app, wanted, version)


def _fields(now: Look, key: str) -> Look:
    accent = st.color_picker(said("Accent colour"), now.accent, key=f"{key}_accent")
    try:
        accent_of(accent)
    except ValueError as error:
        st.warning(
            said("The colour must be {rule}.", rule=in_words(rule_of(error))),
            icon=":material/contrast:",
        )
    welcome = st.text_input(
        said(pgettext("line of text", "Welcome")), now.welcome, max_chars=120,
        key=f"{key}_welcome",
        placeholder=said("Good morning! Breakfast is in room 4."),
        help=said("A line of your own for an idle screen."),
    )  # fmt: skip
    made = replace(now, accent=accent, welcome=welcome or "", logo=_logo(now.logo, key))
    chosen: dict[str, Any] = {
        name: st.toggle(
            said(_WORDS[name][0]),
            getattr(now, name),
            help=said(_WORDS[name][1]),
            key=f"{key}_{name}",
        )
        for name in BEHAVIOUR
    }
    return replace(made, **chosen)


def _logo(now: str, key: str) -> str:
    file = st.file_uploader(
        said("Logo"), type=["png", "jpg", "jpeg", "webp"], key=f"{key}_logo",
        max_upload_size=LOGO_UPLOAD // 2**20,
        help=said("It is made small and stands on a light ground."),
    )  # fmt: skip
    if file is not None:
        try:
            return logo_of(file.getvalue())
        except PictureError as error:
            st.error(plain(in_words(error.said)), icon=":material/error:")
            return now
    return "" if now and st.toggle(said("Take the logo away"), key=f"{key}_bare") else now


def _preview(title: str, look: Look) -> None:
    """An idle screen and a greeting, small."""
    logo = f'<img src="{look.logo_source}" alt="{html(said("Logo"))}">' if look.logo else ""
    name = short_name(_EXAMPLE) if look.short_names else _EXAMPLE
    late = f"<span>{html(said('Late by 12 min'))}</span>" if look.show_late else ""
    marked = said("Marked at {time}", time="08:12")
    st.html(
        f'<div class="fr-look" style="--fr-accent: {html(look.accent)}" '
        f'role="img" aria-label="{html(said("How a screen will look"))}">'
        f"<div>{logo}<small>{html(title)}</small><strong>07:58</strong>"
        f"<em>{html(look.welcome)}</em><b>{html(said('Look at the camera'))}</b></div>"
        f"<p><b>{html(name)}</b><span>{html(marked)}</span>{late}</p></div>"
    )


def _save(app: KiosksFacade, wanted: Look, seen: int) -> None:
    require(Right.KIOSKS)
    before, texts = app.options.current().look.texts(), wanted.texts()
    changed = {name: text for name, text in texts.items() if text != before[name]}
    if not changed:
        st.info(said("Nothing was changed."))
        return
    done = said("Saved. Open screens show it within seconds.")
    save(lambda: app.options.change(changed, seen), done)


def own_behaviour(start: KioskRecord, site: Look, key: str) -> KioskRecord:
    """``start`` with what its screen does otherwise than the site's screens."""
    with st.expander(said("Its screen, where it is not as all others"), icon=":material/tablet:"):
        left, right = st.columns(2)
        own: dict[str, Any] = {}
        for number, name in enumerate(BEHAVIOUR):
            usual = (
                said("As all screens: yes") if getattr(site, name) else said("As all screens: no")
            )
            words = {None: usual, True: said("Yes"), False: said("No")}
            choices = list(words)
            own[name] = (right if number % 2 else left).selectbox(
                said(_WORDS[name][0]), choices, choices.index(getattr(start, name)),
                format_func=words.__getitem__, help=said(_WORDS[name][1]), key=f"{key}_{name}",
            )  # fmt: skip
        codes = [None, *LANGUAGES]
        language = left.selectbox(
            said("Language"),
            codes,
            codes.index(start.language) if start.language in codes else 0,
            format_func=own_name,
            key=f"{key}_language",
            help=said(
                "Of its screen and its voice; dates and times as the language writes them. The "
                "site's own stands under Settings, This site."
            ),
        )
        offered = st.multiselect(
            said("Languages to choose on its screen"),
            list(LANGUAGES),
            format_func=own_name,
            default=[code for code in start.languages if code in LANGUAGES],
            key=f"{key}_languages",
            placeholder=said("None"),
            help=said(
                "A small button offers them. Who chooses one is spoken to in it; a minute after "
                "nobody is there any more the kiosk speaks its own again."
            ),
        )
    return replace(start, language=language, languages=tuple(offered), **own)


def own_name(code: str | None) -> str:
    """As its speakers call the language."""
    return said("As the site") if code is None else LANGUAGES[code].own_name
