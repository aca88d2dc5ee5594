"""Kiosks: the devices that take attendance, how they do, and the links that enrol them."""

from datetime import datetime, timedelta

import streamlit as st

from face_rec.access.devices.device import Beat
from face_rec.access.pages import Page
from face_rec.facades.kiosks import KiosksFacade
from face_rec.kiosks.kiosk import BadgeUse, Direction, KioskRecord
from face_rec.kiosks.kiosk_register import MAIN, MAIN_AT_FIRST
from face_rec.languages.language import msgid
from face_rec.languages.sentence import pgettext
from pages.ui.access.kiosk_card import BADGES, record_fields, since_when
from pages.ui.access.kiosk_link import link_dialog
from pages.ui.access.kiosk_state import offline_words, screen_words
from pages.ui.access.screen_look import LOOK, look_dialog
from pages.ui.frame.identity import Right, require
from pages.ui.frame.outcome import save
from pages.ui.frame.page import guarded, page
from pages.ui.frame.parts import dialog, repeating
from pages.ui.frame.step_up import again, awaited, proven
from pages.ui.shared.text import plain
from pages.ui.shared.times import ago
from pages.ui.shared.words import formats, said, said_many

require(Page.KIOSKS.right)


NEW = "add"
ALIVE = timedelta(seconds=30)
"""A device asks every four seconds; this long without a word, it is away."""
WITHOUT_ACCOUNTS = msgid(
    "A tablet can be linked once there are accounts (ACCOUNTS=on); until then this computer "
    "alone is every kiosk."
)


def office_words(record: KioskRecord) -> list[str]:
    """Where it stands, which way it counts, if that is not both, and whether PINs do."""
    way = {Direction.IN: said("in only"), Direction.OUT: said("out only")}.get(
        record.direction, ""
    )
    pin = said("PIN allowed") if record.pin else ""
    badges = "" if record.badges is BadgeUse.OFF else said(BADGES[record.badges])
    return [word for word in (record.site, way, pin, badges) if word]


def listed(app: KiosksFacade) -> list[KioskRecord]:
    """Every kiosk, and the office's own browser, which is one without anybody making it; cameras
    that the site runs itself have a page of their own."""
    found = {MAIN: MAIN_AT_FIRST} | {one.id: one for one in app.kiosks.all()}
    return [found[name] for name in sorted(found.keys() - app.cameras())]


@repeating(3, Right.KIOSKS)
def kiosks(app: KiosksFacade) -> None:
    """One card a kiosk, with its device's last sign of life."""
    with guarded("kiosks", banner=True):
        linked = {device.id for device in app.devices.all() if device.digest}
        beats = app.devices.beats()
        waiting = app.waiting(app.clock.now().date())
        if not app.accounts_on:
            st.caption(said(WITHOUT_ACCOUNTS))
        for record in listed(app):
            _card(app, record, linked=record.id in linked, beat=beats.get(record.id),
                  waiting=waiting.get(record.id, 0))  # fmt: skip


def open_again(app: KiosksFacade) -> None:
    """The dialog of a kiosk for which a proof was given just now."""
    for record in listed(app) if awaited() else ():
        for what, shown in (("link", link_dialog), ("edit", _edit), ("revoke", _revoke)):
            if again(f"{what}_{record.id}"):
                shown(app, record)


def _card(
    app: KiosksFacade, record: KioskRecord, *, linked: bool, beat: Beat | None, waiting: int
) -> None:
    with st.container(border=True, key=f"kiosk_{record.id}"):
        words, state, buttons = st.columns([3.5, 2.6, 3.1], vertical_alignment="center")
        named = [record.id] if record.display_name != record.id else []
        facts = [*named, _hours(record), *office_words(record)]
        words.markdown(f"**{plain(record.display_name)}**  \n{' · '.join(map(plain, facts))}")
        if offline := offline_words(app.handed_over(record.id), app.site.timezone):
            words.caption(offline)
        if record.liveness.strict and app.models.status().lacks_liveness:
            words.markdown(_badge("red", said("Marks nobody by face: no liveness models")))
        if waiting:
            words.caption(
                said_many(
                    "{count} mark kept on its server until the database is back.",
                    "{count} marks kept on its server until the database is back.",
                    waiting,
                )
            )
        reports, age = app.screens.of(record.id), app.picture_age(record.id)
        shown = screen_words(reports, age, app.clock.now())
        device = _state(beat, app.clock.now()) if linked else _badge("gray", said("Not linked"))
        state.markdown("  \n".join(filter(None, (device, shown))))
        with buttons.container(horizontal=True, horizontal_alignment="right"):
            if app.accounts_on and st.button(
                said("Link …"), key=f"link_{record.id}", icon=":material/qr_code_2:"
            ):
                link_dialog(app, record)
            if st.button(said("Edit"), key=f"edit_{record.id}"):
                _edit(app, record)
            if linked and st.button(said("Revoke"), key=f"revoke_{record.id}"):
                _revoke(app, record)


