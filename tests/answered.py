"""Records of answers, as the decision log hands them on: how long they were, and what was expected."""

from msgspec.structs import replace

from router.core.recall import NEW_CONVERSATION
from router.core.record import Record, hash_tenant
from router.core.situation import Situation
from router.core.values import Hints, Quantiles, TierState, Usage
from tests.examples import LOW, signals

BASE = Quantiles(250, 750, "generation")

SITUATION = Situation(
    model="auto",
    streamed=False,
    choices=1,
    max_tokens=0,
    body_bytes=100,
    signals=signals(task="generation", answer_tokens=200, answer_tokens_p90=500, answer_base=BASE),
    stakes=LOW,
    hints=Hints(),
    min_stakes="low",
    max_tier="hosted",
    limited_by="key",
    pin=None,
    tiers={"fast": TierState(configured=True, context_tokens=4_096)},
    unfit=(),
    conversation=NEW_CONVERSATION,
    escalated=False,
)

RECORD = Record(
    request_id="a1",
    time_s=1.0,
    elapsed_s=0.3,
    status=200,
    outcome="served",
    tier="fast",
    usage=Usage(20, 300),
    situation=SITUATION,
)
"""An answer of 300 tokens, of which 200, and hardly ever more than 500, were expected."""


def answered(tokens: int, tenant: str = "acme", task: str = "generation", base: Quantiles = BASE) -> Record:
    """The record of an answer of so many tokens."""
    situation = replace(SITUATION, signals=replace(SITUATION.signals, task=task, answer_base=base))
    return replace(RECORD, tenant=hash_tenant(tenant), situation=situation, usage=Usage(20, tokens))
