"""The way a request takes through the router: what the showcase expects, and what was seen. Pure."""

from dataclasses import dataclass, fields

from router.core.record import AttemptRecord, Outcome, Record
from tandem_serving.demo.client import Reply


@dataclass(frozen=True)
class Course:
    """`rule` and `reason` decided, `attempts` were made (`strong:served`), `outcome` came of it.

    `status` and the error's `code` are what the caller saw; the code is empty where there was no error. `cache`:
    how it met the cache, empty where not at all. `dropped`
    are parameters left out, `excluded` tiers left out, each with the parameter at fault (`fast:seed`).
    """

    rule: str
    reason: str
    attempts: tuple[str, ...]
    status: int = 200
    outcome: Outcome = "served"
    dropped: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    code: str = ""
    cache: str = ""


def course_of(record: Record, reply: Reply) -> Course:
    """The way that a request took, from the router's record and the caller's side."""
    return Course(
        rule=record.rule,
        reason=record.reason,
        attempts=attempt_words(record.attempts),
        status=reply.status,
        outcome=record.outcome,
        dropped=record.dropped,
        excluded=record.excluded,
        code=reply.error_code,
        cache=record.cache or "",
    )


def attempt_words(attempts: tuple[AttemptRecord, ...]) -> tuple[str, ...]:
    """`fast:unavailable`, `strong:served`."""
    return tuple(f"{each.tier}:{each.outcome}" for each in attempts)


def differences(expected: Course, seen: Course) -> tuple[str, ...]:
    """What is not as expected, in words; nothing when all is."""
    pairs = ((each.name, getattr(expected, each.name), getattr(seen, each.name)) for each in fields(Course))
    return tuple(f"{name} is {_say(found)}, not {_say(wanted)}" for name, wanted, found in pairs if found != wanted)


def _say(value: object) -> str:
    return (", ".join(map(str, value)) if isinstance(value, tuple) else str(value)) or "empty"
