"""Whether a canvas ran into the cap on its denoising passes: the engine stopped there, not because it had settled."""

from typing import Final

from router.core.checks.check import Check
from router.core.checks.written import Written

CONVERGE_AT = 16.0
"""The least cap under which canvases are expected to stay: a cap lowered to save time says nothing."""

SIGMAS = 2.0
"""By how many standard errors an estimate may stay behind the cap that a canvas ran into: no estimate exceeds it, and
half of those of such canvases are below."""

NEARLY = 7 / 8
"""The share of the cap that an estimate must reach however unsure it is. Canvases that settle take 8 to 20 passes."""

_ERRORS: Final = {"exact": 0.0, "spacing": SIGMAS}
"""The kinds of counts, and how much of their error to allow for."""


def has_passes(written: Written) -> bool:
    """Whether the passes of this very canvas are known."""
    return written.passes is not None and written.passes.kind in _ERRORS


def did_not_converge(written: Written, limit: float) -> str | None:
    """A canvas that took all passes it might, under a cap of at least `limit`."""
    passes = written.passes
    if passes is None or passes.cap < limit or passes.kind not in _ERRORS:
        return None
    if passes.passes < max(passes.cap - _ERRORS[passes.kind] * passes.error, passes.cap * NEARLY):
        return None
    return f"{passes.passes:.0f} of at most {passes.cap} passes ({passes.kind})"


ROWS: Final = (
    Check(
        "non_convergence",
        "a canvas ran into the cap on its passes",
        0.3,
        has_passes,
        did_not_converge,
        {"light": CONVERGE_AT, "standard": CONVERGE_AT, "strict": CONVERGE_AT},
    ),
)
