"""Which addresses people may be told by, and what is said of them in the log."""

import logging

import pytest

from face_rec.domain.errors import NoticeRefused
from face_rec.notices.message import _notify, service_of

TOKENS = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/"


@pytest.mark.parametrize(
    "address",
    [
        "json://10.0.0.1/x", "apprise://10.0.0.1/token", "syslog://", "rsyslog://10.0.0.1",
        "nothing", "", f"{TOKENS}?template=/etc/passwd", "tgram://1:abcdefg_hij/2/?template=/x",
        "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js?template=http://10.0.0.1/",
        "fcm://project/device?keyfile=/etc/passwd",
        "mailtos://u:p@x.example?to=a@x.example&pgp=yes&PGPKey=/etc/passwd",
    ],
)  # fmt: skip
def test_what_speaks_to_this_machine_or_reads_its_files_is_refused(address: str) -> None:
    with pytest.raises(NoticeRefused):
        service_of(address)


def test_services_are_known_by_their_names() -> None:
    assert service_of(TOKENS) == "Slack"
    assert service_of("mailtos://u:p@x.example?to=a@x.example") == "E-Mail"


def test_the_log_says_nothing_of_addresses_at_any_level(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(NoticeRefused):
        service_of("mailtos://u:hunter2@")
    assert not _notify("ntfy://127.0.0.1:9/secret-topic", "Title", "Ada Byron was late")
    told = caplog.text
    assert "hunter2" not in told
    assert "secret-topic" not in told
    assert "Ada" not in told
