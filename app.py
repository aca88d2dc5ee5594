"""The ASGI entry: one process, one gate, one built system.

``python app.py`` serves with all settings applied; ``streamlit run app.py``
serves the same to this machine only (127.0.0.1:8501, .streamlit/config.toml).
"""

import asyncio
import ipaddress
import logging
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import streamlit as st
from anyio import to_thread
from streamlit import delta_generator, runtime
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import memory_session_storage
from streamlit.util import calc_hash
from streamlit.web import bootstrap
from streamlit.web.server.starlette import starlette_server

from config import Settings, load, site_language
from face_rec import assembly, background
from face_rec.access.pages import Page
from face_rec.assembly import System
from face_rec.domain.errors import (
    FaceRecError,
    RedisMissing,
    SchemaNewer,
    SettingError,
    StoreUnavailable,
)
from face_rec.languages.translator import Translators
from face_rec.log import configure
from face_rec.models.terms.model_status import ModelState
from face_rec.people.departures import Departures
from face_rec.retry import until_back
from face_rec.spare_memory import keep_little
from face_rec.terminal.environment import of_environment
from face_rec.terminal.words import forgiving, in_words, said, speak
from face_rec.warm_up import WarmUp
from face_rec.web.base import uploads
from face_rec.web.gate.streamlit_messages import BackMessages, ForwardMessages
from face_rec.web.ops.host_checks import remarks
from face_rec.web.server.installed import AwayFiles
from face_rec.web.server.page_sessions import PageSessions
from face_rec.web.server.runner import Runner
from pages.ui.frame.jobs import JOBS, Results
from pages.ui.kiosk import screen_files
from pages.ui.people.copies import COPIES
from pages.ui.system.model_packs import Resuming

log = logging.getLogger(__name__)

_AWAITED = ("aiortc",)
"""What takes long to load and a kiosk waits for, which comes back by itself after a restart:
streamlit_webrtc needs it. Nothing here or below that declares a component, such as
streamlit_webrtc: outside a script Streamlit does not register it, and never would again."""
_OF_PAGES = ("pandas", "altair")
"""What the office's first page would wait for."""
_KEPT = 300  # seconds that an open page waits for somebody to sign in again
_LONGEST_LOADING = 15  # seconds to wait for the last lines of a start
_RETRY = 2  # seconds between two questions to a database that is away
_Answer = TypeVar("_Answer")


def _settings() -> Settings:
    """Settings, or the end of the process with one line that says what is wrong."""
    forgiving(sys.stdout, sys.stderr)
    speak(of_environment(os.environ) or site_language(), on=sys.stderr)
    try:
        return load()
    except SettingError as error:
        sys.stderr.write(f"{in_words(error.said)}\n")
        sys.exit(2)


# The first thing that a process draws makes Streamlit ask whether it was started from a Python
# shell. inspect.stack() looks at the file of every module for that: half of the time that the
# first page after a start took.
delta_generator._use_warning_has_been_displayed = True  # noqa: SLF001

keep_little()
uploads.keep_in_memory()
SETTINGS = _settings()
WORDS = Translators().of(SETTINGS.site_language)
_HANDOVER = assembly.Handover(sys.argv[1:] if __name__ == "__main__" else ())
configure(SETTINGS.log_level, SETTINGS.log_format)
for remark in remarks(SETTINGS.secret_files):
    log.warning("secrets_open remark=%s", remark)


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Build the system before the first request, close it in order after the last."""
    _refuse_open_address(st.get_option("server.address"))
    building = assembly.build(SETTINGS)
    warming = WarmUp(_AWAITED, _OF_PAGES)
    warming.start()  # before the system stands: building waits for Redis and for files
    try:
        built = await to_thread.run_sync(building.__enter__)
    except (FaceRecError, OSError) as error:
        _end(_not_started(error))
    assembly.install(built)
    warming.rest_after(lambda: built.models.status().state is not ModelState.LOADING)
    try:
        await to_thread.run_sync(_HANDOVER.take_over, built)
    except FaceRecError as error:
        await to_thread.run_sync(building.__exit__, None, None, None)
        _end(_not_started(error))
    tasks = [
        background.task("load", built.load.watch()),
        background.task("setup-link", _tell_setup_link(built)),
        background.task("handover", _HANDOVER.serve(built)),
        background.task("downloads", Resuming(built.models, built.access.audit).watch()),
        background.task(
            "results", Results(JOBS, built.people, Departures(built.people), COPIES).watch()
        ),
    ]
    try:
        yield {"system": built}
    finally:
        for task in tasks:
            task.cancel()
        await to_thread.run_sync(_HANDOVER.close)
        await to_thread.run_sync(warming.close)
        assembly.install(None)
        await to_thread.run_sync(building.__exit__, None, None, None)


def _end(status: int) -> NoReturn:
    """The end of the process; all that was built is closed by now. What is raised out of a start
    uvicorn prints as a traceback, and makes each status a 3."""
    sys.stdout.flush()
    sys.stderr.flush()
    logging.shutdown()
    os._exit(status)


async def _tell_setup_link(built: System) -> None:
    """Print the link that makes the first account, below everything a start prints."""
    sign_in = built.access.sign_in
    if not SETTINGS.accounts or not await _patiently(sign_in.needs_setup):
        return
    secret = await _patiently(sign_in.setup_link)
    for _ in range(_LONGEST_LOADING):
        await asyncio.sleep(1)
        if built.models.status().state is not ModelState.LOADING:
            break
    scheme = "https" if SETTINGS.tls_cert else "http"
    told = said("Nobody can sign in yet. Open this link once to create the first account:")
    link = f"{scheme}://localhost:{SETTINGS.port}/setup/{secret}"
    sys.stdout.write(f"\n  {told}\n\n    {link}\n\n")
    if not SETTINGS.loopback:
        again = said("Then start again to listen on {address}.", address=SETTINGS.bind_address)
        sys.stdout.write(f"  {again}\n\n")
    sys.stdout.flush()


async def _patiently(ask: Callable[[], _Answer]) -> _Answer:
    """The answer of the database, however long it is away."""
    return await until_back(lambda: to_thread.run_sync(ask), every=_RETRY)


def _refuse_open_address(address: str | None) -> None:
    """Streamlit's own options must not open what the settings keep closed; and ``streamlit
    run`` has chosen its protocol before it reads this file, so that connections there have no
    bounds: other machines are served by ``python app.py`` only."""
    if address == SETTINGS.bind_address and __name__ == "__main__":
        return  # app.py's own choice
    try:
        closed = ipaddress.ip_address(address or "0.0.0.0").is_loopback  # noqa: S104  # nosec B104
    except ValueError:
        closed = address == "localhost"
    if not closed:
        told = said(
            "server.address is '{address}', but streamlit run serves this machine only. Set "
            "BIND_ADDRESS (and ACCOUNTS=on) and start with: python app.py",
            address=address,
        )
        sys.stderr.write(f"{told}\n")
        raise SystemExit(2)


def _options() -> dict[str, Any]:
    """The settings in Streamlit's words."""
    options: dict[str, Any] = {
        "server.address": _address(),
        "server.port": SETTINGS.port,
        "server.maxUploadSize": uploads.LARGEST_MB,
        "server.disconnectedSessionTTL": _KEPT,
    }
    if SETTINGS.tls_cert and SETTINGS.tls_key:
        options["server.sslCertFile"] = str(SETTINGS.tls_cert)
        options["server.sslKeyFile"] = str(SETTINGS.tls_key)
    return options


