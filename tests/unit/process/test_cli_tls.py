"""The self-signed pair can be loaded and covers the names it was made for."""

import ssl
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509

from face_rec.cli.tls import write_pair
from face_rec.domain.errors import SettingError

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def test_a_server_can_load_the_pair(tmp_path: Path) -> None:
    cert, key = write_pair(tmp_path, ["kiosk.local", "192.0.2.7"], NOW)
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key)


def test_the_certificate_covers_names_and_addresses(tmp_path: Path) -> None:
    cert, _ = write_pair(tmp_path, ["kiosk.local", "192.0.2.7"], NOW)
    loaded = x509.load_pem_x509_certificate(cert.read_bytes())
    names = loaded.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["kiosk.local"]
    assert [str(a) for a in names.get_values_for_type(x509.IPAddress)] == ["192.0.2.7"]


def test_nobody_else_may_read_the_key(tmp_path: Path) -> None:
    _, key = write_pair(tmp_path, ["a"], NOW)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_a_pair_in_use_is_never_replaced(tmp_path: Path) -> None:
    write_pair(tmp_path, ["a"], NOW)
    with pytest.raises(SettingError, match="already holds"):
        write_pair(tmp_path, ["a"], NOW)


def test_a_name_of_other_letters_stands_as_browsers_ask_for_it(tmp_path: Path) -> None:
    cert, _ = write_pair(tmp_path, ["müller.example"], NOW)
    loaded = x509.load_pem_x509_certificate(cert.read_bytes())
    names = loaded.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["xn--mller-kva.example"]


def test_what_is_no_name_is_refused_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="is no host name"):
        write_pair(tmp_path / "tls", ["a..b"], NOW)
    assert not (tmp_path / "tls").exists()
