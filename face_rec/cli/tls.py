"""``tls``: a self-signed certificate, so that tablets on the LAN get a camera.

Browsers hand out the camera only over HTTPS or on localhost.
"""

import argparse
import ipaddress
import socket
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from face_rec.domain.errors import SettingError
from face_rec.files import make_folder, write_synced
from face_rec.languages.sentence import sentence
from face_rec.terminal.words import said

# Apple's devices refuse server certificates that last longer than 825 days
# (https://support.apple.com/en-us/103769).
_DAYS = 825


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    command = commands.add_parser("tls", help=said("make a self-signed certificate and key"))
    command.add_argument(
        "names", nargs="*", help=said("host names and addresses (default: this host)")
    )
    command.add_argument(
        "--out", type=Path, default=Path("data/tls"), help=said("folder to write to")
    )
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write cert.pem and key.pem and say how to use them."""
    names = options.names or [socket.gethostname(), "localhost", "127.0.0.1"]
    cert, key = write_pair(options.out, names, datetime.now(UTC))
    print(
        said(
            "Made a certificate for {names}, valid for {days} days.",
            names=", ".join(names), days=_DAYS,
        )
    )  # fmt: skip
    print(said("Put these two lines into .env:") + f"\nTLS_CERT={cert}\nTLS_KEY={key}")
    return 0


def write_pair(folder: Path, names: Sequence[str], now: datetime) -> tuple[Path, Path]:
    """Write a new pair into ``folder``; the key is readable by its owner only.

    Raises SettingError if a pair is already there (replacing it would cut off
    every device that was told to trust it), or one of ``names`` is none.
    """
    cert_path, key_path = folder.resolve() / "cert.pem", folder.resolve() / "key.pem"
    if cert_path.exists() or key_path.exists():
        raise SettingError(
            sentence(
                "{folder} already holds a certificate. Remove it or use --out.", folder=folder
            )
        )
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _certificate(key, names, now).public_bytes(serialization.Encoding.PEM)
    make_folder(folder)
    write_synced(
        key_path,
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )
    cert_path.write_bytes(certificate)
    return cert_path, key_path


def _certificate(
    key: ec.EllipticCurvePrivateKey, names: Sequence[str], now: datetime
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64])])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=_DAYS))
        .add_extension(x509.SubjectAlternativeName([_name(n) for n in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(_in_ascii(name))


def _in_ascii(name: str) -> str:
    """As browsers look for it: xn--mller-kva.example for müller.example (RFC 3490)."""
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        raise SettingError(
            sentence(
                "{name} is no host name. Give names such as door.example.org, or addresses.",
                name=name,
            )
        ) from None
