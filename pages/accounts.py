"""Accounts: who can sign in, and what they may do."""

from face_rec.access.pages import Page
from face_rec.facades.access import AccessFacade
from pages.ui.access.accounts_list import NEW, accounts_list, new_account, open_account
from pages.ui.frame.identity import require
from pages.ui.frame.page import page
from pages.ui.frame.step_up import again

identity = require(Page.ACCOUNTS.right)

with page(Page.ACCOUNTS, "Who can sign in, and what they may do.") as actions:
    pressed = actions.button("Add account", icon=":material/person_add:", type="primary")
    if pressed or again(NEW):
        new_account(AccessFacade.current())
    chosen = accounts_list(AccessFacade.current())
    if chosen is not None:
        open_account(AccessFacade.current(), chosen, own=chosen.id == identity.id)
