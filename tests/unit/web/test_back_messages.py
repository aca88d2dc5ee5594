"""What a browser may say over the pages' WebSocket."""

import anyio
import pytest
from starlette.types import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.util import calc_hash

from face_rec.access.devices.device import Device
from face_rec.access.principal import Principal, PrincipalKind
from face_rec.access.rights import Role, rights_of
from face_rec.access.signin.authenticator import device_principal
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.web.gate.streamlit_messages import BackMessages
from face_rec.web.gate.tab_socket import Sieve

useful = BackMessages(BackMsg, calc_hash).useful
KIOSK = device_principal(Device("door"), KioskRecord("door"))


def somebody(role: Role) -> Principal:
    return Principal(PrincipalKind.USER, "ada", "ada", rights_of(role))


EVERYBODY = [KIOSK, *(somebody(role) for role in Role)]


def run(page: str = "", script: str = "") -> bytes:
    message = BackMsg()
    message.rerun_script.page_name = page
    message.rerun_script.page_script_hash = calc_hash(script) if script else ""
    return bytes(message.SerializeToString())


@pytest.mark.parametrize("who", EVERYBODY, ids=lambda who: who.name)
@pytest.mark.parametrize(
    "message",
    [
        BackMsg(clear_cache=True), BackMsg(set_run_on_save=True), BackMsg(load_git_info=True),
        BackMsg(debug_disconnect_websocket=True), BackMsg(debug_shutdown_runtime=True), BackMsg(),
    ],
)  # fmt: skip
def test_what_no_page_needs_is_refused_of_everybody(who: Principal, message: BackMsg) -> None:
    assert not useful(message.SerializeToString(), who)


def test_nobody_lets_the_server_install_anything() -> None:
    message = BackMsg()
    message.backend_operation_request.install_skills.SetInParent()
    assert not any(useful(message.SerializeToString(), who) for who in EVERYBODY)
    message.backend_operation_request.deferred_file.file_id = "a"
    assert useful(message.SerializeToString(), somebody(Role.MANAGER))
    assert not useful(message.SerializeToString(), KIOSK)


@pytest.mark.parametrize("data", [b"\xff\xff\xff", b"no message", b"\x00"])
def test_what_is_no_message_is_refused(data: bytes) -> None:
    assert not useful(data, somebody(Role.ADMIN))


def test_a_kiosk_runs_its_own_page_and_keeps_its_connection() -> None:
    for own in (run(), run("take_attendance"), run(script="take_attendance"), run("home", "home")):
        assert useful(own, KIOSK)
    assert useful(BackMsg(app_heartbeat=True).SerializeToString(), KIOSK)
    assert not useful(BackMsg(stop_script=True).SerializeToString(), KIOSK)


@pytest.mark.parametrize("page", ["records", "accounts", "kiosks", "/records", "records/"])
def test_a_kiosk_cannot_ask_for_another_page(page: str) -> None:
    assert not useful(run(page), KIOSK)
    assert not useful(run("take_attendance", page.strip("/")), KIOSK)
    assert useful(run(page), somebody(Role.ADMIN))


def test_a_kiosk_asks_for_no_place_to_upload_to() -> None:
    message = BackMsg()
    message.file_urls_request.request_id = "a"
    assert not useful(message.SerializeToString(), KIOSK)
    assert not useful(message.SerializeToString(), somebody(Role.KIOSK))
    assert useful(message.SerializeToString(), somebody(Role.REGISTRAR))


def test_text_and_what_nobody_needs_do_not_come_through_to_streamlit() -> None:
    """Which fails at text, with a traceback in the log."""
    sent: list[Message] = [
        {"type": "websocket.connect"},
        {"type": "websocket.receive", "text": run().decode("latin-1"), "bytes": None},
        {"type": "websocket.receive", "text": "{}"},
        {"type": "websocket.receive", "bytes": b"no message"},
        {"type": "websocket.receive", "bytes": run()},
        {"type": "websocket.disconnect", "code": 1000},
    ]
    coming = iter(sent)

    async def receive() -> Message:
        return next(coming)

    async def all_that_comes() -> list[Message]:
        sieve = Sieve(receive, lambda data: useful(data, somebody(Role.ADMIN)))
        return [await sieve() for _ in range(3)]

    assert anyio.run(all_that_comes) == [sent[0], sent[-2], sent[-1]]
