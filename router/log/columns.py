"""The columns of a compacted segment: one for each value of a row, and the line itself, of which nothing is lost."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, get_type_hints

from router.log.parquet_file import LINE
from router.log.rows import Row, row_of

if TYPE_CHECKING:
    import pyarrow

TYPES: Final[Mapping[str, str]] = {
    "str": "string",
    "int": "int64",
    "float": "double",
    "bool": "bool",
    "tuple[str, ...]": "list<string>",
}
"""What a column holds, by the type of the value; a value that may be None makes nulls of it."""


def column_types() -> Mapping[str, str]:
    """By name, what each column of a row holds."""
    hints = get_type_hints(Row)
    return {name: TYPES[_plainly(hints[name])] for name in Row.__struct_fields__}


def row_schema() -> "pyarrow.Schema":
    """The columns of rows."""
    import pyarrow

    return pyarrow.schema([pyarrow.field(name, _arrow_type(of)) for name, of in column_types().items()])


def segment_schema() -> "pyarrow.Schema":
    """Those of a compacted segment."""
    import pyarrow

    return row_schema().append(pyarrow.field(LINE, pyarrow.binary()))


def rows_batch(lines: Sequence[bytes]) -> "pyarrow.RecordBatch":
    """The rows of these lines."""
    import pyarrow

    return pyarrow.RecordBatch.from_arrays(_arrays(lines), schema=row_schema())


def segment_batch(lines: Sequence[bytes]) -> "pyarrow.RecordBatch":
    """The rows of these lines, and the lines."""
    import pyarrow

    arrays = [*_arrays(lines), pyarrow.array(lines, pyarrow.binary())]
    return pyarrow.RecordBatch.from_arrays(arrays, schema=segment_schema())


def _arrays(lines: Sequence[bytes]) -> "list[pyarrow.Array]":
    import pyarrow

    rows = [row_of(line) for line in lines]
    schema = row_schema()
    return [pyarrow.array([getattr(row, field.name) for row in rows], field.type) for field in schema]


def _arrow_type(of: str) -> "pyarrow.DataType":
    import pyarrow

    made: Mapping[str, Callable[[], Any]] = {
        "string": pyarrow.string,
        "int64": pyarrow.int64,
        "double": pyarrow.float64,
        "bool": pyarrow.bool_,
        "list<string>": lambda: pyarrow.list_(pyarrow.string()),
    }
    return made[of]()


def _plainly(hint: Any) -> str:
    """A type's name, without that it may be None."""
    if hint in (str, int, float, bool):
        return str(hint.__name__)
    named = str(hint).removesuffix(" | None")
    return "str" if named.startswith("typing.Literal") else named
