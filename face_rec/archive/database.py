"""The archive's database: connections to it, and its errors in our words."""

import hashlib
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

import psycopg
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from face_rec.archive.tables import upgrade
from face_rec.domain.errors import ArchiveAway, StoreError
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence

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
Token = Callable[[str, int, str], str]
"""Of host, port and user: what proves who signs in, for a few minutes."""


class ArchiveDatabase:
    """Connections to one PostgreSQL database. Safe from any thread; nothing is asked of it until
    somebody needs it. Everything raises ArchiveAway while it is away."""

    def __init__(
        self, url: str, token: Token | None = None, patience: float = WORK_SECONDS,
        *, migrates: bool = True,
    ) -> None:  # fmt: skip
        """``url``: as ARCHIVE_URL has it. ``token``: makes what is used for a password of each new
        connection; TLS is required then. ``patience``: seconds of silence that it may have.
        ``migrates``: makes the tables and brings them to this version; who only reads does not,
        for they wait for nothing that long, and an empty database is not what they look for."""
        self.engine = sa.create_engine(
            _address(url), connect_args=_manners(url, token),
            pool_size=5, max_overflow=5, pool_timeout=CONNECT_SECONDS, pool_pre_ping=True,
            pool_recycle=600, hide_parameters=True,
        )  # fmt: skip
        self._ready = False
        self._migrates = migrates
        if token is not None:
            sa.event.listen(self.engine, "do_connect", partial(_sign_in, token))
        be_patient(self.engine, patience)

    @contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        """A transaction, committed at the end; the tables are those of this version."""
        with self._errors():
            self._prepare()
            with self.engine.begin() as connection:
                yield connection

    @contextmanager
    def connect(self) -> Iterator[sa.Connection]:
        """A connection for several transactions, and for a lock that lasts as long as it does."""
        with self._errors():
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
            if self._migrates:
                upgrade.upgrade(connection, unhurried)
            else:
                upgrade.refuse_later(connection)
        self._ready = True

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """What answered may be another database than before: its tables are asked for anew."""
        try:
            with archive_errors():
                yield
        except NoTables:
            self._ready = False
            raise


class NoTables(ArchiveAway):
    """The database that answers holds no archive."""


@contextmanager
def archive_errors() -> Iterator[None]:
    """Errors of the driver in our words: ArchiveAway where trying again may help."""
    try:
        yield
    except PoolTimeout:
        raise ArchiveAway(msgid("The archive's database has no connection free.")) from None
    except DBAPIError as error:
        raise _ours(error.orig or error, lost=error.connection_invalidated) from None
    except psycopg.Error as error:  # of COPY, which the driver does by itself
        raise _ours(error, lost=False) from None
    except SQLAlchemyError as error:
        raise StoreError(
            sentence("The archive could not be used: {error}", error=_first_line(error))
        ) from error


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
            msgid(
                "ARCHIVE_URL is no address of a database. Write it as "
                "postgresql+psycopg://user:password@host/database."
            )
        ) from None


def _ours(error: BaseException, *, lost: bool) -> StoreError:
    """``lost``: the connection was."""
    state = "" if lost else getattr(error, "sqlstate", None) or ""
    found = ((kind, words) for class_, kind, words in _SAID if state.startswith(class_))
    kind, words = next(found, (StoreError, msgid("The archive's database refuses ({error}).")))
    if not state:
        kind, words = _SILENT
    return kind(sentence(words, error=_first_line(error)))


def _first_line(error: BaseException) -> str:
    text = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {text[:200]}"


_NONE: Final = msgid(
    "The archive's database holds no archive ({error}): an empty or another one answers at "
    "ARCHIVE_URL."
)
_SILENT: Final = (ArchiveAway, msgid("The archive's database does not answer ({error})."))
_SAID: Final[Sequence[tuple[str, type[StoreError], str]]] = (
    ("3F000", NoTables, _NONE),
    ("42P01", NoTables, _NONE),
    (
        "53100", ArchiveAway,
        msgid("The archive's database has no room left: give its disk some ({error})."),
    ),
    (
        "25006", ArchiveAway,
        msgid(
            "The archive's database takes nothing: it is a standby, or its disk is full. Let "
            "ARCHIVE_URL lead to the one that is written to ({error})."
        ),
    ),
    ("08", *_SILENT),
    ("53", *_SILENT),
    ("57P", *_SILENT),
    ("28", ArchiveAway, msgid("The archive's database refuses the sign-in ({error}).")),
    ("40", ArchiveAway, msgid("The archive's database asks to try again ({error}).")),
    (
        "42501", StoreError,
        msgid(
            "The archive's user may not do what is needed ({error}). Give it the right to create "
            "schemas in its database, or make it the database's owner."
        ),
    ),
)  # fmt: skip
"""By what a SQLSTATE begins with. Trying again may help with what is ArchiveAway: connection,
resources, shut down or starting up."""


# Connections on which nobody waits for ever: a server that is stopped, or whose disk is stuck,
# takes what is asked and says nothing, and its machine acknowledges every packet.


class PatientConnection(psycopg.Connection[Any]):
    """Closed, with an OperationalError, once the server has been silent for ``patience`` s."""

    patience = float("inf")

    def wait(self, gen: Any, *arguments: Any, **more: Any) -> Any:  # noqa: ANN401
        return super().wait(self._patient(gen), *arguments, **more)

    def _patient(self, gen: Any) -> Generator[Any, Any, Any]:  # noqa: ANN401
        """What ``gen`` does; the driver asks it every tenth of a second, also about nothing."""
        try:
            wanted, heard = next(gen), time.monotonic()
            while True:
                ready = yield wanted
                if ready:
                    heard = time.monotonic()
                elif time.monotonic() - heard > self.patience:
                    self.pgconn.finish()
                    raise psycopg.OperationalError(f"it has been silent for {self.patience:.0f} s")
                wanted = gen.send(ready)
        except StopIteration as end:
            return end.value


def be_patient(engine: sa.Engine, seconds: float) -> None:
    """Have the connections of ``engine`` wait for so long and no longer."""
    sa.event.listen(engine, "do_connect", partial(_connect, seconds))


@contextmanager
def unhurried(connection: sa.Connection) -> Iterator[None]:
    """Waits for ever meanwhile, for what may be silent for hours: an index over years of marks."""
    driver: Any = connection.connection.driver_connection
    before, driver.patience = driver.patience, float("inf")
    try:
        yield
    finally:
        driver.patience = before


def _connect(
    seconds: float,
    _dialect: object,
    _record: object,
    arguments: Any,  # noqa: ANN401
    parameters: Any,  # noqa: ANN401
) -> PatientConnection:
    made: PatientConnection = PatientConnection.connect(*arguments, **parameters)
    made.patience = seconds
    return made
