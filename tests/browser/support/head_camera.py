"""A page's camera before which somebody stands who does what the page asks: turns the head as the
kiosk's arrows say, or takes the views that Register wants. A video that loops could not."""

import base64
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from playwright.sync_api import Page

from tests.browser.support.head_views import View

Wall = tuple[int, int, int]
"""Red, green, blue of what is behind the head."""

_CAMERA: Final = Path(__file__).with_name("head_camera.js")


class HeadCamera:
    """Whoever stands before the camera of ``page``, from its next page on."""

    def __init__(self, page: Page, views: Sequence[View], wall: Wall) -> None:
        self.page = page
        told = [
            {"yaw": one.yaw, "pitch": one.pitch, "webp": base64.b64encode(one.webp).decode()}
            for one in views
        ]
        page.add_init_script(
            f"({_CAMERA.read_text(encoding='utf-8')})({json.dumps({'views': told, 'wall': wall})})"
        )

    def stand_before(self, wall: Wall) -> None:
        self.page.evaluate("(wall) => { window.head.wall = wall; }", list(wall))

    def obey(self, *, gladly: bool) -> None:
        """``gladly``: to the side that is asked for; else to the other one."""
        self.page.evaluate("(obeys) => { window.head.obeys = obeys; }", 1 if gladly else -1)
