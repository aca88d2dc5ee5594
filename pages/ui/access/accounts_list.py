"""The list of accounts."""

import streamlit as st

from face_rec.access.accounts.account import Account
from face_rec.access.rights import NARROWED
from face_rec.facades.access import AccessFacade
from pages.ui.frame.step_up import again
from pages.ui.shared.text import plain
from pages.ui.shared.times import ago

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
    seen, now = app.access.staff.sign_ins(), app.clock.now()
    factors = app.access.factors.summaries()
    chosen = None
    for account in app.access.staff.all():
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
