"""The one door to Parquet files, for whoever reads one."""

from pathlib import Path
from typing import Any, Final

from router.core.errors import FileError

PARQUET_NEEDS: Final = "reading Parquet needs pyarrow: pip install 'tandem-router[learn]'"

LINE: Final = "line"
"""The column that holds the lines of a compacted segment, byte by byte."""


def open_parquet(path: Path) -> Any:
    """A `pyarrow.parquet.ParquetFile`. Raises FileError."""
    try:
        import pyarrow
        from pyarrow.parquet import ParquetFile
    except ImportError:
        raise FileError(str(path), 1, 1, PARQUET_NEEDS) from None
    try:
        with path.open("rb"):  # says more plainly than pyarrow why a file cannot be read
            return ParquetFile(path)
    except pyarrow.ArrowException as error:
        raise FileError(str(path), 1, 1, f"is not a Parquet file: {error}") from None
    except OSError as error:
        raise unreadable(path, error) from None


def unreadable(path: Path, error: OSError) -> FileError:
    """What is said of a file that cannot be read."""
    return FileError(str(path), 1, 1, f"cannot be read: {error.strerror or 'it is damaged'}")
