"""What an engine says of the tokens of a prompt, in vLLM's words: `prompt_logprobs` of a chat completion."""

from collections.abc import Iterator

import msgspec
from msgspec import Raw, Struct

from router.core.reading.alignment import ScoredToken


class _Score(Struct, gc=False):
    logprob: float
    rank: int
    decoded_token: str


class _Details(Struct, gc=False):
    cached_tokens: int | None = None


class _Usage(Struct, gc=False):
    prompt_tokens: int = 0
    prompt_tokens_details: _Details | None = None


class PromptScores(Struct):
    """An answer as far as it says something of its prompt. `prompt_logprobs`: position by position the token that
    stands there and the likeliest one; None: it says nothing of them."""

    prompt_logprobs: list[Raw] | None = None
    usage: _Usage | None = None

    @property
    def tokens_read(self) -> int:
        """How many tokens the engine took in, those left out that its prefix cache held: vLLM says how many these were
        under `--enable-prompt-tokens-details` alone, and without it all of the prompt is counted."""
        usage = self.usage or _Usage()
        cached = usage.prompt_tokens_details.cached_tokens if usage.prompt_tokens_details else 0
        return usage.prompt_tokens - (cached or 0)


_ANSWER = msgspec.json.Decoder(PromptScores)
_POSITION = msgspec.json.Decoder(dict[str, _Score] | None)


def read_scores(data: bytes) -> PromptScores:
    """The scores in the body of an answer, position by position not decoded. Raises ValueError for what is not JSON or
    not an answer."""
    return _ANSWER.decode(data)


def backwards(scores: PromptScores) -> Iterator[ScoredToken | None]:
    """The tokens from the last one on, decoded as they are taken: of a long prompt with a short text at its end few
    are. None where nothing is known of a token, as of the first one, or was asked. Raises ValueError."""
    for position in reversed(scores.prompt_logprobs or ()):
        both = _POSITION.decode(position)
        yield _scored(both) if both else None


def _scored(scores: dict[str, _Score]) -> ScoredToken:
    """The token itself comes first; the likeliest one comes second, unless it is the same."""
    both = iter(scores.values())
    token = next(both)
    best = max(next(both, token).logprob, token.logprob)
    return ScoredToken(token.decoded_token, token.logprob, token.rank, best)
