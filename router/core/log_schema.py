"""Which schema the lines of a decision log follow."""

from typing import Final

SCHEMA: Final = 1
"""The number that each line carries. It rises when a field goes or comes to mean something else; fields that join leave
it as it is, because whoever reads must pass over what it does not know. A line without it is of a router before 1."""
