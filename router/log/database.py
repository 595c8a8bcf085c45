"""The rows of a log as a table that DuckDB answers questions about, whatever form its segments have."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from glob import escape
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from router.core.errors import FileError
from router.log.columns import row_schema, rows_batch
from router.log.reader import file_lines, now_at
from router.log.segments import segments_in
from router.log.selection import Selection

if TYPE_CHECKING:
    import duckdb
    import pyarrow

NEEDS: Final = "this needs DuckDB and pyarrow: pip install 'tandem-router[learn]'"
BATCH_ROWS: Final = 50_000
_POLICY: Final = "? IN (policy, split_part(policy, '@', 1))"
OFFLINE: Final = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}


class Rows:
    """The selected rows of a log, audits and upgrades included, which a database answers questions about."""

    def __init__(self, database: "duckdb.DuckDBPyConnection", where: str, values: Sequence[Any]) -> None:
        self._database = database
        self._where = where
        self._values = list(values)

    def keep(self, name: str, columns: str, condition: str = "TRUE", rest: str = "") -> None:
        """Makes a table of this name of what a query tells of those rows of which a condition holds. Segments are read
        in the columns that it names and no others."""
        asked = f"SELECT {columns} FROM every_row WHERE {self._where} AND {condition} {rest}"  # noqa: S608 (ours)
        self._database.execute(f"CREATE TEMP TABLE {name} AS {asked}", self._values)

    def ask(self, asked: str) -> list[Any]:
        """What a query about kept tables finds, row by row."""
        return self._database.execute(asked).fetchall()


@contextmanager
def open_rows(log: Path, selection: Selection) -> Iterator[Rows]:
    """The selected rows of a log. What is kept of them goes to the disk where it grows large.
    Raises FileError for a log that cannot be read."""
    duckdb = _duckdb(log)
    compacted, lines = _files(log)
    with tempfile.TemporaryDirectory(prefix="tandem-log-") as scratch:
        config = {**OFFLINE, "temp_directory": scratch, "preserve_insertion_order": False}
        with duckdb.connect(config=config) as database:
            try:
                _load(database, lines)
                _join(database, compacted)
                conditions = _conditions(selection)
                yield Rows(database, " AND ".join(["TRUE", *conditions]), list(conditions.values()))
            except duckdb.Error as error:
                raise FileError(str(log), 1, 1, f"cannot be read: {error}") from None


def _duckdb(log: Path) -> Any:
    try:
        import duckdb
        import pyarrow  # noqa: F401
    except ImportError:
        raise FileError(str(log), 1, 1, NEEDS) from None
    return duckdb


def _files(log: Path) -> tuple[list[str], list[Path]]:
    """Those that hold rows already, and those that hold lines."""
    files = [now_at(each) for each in segments_in(log)] if log.is_dir() else [log]
    found = [each for each in files if each is not None]
    compacted = [escape(str(each)) for each in found if each.suffix == ".parquet"]
    return compacted, [each for each in found if each.suffix != ".parquet"]


def _load(database: "duckdb.DuckDBPyConnection", files: Sequence[Path]) -> None:
    database.register("batch", row_schema().empty_table())
    database.execute("CREATE TEMP TABLE lines AS SELECT * FROM batch")
    for batch in _batches(files):
        database.register("batch", batch)
        database.execute("INSERT INTO lines SELECT * FROM batch")


def _batches(files: Sequence[Path]) -> "Iterator[pyarrow.RecordBatch]":
    lines = (line.text for file in files for line in file_lines(file))
    while chunk := list(islice(lines, BATCH_ROWS)):
        yield rows_batch(chunk)


def _join(database: "duckdb.DuckDBPyConnection", compacted: list[str]) -> None:
    """Columns that a segment of an older version lacks are null in its rows."""
    every = "SELECT * FROM lines"
    if compacted:
        database.read_parquet(compacted, union_by_name=True).create_view("compacted")
        every = "SELECT * EXCLUDE (line) FROM compacted UNION ALL BY NAME SELECT * FROM lines"
    database.execute(f"CREATE TEMP VIEW every_row AS {every}")


def _conditions(selection: Selection) -> dict[str, Any]:
    """By condition, the value in it."""
    conditions = {f"{column} = ?": value for column, value in selection.equals().items()}
    if selection.policy is not None:
        conditions[_POLICY] = selection.policy
    if selection.since_s is not None:
        conditions["time_s >= ?"] = selection.since_s
    if selection.until_s is not None:
        conditions["time_s < ?"] = selection.until_s
    return conditions
