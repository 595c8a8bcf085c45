"""Log-probabilities as each engine reports them: near zero for a canvas that has settled, wider on the strong tier."""

from collections.abc import Iterable, Sequence
from typing import Any

from tandem_serving.simulator.text import GARBAGE
from tandem_serving.simulator.tokens import token_id

_NOISE = frozenset(GARBAGE)
_NOISE_LOGPROB = -6.5
_WIDEST = {"fast": 0.002, "strong": 0.9}
"""The lowest log-probability of a usual token, by tier."""

_BEATEN_EVERY = 12
"""On average, one token in so many is not the one that the strong tier would have written itself."""

_UNLIKELY, _UNLIKELY_SPREAD = -5.0, 4.0
_UNLIKELY_RANK, _UNLIKELY_RANKS = 30, 4000
"""Log-probabilities and ranks of tokens that are not what the strong tier would have written: from -5 down to -9."""

_RANGE = 1 << 16


def logprob_of(token: str, tier: str) -> float:
    """The log-probability of a token: always the same for the same token."""
    if token in _NOISE:
        return _NOISE_LOGPROB
    share = token_id(token, _RANGE) / _RANGE
    return -round(share * share * _WIDEST[tier], 9)


def content_logprobs(tokens: Sequence[str], top: int, tier: str) -> dict[str, Any]:
    """The `logprobs` of some generated tokens, `top` alternatives beside each (itself counted)."""
    return {"content": [_entry_with_top(token, top, tier) for token in tokens]}


def completion_logprobs(tokens: Sequence[str], top: int, tier: str, offset: int) -> dict[str, Any]:
    """The same in the older form, `offset` characters into the text."""
    offsets, at = [], offset
    for token in tokens:
        offsets.append(at)
        at += len(token)
    return {
        "text_offset": offsets,
        "token_logprobs": [logprob_of(token, tier) for token in tokens],
        "tokens": list(tokens),
        "top_logprobs": [{token: logprob_of(token, tier)} if top else None for token in tokens],
    }


def prompt_logprobs(
    tokens: Sequence[str], expected: Sequence[str | None], top: int, vocabulary: int
) -> list[dict[str, Any] | None]:
    """What a strong engine makes of each token it reads: the token itself, and the best ones beside it.

    `expected`: what it would have written itself in the place of each; None where anything may stand.
    """
    both = list(zip(tokens, expected, strict=True))
    return [None, *(_read_entry(token, wanted, top, vocabulary) for token, wanted in both[1:])]


def _entry_with_top(token: str, top: int, tier: str) -> dict[str, Any]:
    own = _entry(token, logprob_of(token, tier))
    others = [_entry(f" other{number}", own["logprob"] - 2.5 - number) for number in range(1, top)]
    return {**own, "top_logprobs": [own, *others] if top else []}


def _entry(token: str, logprob: float) -> dict[str, Any]:
    return {"token": token, "logprob": logprob, "bytes": list(token.encode("utf-8", "surrogatepass"))}


def _read_entry(token: str, wanted: str | None, top: int, vocabulary: int) -> dict[str, Any]:
    number = token_id(token, vocabulary)
    if wanted is not None and wanted != token:
        return _entry_of_another(token, wanted, top, vocabulary)
    noise = token in _NOISE
    beaten = noise or number % _BEATEN_EVERY == 0
    rank = (vocabulary // 3 if noise else 2) if beaten else 1
    logprob = logprob_of(token, "strong") - (1.5 if beaten and not noise else 0.0)
    entry = {str(number): _scored(token, logprob, rank)}
    return {**entry, **_others(number, range(1 if beaten else 2, top + 1), vocabulary)}


def _entry_of_another(token: str, wanted: str, top: int, vocabulary: int) -> dict[str, Any]:
    """A token in the place of which another was wanted: that one is the best."""
    number, best = token_id(token, vocabulary), token_id(wanted, vocabulary)
    share = number % _UNLIKELY_RANKS / _UNLIKELY_RANKS
    logprob = _NOISE_LOGPROB if token in _NOISE else _UNLIKELY - _UNLIKELY_SPREAD * share
    rank = vocabulary // 3 if token in _NOISE else min(_UNLIKELY_RANK + number % _UNLIKELY_RANKS, vocabulary)
    beside = {str(best): _scored(wanted, logprob_of(wanted, "strong") / 10, 1)} if top else {}
    return {str(number): _scored(token, logprob, rank), **beside, **_others(number, range(2, top + 1), vocabulary)}


def _others(number: int, places: Iterable[int], vocabulary: int) -> dict[str, Any]:
    """Tokens of these ranks that nobody has said."""
    return {str((number + rank) % vocabulary): _scored(f"best{rank}", -0.2 - rank, rank) for rank in places}


def _scored(token: str, logprob: float, rank: int) -> dict[str, Any]:
    return {"logprob": logprob, "rank": rank, "decoded_token": token}
