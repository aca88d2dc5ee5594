"""Whether a person's templates can be used with the model in force."""

from face_rec.domain.people import Person, TemplateInfo
from face_rec.languages.language import msgid
from face_rec.protocols.models import ModelSource

VIEWS = {
    "front": msgid("From the front"),
    "left": msgid("Turned left"),
    "right": msgid("Turned right"),
    "up": msgid("Looking up"),
    "down": msgid("Looking down"),
}


def usable(source: ModelSource, template: TemplateInfo) -> bool:
    """False when the template was made by another model; True while none is loaded."""
    models = source.current()
    return models is None or template.contract == models.contract.digest


def outdated(source: ModelSource, person: Person) -> bool:
    """Whether nothing is left by which ``person`` could be recognised."""
    return bool(person.templates) and not any(usable(source, t) for t in person.templates)
