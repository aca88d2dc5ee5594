"""Whether a person's templates can be used with the model in force."""

from face_rec.domain.people import Person, TemplateInfo
from face_rec.protocols.models import ModelSource

VIEWS = {
    "front": "From the front",
    "left": "Turned left",
    "right": "Turned right",
    "up": "Looking up",
    "down": "Looking down",
}


def usable(source: ModelSource, template: TemplateInfo) -> bool:
    """False when the template was made by another model; True while none is loaded."""
    models = source.current()
    return models is None or template.contract == models.contract.digest


def outdated(source: ModelSource, person: Person) -> bool:
    """Whether nothing is left by which ``person`` could be recognised."""
    return bool(person.templates) and not any(usable(source, t) for t in person.templates)
