"""Notifications: whom the site tells of what, and what became of it."""

from collections.abc import Callable

import streamlit as st

from face_rec.access.pages import Page
from face_rec.facades.notices import NoticesFacade
from face_rec.languages.language import msgid
from face_rec.languages.sentence import pgettext
from face_rec.notices.channel import Channel, ChannelKind, NoticeRule
from face_rec.notices.said import read_again
from pages.ui.frame.identity import Identity, Right, require
from pages.ui.frame.outcome import carried_out, flash, tried
from pages.ui.frame.page import guarded, page
from pages.ui.frame.parts import dialog
from pages.ui.frame.step_up import again, proven
from pages.ui.notices.guardians import guardians
from pages.ui.notices.letters import letters
from pages.ui.notices.outcomes import OUTCOMES, outcomes
from pages.ui.notices.rule_form import NOBODY, rule_fields
from pages.ui.notices.sentences import sentence
from pages.ui.notices.waiting import waiting
from pages.ui.shared.text import plain
from pages.ui.shared.widgets import empty_state
from pages.ui.shared.words import in_words, said

identity = require(Page.NOTICES.right)

CHANNEL, RULE = "channel", "rule"
WORDS = {
    ChannelKind.MESSAGE: msgid("People: mail, chat, phone"),
    ChannelKind.WEBHOOK: msgid("A program: webhook"),
}
ADDRESSES = msgid(
    "| to | address |\n|---|---|\n| mail | "
    "`mailtos://USER:PASSWORD@mail.example.org?from=door@example.org&to=office@example.org` "
    "|\n| ntfy | `ntfys://ntfy.sh/TOPIC` |\n| Microsoft Teams, Slack, Telegram | "
    "`msteams://…`, `slack://…`, `tgram://TOKEN/CHAT` |\n\nAll that Apprise knows may be used. "
    "Password and token are encrypted where `DATA_KEY` is set, and\nshown to nobody again."
)
SIGNED = msgid(
    "Requests are signed after Standard Webhooks; the secret is shown once. They "
    "go to the open Internet, and to networks of your own only where "
    "`WEBHOOK_NETWORKS` names them."
)


# --- channels


def channels(app: NoticesFacade) -> None:
    found = app.notices.channels.all()
    if not found:
        empty_state(
            "notifications", said("Nobody is told of anything yet"),
            said("Add a channel first: mail, chat, a phone, or a program. Then say "
                    "what it tells."),
        )  # fmt: skip
    for channel in found:
        with st.container(border=True, key=f"channel_{channel.id}"):
            _channel(app, channel)


def _channel(app: NoticesFacade, channel: Channel) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        state = "" if channel.active else f" · :orange[{said('switched off')}]"
        st.markdown(
            f"**{plain(channel.title)}**  \n{plain(channel.shown)}{state}", width="stretch"
        )
        tried = st.button(said("Send a test"), key=f"test_{channel.id}", icon=":material/send:")
        with st.popover(said("More"), icon=":material/more_horiz:", key=f"more_{channel.id}"):
            more = _chosen(channel)
    key = f"test_{channel.id}"
    if tried or again(key):
        _try_out(app, channel, key)
    if more is not None:
        more(app, channel)
    if channel.why_off:
        st.warning(
            said("Switched off: {why}.", why=plain(in_words(channel.why_off))),
            icon=":material/error:",
        )


def _chosen(channel: Channel) -> Callable[[NoticesFacade, Channel], None] | None:
    """The dialog that was asked for."""
    offered = {
        "off": (said("Switch off") if channel.active else said("Switch on"), switch),
        "secret": (said("New secret"), new_secret),
        "remove": (said("Remove"), remove),
    }
    if channel.kind is not ChannelKind.WEBHOOK:
        del offered["secret"]
    found = None
    for key, (label, opened) in offered.items():
        name = f"{key}_{channel.id}"
        if st.button(label, key=name, width="stretch") or again(name):
            found = opened
    return found


def _try_out(app: NoticesFacade, channel: Channel, key: str) -> None:
    if not proven(key):
        return
    with st.spinner(said("Sending …")):
        why = tried(lambda: app.notices.try_out(channel.id))
    if why is None:
        return
    if why:
        st.error(
            said("It did not go: {why}.", why=plain(in_words(read_again(why)))),
            icon=":material/error:",
        )
    else:
        st.success(said("It went out."), icon=":material/check_circle:")


