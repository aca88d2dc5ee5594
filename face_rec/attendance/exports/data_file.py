"""A data file, written in parts: Parquet or CSV, of bounded memory however long it is."""

from collections.abc import Mapping
from types import TracebackType
from typing import IO, TYPE_CHECKING, Final, Protocol, Self

from face_rec.attendance.reports.spreadsheets import neutralised
from face_rec.formulas import BOM

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

SUFFIXES: Final = (".parquet", ".csv")


class DataFile(Protocol):
    """Takes rows as long as it is entered; whole once it is left."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def write(self, batch: "pa.RecordBatch") -> None:
        """The next rows, of the file's schema."""
        ...


class ParquetFile:
    """Each batch becomes a row group; compressed with Zstandard."""

    def __init__(self, out: IO[bytes], schema: "pa.Schema", about: Mapping[str, str]) -> None:
        """``about``: what the file says of itself."""
        import pyarrow.parquet as pq

        self._writer = pq.ParquetWriter(out, schema.with_metadata(about), compression="zstd")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._writer.close()

    def write(self, batch: "pa.RecordBatch") -> None:
        """The next rows."""
        import pyarrow as pa

        self._writer.write_table(pa.table(batch))


class CsvFile:
    """As the CSV of Records is: UTF-8 with a byte order mark, CRLF, and a text that a spreadsheet
    would run as a formula behind an apostrophe. Moments are ISO 8601 with their offset."""

    def __init__(self, out: IO[bytes], schema: "pa.Schema") -> None:
        self._out = out
        empty = schema.empty_table().to_pandas()
        self._out.write((BOM + _lines(empty, header=True)).encode())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing is left to be written."""

    def write(self, batch: "pa.RecordBatch") -> None:
        """The next rows."""
        self._out.write(_lines(_readable(batch), header=False).encode())


def opened(suffix: str, out: IO[bytes], schema: "pa.Schema", about: Mapping[str, str]) -> DataFile:
    """A file of the kind that ``suffix`` (one of SUFFIXES) names, written to ``out``."""
    return CsvFile(out, schema) if suffix == ".csv" else ParquetFile(out, schema, about)


def _readable(batch: "pa.RecordBatch") -> "pd.DataFrame":
    import pandas as pd
    import pyarrow as pa

    frame: pd.DataFrame = batch.to_pandas()
    for field in batch.schema:
        values = frame[field.name]
        if pa.types.is_timestamp(field.type):
            texts = [at.isoformat() if at is not pd.NaT else "" for at in values]
            frame[field.name] = pd.Series(texts, dtype="str")
        elif pa.types.is_boolean(field.type):
            frame[field.name] = values.map({True: "true", False: "false"})
        elif pa.types.is_floating(field.type):
            frame[field.name] = values.round(4)
    return frame


def _lines(frame: "pd.DataFrame", *, header: bool) -> str:
    text: str = neutralised(frame).to_csv(index=False, header=header, lineterminator="\r\n")
    return text
