"""What a guided capture says at this moment, for a phone's page."""

from face_rec.languages.translator import Translator
from face_rec.people.photos.capture import GuidedCapture


def guide_of(guide: GuidedCapture, words: Translator) -> dict[str, object]:
    """As JSON has it."""
    state = guide.state()
    return {
        "hint": words.said(state.hint),
        "wanted": state.wanted and state.wanted.value,
        "taken": [photo.view.value for photo in state.photos],
        "done": state.done,
    }
