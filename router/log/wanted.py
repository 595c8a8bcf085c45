"""Which requests of a log somebody looks for: by the values of their rows, and by a text that stands in one of the
fields that name things. Pure."""

from collections.abc import Iterator

import msgspec
from msgspec import Struct

from router.core.log_lines import is_record
from router.core.record import Record
from router.log.rows import row_of
from router.log.selection import Selection

_RECORDS = msgspec.json.Decoder(Record)


class Wanted(Struct, frozen=True):
    """Those of the selection in which this text stands, whatever its case; those of routers whose records were others
    are left out."""

    selection: Selection = Selection()
    text: str = ""

    @property
    def trace(self) -> bytes:
        """What stands in every line that is wanted, were it in small letters. It may stand in others, too."""
        return msgspec.json.encode(self.text.casefold())[1:-1] if self.text.isascii() else b""

    def admits(self, line: bytes) -> bool:
        """Whether the line is one of them."""
        return is_record(line) and self.trace in line.lower() and self._admits(line)

    def _admits(self, line: bytes) -> bool:
        row = row_of(line)
        if row.kind != "request" or not self.selection.admits(row):
            return False
        try:
            return stands_in(self.text, _RECORDS.decode(line))
        except msgspec.DecodeError:
            return False


def stands_in(text: str, record: Record) -> bool:
    """Whether the text is in a field of the record that names something."""
    sought = text.casefold()
    return any(sought in each.casefold() for each in _texts(record))


def _texts(record: Record) -> Iterator[str]:
    yield from (record.request_id, record.model, record.policy, record.rule, record.reason, record.task)
    yield from (record.conversation, record.key_id, record.error or "", record.stakes_domain, record.outcome)
    yield from (each.backend for each in record.attempts)
    yield from (each.outcome for each in record.attempts)
    yield "" if record.trace is None else record.trace.trace_id
