"""Checks of how likely the engine itself found what it wrote, where it says so."""

from typing import Final

from router.core.checks.check import Check, Limits
from router.core.checks.written import Written

FEWEST = 8
"""Tokens below which a mean says nothing: a name or a number may well be unlikely."""


def is_unlikely(written: Written, limit: float) -> str | None:
    """A mean log-probability (natural, per token) below the limit."""
    mean = sum(written.logprobs) / len(written.logprobs)
    return f"mean log-probability {mean:.2f}" if mean < limit else None


def has_unlikely_token(written: Written, limit: float) -> str | None:
    """A token with a log-probability below the limit."""
    worst = min(written.logprobs)
    return f"worst log-probability {worst:.2f}" if worst < limit else None


def has_likelihood(written: Written) -> bool:
    """Whether enough log-probabilities came with the block."""
    return len(written.logprobs) >= FEWEST


MEAN: Final[Limits] = {"light": -4.0, "standard": -2.5, "strict": -1.5}
"""Sampling at temperature 1 means log-probabilities of some -0.3 to -1 a token in sensible text; a token drawn from
a thousand alike has -7."""

WORST: Final[Limits] = {"strict": -16.0}
"""Once in nine million tokens, were the engine right about itself."""

ROWS: Final = (
    Check("logprob", "text that the engine finds unlikely", 2.0, has_likelihood, is_unlikely, MEAN),
    Check(
        "worst_logprob",
        "a token that the engine finds all but impossible",
        2.0,
        has_likelihood,
        has_unlikely_token,
        WORST,
    ),
)
