"""STUN and TURN servers as the browser gets them."""

import base64
import hashlib
import hmac
from datetime import timedelta

from face_rec.web.frames.ice import IceServers
from tests.fakes.clock import MORNING

RELAY = IceServers(("stun:a:3478",), "turn:b:3478", "secret")


def test_without_settings_there_are_no_servers() -> None:
    assert IceServers().at(MORNING) == []


def test_stun_comes_as_it_is() -> None:
    assert RELAY.at(MORNING)[0] == {"urls": ["stun:a:3478"]}


def test_the_relays_password_is_what_the_relay_computes_and_ends() -> None:
    turn = RELAY.at(MORNING)[1]
    made = hmac.new(b"secret", turn["username"].encode(), hashlib.sha1).digest()
    assert turn["credential"] == base64.b64encode(made).decode()
    ends = int(turn["username"].split(":")[0]) - MORNING.timestamp()
    assert 24 * 3600 <= ends <= 48 * 3600


def test_a_page_drawn_again_the_same_day_gets_the_same_password() -> None:
    assert RELAY.at(MORNING) == RELAY.at(MORNING + timedelta(hours=1))
    assert RELAY.at(MORNING) != RELAY.at(MORNING + timedelta(days=1))


def test_the_secret_is_never_shown() -> None:
    assert "secret" not in repr(RELAY)
    assert "secret" not in str(RELAY.at(MORNING))
