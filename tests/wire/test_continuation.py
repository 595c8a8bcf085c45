"""A partial answer that is to be gone on with, and a text that is to be read rather than written."""

from typing import Any

import pytest

from tests.wire.engines import PROMPT, WireEngine
from tests.wire.shapes import chunks, pieces

USER = {"role": "user", "content": PROMPT}
BEGUN = "The capital of France is"
CONTINUE = {
    "messages": [USER, {"role": "assistant", "content": BEGUN}],
    "continue_final_message": True,
    "add_generation_prompt": False,
}


def test_both_engines_go_on_with_what_was_begun_and_do_not_repeat_it(engine: WireEngine) -> None:
    body = engine.chat(**CONTINUE, max_tokens=12, ignore_eos=True).json
    message = body["choices"][0]["message"]

    assert message["role"] == "assistant"
    assert not (message["content"] or "").startswith(BEGUN)
    assert body["usage"]["completion_tokens"] == 12


def test_what_was_begun_counts_as_prompt_and_opens_no_turn(engine: WireEngine) -> None:
    begun_tokens = engine.post_to("/tokenize", prompt=BEGUN, add_special_tokens=False).json["count"]
    afresh = engine.chat().json["usage"]["prompt_tokens"]
    continued = engine.chat(**CONTINUE).json["usage"]["prompt_tokens"]

    assert continued == afresh + begun_tokens


def test_going_on_can_be_streamed(engine: WireEngine) -> None:
    stream = chunks(engine.streaming(**CONTINUE, max_tokens=12, ignore_eos=True))

    assert stream[0]["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    assert pieces(stream)[-1]["finish_reason"] == "length"


def test_whose_message_is_gone_on_with_is_told_in_the_role(engine: WireEngine) -> None:
    body = engine.chat(continue_final_message=True, add_generation_prompt=False).json

    assert body["choices"][0]["message"]["role"] == "user"


def test_a_turn_is_not_opened_where_nobody_asks_for_it(engine: WireEngine) -> None:
    body = engine.chat(add_generation_prompt=False, ignore_eos=True).json

    assert body["usage"]["prompt_tokens"] < engine.chat().json["usage"]["prompt_tokens"]


@pytest.mark.parametrize("wanted", [0, 1, 3])
def test_the_autoregressive_engine_scores_every_token_of_a_text(strong: WireEngine, wanted: int) -> None:
    body = strong.chat(**CONTINUE, max_tokens=1, prompt_logprobs=wanted).json

    first, *rest = body["prompt_logprobs"]
    assert first is None
    assert len(rest) == body["usage"]["prompt_tokens"] - 1
    assert all(wanted <= len(entry) <= wanted + 1 for entry in rest if wanted)
    assert all(scored(each) for entry in rest for each in entry.values())
    assert all(token.isdecimal() for entry in rest for token in entry)


def test_the_text_itself_is_scored_first_and_the_best_token_beside_it(strong: WireEngine) -> None:
    _, *rest = strong.chat(**CONTINUE, max_tokens=1, prompt_logprobs=1).json["prompt_logprobs"]

    assert all(any(each["rank"] == 1 for each in entry.values()) for entry in rest)
    text = "".join(next(iter(entry.values()))["decoded_token"] for entry in rest)
    assert text.endswith(BEGUN)


def test_a_text_is_not_scored_in_a_stream(strong: WireEngine) -> None:
    response = strong.streaming(**CONTINUE, prompt_logprobs=1)

    assert (response.status, response.error["param"]) == (400, "prompt_logprobs")


def test_a_text_that_nobody_wants_scored_is_not(strong: WireEngine) -> None:
    assert strong.chat(**CONTINUE).json["prompt_logprobs"] is None


def test_echo_scores_the_prompt_of_a_fresh_turn(strong: WireEngine) -> None:
    body = strong.chat(echo=True).json

    assert len(body["prompt_logprobs"]) == body["usage"]["prompt_tokens"]
    assert chunks(strong.streaming(echo=True))


def scored(entry: Any) -> bool:
    """Whether an entry has these keys in this order, and numbers that can be."""
    assert list(entry) == ["logprob", "rank", "decoded_token"]
    return entry["logprob"] <= 0 and entry["rank"] >= 1 and isinstance(entry["decoded_token"], str)
