"""Whether tool calls name a tool there is, with arguments that it takes."""

from typing import Final

import msgspec

from router.core.checks.check import EVERYWHERE, Check
from router.core.checks.json_text import schema_fault
from router.core.checks.written import Brief, Call, Written
from router.core.verdict import evidence


def calls_tools(written: Written) -> bool:
    """Whether a whole answer calls tools."""
    return written.is_last and bool(written.calls)


def has_bad_call(written: Written, _limit: float) -> str | None:
    """The first call that no tool could be called by."""
    return next((said for call in written.calls if (said := _fault(call, written.brief)) is not None), None)


def _fault(call: Call, brief: Brief) -> str | None:
    if call.name not in brief.tools:
        return evidence(f"there is no tool {call.name!r}")
    try:
        arguments = msgspec.json.decode(call.arguments or "{}")
    except (ValueError, RecursionError):
        return evidence(f"{call.name}: arguments are not JSON: {call.arguments}")
    if not isinstance(arguments, dict):
        return evidence(f"{call.name}: arguments are not an object")
    schema = brief.tools[call.name]
    said = schema_fault(arguments, schema) if schema else None
    return said and evidence(f"{call.name}: {said}")


ROWS: Final = (
    Check(
        "tool_call", "a call of no tool there is, or with wrong arguments", 10.0, calls_tools, has_bad_call, EVERYWHERE
    ),
)
