"""The archive's database: connections to it, and its errors in our words."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from face_rec.archive.patience import be_patient
from face_rec.archive.tables import upgrade
from face_rec.domain.errors import ArchiveAway, StoreError

CONNECT_SECONDS: Final = 5
READ_SECONDS: Final = 20.0
"""Of silence, after which whoever reads a day for somebody has waited enough."""
WORK_SECONDS: Final = 300.0
"""The same of whoever copies or compares: an index over many years takes its time."""
_MANNERS: Final = {
    "connect_timeout": CONNECT_SECONDS,
    "application_name": "face-attendance",
    # A database that vanished is noticed within half a minute, whatever was asked of it.
    "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}  # fmt: skip
_CLOSED: Final = {"require", "verify-ca", "verify-full"}
"""Of libpq's ways to speak with a server, those that nobody can read along."""
_AWAY: Final = ("08", "53", "57P")
"""SQLSTATE classes that say: not now. Connection, resources, shut down or starting up."""


Token = Callable[[str, int, str], str]
"""Of host, port and user: what proves who signs in, for a few minutes."""


class ArchiveDatabase:
    """Connections to one PostgreSQL database. Safe from any thread; nothing is asked of it until
    somebody needs it. Everything raises ArchiveAway while it is away."""

    def __init__(
        self, url: str, token: Token | None = None, patience: float = WORK_SECONDS
    ) -> None:
        """``url``: as ARCHIVE_URL has it. ``token``: makes what is used for a password of each new
        connection; TLS is required then. ``patience``: seconds of silence that it may have."""
        self.engine = sa.create_engine(
            _address(url), connect_args=_manners(url, token),
            pool_size=5, max_overflow=5, pool_timeout=CONNECT_SECONDS, pool_pre_ping=True,
            pool_recycle=600, hide_parameters=True,
        )  # fmt: skip
        self._ready = False
        if token is not None:
            sa.event.listen(self.engine, "do_connect", partial(_sign_in, token))
        be_patient(self.engine, patience)

    @contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        """A transaction, committed at the end; the tables are those of this version."""
        with archive_errors():
            self._prepare()
            with self.engine.begin() as connection:
                yield connection

    @contextmanager
    def connect(self) -> Iterator[sa.Connection]:
        """A connection for several transactions, and for a lock that lasts as long as it does."""
        with archive_errors():
            self._prepare()
            with self.engine.connect() as connection:
                yield connection

    def rows(self, query: sa.Executable) -> Sequence[sa.Row[Any]]:
        """What ``query`` finds, in a transaction of its own."""
        with self.begin() as connection:
            return connection.execute(query).all()

    def close(self) -> None:
        self.engine.dispose()

    def _prepare(self) -> None:
        if self._ready:
            return
        with self.engine.begin() as connection:
            upgrade.upgrade(connection)
        self._ready = True


@contextmanager
def archive_errors() -> Iterator[None]:
    """Errors of the driver in our words: ArchiveAway where trying again may help."""
    try:
        yield
    except PoolTimeout:
        raise ArchiveAway("The archive's database has no connection free.") from None
    except DBAPIError as error:
        raise _ours(error) from None
    except SQLAlchemyError as error:
        raise StoreError(f"The archive could not be used: {_first_line(error)}") from error


def lock_of(site: str) -> int:
    """The number of the lock that whoever copies ``site`` holds."""
    digest = hashlib.sha256(f"face-attendance archive {site}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _manners(url: str, token: Token | None) -> dict[str, Any]:
    """A token is given to nobody in clear, and to whom it was made for unless the address asks for
    less."""
    if token is None:
        return dict(_MANNERS)
    said = _address(url).query.get("sslmode")
    return {**_MANNERS, "sslmode": said if said in _CLOSED else "verify-full"}


def _sign_in(
    token: Token, _dialect: object, _record: object, _args: object, parameters: dict[str, Any]
) -> None:
    """A token lasts for fifteen minutes, a connection longer: each one gets its own."""
    port = int(parameters.get("port") or 5432)
    parameters["password"] = token(str(parameters["host"]), port, str(parameters["user"]))


def _address(url: str) -> sa.URL:
    try:
        return sa.make_url(url).set(drivername="postgresql+psycopg")
    except SQLAlchemyError:
        raise StoreError(
            "ARCHIVE_URL is no address of a database. Write it as "
            "postgresql+psycopg://user:password@host/database."
        ) from None


def _ours(error: DBAPIError) -> StoreError:
    state = getattr(error.orig, "sqlstate", None)
    said = _first_line(error.orig or error)
    if error.connection_invalidated or state is None or state.startswith(_AWAY):
        return ArchiveAway(f"The archive's database does not answer ({said}).")
    if state.startswith("28"):
        return ArchiveAway(f"The archive's database refuses the sign-in ({said}).")
    if state.startswith("40"):
        return ArchiveAway(f"The archive's database asks to try again ({said}).")
    if state == "42501":
        return StoreError(
            f"The archive's user may not do what is needed ({said}). Give it the right to create "
            "schemas in its database, or make it the database's owner."
        )
    return StoreError(f"The archive's database refuses ({said}).")


def _first_line(error: BaseException) -> str:
    text = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {text[:200]}"
