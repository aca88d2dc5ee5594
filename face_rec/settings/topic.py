"""How one setting is declared, where its text comes from, and what a refusal says of it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, DotEnvSettingsSource, EnvSettingsSource

from face_rec.domain.errors import SettingError
from face_rec.languages.sentence import sentence
from face_rec.settings.kinds import LOGIN, SECRET, Mark, reason


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


def given_texts(
    settings: type[BaseSettings],
    known: Iterable[Declared],
    environ: Mapping[str, str] | None,
    dotenv: Path | None,
) -> dict[str, str]:
    """The text of every variable in ``known`` that is set to more than blanks.

    ``environ`` (None: the process's own) wins over ``dotenv``. Raises SettingError for a secret
    whose file cannot be read.
    """
    environment = EnvSettingsSource(settings).env_vars if environ is None else environ
    written = DotEnvSettingsSource(settings, env_file=dotenv).env_vars
    everything = {**written, **environment}
    texts = {name: (text or "").strip() for name, text in everything.items()}
    found = {one.name: _text(one, texts) for one in known}
    return {name: text for name, text in found.items() if text}


def _text(one: Declared, texts: Mapping[str, str]) -> str:
    """A secret may lie in a file instead, as containers mount them."""
    file = texts.get(f"{one.name}_FILE") if one.secret else None
    if not file:
        return texts.get(one.name, "")
    if texts.get(one.name):
        raise SettingError(
            sentence("{name} and {name}_FILE are both set. Keep one of them.", name=one.name)
        )
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise SettingError(
            sentence(
                "{name}_FILE is {file}, but must be a text file that the app may read.",
                name=one.name,
                file=repr(file),
            )
        ) from None


def refusal(
    error: ValidationError, known: Iterable[Declared], texts: Mapping[str, str]
) -> SettingError:
    """One line for the first setting that is wrong: its variable, what it was, what is allowed."""
    problems = {problem["loc"][0]: problem for problem in reversed(error.errors())}
    one = next(one for one in known if one.name in problems)
    shown = _shown(one, texts[one.name])
    rule = reason(problems[one.name])
    return SettingError(
        sentence(
            "{setting} is {value}, but must be {rule}.", setting=one.name, value=shown, rule=rule
        )
    )


def _shown(one: Declared, text: str) -> str:
    """The value as a message may show it."""
    if one.secret:
        return "(hidden)"
    return repr(re.sub("^.*@", "(hidden)@", text, flags=re.DOTALL) if one.holds_login else text)
