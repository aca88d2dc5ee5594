"""Every setting, read once from the environment and a ``.env`` file beside this one.

The settings stand by topic in :mod:`face_rec.settings`: the site, its privacy and where its data
rest (``site``), the web server and sign-in (``server``), ``recognition``. Each is declared with
its default and its meaning; ``.env.example`` and the README's table are held against that by
``tests/unit/process/test_config.py``. Only ``app.py``, ``face_rec.assembly`` and the command line
(``face_rec.__main__``, ``face_rec.cli``) may import this module.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Self

from pydantic import ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from face_rec.domain.errors import SettingError
from face_rec.languages.sentence import sentence
from face_rec.settings.archive import Archive
from face_rec.settings.kinds import ROOT
from face_rec.settings.recognition import Recognition
from face_rec.settings.server import SignIn, WebServer
from face_rec.settings.site import Aws, Privacy, Redis, Site, Snapshots
from face_rec.settings.topic import Declared, Topic, describe, given_texts, refusal

__all__ = ["ROOT", "Settings", "declared", "load", "site_language"]


class Settings(  # in the order of .env.example
    Site, WebServer, SignIn, Recognition, Redis, Archive, Snapshots, Aws, Privacy, BaseSettings
):
    """All settings, checked and frozen. Build it with :func:`load`."""

    model_config = SettingsConfigDict(case_sensitive=True, enable_decoding=False, extra="forbid")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Nothing but what :func:`load` has gathered."""
        return (init_settings,)

    @property
    def given(self) -> frozenset[str]:
        """The variables that the environment or ``.env`` sets; the others have their defaults."""
        return frozenset(name.upper() for name in self.model_fields_set)

    @property
    def secret_files(self) -> tuple[Path, ...]:
        """Files that hold secrets, whether they are there or not."""
        keys = sorted((self.data_dir / "keys").glob("*"))
        return (ROOT / ".env", *([self.tls_key] if self.tls_key else []), *keys)

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Only what is safe to log: never a password, key or token."""
        return [("site", self.site), ("data_dir", str(self.data_dir))]

    @model_validator(mode="after")
    def _closed_without_accounts(self) -> Self:
        if not self.loopback and not self.accounts:
            raise SettingError(
                sentence(
                    "BIND_ADDRESS is '{bind_address}', but must be 127.0.0.1 or "
                    "::1 while ACCOUNTS is off: anybody on the network could use "
                    "every page.",
                    bind_address=self.bind_address,
                )
            )
        return self


def declared() -> tuple[Declared, ...]:
    """The settings in the order of ``.env.example``."""
    topics = (base for base in Settings.__bases__ if issubclass(base, Topic))
    return tuple(one for topic in topics for one in describe(topic))


def load(
    environ: Mapping[str, str] | None = None, dotenv: Path | None = ROOT / ".env"
) -> Settings:
    """Read ``dotenv`` and ``environ`` (which wins) and check every value. A secret may lie in a
    file instead, which NAME_FILE names, as containers mount them.

    Raises SettingError with one line that names the variable, what it was and
    what is allowed.
    """
    known = declared()
    texts = given_texts(Settings, known, environ, dotenv)
    try:
        return Settings.model_validate(texts)
    except ValidationError as error:
        raise refusal(error, known, texts) from None


def site_language(
    environ: Mapping[str, str] | None = None, dotenv: Path | None = ROOT / ".env"
) -> str:
    """SITE_LANGUAGE as somebody has set it, whatever the other settings are; "" where nobody has.
    It is what a terminal speaks that says nothing of its language itself."""
    known = [one for one in declared() if one.name == "SITE_LANGUAGE"]
    return given_texts(Settings, known, environ, dotenv).get("SITE_LANGUAGE", "")
