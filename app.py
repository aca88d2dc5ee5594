"""The ASGI entry: one process, one gate, one built system.

``python app.py`` serves with all settings applied; ``streamlit run app.py``
serves the same on Streamlit's own address (127.0.0.1:8501, .streamlit/config.toml).
"""

import ipaddress
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st
from anyio import to_thread

from config import Settings, load
from face_rec import assembly, system
from face_rec.errors import FaceRecError, SettingError
from face_rec.log import configure

log = logging.getLogger(__name__)


def _settings() -> Settings:
    """Settings, or the end of the process with one line that says what is wrong."""
    try:
        return load()
    except SettingError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)


SETTINGS = _settings()
configure(SETTINGS.log_level, SETTINGS.log_format)


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Build the system before the first request, close it in order after the last."""
    _refuse_open_address(st.get_option("server.address"))
    building = assembly.build(SETTINGS)
    try:
        built = await to_thread.run_sync(building.__enter__)
    except FaceRecError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from error
    system.install(built)
    try:
        yield {"system": built}
    finally:
        system.install(None)
        await to_thread.run_sync(building.__exit__, None, None, None)


def _refuse_open_address(address: str | None) -> None:
    """Streamlit's own options must not open what the settings keep closed."""
    if address == SETTINGS.bind_address:
        return
    try:
        closed = ipaddress.ip_address(address or "0.0.0.0").is_loopback  # noqa: S104
    except ValueError:
        closed = address == "localhost"
    if not closed:
        sys.stderr.write(
            f"server.address is '{address}', but must be 127.0.0.1 as long as the app has no "
            "accounts: anybody on the network could use every page.\n"
        )
        raise SystemExit(2)


def _options() -> dict[str, Any]:
    """The settings in Streamlit's words."""
    options: dict[str, Any] = {
        "server.address": SETTINGS.bind_address,
        "server.port": SETTINGS.port,
    }
    if SETTINGS.tls_cert and SETTINGS.tls_key:
        options["server.sslCertFile"] = str(SETTINGS.tls_cert)
        options["server.sslKeyFile"] = str(SETTINGS.tls_key)
    return options


app = st.App("pages/main.py", lifespan=lifespan, routes=assembly.routes())

if __name__ == "__main__":
    app.run(config=_options())
