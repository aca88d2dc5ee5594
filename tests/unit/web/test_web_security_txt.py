"""Whoever finds a weakness learns, without signing in, whom to tell."""

from datetime import UTC, datetime

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from config import load
from face_rec.domain.errors import SettingError
from face_rec.web.gate.route_rules import Way, rule_for
from face_rec.web.ops import health
from tests.fakes.clock import FakeClock

NOW = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)


def _client(contact: str | None) -> TestClient:
    return TestClient(Starlette(routes=list(health.contact_routes(contact, FakeClock(NOW)))))


def test_the_contact_and_a_day_less_than_a_year_ahead_are_told() -> None:
    answer = _client("mailto:security@example.org").get("/.well-known/security.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.splitlines() == [
        "Contact: mailto:security@example.org",
        "Expires: 2027-05-24T00:00:00Z",
        "Preferred-Languages: en",
    ]


def test_without_a_contact_the_operator_is_told_what_to_set() -> None:
    answer = _client(None).get("/.well-known/security.txt")
    assert answer.status_code == 404
    assert "SECURITY_CONTACT" in answer.text


def test_nobody_need_sign_in_to_read_it() -> None:
    rule = rule_for(health.PATH)
    assert rule is not None
    assert rule.way is Way.OPEN


@pytest.mark.parametrize("contact", ["security@example.org", "http://example.org", "mailto:x"])
def test_a_contact_that_nobody_can_follow_is_refused(contact: str) -> None:
    with pytest.raises(SettingError, match="SECURITY_CONTACT"):
        load({"SECURITY_CONTACT": contact})
