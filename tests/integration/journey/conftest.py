"""The models, loaded once a module."""

import pytest

from face_rec.models.model_service import ModelService
from face_rec.protocols.models import FaceModels
from tests.data import Material


@pytest.fixture(scope="module")
def models(material: Material, tmp_path_factory: pytest.TempPathFactory) -> FaceModels:
    return ModelService(tmp_path_factory.mktemp("m"), str(material.pack), "cpu", 1).load()
