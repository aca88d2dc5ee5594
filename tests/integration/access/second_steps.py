"""Accounts at the gate that have, or must have, a second factor."""

import re

from starlette.testclient import TestClient

from tests.gate_app import GateApp, sign_in

SOCKET = "ws://localhost/_stcore/stream"
INSIDE = (
    "/system", "/", "/account", "/account/factors", "/account/confirm", "/accounts", "/media/x",
    "/_stcore/health", "/session", "/metrics", "/snapshots/x",
)  # fmt: skip


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
