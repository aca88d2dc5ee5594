"""Accounts: who can sign in, and what they may do."""

from pages.ui.access.account_forms import new_account, open_account
from pages.ui.access.accounts_list import accounts_list
from pages.ui.frame.context import system
from pages.ui.frame.identity import Right, require
from pages.ui.frame.navigation import ACCOUNTS
from pages.ui.frame.page import page

identity = require(Right.ACCOUNTS)

with page(ACCOUNTS, "Who can sign in, and what they may do.") as actions:
    if actions.button("Add account", icon=":material/person_add:", type="primary"):
        new_account(system())
    chosen = accounts_list(system())
    if chosen is not None:
        open_account(system(), chosen, own=chosen.id == identity.id)
