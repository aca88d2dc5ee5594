"""The gate of an app with one administrator."""

import pytest

from face_rec.stores.redis.client import Client
from tests.fakes.clock import FakeClock
from tests.gate_app import GateApp, access_on


@pytest.fixture
def gate(redis_client: Client) -> GateApp:
    clock = FakeClock()
    gate = GateApp(access_on(redis_client, clock), clock)
    gate.add("ada")
    return gate
