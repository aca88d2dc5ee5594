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
from pages.ui.frame.identity import Right, require
from pages.ui.frame.outcome import carried_out, flash
from pages.ui.frame.page import guarded, page
from pages.ui.frame.parts import dialog
from pages.ui.frame.step_up import again, proven
from pages.ui.shared.people_index import people_index
from pages.ui.shared.text import plain
from pages.ui.shared.times import ago

identity = require(Page.ACCOUNTS.right)

NEW: Final = "add"
_RULE = f"At least {SHORTEST} characters; four or five words that do not belong together are good."


@dialog("Add account", Right.ACCOUNTS, icon=":material/person_add:")
def new_account(app: AccessFacade) -> None:
    """Name, role and a first password, handed over by the admin."""
    with guarded("accounts.new"):
        if proven(NEW):
            _new_account(app)


def _new_account(app: AccessFacade) -> None:
    with st.form("new_account", border=False):
        name = st.text_input("Name", max_chars=64, help="Letters a to z, digits, or an e-mail.")
        role, groups = _role_and_groups(app, Role.MANAGER, NO_GROUPS)
        password = st.text_input("First password", type="password", help=_RULE)
        st.caption("They can change it under Account, below the menu.")
        if st.form_submit_button("Create account", type="primary"):
            _save(
                app,
                lambda: app.access.accounts.create(name or "", password or "", role, groups),
                "The account can be used now.",
            )


@dialog("Change account", Right.ACCOUNTS, icon=":material/manage_accounts:")
def open_account(app: AccessFacade, account: Account, own: bool) -> None:
    """Role, state and password of one account."""
    staff, saved = app.access.accounts, "Saved. It works from now on, in open pages too."
    with guarded("accounts.change"):
        st.markdown(f"**{plain(account.id)}**")
        if not proven(change_of(account)):
            return
        if account.external:
            st.caption(
                "Signs in by single sign-on: the provider decides the role, at each sign-in."
            )
        with st.form("change_account", border=False):
            role, groups = _role_and_groups(app, account.role, account.groups)
            active = st.toggle("May sign in", value=account.active, disabled=own)
            if st.form_submit_button("Save", type="primary"):
                _save(
                    app,
                    lambda: staff.change(account.id, role, groups, active, seen=account),
                    saved,
                )
        if not account.external:
            _new_password(app, account)
        _unlock(app, account)
        _second_factor(app, account)
        st.divider()
        if st.button("Sign out everywhere", icon=":material/logout:"):
            _save(app, lambda: staff.sign_out_everywhere(account.id), "All sign-ins were ended.")


def _unlock(app: AccessFacade, account: Account) -> None:
    """Only where wrong tries have made somebody wait in the last hour."""
    staff = app.access.accounts
    if not staff.slowed(account.id):
        return
    st.divider()
    st.caption("Wrong passwords were tried; from strange browsers the next try has to wait.")
    if st.button("Unlock", icon=":material/lock_open:"):
        _save(app, lambda: staff.unlock(account.id), "The wrong tries are forgotten.")


def _new_password(app: AccessFacade, account: Account) -> None:
    st.divider()
    with st.form("new_password", border=False):
        password = st.text_input("New password", type="password", help=_RULE)
        if st.form_submit_button("Set password"):
            staff = app.access.accounts
            _save(
                app,
                lambda: staff.set_password(account.id, password or ""),
                "The new password is set; all sign-ins were ended.",
            )


def _second_factor(app: AccessFacade, account: Account) -> None:
    """For who has lost the phone."""
    summary = app.access.factors.of(account.id).summary()
    if not summary:
        return
    st.divider()
    st.caption(f"Second factor: {summary}.")
    if st.button("Reset second factor", icon=":material/phonelink_erase:"):

        def reset() -> None:
            app.access.factors.reset(account.id)
            app.access.accounts.sign_out_everywhere(account.id)

        _save(app, reset, "The second factor is taken away; all sign-ins were ended.")


def _save(app: AccessFacade, change: Callable[[], object], done: str) -> None:
    if carried_out(change):
        app.access.authenticator.forget()
        flash(done)
        st.rerun()


def _role_and_groups(app: AccessFacade, role: Role, groups: Groups) -> tuple[Role, Groups]:
    chosen = st.selectbox(
        "Role", ACCOUNT_ROLES, index=ACCOUNT_ROLES.index(role),
        format_func=lambda one: f"{ROLES[one]}: {MAY[one]}",
    )  # fmt: skip
    known = set(people_index(app.people).groups)
    every = st.toggle(
        "Of all groups (managers and HR)", value=groups.every, help="Of groups made later, too."
    )
    named = st.multiselect(
        "Or of these groups only", sorted(known | groups.named), default=sorted(groups.named),
        placeholder="No group", help="Records of other people are not shown to this account.",
    )  # fmt: skip
    picked = Role(chosen or role)
    if picked not in NARROWED:
        return picked, NO_GROUPS
    return picked, ALL_GROUPS if every else only(*named)


ROLES = {
    "admin": "Administrator",
    "registrar": "Registrar",
    "manager": "Manager",
    "hr": "HR",
    "kiosk": "Kiosk",
}
MAY = {
    "admin": "everything",
    "registrar": "register and edit people",
    "manager": "records, reports and corrections",
    "hr": "the same, and leave, holidays and shifts",
    "kiosk": "take attendance only",
}


def change_of(account: Account) -> str:
    """What its button and its dialog are known by."""
    return f"change_{account.id}"


def accounts_list(app: AccessFacade) -> Account | None:
    """One card an account; the one whose button was pressed."""
    seen, now = app.access.accounts.sign_ins(), app.clock.now()
    factors = app.access.factors.summaries()
    chosen = None
    for account in app.access.accounts.all():
        with st.container(border=True):
            words, when, action = st.columns([3, 2, 1], vertical_alignment="center")
            words.markdown(f"**{plain(account.id)}**  \n{_role(account)}")
            last = seen.get(account.id)
            signed_in = f"Signed in {ago(last, now)}" if last else "Never signed in"
            factor = factors.get(account.id, "no second factor")
            when.caption(f"{signed_in}  \n{factor[:1].upper()}{factor[1:]}")
            key = change_of(account)
            if action.button("Change", key=key, width="stretch") or again(key):
                chosen = account
    return chosen


def _role(account: Account) -> str:
    state = "" if account.active else ":red-badge[Switched off] "
    source = " · single sign-on" if account.external else ""
    groups = f" · {plain(account.groups.words())}" if account.role in NARROWED else ""
    return f"{state}{ROLES[account.role]}{groups}{source}"


with page(Page.ACCOUNTS, "Who can sign in, and what they may do.") as actions:
    pressed = actions.button("Add account", icon=":material/person_add:", type="primary")
    if pressed or again(NEW):
        new_account(AccessFacade.current())
    chosen = accounts_list(AccessFacade.current())
    if chosen is not None:
        open_account(AccessFacade.current(), chosen, own=chosen.id == identity.id)
