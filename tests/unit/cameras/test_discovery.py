"""WS-Discovery against a fake camera on loopback, and against who sends something else."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from face_rec.background import Background
from face_rec.cameras.discovery import discover, read_answer

ANSWER = """<?xml version="1.0" encoding="UTF-8"?>
<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"
 xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"><s:Body><d:ProbeMatches><d:ProbeMatch>
<d:Types>dn:NetworkVideoTransmitter</d:Types>
<d:Scopes>onvif://www.onvif.org/name/Gate%20North onvif://www.onvif.org/hardware/DS-2CD
 onvif://www.onvif.org/location/Berlin</d:Scopes>
<d:XAddrs>http://10.9.9.9/onvif http://127.0.0.1:8080/onvif/device_service</d:XAddrs>
</d:ProbeMatch></d:ProbeMatches></s:Body></s:Envelope>"""
BOMB = """<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<s:Envelope xmlns:s="u" xmlns:d="v"><d:ProbeMatch><d:Scopes>&b;</d:Scopes></d:ProbeMatch>
</s:Envelope>"""


@contextmanager
def responder(*answers: bytes) -> Iterator[tuple[str, int]]:
    """What answers the first question that comes; where it listens."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))
        line.settimeout(0.2)

        def answer() -> None:
            while not thread.stopping.is_set():
                try:
                    asked, sender = line.recvfrom(9000)
                except TimeoutError:
                    continue
                assert b"NetworkVideoTransmitter" in asked
                for one in answers:
                    line.sendto(one, sender)

        thread = Background("responder", answer)
        thread.start()
        try:
            yield line.getsockname()
        finally:
            thread.stop(5)


def test_a_camera_that_answers_is_found_with_its_name_and_where_it_speaks() -> None:
    with responder(b"\xff\xfe garbage", BOMB.encode(), ANSWER.encode(), ANSWER.encode()) as place:
        found = discover(0.5, place, ["127.0.0.1"])
    assert len(found) == 1
    assert found[0].host == "127.0.0.1"
    assert (found[0].name, found[0].hardware) == ("Gate North", "DS-2CD")
    assert found[0].service == "http://127.0.0.1:8080/onvif/device_service"
    assert found[0].words == "Gate North DS-2CD 127.0.0.1"


def test_where_nobody_answers_nothing_is_found() -> None:
    with responder() as place:
        assert discover(0.2, place, ["127.0.0.1"]) == []
    assert discover(0.2, ("127.0.0.1", 9), ["127.0.0.1"]) == []
    assert discover(0.2, ("127.0.0.1", 9), ["203.0.113.9"]) == []  # no address of this machine


@pytest.mark.parametrize(
    "text",
    [b"", b"<a/>", BOMB.encode(), ANSWER.encode("utf-16"), b"<?xml version='1.0'?><d:x>", b"\xff"],
)
def test_what_is_no_answer_of_a_camera_is_left_alone(text: bytes) -> None:
    assert read_answer(text, "10.0.0.1") is None


def test_a_camera_cannot_name_another_machine_nor_write_into_a_page() -> None:
    text = ANSWER.replace("Gate%20North", "%3Cscript%3E" + "x" * 500)
    found = read_answer(text.encode(), "10.0.0.1")
    assert found is not None
    assert (found.host, found.service) == ("10.0.0.1", "")
    assert len(found.name) <= 80
    assert "<" not in found.name
