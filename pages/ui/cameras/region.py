"""The part of a camera's picture that is looked at, and the smallest face, drawn on a picture."""

import base64
from collections.abc import Mapping
from dataclasses import replace
from math import isfinite
from typing import Final

import streamlit as st

from face_rec.cameras.camera import LARGEST_FACE, CameraDraft, Region
from face_rec.cameras.picture import FirstPicture
from pages.ui.frame.component_files import joined
from pages.ui.shared.words import words

_component = st.components.v2.component(
    "face_rec_region",
    html=joined("region.html"),
    css=joined("region.css"),
    js=joined("page_parts.js", "region.js"),
    isolate_styles=False,
)
_SIDES: Final = ("left", "top", "right", "bottom")


def region_on(picture: FirstPicture, start: CameraDraft, key: str) -> CameraDraft:
    """``start`` with the region and the smallest face that are drawn on ``picture``."""
    so_far = with_area(start, st.session_state.get(key, {}).get("area"))
    area = {side: getattr(so_far.region, side) for side in _SIDES}
    area |= {"smallest": so_far.smallest}
    source = base64.b64encode(picture.jpeg).decode()
    drawn = _component(
        key=key, on_area_change=_nothing,
        data={
            "picture": f"data:image/jpeg;base64,{source}", "area": area,
            "width": picture.width, "height": picture.height,
            "words": words().words(),
        },
    )  # fmt: skip
    return with_area(start, drawn.get("area"))


def with_area(start: CameraDraft, area: object) -> CameraDraft:
    """``start`` with what a browser says, if that is an area at all."""
    if not isinstance(area, Mapping):
        return start
    values = [area.get(name) for name in (*_SIDES, "smallest")]
    shares = [float(one) for one in values if isinstance(one, int | float) and isfinite(one)]
    if len(shares) != len(values):
        return start
    *sides, smallest = shares
    region = Region(*sides)
    if not region.sound:
        return start
    return replace(start, region=region, smallest=min(LARGEST_FACE, max(0.0, smallest)))


def _nothing() -> None:
    """What is drawn is read when the form is drawn again."""
