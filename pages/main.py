"""The router: the menu by rights, and the page that was chosen."""

from pages.ui import theme
from pages.ui.context import system
from pages.ui.identity import current
from pages.ui.navigation import choose

chosen = choose(current())
theme.apply(system().site.title, chosen.title)
chosen.run()
