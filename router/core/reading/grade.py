"""Judges what was read: how far it can be accepted. Pure."""

from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from operator import sub
from typing import Final

from msgspec import Struct

from router.core.reading.boundary import cut_back
from router.core.reading.criteria import Criteria
from router.core.reading.reading import Grade, Profile, Reading, ReadToken
from router.core.reading.surprise import LEAST_LOGPROB, USUAL, judged, surprises
from router.core.verdict import Finding

WINDOW: Final = 32
FEWEST: Final = 16
"""Tokens below which a mean says nothing."""

DRIFT: Final = USUAL
"""Nats a token that a run may have without growing: above what good text has, below what foreign text has."""

CURVE: Final = 32
"""Values of a profile's curve, at most."""


class Surprised(Struct, frozen=True):
    """What the criteria look at: the tokens that count, how surprising each was, and by how much the tier that wrote
    them found them likelier, in nats a token (None: it did not say)."""

    tokens: Sequence[ReadToken]
    values: Sequence[float]
    ratio: float | None = None


class Measure(Struct, frozen=True):
    """How a criterion is worked out: its `score`, and where that is above the limit, the token with which it begins."""

    score: Callable[[Surprised, Mapping[str, float]], float]
    begins: Callable[[Surprised, Mapping[str, float]], int]


def grade(
    reading: Reading,
    text: str,
    criteria: Criteria,
    *,
    is_last: bool,
    before: str = "",
    fast_logprobs: Sequence[float] = (),
) -> Grade:
    """How far a text is accepted of which this was read: to a clean boundary at or before its first fault. `is_last`:
    it ends where the answer does. `before`: what stands before it. `fast_logprobs`: what the tier that wrote it gave
    its own tokens, where it says so."""
    tokens = judged(reading.tokens, text, is_last=is_last)
    surprised = Surprised(tokens, surprises(tokens, text, before), _ratio(reading.tokens, fast_logprobs))
    limits = criteria.limits
    scores = {name: each.score(surprised, limits) for name, each in _MEASURES.items() if name in limits}
    profile = _profile(surprised, scores)
    faults = sorted(
        (tokens[_MEASURES[name].begins(surprised, limits)].start, name)
        for name, score in scores.items()
        if score > limits[name]
    )
    if not faults:
        return Grade(len(text), profile)
    at = faults[0][0]
    findings = tuple(Finding(name, f"{scores[name]:.1f}, limit {limits[name]:g}") for _, name in faults)
    return Grade(cut_back(text, at, before), profile, findings, at)


def _ratio(tokens: Sequence[ReadToken], fast_logprobs: Sequence[float]) -> float | None:
    """By how many nats a token the text was likelier to whoever wrote it: an estimate of the divergence of the two, as
    it was drawn from the writer's. Tokens need not be the same on either side, so that only sums compare; sums over
    texts of other lengths do not."""
    if len(tokens) < FEWEST or abs(len(tokens) - len(fast_logprobs)) > len(tokens) // 8:
        return None
    read = sum(max(token.logprob, LEAST_LOGPROB) for token in tokens)
    return (sum(max(each, LEAST_LOGPROB) for each in fast_logprobs) - read) / len(tokens)


