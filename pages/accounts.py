"""Accounts: who can sign in, and what they may do."""

from collections.abc import Callable
from typing import Final

import streamlit as st

from face_rec.access.accounts.account import Account
from face_rec.access.accounts.passwords import SHORTEST
from face_rec.access.pages import Page
from face_rec.access.rights import ACCOUNT_ROLES, NARROWED, Role
from face_rec.domain.groups import ALL_GROUPS, NO_GROUPS, Groups, only
from face_rec.facades.access import AccessFacade
from face_rec.languages.language import msgid
from face_rec.languages.sentence import pgettext, sentence
from pages.ui.frame.identity import Right, require
from pages.ui.frame.outcome import carried_out, flash
from pages.ui.frame.page import guarded, page
from pages.ui.frame.parts import dialog
from pages.ui.frame.step_up import again, proven
from pages.ui.shared.people_index import people_index
from pages.ui.shared.text import plain
from pages.ui.shared.times import ago
from pages.ui.shared.words import in_words, said

identity = require(Page.ACCOUNTS.right)

NEW: Final = "add"
_RULE = sentence(
    "At least {number} characters; four or five words that do not belong together are good.",
    number=SHORTEST,
)


@dialog(msgid("Add account"), Right.ACCOUNTS, icon=":material/person_add:")
def new_account(app: AccessFacade) -> None:
    """Name, role and a first password, handed over by the admin."""
    with guarded("accounts.new"):
        if proven(NEW):
            _new_account(app)


def _new_account(app: AccessFacade) -> None:
    with st.form("new_account", border=False):
        name = st.text_input(
            said(pgettext("of an account", "Name")),
            max_chars=64,
            help=said("Letters a to z, digits, or an e-mail."),
        )
        role, groups = _role_and_groups(app, Role.MANAGER, NO_GROUPS)
        password = st.text_input(said("First password"), type="password", help=in_words(_RULE))
        st.caption(said("They can change it under Account, below the menu."))
        if st.form_submit_button(said("Create account"), type="primary"):
            _save(
                app,
                lambda: app.accounts.create(name or "", password or "", role, groups),
                said("The account can be used now."),
            )


@dialog(msgid("Change account"), Right.ACCOUNTS, icon=":material/manage_accounts:")
def open_account(app: AccessFacade, account: Account, own: bool) -> None:
    """Role, state and password of one account."""
    accounts, saved = app.accounts, said("Saved. It works from now on, in open pages too.")
    with guarded("accounts.change"):
        st.markdown(f"**{plain(account.id)}**")
        if not proven(change_of(account)):
            return
        if account.external:
            st.caption(
                said("Signs in by single sign-on: the provider decides the role, at each sign-in.")
            )
        with st.form("change_account", border=False):
            role, groups = _role_and_groups(app, account.role, account.groups)
            active = st.toggle(said("May sign in"), value=account.active, disabled=own)
            if st.form_submit_button(said("Save"), type="primary"):
                _save(
                    app,
                    lambda: accounts.change(account.id, role, groups, active, seen=account),
                    saved,
                )
        if not account.external:
            _new_password(app, account)
        _unlock(app, account)
        _second_factor(app, account)
        st.divider()
        if st.button(said("Sign out everywhere"), icon=":material/logout:"):
            _save(
                app,
                lambda: accounts.sign_out_everywhere(account.id),
                said("All sign-ins were ended."),
            )


def _unlock(app: AccessFacade, account: Account) -> None:
    """Only where wrong tries have made somebody wait in the last hour."""
    accounts = app.accounts
    if not accounts.slowed(account.id):
        return
    st.divider()
    st.caption(said("Wrong passwords were tried; from strange browsers the next try has to wait."))
    if st.button(said("Unlock"), icon=":material/lock_open:"):
        _save(app, lambda: accounts.unlock(account.id), said("The wrong tries are forgotten."))


def _new_password(app: AccessFacade, account: Account) -> None:
    st.divider()
    with st.form("new_password", border=False):
        password = st.text_input(said("New password"), type="password", help=in_words(_RULE))
        if st.form_submit_button(said("Set password")):
            accounts = app.accounts
            _save(
                app,
                lambda: accounts.set_password(account.id, password or ""),
                said("The new password is set; all sign-ins were ended."),
            )


