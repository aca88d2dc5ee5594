"""Live wall: what all cameras of the site see now, with the names of whom they know."""

from face_rec.access.pages import Page
from pages.ui.cameras.wall_view import wall
from pages.ui.frame.identity import require
from pages.ui.frame.navigation import link
from pages.ui.frame.page import page

require(Page.WALL.right)

_HINT = "Add a camera on the page Cameras, or switch one on; its picture then appears here."


with page(Page.WALL, "What the cameras see now. Nothing is recorded."):
    wall(_HINT)
    link(Page.CAMERAS, "Cameras of this site")
