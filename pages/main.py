"""The router: the menu by rights, and the page that was chosen."""

from face_rec.facades.frame import FrameFacade
from pages.ui.frame import first_steps, shell
from pages.ui.frame.identity import current
from pages.ui.frame.look_up import look_up_button
from pages.ui.frame.navigation import choose
from pages.ui.frame.shell import account_menu, farewell

identity = current()
if not identity.rights:  # a session that ended, or a revoked kiosk: there is no menu to draw
    farewell()
chosen = choose(identity, first_steps.page_of)
shell.apply(FrameFacade.current().site.title, chosen.title)
look_up_button(identity)
account_menu(identity)
first_steps.above(chosen.url_path)
chosen.run()
