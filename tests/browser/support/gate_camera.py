"""A camera at a gate, as browser tests add one, and what stands before it."""

from pathlib import Path

import cv2
import numpy as np
from playwright.sync_api import Page

from face_rec.domain.faces import Image


def before_it(photo: Path, away: float = 0.0) -> list[Image]:
    """Somebody who stands there for four seconds, moving a little, then nobody for ``away``;
    480 × 640, 15 a second."""
    random, image = np.random.default_rng(7), np.asarray(cv2.imread(str(photo)), np.uint8)
    scale = 400 / image.shape[0]
    face = cv2.resize(image, (min(560, round(image.shape[1] * scale)), 400))
    found = []
    for number in range(60 + round(15 * away)):
        canvas = np.full((480, 640, 3), 96, np.uint8)
        left = (640 - face.shape[1]) // 2 + round(24 * np.sin(number / 6))
        if number < 60:
            canvas[40:440, left : left + face.shape[1]] = face
        noisy = canvas + random.normal(0, 3, canvas.shape)
        found.append(np.clip(noisy, 0, 255).astype(np.uint8))
    return found


def fill(page: Page, label: str, text: str) -> None:
    """A field of the dialog in which a camera is added."""
    field = page.get_by_role("dialog").get_by_label(label, exact=True)
    field.fill(text)
    # From a password Tab goes to "Show password", and Streamlit (1.67) then keeps it to itself.
    field.press("Enter" if label == "Password" else "Tab")
