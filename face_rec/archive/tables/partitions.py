"""The months of events: a partition each, made before it is needed."""

from datetime import date
from typing import Final

import sqlalchemy as sa

from face_rec.archive.tables.schema import SCHEMA

_AHEAD: Final = 2  # months beside the present one


def of_day(day: date) -> str:
    """The partition that holds ``day``."""
    return f"events_{day.year:04}_{day.month:02}"


def make(connection: sa.Connection, day: date) -> None:
    """The partition of ``day``; nothing to do where it is there."""
    year, month = (day.year, day.month + 1) if day.month < 12 else (day.year + 1, 1)
    first, after = f"{day.year:04}-{day.month:02}-01", f"{year:04}-{month:02}-01"
    connection.execute(
        sa.text(
            f"CREATE TABLE IF NOT EXISTS {SCHEMA}.{of_day(day)} PARTITION OF {SCHEMA}.events "
            f"FOR VALUES FROM ('{first}') TO ('{after}')"
        )
    )


def ahead(today: date) -> list[date]:
    """A day of each month whose partition should be there: this month and the next ones."""
    months = [today.month - 1 + number for number in range(_AHEAD + 1)]
    return [date(today.year + month // 12, month % 12 + 1, 1) for month in months]
