"""Log-probabilities as each engine reports them: near zero for a canvas that has settled, wider on the strong tier."""

from collections.abc import Sequence
from typing import Any

from tandem_serving.simulator.text import GARBAGE
from tandem_serving.simulator.tokens import token_id

_NOISE = frozenset(GARBAGE)
_NOISE_LOGPROB = -6.5
_WIDEST = {"fast": 0.002, "strong": 0.9}
"""The lowest log-probability of a usual token, by tier."""

_BEATEN_EVERY = 12
"""On average, one token in so many is not the one that the strong tier would have written itself."""

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


def prompt_logprobs(tokens: Sequence[str], top: int, vocabulary: int) -> list[dict[str, Any] | None]:
    """What a strong engine makes of each token it reads: the token itself, and the best ones beside it."""
    return [None, *(_read_entry(token, top, vocabulary) for token in tokens[1:])]


def _entry_with_top(token: str, top: int, tier: str) -> dict[str, Any]:
    own = _entry(token, logprob_of(token, tier))
    others = [_entry(f" other{number}", own["logprob"] - 2.5 - number) for number in range(1, top)]
    return {**own, "top_logprobs": [own, *others] if top else []}


def _entry(token: str, logprob: float) -> dict[str, Any]:
    return {"token": token, "logprob": logprob, "bytes": list(token.encode("utf-8", "surrogatepass"))}


def _read_entry(token: str, top: int, vocabulary: int) -> dict[str, Any]:
    number = token_id(token, vocabulary)
    noise = token in _NOISE
    beaten = noise or number % _BEATEN_EVERY == 0
    rank = (vocabulary // 3 if noise else 2) if beaten else 1
    logprob = logprob_of(token, "strong") - (1.5 if beaten and not noise else 0.0)
    entry = {str(number): {"logprob": logprob, "rank": rank, "decoded_token": token}}
    best = {
        str((number + place) % vocabulary): {"logprob": -0.2 - place, "rank": place, "decoded_token": f" best{place}"}
        for place in range(1 if beaten else 2, top + 1)
    }
    return {**entry, **best}
