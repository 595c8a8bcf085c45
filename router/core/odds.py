"""Probabilities and their log-odds: the scale on which evidence adds up. Pure."""

from math import exp, log
from typing import Final

MOST_LOG_ODDS: Final = 40.0
"""What lies beyond is as good as certain, and would overflow further out."""

LEAST_SHARE: Final = 1e-9
"""How near to 0 and to 1 a probability is taken."""


def logistic(log_odds: float) -> float:
    """The probability of these log-odds."""
    return 1.0 / (1.0 + exp(-max(min(log_odds, MOST_LOG_ODDS), -MOST_LOG_ODDS)))


def log_odds_of(probability: float, least: float = LEAST_SHARE) -> float:
    """The log-odds of a probability in 0..1, taken no nearer to either end than `least`."""
    inside = min(max(probability, least), 1.0 - least)
    return log(inside / (1.0 - inside))
