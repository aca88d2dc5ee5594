"""Which address the dialog puts into a tablet's link, and what it says of it."""

import pytest

from face_rec.web.gate.shown_links import bases_of
from pages.ui.access.kiosk_link import HERE_ONLY, NO_HTTPS, problem_of

LAN = ("http://192.168.1.20:8501", "http://10.0.0.7:8501")


def test_an_admin_on_localhost_gets_an_address_that_a_tablet_reaches() -> None:
    assert bases_of(LAN, "http://localhost:8501/kiosks") == list(LAN)


def test_an_admin_who_came_from_elsewhere_gets_that_address_first() -> None:
    opened = "https://door.lan:8443/kiosks"
    assert bases_of(LAN, opened) == ["https://door.lan:8443", *LAN]


def test_what_the_settings_say_alone_counts() -> None:
    assert bases_of(("https://door.example.org",), "http://10.0.0.7:8501/kiosks") == [
        "https://door.example.org"
    ]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_an_address_of_this_computer_alone_is_said_to_be_one(host: str) -> None:
    (base,) = bases_of((), f"http://{host}:8501/kiosks")
    assert problem_of(base) == HERE_ONLY


def test_missing_https_is_said_with_what_to_do() -> None:
    assert problem_of("http://192.168.1.20:8501") == NO_HTTPS
    assert "python -m face_rec tls" in NO_HTTPS
    assert problem_of("https://192.168.1.20:8501") == ""
