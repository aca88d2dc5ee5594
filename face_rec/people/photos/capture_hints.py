"""What is wrong with a face, in words that a person can act on."""

from face_rec.domain.errors import PictureRefused
from face_rec.domain.faces import View
from face_rec.languages.language import msgid

_REFUSALS = {
    "no_face": msgid(
        "No face was found. Use a photo that shows the whole face from the front, not covered."
    ),
    "several_faces": msgid(
        "There is more than one face. Use a photo that shows only this person."
    ),
    "small": msgid("The face is too small. Come closer, or use a photo with a larger face."),
    "unclear": msgid(
        "The face can hardly be made out. Take off what covers it and look at the camera."
    ),
    "dark": msgid("The face is too dark. Turn toward the light."),
    "bright": msgid("The face is too bright. Move out of the glare."),
    "flat": msgid("The face has too little contrast. Avoid fog, glare and light from behind."),
    "turned": msgid("The head is turned too far to the side. Turn it back toward the camera."),
    "tilted": msgid("The head is tilted too far up or down. Look at the camera."),
    "slanted": msgid("The head leans to the side. Hold it, or the camera, upright."),
    "blurred": msgid("The face is blurred. Hold still, clean the lens, or use a sharper photo."),
    "upside_down": msgid("The photo is upside down. Turn it round."),
    "one_sided": msgid(
        "Half of the face lies in the dark. Turn toward the light, or use a photo that "
        "is lit evenly."
    ),
    "drawn": msgid(
        "This looks like a drawing or a filtered photo. Use a photo as the camera took it."
    ),
    "screen": msgid(
        "This looks like a photo of a screen. Use the photo itself, or take one of the person."
    ),
    "eyes": msgid("The eyes are closed or covered. Open them, and take off dark glasses."),
    "covered": msgid("Mouth or nose are covered. Take off mask or scarf, and keep hands away."),
    "poor": msgid("The quality model finds this photo poor, and there are better ones already."),
    "other_person": msgid(
        "This face does not look like the one in the other photos. Make sure that "
        "all photos show the same person."
    ),
}

_WEAK = {
    "small": msgid(
        "The face is small, so that it will be recognised less often. Add a larger one soon."
    ),
    "poor": msgid(
        "The quality model finds this photo poor. Add a better one soon: from the front, in "
        "even light."
    ),
}
"""What is let through where there is nothing better."""

_HINTS = {
    "no_face": msgid("Look at the camera."),
    "several_faces": msgid("Several faces are in the picture. Only one person, please."),
    "small": msgid("Come closer."),
    "near": msgid("Move back a little, so that there is room around your head."),
    "unclear": msgid("Show your whole face."),
    "dark": msgid("More light on your face, please."),
    "bright": msgid("Too bright: move out of the glare."),
    "flat": msgid("More light from the front, please."),
    "turned": msgid("Not so far: turn back a little."),
    "tilted": msgid("Not so far: level your head a little."),
    "slanted": msgid("Hold your head upright."),
    "blurred": msgid("Hold still."),
    "upside_down": msgid("Turn the camera round."),
    "one_sided": msgid("Turn toward the light."),
    "drawn": msgid("Stand before the camera yourself."),
    "screen": msgid("Stand before the camera yourself."),
    "eyes": msgid("Open your eyes, and take off dark glasses."),
    "covered": msgid("Show mouth and nose."),
    "other_person": msgid("Another person? Only the one who is being registered, please."),
}

DONE = msgid("That is all. Thank you!")
_REQUESTS = {
    View.FRONT: msgid("Look straight at the camera."),
    View.LEFT: msgid("Turn your head slowly to your left."),
    View.RIGHT: msgid("Turn your head slowly to your right."),
    View.UP: msgid("Raise your chin a little."),
    View.DOWN: msgid("Lower your chin a little."),
}


def refusal(code: str) -> PictureRefused:
    """The error to raise for ``code``."""
    return PictureRefused(code, _REFUSALS[code])


def weakness(code: str) -> str:
    """What is to be said of a photo that was taken although it is weak."""
    return _WEAK[code]


def hint(code: str) -> str:
    """A few words for somebody in front of a live camera."""
    return _HINTS[code]


def request(view: View) -> str:
    """What to do to be seen from ``view``; left and right are the person's own."""
    return _REQUESTS[view]


def spoken() -> tuple[str, ...]:
    """All that is said in front of a live camera; for a page that says it in its language."""
    return (*dict.fromkeys((*_HINTS.values(), *_REQUESTS.values(), DONE)),)
