"""The gate on an empty database, and an admin who is signed in there."""

import pytest
from starlette.testclient import TestClient

from face_rec.stores.redis.client import Client
from tests.fakes.clock import FakeClock
from tests.gate_app import GateApp, access_on


@pytest.fixture
def gate(redis_client: Client) -> GateApp:
    clock = FakeClock()
    return GateApp(access_on(redis_client, clock), clock)


@pytest.fixture
def admin(gate: GateApp) -> TestClient:
    gate.add("ada")
    return gate.signed_in("ada")