def _address() -> str:
    """Where to listen: this machine only until there is somebody who can sign in."""
    if SETTINGS.loopback:
        return SETTINGS.bind_address
    try:
        return SETTINGS.bind_address if assembly.has_accounts(SETTINGS) else "127.0.0.1"
    except StoreUnavailable:
        return SETTINGS.bind_address  # the gate lets nobody in before it has seen an account
    except (FaceRecError, OSError) as error:
        sys.exit(_not_started(error))


def _not_started(error: Exception) -> int:
    """Say why; the exit status. 2: starting again does not help, so that a service stays down."""
    told = in_words(error.said) if isinstance(error, FaceRecError) else str(error)
    if isinstance(error, OSError):
        where = f" ({error.filename})" if error.filename else ""
        told = said(
            "The app cannot start: {reason}. Make room on the disk and let the app write to "
            "DATA_DIR; as a service it tries again by itself.",
            reason=f"{error.strerror or error}{where}",
        )
    sys.stderr.write(f"{told}\n")
    return 2 if isinstance(error, SettingError | RedisMissing | SchemaNewer) else 1


def _uploaded() -> dict[str, int]:
    """Bytes of uploaded files that Streamlit holds in memory, by the number of their page."""
    if not runtime.exists():
        return {}
    files: dict[str, dict[str, Any]] = runtime.get_instance().uploaded_file_mgr.file_storage  # type: ignore[attr-defined]
    pages = tuple(files.items())
    return {page: sum(len(one.data) for one in tuple(of.values())) for page, of in pages}


# The keeper of closed pages, which Streamlit makes by this name.
memory_session_storage.MemorySessionStorage = partial(  # type: ignore[assignment,misc]
    PageSessions, owner=assembly.owner_of_page
)

app = st.App(
    "pages/main.py",
    lifespan=lifespan,
    routes=assembly.routes(
        SETTINGS,
        AwayFiles(
            screen_files.away_page(WORDS),
            screen_files.AWAY_CSS,
            screen_files.away_script(WORDS),
            screen_files.WORKER,
        ),
        _HANDOVER.leaving,
    ),
    middleware=assembly.middleware(
        SETTINGS,
        BackMessages(BackMsg, calc_hash).useful,
        ForwardMessages(ForwardMsg).files,
        Path(st.__file__).parent / "static",
        uploaded=_uploaded,
        first={Page.TAKE_ATTENDANCE: screen_files.FIRST},
    ),
)


def main() -> None:
    """Serve until the process is told to end. Streamlit makes its own runner last of all; ours
    can be handed its socket by another process, and hand it on."""
    assembly.serve_bounded(SETTINGS)
    options = _options()
    runner = Runner(
        assembly.server_of(SETTINGS, str(options["server.address"])), SETTINGS.data_dir,
        starlette_server._get_uvicorn_config_kwargs,  # noqa: SLF001
        lambda: bootstrap._print_url(is_running_hello=False),  # noqa: SLF001
        take_over=_HANDOVER.wanted, drain=SETTINGS.drain_seconds,
    )  # fmt: skip
    _HANDOVER.runner = runner
    starlette_server.UvicornRunner = _Ours  # type: ignore[misc,assignment]
    app.run(config=options)


class _Ours:
    """In the place of Streamlit's own."""

    def __init__(self, served: object) -> None:
        self._served = served

    def run(self) -> None:
        try:
            _HANDOVER.run(self._served)
        except FaceRecError as error:
            sys.exit(_not_started(error))


if __name__ == "__main__":
    main()
