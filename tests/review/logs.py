"""Lines of decision logs, as routers write them."""

import msgspec

from router.core.policy import Policy
from router.core.record import Record, ShadowDecision
from router.core.situation import Question, note
from router.review.explanation import explain


def a_log_line(
    question: Question, policy: Policy, request_id: str = "r1", shadow: ShadowDecision | None = None
) -> bytes:
    """The line about a request that this policy decided."""
    found = explain(policy, question)
    record = Record(
        request_id,
        time_s=0.0,
        elapsed_s=0.1,
        status=200,
        outcome="served",
        policy=policy.version,
        rule=found.match.rule,
        ladder=found.tiers,
        situation=note(question),
        shadow=shadow,
    )
    return msgspec.json.encode(record)


def a_refused_line(request_id: str = "r0") -> bytes:
    """The line about a request that was refused before any policy was asked."""
    return msgspec.json.encode(Record(request_id, time_s=0.0, elapsed_s=0.0, status=403, outcome="refused"))
