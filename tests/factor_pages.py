"""Second factors over the pages around the sign-in, as a browser and its script use them."""

import re
from typing import Any

import pyotp
from httpx import Response as Answer
from starlette.testclient import TestClient

from tests.authenticator import Authenticator
from tests.gate_app import ORIGIN, GateApp


def token_in(page: str) -> str:
    return page.partition('name="form_token" value="')[2].partition('"')[0]


def secret_in(page: str) -> str:
    found = re.search(r'class="secret">([A-Z2-7 ]+)<', page)
    assert found, page
    return found[1].replace(" ", "")


def code_of(secret: str, gate: GateApp, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(gate.clock.now(), counter_offset=steps)


def ask(browser: TestClient, page: str, path: str) -> dict[str, Any]:
    """What the page's script gets to ask the authenticator with."""
    token = token_in(browser.get(page).text)
    answer = browser.post(f"{path}/options", data={"form_token": token}, headers=ORIGIN)
    assert answer.status_code == 200, answer.text
    asked: dict[str, Any] = answer.json()
    return asked


def send(browser: TestClient, page: str, path: str, credential: str, **more: str) -> Answer:
    form = {"form_token": token_in(browser.get(page).text), "credential": credential, **more}
    answer: Answer = browser.post(path, data=form, headers=ORIGIN)
    return answer


def with_app(gate: GateApp, browser: TestClient) -> tuple[str, Answer]:
    """Set up an app on the account page; the secret and the answer."""
    path = "/account/factors/add/app"
    page = browser.get(path).text
    secret = secret_in(page)
    form = {"form_token": token_in(page), "code": code_of(secret, gate)}
    return secret, browser.post(path, data=form, headers=ORIGIN)


def with_passkey(browser: TestClient, device: Authenticator, name: str = "Phone") -> Answer:
    path = "/account/factors/add/passkey"
    return send(browser, path, path, device.create(ask(browser, path, path)), name=name)
