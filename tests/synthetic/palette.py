"""The colours of drawn faces, and the layer by which both models tell them apart.

A tone is a colour without its brightness, so that it survives another light, and shading: the
brightness of the skin is left to say who somebody is.
"""

import numpy as np

from tests.synthetic.wires import Wire

RGB = tuple[int, int, int]

SKIN: RGB = (235, 165, 95)
EYE: RGB = (60, 90, 215)
NOSE: RGB = (60, 175, 85)
LIPS: RGB = (205, 45, 75)
GREY: RGB = (128, 128, 128)
"""Everything that is no part of a face: walls, clothes, a dark room."""
PALETTE = (SKIN, EYE, NOSE, LIPS, GREY)

_SHARPNESS = 120.0
"""How decided the layer is between two tones: a tenth of the way past the middle is 9 in 10."""
_DARK = 24.0
"""Added to the brightness: tones of the near-black are noise, and so count as grey."""


def tone(colour: RGB) -> tuple[float, float]:
    """Where ``colour`` lies between blue and red, and between purple and green."""
    red, green, blue = colour
    whole = red + green + blue
    return (red - blue) / whole, (green - (red + blue) / 2) / whole


def planes(rgb: Wire) -> tuple[Wire, Wire]:
    """Of RGB 0 to 255, (N, 3, H, W): (N, 5, H, W), how much each pixel is each colour of the
    palette (together 1), and (N, 1, H, W), its brightness 0 to 765."""
    none = np.zeros(3, np.float32)
    mixed = rgb.conv(
        np.array([[1, 1, 1], [1, 0, -1], [-0.5, 1, -0.5]], np.float32)[..., None, None], none
    )
    brightness = mixed.channel(0)
    tones = mixed.channel(1, 2) / (brightness + _DARK)
    return _nearest(tones), brightness


def _nearest(tones: Wire) -> Wire:
    """The nearest of the palette's tones. Of the squared distance |t − c|² only 2 t·c − |c|²
    differs between the colours, which is a linear layer."""
    centres = np.array([tone(colour) for colour in PALETTE], np.float32)
    weights, bias = 2 * _SHARPNESS * centres, -_SHARPNESS * (centres**2).sum(axis=1)
    likely = tones.conv(weights[..., None, None], bias.astype(np.float32)).clipped(-40.0, 40.0)
    odds = likely.of("Exp")  # the operator Softmax takes ten times as long along this axis
    every = np.ones((1, len(PALETTE), 1, 1), np.float32)
    return odds / odds.conv(every, np.zeros(1, np.float32))
