"""The router: the menu by rights, and the page that was chosen."""

from pages.ui.frame import theme
from pages.ui.frame.account_menu import account_menu, farewell
from pages.ui.frame.context import system
from pages.ui.frame.identity import current
from pages.ui.frame.navigation import choose

identity = current()
if not identity.rights:  # a session that ended, or a revoked kiosk: there is no menu to draw
    farewell()
chosen = choose(identity)
theme.apply(system().site.title, chosen.title)
account_menu(identity)
chosen.run()
