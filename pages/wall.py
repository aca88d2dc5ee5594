"""Live wall: what all cameras of the site see now, with the names of whom they know."""

from face_rec.access.pages import Page
from face_rec.languages.language import msgid
from pages.ui.cameras.wall_view import wall
from pages.ui.frame.identity import require
from pages.ui.frame.navigation import link
from pages.ui.frame.page import page
from pages.ui.shared.words import said

require(Page.WALL.right)

_HINT = msgid("Add a camera on the page Cameras, or switch one on; its picture then appears here.")


with page(Page.WALL, said("What the cameras see now. Nothing is recorded.")):
    wall(said(_HINT))
    link(Page.CAMERAS, said("Cameras of this site"))
