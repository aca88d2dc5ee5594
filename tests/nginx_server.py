"""nginx as deploy/nginx.conf has it, in front of an app that a test has started."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config import ROOT
from face_rec.cli.tls import write_pair
from tests.redis_servers import wait_until


class Nginx:
    """nginx as deploy/nginx.conf has it, with the names and ports of this machine."""

    def __init__(self, folder: Path, app_port: int) -> None:
        self.port, self._plain = free_port(), free_port()
        self._folder = folder
        cert, key = write_pair(folder / "tls", ["localhost", "127.0.0.1"], datetime.now(UTC))
        self.certificate = cert
        site = (ROOT / "deploy/nginx.conf").read_text("utf-8")
        for old, new in (
            ("127.0.0.1:8501", f"127.0.0.1:{app_port}"),
            ("listen [::]:443 ssl http2;", ""),
            ("listen [::]:80;", ""),
            ("listen 443 ssl", f"listen 127.0.0.1:{self.port} ssl"),
            ("listen 80", f"listen 127.0.0.1:{self._plain}"),
            ("attendance.example.org", "localhost"),
            ("/etc/ssl/face-attendance/cert.pem", str(cert)),
            ("/etc/ssl/face-attendance/key.pem", str(key)),
            ("/var/log/nginx/", f"{folder}/"),
        ):
            assert old in site
            site = site.replace(old, new)
        temps = "\n".join(
            f"{kind}_temp_path {folder}/{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (folder / "nginx.conf").write_text(
            f"pid {folder}/pid; error_log {folder}/error.log; daemon off; master_process off;\n"
            f"events {{}} http {{ access_log off; {temps}\n{site}\n}}"
        )

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    @property
    def plain_url(self) -> str:
        return f"http://localhost:{self._plain}"

    def start(self) -> "subprocess.Popen[bytes]":
        program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
        if program is None:
            pytest.skip("no nginx; install the package nginx")
        process = subprocess.Popen([program, "-c", str(self._folder / "nginx.conf")])
        wait_until(lambda: _open(self.port))
        return process


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def in_front_of(app_port: int, folder: Path) -> Iterator[Nginx]:
    """It serves in front of the app on ``app_port`` until the block is over."""
    folder.mkdir()
    proxy = Nginx(folder, app_port)
    process = proxy.start()
    try:
        yield proxy
    finally:
        process.terminate()
        process.wait(10)
