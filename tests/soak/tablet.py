"""A tablet that was linked: what its page does to stay a kiosk, without a browser."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from tests.benchmarks.browser.many_kiosks import Client, opened
from tests.device_key import DeviceKey

_PROVES_EVERY = 40.0
"""Seconds; its page does each minute."""


@contextmanager
def tablet(url: str, kiosk: str, secret: str) -> Iterator[Client]:
    """Opens the link, proves its key, and goes on proving it until it is closed."""
    over, key = threading.Event(), DeviceKey()
    with httpx.Client(base_url=url, headers={"Origin": url}, timeout=30) as http:
        _link(http, f"/kiosk/link/{secret}")
        _prove(http, key)
        keeps = threading.Thread(target=_keep_proving, args=(http, key, over))
        keeps.start()
        try:
            with opened(url, http, kiosk, f"soak-{kiosk}") as client:
                yield client
        finally:
            over.set()
            keeps.join()


def _link(http: httpx.Client, path: str) -> None:
    form = http.get(path).raise_for_status().text
    token = form.partition('name="form_token" value="')[2].partition('"')[0]
    answer = http.post(path, data={"form_token": token})
    assert answer.status_code == httpx.codes.SEE_OTHER, answer.text


def _prove(http: httpx.Client, key: DeviceKey) -> None:
    told = http.post("/kiosk/challenge").raise_for_status().json()
    signed = key.sign(told["device"], told["challenge"])
    http.post("/kiosk/prove", json=signed).raise_for_status()


def _keep_proving(http: httpx.Client, key: DeviceKey, over: threading.Event) -> None:
    while not over.wait(_PROVES_EVERY):
        _prove(http, key)
