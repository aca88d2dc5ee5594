"""Accounts at the gate that have, or must have, a second factor."""

import re

import pytest
from starlette.testclient import TestClient

from face_rec.stores.redis.client import Client
from tests.fakes.clock import FakeClock
from tests.gate_app import GateApp, access_on, sign_in

SOCKET = "ws://localhost/_stcore/stream"
INSIDE = (
    "/system", "/", "/account", "/account/factors", "/account/confirm", "/accounts", "/media/x",
    "/_stcore/health", "/session", "/metrics", "/snapshots/x",
)  # fmt: skip


@pytest.fixture
def gate(redis_client: Client) -> GateApp:
    clock = FakeClock()
    gate = GateApp(access_on(redis_client, clock), clock)
    gate.add("ada")
    return gate


def codes_on(page: str) -> list[str]:
    return re.findall(r"<li><code>([0-9a-z-]{29})</code></li>", page)


def half_signed_in(gate: GateApp, name: str = "ada") -> TestClient:
    """A browser that has shown the password and nothing else."""
    browser = gate.browser()
    answer = sign_in(browser, name)
    assert answer.headers["location"].startswith("/login/factor"), answer.headers
    return browser


def inside(browser: TestClient, path: str = "/system") -> bool:
    return bool(browser.get(path).text.startswith("inside"))
