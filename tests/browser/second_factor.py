"""Second factors for browser tests: a passkey in Chromium's own authenticator, and codes."""

import re
from typing import Any

import pyotp
from playwright.sync_api import CDPSession, Page, expect


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
