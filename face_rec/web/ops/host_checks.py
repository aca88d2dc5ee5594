"""What ``doctor`` asks of the machine itself: certificate, clock, folder, browsers' cameras."""

import ssl
import subprocess
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509

from face_rec.domain.health import HealthCheck
from face_rec.web.ops.health import Check

_SOON: Final = timedelta(days=21)


def tls_check(cert: Path | None, key: Path | None, now: datetime) -> Check:
    """Failed if certificate and key do not belong together or time is over; a warning
    three weeks before that."""

    def check() -> HealthCheck:
        if cert is None or key is None:
            return HealthCheck(
                "tls", ok=True, detail="the app speaks plain HTTP; HTTPS is up to a proxy"
            )
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key)
            found = x509.load_pem_x509_certificate(cert.read_bytes())
        except (OSError, ValueError) as error:
            return HealthCheck(
                "tls", ok=False, detail=f"{cert} and {key} cannot be used: {error}",
                advice="Set TLS_CERT and TLS_KEY to a certificate and its own key, both PEM and "
                "readable by the app, or make a pair: python -m face_rec tls",
            )  # fmt: skip
        return _validity(found, now)

    return check


def _validity(cert: x509.Certificate, now: datetime) -> HealthCheck:
    ends, begins = cert.not_valid_after_utc, cert.not_valid_before_utc
    names = cert.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    shown = ", ".join(str(name.value) for name in names)
    if not begins <= now < ends:
        advice = "Renew the certificate, and check this machine's clock."
        return HealthCheck("tls", ok=False, detail=f"valid {begins} to {ends}", advice=advice)
    detail, soon = f"{shown}, until {ends:%Y-%m-%d}", ends - now < _SOON
    advice = "Renew the certificate before it ends and restart the app." if soon else ""
    return HealthCheck("tls", ok=True, detail=detail, advice=advice, warning=soon)


def clock_check(synchronised: Callable[[], bool | None]) -> Check:
    """A warning when the clock is set by nobody."""

    def check() -> HealthCheck:
        now = synchronised()
        if now is None:
            return HealthCheck("clock", ok=True, detail="this system does not say who sets it")
        if now:
            return HealthCheck("clock", ok=True, detail="set by NTP")
        return HealthCheck(
            "clock", ok=True, detail="not set by NTP",
            advice="Attendance is as right as this clock. Run: timedatectl set-ntp true",
            warning=True,
        )  # fmt: skip

    return check


def ntp_synchronised() -> bool | None:
    """What the kernel was told about the clock; None where systemd is not there to ask."""
    command = ["timedatectl", "show", "--property=NTPSynchronized", "--value"]
    try:
        said = subprocess.run(command, capture_output=True, text=True, timeout=5, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None
    return said.stdout.strip() == "yes"


def folder_check(folder: Path) -> Check:
    """Failed if the app cannot write into its data folder."""

    def check() -> HealthCheck:
        try:
            with tempfile.NamedTemporaryFile(dir=folder):
                pass
        except OSError as error:
            return HealthCheck(
                "data folder", ok=False, detail=f"{folder}: {error.strerror}",
                advice="Let the user that runs the app write there, or set DATA_DIR.",
            )  # fmt: skip
        return HealthCheck("data folder", ok=True, detail=f"{folder} can be written")

    return check


def browsers_check(*, loopback: bool, https: bool) -> Check:
    """Browsers hand out the camera on this machine and over HTTPS only."""

    def check() -> HealthCheck:
        if https:
            return HealthCheck("kiosk cameras", ok=True, detail="browsers allow them: HTTPS")
        if loopback:
            detail = "browsers allow them on this machine, elsewhere through an HTTPS proxy only"
            return HealthCheck("kiosk cameras", ok=True, detail=detail)
        return HealthCheck(
            "kiosk cameras", ok=True, detail="browsers on other machines refuse them over HTTP",
            advice="Set TLS_CERT and TLS_KEY (python -m face_rec tls), or put a proxy with HTTPS "
            "in front and BIND_ADDRESS back to 127.0.0.1.",
            warning=True,
        )  # fmt: skip

    return check