def _profile(surprised: Surprised, scores: Mapping[str, float]) -> Profile:
    values, tokens = surprised.values, surprised.tokens
    if not values:
        return Profile(0, 0.0, 0.0, 0)
    means = _window_means(values)
    worst = max(means)
    size = -(-len(values) // CURVE)
    parts = [values[at : at + size] for at in range(0, len(values), size)]
    return Profile(
        len(values),
        sum(values) / len(values),
        worst,
        tokens[means.index(worst)].start,
        tuple([round(sum(part) / len(part), 2) for part in parts]),
        {name: round(score, 3) for name, score in scores.items()},
    )


# --- the criteria -------------------------------------------------------------------------------------------------


def _mean(surprised: Surprised, _limits: Mapping[str, float]) -> float:
    values = surprised.values
    return sum(values) / len(values) if len(values) >= FEWEST else 0.0


def _mean_begins(surprised: Surprised, limits: Mapping[str, float]) -> int:
    return _densest(surprised.values, 0, len(surprised.values), limits["mean"])


def _worst_window(surprised: Surprised, _limits: Mapping[str, float]) -> float:
    return max(_window_means(surprised.values)) if len(surprised.values) >= FEWEST else 0.0


def _window_begins(surprised: Surprised, limits: Mapping[str, float]) -> int:
    limit = limits["worst_window"]
    start = next(at for at, mean in enumerate(_window_means(surprised.values)) if mean > limit)
    return _densest(surprised.values, start, start + WINDOW, limit)


def _window_means(values: Sequence[float]) -> list[float]:
    """The mean of each window, by its first token; of all tokens, where they do not fill one."""
    width = min(WINDOW, len(values))
    sums = list(accumulate(values, initial=0.0))
    return [total / width for total in map(sub, sums[width:], sums)]


def _out_of_top(surprised: Surprised, limits: Mapping[str, float]) -> float:
    top = limits.get("top_k", 0.0)
    pairs = zip(surprised.values, surprised.tokens, strict=True)
    return max([value for value, token in pairs if token.rank > top], default=0.0)


def _out_of_top_begins(surprised: Surprised, limits: Mapping[str, float]) -> int:
    """With the surprising tokens right before it, such as those of the same word."""
    top, limit, values = limits.get("top_k", 0.0), limits["out_of_top"], surprised.values
    at = next(at for at, each in enumerate(surprised.tokens) if values[at] > limit and each.rank > top)
    while at and values[at - 1] > DRIFT:
        at -= 1
    return at


def _run(surprised: Surprised, _limits: Mapping[str, float]) -> float:
    """The highest that a cumulative sum gets which is never negative: the test for a change of Page, "Continuous
    inspection schemes", Biometrika 41 (1954). One harmless token amid a run does not end it."""
    highest = total = 0.0
    for value in surprised.values:
        total += value - DRIFT
        if total < 0.0:
            total = 0.0
        elif total > highest:
            highest = total
    return highest


def _run_begins(surprised: Surprised, limits: Mapping[str, float]) -> int:
    """Since the sum was last 0, from where on a change to the mean of that stretch explains it best."""
    total, start = 0.0, 0
    for at, value in enumerate(surprised.values):
        total += value - DRIFT
        if total < 0.0:
            total, start = 0.0, at + 1
        elif total > limits["improbable_run"]:
            stretch = surprised.values[start : at + 1]
            return _densest(surprised.values, start, at + 1, max(DRIFT, sum(stretch) / len(stretch) / 2))
    raise AssertionError("no run is above the limit")


def _likelihood(surprised: Surprised, _limits: Mapping[str, float]) -> float:
    return surprised.ratio or 0.0


def _likelihood_begins(surprised: Surprised, _limits: Mapping[str, float]) -> int:
    return _densest(surprised.values, 0, len(surprised.values), DRIFT)


def _densest(values: Sequence[float], start: int, end: int, level: float) -> int:
    """Where the stretch begins that has most above `level` in sum (Kadane)."""
    best = total = 0.0
    found = begin = start
    for at in range(start, min(end, len(values))):
        total += values[at] - level
        if total <= 0.0:
            total, begin = 0.0, at + 1
        elif total > best:
            best, found = total, begin
    return found


_MEASURES: Final[Mapping[str, Measure]] = {
    "mean": Measure(_mean, _mean_begins),
    "worst_window": Measure(_worst_window, _window_begins),
    "out_of_top": Measure(_out_of_top, _out_of_top_begins),
    "improbable_run": Measure(_run, _run_begins),
    "likelihood_ratio": Measure(_likelihood, _likelihood_begins),
}
