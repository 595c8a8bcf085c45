"""Which lines of a decision log are records of requests."""

import msgspec
import pytest

from router.core.audit import Audit
from router.core.log_lines import is_record
from router.core.record import Record
from router.core.upgrade import Upgrade

AUDIT = msgspec.json.encode(Audit("r1", 12.0, "careful@1", "hard", "maths", 0.01))
UPGRADE = msgspec.json.encode(Upgrade("r1", "t", "careful@1", "hard", "done"))


@pytest.mark.parametrize("line", [AUDIT, UPGRADE, b' {"kind": "upgrade", "x": 1}', b'{ "kind":"audit"}'])
def test_what_was_done_behind_a_callers_back_is_none(line: bytes) -> None:
    assert not is_record(line)


@pytest.mark.parametrize(
    "line",
    [
        msgspec.json.encode(Record("r1", 0.0, 0.0, 200, "served")),
        b'{"kind":"upgrades"}',
        b'{"prompt": "{\\"kind\\":\\"upgrade\\"}"}',
        b"",
    ],
)
def test_every_other_line_may_be_one(line: bytes) -> None:
    assert is_record(line)
