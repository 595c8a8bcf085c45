"""What tests know of doubt: small scorers as values, and what ships."""

from pathlib import Path

from router.core.doubt.estimate import Platt, Scorer, Scorers, Second, Weighed

SHIPPED_DOUBT = Path(__file__).parents[1] / "policies" / "classifiers" / "doubt"


def scorer_of(**weights: float) -> Scorer:
    """A scorer whose margin is the sum of these traits, each times its weight."""
    traits = {name: Weighed(weight, 0.0, 1.0) for name, weight in weights.items()}
    return Scorer(0.0, traits, Platt(1.0, 0.0), Second(1.0, -2.0, 2.0))


def scorers_of(**weights: float) -> Scorers:
    """The same scorer for every kind of closed question."""
    scorer = scorer_of(**weights)
    return {"choice": scorer, "output": scorer, "number": scorer}
