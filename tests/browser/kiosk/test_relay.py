"""WebRTC through a real coturn, when nothing else may connect."""

import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from config import ROOT
from tests.browser.conftest import Cast
from tests.browser.support.chromium import Browsers
from tests.browser.support.fake_camera import Shot, make_camera
from tests.browser.support.kiosks import made_kiosk
from tests.browser.support.screens import KioskScreen
from tests.browser.support.server import AppServer
from tests.data import Material
from tests.redis_servers import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.models]

RELAY_ONLY = """
  const Real = window.RTCPeerConnection;
  window.made = [];
  window.RTCPeerConnection = function (configuration, ...rest) {
    const made = new Real({...configuration, iceTransportPolicy: "relay"}, ...rest);
    window.made.push(made);
    return made;
  };
"""
KINDS_IN_USE = """async (made) => {
  const found = [];
  for (const connection of made) {
    const stats = new Map();
    (await connection.getStats()).forEach((one) => stats.set(one.id, one));
    for (const one of stats.values())
      if (one.type === "candidate-pair" && one.state === "succeeded" && one.nominated)
        found.push(stats.get(one.localCandidateId).candidateType);
  }
  return found;
}"""


@dataclass(frozen=True, slots=True)
class Relay:
    url: str
    secret: str
    log: Path


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[Relay]:
    """coturn with deploy/turnserver.conf, on this machine's own address."""
    program = shutil.which("turnserver", path="/usr/bin:/usr/local/bin:/usr/sbin")
    if program is None:
        pytest.skip("no turnserver; install the package coturn")
    address, port, secret = _address(), _free_port(), secrets.token_hex(16)
    log = tmp_path / "turn.log"
    command = [
        program, "-c", str(ROOT / "deploy/turnserver.conf"), f"--static-auth-secret={secret}",
        "--realm=test", f"--listening-port={port}", f"--listening-ip={address}",
        f"--relay-ip={address}", f"--allowed-peer-ip={address}", "--no-tls", "--no-dtls",
        f"--pidfile={tmp_path}/pid", f"--userdb={tmp_path}/db", "--verbose",
    ]  # fmt: skip
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, cwd=tmp_path)
    try:
        wait_until(lambda: _listens(address, port))
        yield Relay(f"turn:{address}:{port}", secret, log)
    finally:
        process.terminate()
        process.wait(10)


def _address() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing; only chooses an address
        except OSError:
            pytest.skip("WebRTC needs a network address besides 127.0.0.1")
        return str(probe.getsockname()[0])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(address: str, port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((address, port)) == 0


class _WithRelay(AppServer):
    def __init__(self, data_dir: Path, pack: Path, relay: Relay) -> None:
        super().__init__(data_dir, pack)
        self._relay = relay

    def environment(self) -> dict[str, str]:
        turn = {"TURN_URL": self._relay.url, "TURN_SECRET": self._relay.secret}
        return super().environment() | turn


@pytest.mark.nightly
def test_video_arrives_through_the_relay_alone(
    relay: Relay, browse: Browsers, cast: Cast, tmp_path: Path, material: Material
) -> None:
    camera = make_camera(tmp_path / "door.mjpeg", [Shot([cast.stranger], 4)])
    with _WithRelay(tmp_path / "data", material.pack, relay) as app:
        page = browse.page(camera)
        page.add_init_script(RELAY_ONLY)
        made_kiosk(app, "front-door")
        page.goto(f"{app.url}/take_attendance?kiosk=front-door&transport=webrtc")
        KioskScreen(page).expect_picture(timeout=60_000)
        kinds = [
            kind
            for frame in page.frames
            for kind in frame.evaluate(f"() => ({KINDS_IN_USE})(window.made ?? [])")
        ]
        browse.close(page)
    assert kinds
    assert set(kinds) == {"relay"}
    assert "session" in relay.log.read_text(encoding="utf-8", errors="replace")
