"""How one setting is declared, and what is known of it before it has a value."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, get_args

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo

from face_rec.settings.kinds import LOGIN, SECRET, Mark


class Topic(BaseModel):
    """Settings that belong together. The variable of each is its name in capitals."""

    model_config = ConfigDict(
        alias_generator=str.upper, frozen=True, hide_input_in_errors=True, validate_default=True
    )
    section: ClassVar[str]
    """The heading over them in ``.env.example`` and in the README."""


def setting(default: str, meaning: str) -> Any:  # noqa: ANN401
    """A setting with its default as one would write it in ``.env``; an empty one means None."""
    return Field(default or None, description=meaning)


@dataclass(frozen=True, slots=True)
class Declared:
    """One setting as it is documented."""

    name: str
    default: str
    meaning: str
    section: str
    secret: bool
    holds_login: bool
    """Whether its value may hold a password before an ``@``."""


def describe(topic: type[Topic]) -> Iterator[Declared]:
    """The settings of ``topic``, in their order."""
    for name, field in topic.model_fields.items():
        yield Declared(
            name=name.upper(),
            default=field.default or "",
            meaning=field.description or "",
            section=topic.section,
            secret=_is_marked(field, SECRET),
            holds_login=_is_marked(field, LOGIN),
        )


def _is_marked(field: FieldInfo, mark: Mark) -> bool:
    return mark in field.metadata or _holds(field.annotation, mark)


def _holds(kind: object, mark: Mark) -> bool:
    return kind is mark or any(_holds(part, mark) for part in get_args(kind))
