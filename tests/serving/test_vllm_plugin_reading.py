"""Reading the end of a prompt and taking the rest from the prefix cache, without vLLM: stand-ins play its two sides."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pytest

from tandem_vllm_plugin.reading import LAST, of_the_end, read_last, register, up_to_the_end, with_places

PROMPT = 100


@dataclass
class Params:
    """What a request asks of vLLM."""

    extra_args: dict[str, Any] | None = None
    prompt_logprobs: int | None = 1
    prompt_logprob_token_ids: object = None


@dataclass
class Request:
    sampling_params: Params | None
    prompt_token_ids: Sequence[int] | None = tuple(range(PROMPT))
    num_tokens: int = PROMPT
    skip_reading_prefix_cache: bool = True
    num_preemptions: int = 0


class Cache:
    """vLLM's, holding all of every prompt."""

    def hit(self, request: Any) -> int:
        """How much of it is served; never all, since the last token must be computed."""
        return 0 if request.skip_reading_prefix_cache else request.num_tokens - 1


class Rows(NamedTuple):
    """The log-probabilities of a prompt, one row a token; vLLM's has fields behind these."""

    ids: list[int]
    logprobs: list[float]
    ranks: list[int]
    bounds: None = None


@dataclass
class Collected:
    """What vLLM's server keeps of a prompt's log-probabilities: of the first token there is none."""

    prompt_logprobs: list[int | None] = field(default_factory=lambda: [None])

    def take(self, rows: Rows) -> None:
        self.prompt_logprobs.extend(rows.ids)


def asking(last: Any) -> Request:
    return Request(Params({LAST: last}))


def collected(request: Request, rows: Rows) -> list[int | None]:
    """What a request is told of its prompt."""

    def begin(tokenizer: object, request: Request) -> Collected:
        return Collected()

    began = with_places(begin)(None, request)
    of_the_end(Collected.take)(began, rows)
    return began.prompt_logprobs


def rows_from(first: int) -> Rows:
    """The rows of an engine that computed the tokens of the prompt from the one before this."""
    ids = list(range(first, PROMPT))
    return Rows(ids, [-1.0] * len(ids), [1] * len(ids))


def uninitialised_up_to(first: int) -> Rows:
    """The rows of an engine that sends one for each token, with what its memory held where it computed none."""
    ids = [-77] * (first - 1) + list(range(first, PROMPT))
    return Rows(ids, [-1.0] * len(ids), [1] * len(ids))


def test_the_cache_serves_a_prompt_up_to_the_token_that_foretells_the_first_one_to_be_read() -> None:
    assert up_to_the_end(Cache.hit)(Cache(), asking(10)) == PROMPT - 10 - 1


def test_a_request_that_names_no_end_passes_the_cache_by() -> None:
    assert up_to_the_end(Cache.hit)(Cache(), Request(Params())) == 0


def test_a_request_still_passes_by_the_caches_that_know_no_end() -> None:
    request = asking(10)
    up_to_the_end(Cache.hit)(Cache(), request)
    assert request.skip_reading_prefix_cache


def test_what_else_the_cache_asks_of_a_request_is_its_own() -> None:
    assert up_to_the_end(lambda cache, request: request.num_preemptions)(Cache(), asking(10)) == 0


def test_an_end_longer_than_the_prompt_is_all_of_it() -> None:
    assert up_to_the_end(Cache.hit)(Cache(), asking(5000)) == 0
    assert collected(asking(5000), rows_from(1)) == [None, *range(1, PROMPT)]


@pytest.mark.parametrize("rows", [rows_from(81), rows_from(90), uninitialised_up_to(81), uninitialised_up_to(90)])
def test_the_end_is_told_and_nothing_before_it(rows: Rows) -> None:
    assert collected(asking(10), rows) == [None] * (PROMPT - 10) + list(range(PROMPT - 10, PROMPT))


def test_who_names_no_end_is_told_of_the_whole_prompt() -> None:
    assert collected(Request(Params()), rows_from(1)) == [None, *range(1, PROMPT)]


@pytest.mark.parametrize("last", [0, -3, "7", 2.5, None, [1]])
def test_an_end_that_makes_no_sense_is_none(last: object) -> None:
    assert read_last(asking(last)) == 0


@pytest.mark.parametrize(
    "request_",
    [
        Request(None),
        Request(Params({LAST: 5}, prompt_logprobs=None)),
        Request(Params({LAST: 5}, prompt_logprob_token_ids=object())),
        Request(Params({LAST: 5}), prompt_token_ids=None),
        Request(Params({LAST: 5}), prompt_token_ids=[7]),
    ],
    ids=["pooling", "no-logprobs", "fixed-ids", "embeddings", "one-token"],
)
def test_nothing_is_read_for_a_request_that_cannot_be(request_: Request) -> None:
    assert read_last(request_) == 0


def test_beside_a_vllm_that_it_does_not_know_the_plug_in_says_so_and_stands_aside(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "vllm", None)
    register()
    assert "Prompts are read whole" in caplog.text