@dialog(msgid("Add channel"), Right.NOTICES, icon=":material/add_alert:", width="medium")
def new_channel(app: NoticesFacade, who: Identity) -> None:
    with guarded("notices.channel"):
        if not proven(CHANNEL):
            return
        kind = st.radio(
            said("It tells"),
            list(WORDS),
            format_func=lambda one: said(WORDS[one]),
            horizontal=True,
        )
        with st.form("new_channel", border=False):
            title = st.text_input(
                said(pgettext("of a thing", "Name")),
                max_chars=80,
                placeholder=said("Office by mail"),
            )
            address = st.text_input(said("Address"), max_chars=1000, type="password")
            if kind is ChannelKind.MESSAGE:
                st.markdown(said(ADDRESSES))
            else:
                st.caption(said(SIGNED))
            if not st.form_submit_button(said("Add"), type="primary"):
                return
        _add(app, kind, title or "", address or "", who)


def _add(app: NoticesFacade, kind: ChannelKind, title: str, address: str, who: Identity) -> None:
    added = tried(lambda: app.notices.channels.add(title, kind, address, who.id))
    if added is None:
        return
    channel, secret = added
    if not secret:
        flash(
            said("{title} is added. Send it a test, then make a rule.", title=plain(channel.title))
        )
        st.rerun()
    st.success(said("Copy the secret now: it is not shown again."))
    st.code(secret, language=None, wrap_lines=True)


@dialog(msgid("A new secret?"), Right.NOTICES, icon=":material/key:")
def new_secret(app: NoticesFacade, channel: Channel) -> None:
    with guarded("notices.secret"):
        if not proven(f"secret_{channel.id}"):
            return
        st.markdown(
            said(
                "Requests are signed with the new and with the present secret until "
                "you make another one, so that the program can be told in between."
            )
        )
        if st.button(said("Make it"), type="primary", key="secret_sure"):
            secret = tried(lambda: app.notices.channels.new_secret_of(channel.id))
            if secret:
                st.success(said("Copy the secret now: it is not shown again."))
                st.code(secret, language=None, wrap_lines=True)


@dialog(msgid("Switch this channel?"), Right.NOTICES, icon=":material/power_settings_new:")
def switch(app: NoticesFacade, channel: Channel) -> None:
    with guarded("notices.switch"):
        if not proven(f"off_{channel.id}"):
            return
        st.markdown(
            said(
                "**{title}** tells nothing while it is off. What waits goes out when "
                "it is on again, up to three days later.",
                title=plain(channel.title),
            )
        )
        if st.button(
            said("Switch off") if channel.active else said("Switch on"), type="primary", key="sure"
        ):
            _done(lambda: app.notices.channels.switch(channel.id, active=not channel.active))


@dialog(msgid("Remove this channel?"), Right.NOTICES, icon=":material/delete:")
def remove(app: NoticesFacade, channel: Channel) -> None:
    with guarded("notices.remove"):
        if not proven(f"remove_{channel.id}"):
            return
        st.markdown(
            said("**{title}** is forgotten, with what waits for it.", title=plain(channel.title))
        )
        if st.button(said("Remove"), type="primary", key="remove_sure"):
            _done(lambda: app.notices.channels.remove(channel.id))


# --- rules


def rules(app: NoticesFacade) -> None:
    known = {channel.id: channel.title for channel in app.notices.channels.all()}
    if not known:
        return
    st.subheader(said("What is told"), anchor=False)
    found = app.notices.channels.rules()
    kiosks = {one.id: one.title or one.id for one in app.kiosks.records()}
    if not found:
        st.caption(said("No rule yet: nothing is told of by itself."))
    for rule in found:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(sentence(rule, known, kiosks), width="stretch")
            key = f"edit_{rule.id}"
            if st.button(said("Edit"), key=key, icon=":material/edit:") or again(key):
                edit_rule(app, rule)


@dialog(msgid("Rule"), Right.NOTICES, icon=":material/rule:", width="large")
def edit_rule(app: NoticesFacade, rule: NoticeRule) -> None:
    with guarded("notices.rule"):
        if not proven(f"edit_{rule.id}" if rule.id else RULE):
            return
        wanted = rule_fields(app, rule, app.notices.channels.all())
        if st.button(said("Save"), type="primary", key="save_rule"):
            _done(lambda: app.notices.channels.save_rule(wanted))
        if rule.id and st.button(said("Remove this rule"), key="remove_rule"):
            _done(lambda: app.notices.channels.remove_rule(rule))


def _done(change: Callable[[], object]) -> None:
    if carried_out(change):
        st.rerun()


with page(
    Page.NOTICES, said("Tells people and programs of marks, absences, and what goes wrong.")
) as actions:
    service = NoticesFacade.current()
    if actions.button(
        said("Add channel"), icon=":material/add:", type="primary", key="add_channel"
    ) or again(CHANNEL):
        new_channel(service, identity)
    if actions.button(said("Add rule"), icon=":material/rule:") or again(RULE):
        edit_rule(service, NOBODY)
    waiting(service, identity)
    channels(service)
    rules(service)
    guardians(service)
    letters(service)
    again(OUTCOMES)
    outcomes(service)
