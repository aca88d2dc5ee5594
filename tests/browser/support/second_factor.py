"""Second factors for browser tests: a passkey in Chromium's own authenticator, and codes."""

import json
import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
from playwright.sync_api import CDPSession, Page, expect

from face_rec.access.factors.step_up import FRESH
from face_rec.access.signin.authenticator import FRESH as REMEMBERED
from tests.browser.support.sign_in import ServerWithoutModel
from tests.redis_servers import Server

FORGOTTEN = 2 * REMEMBERED
"""Seconds after which no process acts by what it remembers of a session; there is nothing to see
of it, so that it is waited out."""


class FactorServer(ServerWithoutModel):
    """The app on a Redis that the test can reach; ``roles`` need a second factor."""

    roles = ""

    def __init__(self, data_dir: Path, pack: Path, redis: Server) -> None:
        super().__init__(data_dir, pack)
        self.redis = redis

    def environment(self) -> dict[str, str]:
        more = {"REDIS_HOST": "127.0.0.1", "REDIS_PORT": str(self.redis.port)}
        return super().environment() | more | {"SECOND_FACTOR_ROLES": self.roles}

    def accounts(self) -> set[str]:
        held: Any = self.redis.client().hkeys("access:{main}:accounts")
        return {name.decode() for name in held}

    def let_proofs_age(self) -> None:
        """As if all that was proved had been proved a little longer ago than it counts; the app
        remembers nothing else when this returns."""
        for _ in range(10):  # the app may note a session's use at the same moment
            if not self._age():
                return
            time.sleep(FORGOTTEN)

    def _age(self) -> bool:
        """Whether any proof was still fresh."""
        client = self.redis.client()
        limit = datetime.now(UTC) - FRESH
        old, found = (limit - timedelta(seconds=5)).isoformat(), False
        for key in client.scan_iter("session:*"):
            session = json.loads(client.get(key))  # type: ignore[arg-type]
            if datetime.fromisoformat(session["proved_at"]) > limit:
                found = True
                client.set(key, json.dumps({**session, "proved_at": old}), keepttl=True)
        return found


class StrictServer(FactorServer):
    roles = "admin"


class VirtualAuthenticator:
    """What stands for the phone or the key of this browser (WebDriver's virtual authenticator,
    by the DevTools protocol). Its finger is always on the sensor, unless it is ``lifted``."""

    def __init__(self, page: Page) -> None:
        self._session: CDPSession = page.context.new_cdp_session(page)
        self._session.send("WebAuthn.enable")
        added = self._session.send(
            "WebAuthn.addVirtualAuthenticator",
            {"options": {
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
                "hasUserVerification": True, "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }},
        )  # fmt: skip
        self._id: str = added["authenticatorId"]

    def lifted(self) -> None:
        """From now on nobody's finger is recognised."""
        self._session.send(
            "WebAuthn.setUserVerified", {"authenticatorId": self._id, "isUserVerified": False}
        )

    def lend(self, passkey: dict[str, Any]) -> None:
        """Another tab's authenticator has the same passkey, as one device would."""
        self._session.send(
            "WebAuthn.addCredential", {"authenticatorId": self._id, "credential": passkey}
        )

    def passkeys(self) -> list[dict[str, Any]]:
        told = self._session.send("WebAuthn.getCredentials", {"authenticatorId": self._id})
        found: list[dict[str, Any]] = told["credentials"]
        return found


def secret_on(page: Page) -> str:
    """The secret that the page shows to who cannot scan it."""
    page.get_by_text("I cannot scan it").click()
    text = page.locator(".secret").inner_text()
    assert re.fullmatch(r"[A-Z2-7 ]{32,}", text), text
    return text.replace(" ", "")


def give_code(page: Page, secret: str) -> None:
    """Type what the app would show now, and send it."""
    page.get_by_label(re.compile("Six digits|Code from your")).fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name=re.compile("Done|Go on")).click()


def expect_codes(page: Page) -> list[str]:
    """The ten recovery codes, shown once; goes on afterwards."""
    expect(page.get_by_role("heading", name="Keep these codes")).to_be_visible()
    codes = page.locator(".codes code").all_inner_texts()
    assert len(set(codes)) == 10
    page.get_by_role("link", name="I have kept them").click()
    return codes
