"""Connections on which nobody waits for ever: a server that is stopped, or whose disk is stuck,
takes what is asked and says nothing, and its machine acknowledges every packet."""

import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg
import sqlalchemy as sa


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
