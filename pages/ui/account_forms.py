"""Dialogs that make and change an account."""

from collections.abc import Callable

import streamlit as st

from face_rec.access.account import Account
from face_rec.access.passwords import SHORTEST
from face_rec.access.rights import Role
from face_rec.errors import AccessError
from face_rec.system import System
from pages.ui.accounts_list import MAY, ROLES
from pages.ui.flash import flash
from pages.ui.page import guarded
from pages.ui.people_index import people_index
from pages.ui.text import plain

_RULE = f"At least {SHORTEST} characters; four or five words that do not belong together are good."


@st.dialog("Add account", icon=":material/person_add:")
def new_account(app: System) -> None:
    """Name, role and a first password, handed over by the admin."""
    with guarded("accounts.new"):
        name = st.text_input("Name", max_chars=64, help="Letters a to z, digits, or an e-mail.")
        role, groups = _role_and_groups(app, Role.MANAGER, frozenset(), "new")
        password = st.text_input("First password", type="password", help=_RULE)
        st.caption("They can change it under Account, below the menu.")
        if st.button("Create account", type="primary"):
            try:
                made = app.access.staff.create(name or "", password or "", role, groups)
            except AccessError as error:
                st.error(plain(str(error)), icon=":material/error:")
            else:
                flash(f"{plain(made.id)} can sign in now.")
                st.rerun()


@st.dialog("Change account", icon=":material/manage_accounts:")
def open_account(app: System, account: Account, own: bool) -> None:
    """Role, state and password of one account."""
    with guarded("accounts.change"):
        st.markdown(f"**{plain(account.id)}**")
        role, groups = _role_and_groups(app, account.role, account.groups, account.id)
        active = st.toggle("May sign in", value=account.active, disabled=own)
        if st.button("Save", type="primary"):
            _done(lambda: app.access.staff.change(account.id, role, groups, active), app)
        if not account.external:
            st.divider()
            password = st.text_input("New password", type="password", help=_RULE)
            if st.button("Set password"):
                _done(lambda: app.access.staff.set_password(account.id, password or ""), app)
        st.divider()
        if st.button("Sign out everywhere", icon=":material/logout:"):
            _done(lambda: app.access.door.sign_out_everywhere(account.id), app)


def _done(change: Callable[[], object], app: System) -> None:
    try:
        change()
    except AccessError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    app.access.identify.forget()
    flash("Saved. It works from now on, in open pages too.")
    st.rerun()


def _role_and_groups(
    app: System, role: Role, groups: frozenset[str], key: str
) -> tuple[Role, frozenset[str]]:
    chosen = st.selectbox(
        "Role", list(Role), index=list(Role).index(role), key=f"role_{key}",
        format_func=lambda one: f"{ROLES[one]}: {MAY[one]}",
    )  # fmt: skip
    picked = Role(chosen or role)
    if picked is not Role.MANAGER:
        return picked, frozenset()
    known = set(people_index(app.people).groups)
    narrowed = st.multiselect(
        "Only these groups", sorted(known | groups), default=sorted(groups), key=f"groups_{key}",
        placeholder="All groups", help="Records of other people are not shown to this manager.",
    )  # fmt: skip
    return picked, frozenset(narrowed)
