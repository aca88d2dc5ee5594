"""What a camera sees of a badge that somebody holds before it."""

import cv2
import numpy as np

from face_rec.badges.cards import _code
from face_rec.domain.faces import Image


def badge_picture(code: str, side: int = 200, turned: float = 7.0) -> Image:
    """640 × 480, BGR: a white card with the code, ``side`` pixels wide, in a hand that is not
    quite level, before a wall that is not quite even."""
    chance = np.random.default_rng(3)
    wall = cv2.resize(chance.integers(70, 150, (60, 80), np.uint8), (640, 480))
    printed = np.array(_code(code).convert("L"))
    card = np.full((330, 520), 250, np.uint8)
    card[60 : 60 + side, 290 : 290 + side] = cv2.resize(
        printed, (side, side), interpolation=cv2.INTER_AREA
    )
    cv2.putText(card, "A. Name", (30, 110), cv2.FONT_HERSHEY_SIMPLEX, 1.3, 30, 3)
    turn = cv2.getRotationMatrix2D((260, 165), turned, 1.0)
    turn[:, 2] += (60, 75)
    seen = cv2.warpAffine(
        card, turn, (640, 480), dst=wall.copy(), borderMode=cv2.BORDER_TRANSPARENT
    )
    soft = cv2.GaussianBlur(seen, (0, 0), 0.8)
    return cv2.cvtColor(soft, cv2.COLOR_GRAY2BGR).astype(np.uint8, copy=False)
