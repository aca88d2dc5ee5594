"""A program that speaks to Streamlit by hand, with somebody's cookies and no browser."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.util import calc_hash
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from tests.browser.support.server import AppServer


def signed_in(server: AppServer, path: str, form: dict[str, str]) -> httpx.Client:
    """A client that sent ``form`` to the page at ``path``, such as /login."""
    client = httpx.Client(base_url=server.url, headers={"Origin": server.url}, timeout=60)
    send(client, path, form)
    return client


def send(client: httpx.Client, path: str, form: dict[str, str]) -> httpx.Response:
    """As a browser does: with the token that the page has in its form."""
    page = client.get(path).text
    token = page.partition('name="form_token" value="')[2].partition('"')[0]
    return client.post(path, data={"form_token": token, **form})


@dataclass
class Script:
    """One Streamlit session; remembers the widgets that it was shown, by their labels."""

    socket: ClientConnection
    page: str
    ids: dict[str, str] = field(default_factory=dict)
    fragments: dict[str, str] = field(default_factory=dict)
    """By the label of a widget: the fragment that drew it. A dialog is one."""
    tab: str = ""
    """Its number, for uploads."""

    def run(self, pressed: str = "", typed: Mapping[str, str | bool] | None = None) -> str:
        """Run what drew the button that is pressed, with these fields filled; all it says."""
        ask = BackMsg()
        ask.rerun_script.page_name = self.page
        ask.rerun_script.page_script_hash = calc_hash(self.page)
        if pressed:
            ask.rerun_script.fragment_id = self.fragments[pressed]
            widgets = ask.rerun_script.widget_states.widgets
            widgets.add(id=self.ids[pressed], trigger_value=True)
        for label, value in (typed or {}).items():
            self._state(ask, label, value)
        self.socket.send(ask.SerializeToString())
        return self._said()

    def _state(self, ask: Any, label: str, value: str | bool) -> None:  # noqa: ANN401
        kind = "bool_value" if isinstance(value, bool) else "string_value"
        ask.rerun_script.widget_states.widgets.add(id=self.ids[label], **{kind: value})

    def _said(self) -> str:
        """All until the session rests. A run that asks for another one (``st.rerun``) ends early,
        and the session rests for a moment before that begins; whoever stopped there would take
        the answer to this request for that to the next one."""
        said, finished = "", False
        while True:
            message = ForwardMsg()
            message.ParseFromString(bytes(self.socket.recv(timeout=60)))  # type: ignore[arg-type]
            said += str(message)
            self._learn(message)
            kind = message.WhichOneof("type")
            early = message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN
            finished = not early if kind == "script_finished" else finished
            status = message.session_status_changed
            if finished and kind == "session_status_changed" and not status.script_is_running:
                return said

    def _learn(self, message: ForwardMsg) -> None:
        if message.WhichOneof("type") == "new_session":
            self.tab = message.new_session.initialize.session_id
        if message.WhichOneof("type") != "delta":
            return
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        found: Any = getattr(element, kind) if kind else None
        if found is not None and hasattr(found, "id") and hasattr(found, "label"):
            self.ids[found.label] = found.id
            self.fragments[found.label] = message.delta.fragment_id


@contextmanager
def script(server: AppServer, client: httpx.Client, page: str) -> Iterator[Script]:
    """A session on ``page``, run once."""
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    with connect(
        f"{server.url.replace('http', 'ws', 1)}/_stcore/stream", origin=Origin(server.url),
        additional_headers={"Cookie": cookies}, max_size=None,
        subprotocols=[Subprotocol("streamlit")],
    ) as socket:  # fmt: skip
        made = Script(socket, page)
        made.run()
        yield made