def _second_factor(app: AccessFacade, account: Account) -> None:
    """For who has lost the phone."""
    summary = app.factors.of(account.id).summary()
    if not summary:
        return
    st.divider()
    st.caption(said("Second factor: {summary}.", summary=in_words(summary)))
    if st.button(said("Reset second factor"), icon=":material/phonelink_erase:"):

        def reset() -> None:
            app.factors.reset(account.id)
            app.accounts.sign_out_everywhere(account.id)

        _save(app, reset, said("The second factor is taken away; all sign-ins were ended."))


def _save(app: AccessFacade, change: Callable[[], object], done: str) -> None:
    if carried_out(change):
        app.forget()
        flash(done)
        st.rerun()


def _role_and_groups(app: AccessFacade, role: Role, groups: Groups) -> tuple[Role, Groups]:
    chosen = st.selectbox(
        said("Role"), ACCOUNT_ROLES, index=ACCOUNT_ROLES.index(role),
        format_func=lambda one: f"{said(ROLES[one])}: {said(MAY[one])}",
    )  # fmt: skip
    known = set(people_index(app.people).groups)
    every = st.toggle(
        said("Of all groups (managers and HR)"),
        value=groups.every,
        help=said("Of groups made later, too."),
    )
    named = st.multiselect(
        said("Or of these groups only"),
        sorted(known | groups.named),
        default=sorted(groups.named),
        placeholder=said("No group"),
        help=said("Records of other people are not shown to this account."),
    )
    picked = Role(chosen or role)
    if picked not in NARROWED:
        return picked, NO_GROUPS
    return picked, ALL_GROUPS if every else only(*named)


ROLES = {
    "admin": msgid("Administrator"),
    "registrar": msgid("Registrar"),
    "manager": msgid("Manager"),
    "hr": msgid("HR"),
    "kiosk": msgid("Kiosk"),
}
MAY = {
    "admin": msgid("everything"),
    "registrar": msgid("register and edit people"),
    "manager": msgid("records, reports and corrections"),
    "hr": msgid("the same, and leave, holidays and shifts"),
    "kiosk": msgid("take attendance only"),
}


def change_of(account: Account) -> str:
    """What its button and its dialog are known by."""
    return f"change_{account.id}"


def accounts_list(app: AccessFacade) -> Account | None:
    """One card an account; the one whose button was pressed."""
    seen, now = app.accounts.sign_ins(), app.clock.now()
    factors = app.factors.summaries()
    chosen = None
    for account in app.accounts.all():
        with st.container(border=True):
            words, when, action = st.columns([3, 2, 1], vertical_alignment="center")
            words.markdown(f"**{plain(account.id)}**  \n{_role(account)}")
            last = seen.get(account.id)
            signed_in = (
                said("Signed in {ago}", ago=ago(last, now)) if last else said("Never signed in")
            )
            factor = in_words(factors.get(account.id, "")) or said("no second factor")
            when.caption(f"{signed_in}  \n{factor[:1].upper()}{factor[1:]}")
            key = change_of(account)
            if action.button(said("Change"), key=key, width="stretch") or again(key):
                chosen = account
    return chosen


def _groups(groups: Groups) -> str:
    if groups.every:
        return said("all groups")
    return ", ".join(sorted(name or said("(none)") for name in groups.named)) or said("no group")


def _role(account: Account) -> str:
    state = "" if account.active else f":red-badge[{said('Switched off')}] "
    source = f" · {said('single sign-on')}" if account.external else ""
    groups = f" · {plain(_groups(account.groups))}" if account.role in NARROWED else ""
    return f"{state}{said(ROLES[account.role])}{groups}{source}"


with page(Page.ACCOUNTS, said("Who can sign in, and what they may do.")) as actions:
    pressed = actions.button(said("Add account"), icon=":material/person_add:", type="primary")
    if pressed or again(NEW):
        new_account(AccessFacade.current())
    chosen = accounts_list(AccessFacade.current())
    if chosen is not None:
        open_account(AccessFacade.current(), chosen, own=chosen.id == identity.id)
