"""What many tests need and only some of them try: it is made once, or costs little."""

import functools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from botocore import loaders

import config
from config import Settings
from face_rec.access.accounts import passwords
from face_rec.models import model_service
from face_rec.models.packs.manifest import Pack
from face_rec.models.runtime.loading import Loaded, load
from tests.gate_app import CHEAP

_loaded: dict[tuple[object, ...], Loaded] = {}


def _load_once(pack: Pack, wish: str, threads: int) -> Loaded:
    key = (pack.files, pack.detector, pack.shown, wish, threads)
    if key not in _loaded:
        _loaded[key] = load(pack, wish, threads)
    found = _loaded[key]
    named = replace(found.models, pack=pack.name, calibration=pack.calibration)
    return replace(found, models=named)


@pytest.fixture
def loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of packs with the same files the first is loaded, which takes half a second each time; that
    it is done at all is tried in tests/integration/models/test_model_service.py."""
    monkeypatch.setattr(model_service, "load", _load_once)


SettingsFrom = Callable[..., Settings]


@pytest.fixture
def settings_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SettingsFrom:
    """Settings of a site whose data lie in this test's folder, by the variables that are given."""

    def made(**variables: str) -> Settings:
        monkeypatch.setattr(config, "ROOT", tmp_path)
        monkeypatch.chdir(tmp_path)
        for name, value in {"DATA_DIR": str(tmp_path / "data"), **variables}.items():
            monkeypatch.setenv(name, value)
        return config.load(dotenv=None)

    return made


@pytest.fixture
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes that take no tenth of a second each, of stores that are opened as the app does."""
    monkeypatch.setattr(passwords, "PasswordHasher", lambda *_, **__: CHEAP)


@functools.cache
def _known_services(places: str | None) -> loaders.Loader:
    return loaders.create_loader(places)


@pytest.fixture
def services_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What boto3 knows of S3 are files of a megabyte, which each new session would read again."""
    monkeypatch.setattr("botocore.session.create_loader", _known_services)
