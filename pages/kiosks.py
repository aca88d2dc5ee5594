"""Kiosks: the devices that take attendance, how they do, and the links that enrol them."""

from face_rec.access.pages import Page
from face_rec.facades.access import AccessFacade
from pages.ui.access.kiosk_devices import NEW, devices, new_device, open_again
from pages.ui.frame.identity import require
from pages.ui.frame.page import page
from pages.ui.frame.step_up import again

require(Page.KIOSKS.right)

with page(
    Page.KIOSKS, "Where attendance is taken. A linked device opens nothing else."
) as actions:
    pressed = actions.button("Add kiosk", icon=":material/add_to_queue:", type="primary")
    if pressed or again(NEW):
        new_device(AccessFacade.current())
    devices(AccessFacade.current())
    open_again(AccessFacade.current())