def _badge(colour: str, words: str) -> str:
    return f":{colour}-badge[{words}]"


def _state(beat: Beat | None, now: datetime) -> str:
    if beat is None:
        return _badge("orange", said("Linked, not seen yet"))
    seen = said(
        "from {address} · version {version}",
        address=plain(beat.address),
        version=plain(beat.version),
    )
    if now - beat.at <= ALIVE:
        return f"{_badge('green', said('Alive'))}  \n{seen}"
    last = said("seen {ago}", ago=ago(beat.at, now))
    return f"{_badge('red', said('Away'))}  \n{last} · {seen}"


def _hours(record: KioskRecord) -> str:
    if record.always_open:
        return said("always open")
    return said(
        "{opens} to {closes}",
        opens=formats().time(record.opens),
        closes=formats().time(record.closes),
    )


@dialog(msgid("Add kiosk"), Right.KIOSKS, width="medium", icon=":material/tablet:")
def new_kiosk(app: KiosksFacade) -> None:
    """Name, title, hours, and what a mark at it means."""
    with guarded("kiosks.new"):
        if not proven(NEW):
            return
        name = st.text_input(
            said(pgettext("of a thing", "Name")), max_chars=32, placeholder="front-door",
            help=said("Lower-case letters, digits and hyphens. Its marks carry it."),
        )  # fmt: skip
        wanted = record_fields(app, KioskRecord(name or ""), "device_new")
        if st.button(said("Create kiosk"), type="primary", key="new_kiosk_save"):
            save(lambda: app.kiosks.create(wanted))


@dialog(msgid("Edit kiosk"), Right.KIOSKS, width="medium", icon=":material/tablet:")
def _edit(app: KiosksFacade, record: KioskRecord) -> None:
    with guarded("kiosks.edit"):
        if not proven(f"edit_{record.id}"):
            return
        key = f"device_{record.id}"
        wanted = record_fields(app, record, key)
        since = since_when(app, wanted, record, key)
        stored = record is not MAIN_AT_FIRST

        def change() -> None:
            if stored:
                app.kiosks.save(wanted, record, since.day)
            else:
                app.kiosks.create(wanted)

        label = said("Save and rewrite the past") if since.rewrites else said("Save")
        if st.button(label, type="primary", key=f"save_{record.id}"):
            save(change)
        if record.id != MAIN:
            _give_up(app, record)


def _give_up(app: KiosksFacade, record: KioskRecord) -> None:
    with st.expander(said("Remove this kiosk"), icon=":material/delete:"):
        st.markdown(
            said(
                "Its marks stay, and its device stops within seconds. All days, also those "
                "before, are then judged without it: its marks count both ways, its outages "
                "excuse nobody."
            )
        )
        if st.button(said("Remove"), key=f"remove_{record.id}"):
            save(lambda: app.kiosks.remove(record))


@dialog(msgid("Revoke this kiosk?"), Right.KIOSKS, icon=":material/block:")
def _revoke(app: KiosksFacade, record: KioskRecord) -> None:
    with guarded("kiosks.revoke"):
        if not proven(f"revoke_{record.id}"):
            return
        st.markdown(
            said(
                "The device that is **{name}** stops within seconds. It can be linked again.",
                name=plain(record.display_name),
            )
        )
        if st.button(said("Revoke"), type="primary"):
            save(lambda: app.devices.revoke(record.id))


with page(
    Page.KIOSKS, said("Where attendance is taken. A linked device opens nothing else.")
) as actions:
    with actions.container(horizontal=True, horizontal_alignment="right", gap="small"):
        look = st.button(said("Look and sound"), icon=":material/palette:", key="screen_look")
        pressed = st.button(said("Add kiosk"), icon=":material/add_to_queue:", type="primary")
    if pressed or again(NEW):
        new_kiosk(KiosksFacade.current())
    elif look or again(LOOK):
        look_dialog(KiosksFacade.current())
    kiosks(KiosksFacade.current())
    open_again(KiosksFacade.current())
