"""A chat completion that is not streamed: the whole of its body, byte for byte where that can matter."""

import json

import pytest

from tests.wire.engines import PROMPT, WireEngine
from tests.wire.shapes import COUNTED, DETAILS, HEAD, PLAIN_HEADERS, SPECULATIVE, header_names, shape

SPOKEN = ("content", "reasoning")
"""Random weights may say nothing, or think aloud at any moment: these are text or null."""

CHOICE_KEYS = "index message logprobs finish_reason stop_reason token_ids routed_experts".split()
MESSAGE_KEYS = "role content refusal annotations audio function_call reasoning".split()
NO_TIMES = (
    "time_to_first_token_ms:null,generation_time_ms:null,queue_time_ms:null,mean_itl_ms:null,tokens_per_second:null"
)
METRICS = {"fast": f"{{{NO_TIMES},speculative_decoding:{SPECULATIVE}}}", "strong": "null"}


def test_the_body_has_these_keys_in_this_order(engine: WireEngine) -> None:
    body = engine.chat(ignore_eos=True).json
    choices = body.pop("choices")

    usage = f"{{{COUNTED},prompt_tokens_details:null,completion_tokens_details:{DETAILS[engine.tier]}}}"
    null = "prompt_logprobs:null,prompt_token_ids:null,prompt_text:null,kv_transfer_params:null,ec_transfer_params:null"
    assert shape(body) == (
        f"{{{HEAD},service_tier:null,system_fingerprint:str,usage:{usage},{null},metrics:{METRICS[engine.tier]}}}"
    )
    assert len(choices) == 1


def test_choices_stand_between_the_model_and_the_service_tier(engine: WireEngine) -> None:
    assert list(engine.chat().json)[3:6] == ["model", "choices", "service_tier"]


def test_a_choice_and_its_message_have_these_keys_in_this_order(engine: WireEngine) -> None:
    (choice,) = engine.chat().json["choices"]

    assert list(choice) == CHOICE_KEYS
    assert list(choice["message"]) == MESSAGE_KEYS
    assert choice["message"]["role"] == "assistant"
    assert all(isinstance(choice["message"][key], str | None) for key in SPOKEN)
    assert all(choice["message"][key] is None for key in MESSAGE_KEYS[2:-1])


def test_the_object_and_the_model_are_named(engine: WireEngine) -> None:
    body = engine.chat().json

    assert body["object"] == "chat.completion"
    assert body["model"] == engine.model
    assert body["system_fingerprint"].startswith("vllm-")


def test_json_is_written_without_spaces_and_without_escapes(engine: WireEngine) -> None:
    response = engine.chat(max_tokens=60, ignore_eos=True)

    written = json.dumps(response.json, ensure_ascii=False, separators=(",", ":"))
    assert response.body.decode() == written


def test_these_headers_come_in_this_order(engine: WireEngine) -> None:
    response = engine.chat()

    assert header_names(response) == PLAIN_HEADERS
    assert response.header("content-type") == "application/json"
    assert response.header("server") == "uvicorn"
    assert response.header("vary") == "Origin"


def test_an_answer_that_is_cut_off_says_so(engine: WireEngine) -> None:
    body = engine.chat(max_tokens=7, ignore_eos=True).json

    assert (body["choices"][0]["finish_reason"], body["choices"][0]["stop_reason"]) == ("length", None)
    assert body["usage"]["completion_tokens"] == 7


def test_usage_adds_up(engine: WireEngine) -> None:
    usage = engine.chat(max_tokens=5, ignore_eos=True).json["usage"]

    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]


def test_a_longer_prompt_is_counted_as_longer(engine: WireEngine) -> None:
    longer = [{"role": "user", "content": f"{PROMPT} {PROMPT} {PROMPT}"}]

    short_tokens, long_tokens = (
        response.json["usage"]["prompt_tokens"] for response in (engine.chat(), engine.chat(messages=longer))
    )
    assert long_tokens > short_tokens > 0


def test_max_completion_tokens_overrules_max_tokens(engine: WireEngine) -> None:
    body = engine.chat(max_tokens=6, max_completion_tokens=2, ignore_eos=True).json

    assert body["usage"]["completion_tokens"] == 2


def test_several_choices_are_numbered_and_their_tokens_summed(engine: WireEngine) -> None:
    body = engine.chat(n=2, max_tokens=3, ignore_eos=True).json

    assert [choice["index"] for choice in body["choices"]] == [0, 1]
    assert body["usage"]["completion_tokens"] == 6


def test_without_a_limit_an_answer_ends_by_itself_or_at_its_stop(engine: WireEngine) -> None:
    (choice,) = engine.chat(max_tokens=None, stop=[" ", "a", "e"]).json["choices"]

    assert choice["finish_reason"] == "stop"


def test_a_stop_string_is_named_and_left_out(engine: WireEngine) -> None:
    (choice,) = engine.chat(max_tokens=300, ignore_eos=True, stop=["e"]).json["choices"]

    assert (choice["finish_reason"], choice["stop_reason"]) == ("stop", "e")
    assert "e" not in (choice["message"]["content"] or "")


def test_a_stop_string_is_kept_where_the_caller_wants_it(engine: WireEngine) -> None:
    asked = {"max_tokens": 300, "ignore_eos": True, "stop": "e", "include_stop_str_in_output": True}
    (choice,) = engine.chat(**asked).json["choices"]

    spoken = [choice["message"][key] or "" for key in SPOKEN]
    assert any(each.endswith("e") for each in spoken)


def test_a_limit_beyond_the_window_is_cut_short(engine: WireEngine) -> None:
    prompt = [{"role": "user", "content": almost_a_window(engine)}]
    body = engine.chat(messages=prompt, max_tokens=600, ignore_eos=True).json

    assert body["usage"]["total_tokens"] == engine.context_tokens
    assert body["usage"]["completion_tokens"] < 600
    assert body["choices"][0]["finish_reason"] == "length"


@pytest.mark.parametrize("wanted", [0, 1, 3])
def test_log_probabilities_come_for_every_token(engine: WireEngine, wanted: int) -> None:
    (choice,) = engine.chat(logprobs=True, top_logprobs=wanted, ignore_eos=True).json["choices"]

    entries = choice["logprobs"]["content"]
    assert list(choice["logprobs"]) == ["content"]
    assert len(entries) == 4
    assert all(list(entry) == ["token", "logprob", "bytes", "top_logprobs"] for entry in entries)
    assert all(len(entry["top_logprobs"]) == wanted for entry in entries)
    assert all(entry["logprob"] <= 0 and isinstance(entry["logprob"], float) for entry in entries)


def test_an_alternative_token_has_the_keys_of_a_chosen_one(engine: WireEngine) -> None:
    (choice,) = engine.chat(logprobs=True, top_logprobs=2, max_tokens=1).json["choices"]

    alternatives = choice["logprobs"]["content"][0]["top_logprobs"]
    assert [list(each) for each in alternatives] == [["token", "logprob", "bytes"]] * 2


def test_the_service_tier_asked_for_is_not_confirmed(engine: WireEngine) -> None:
    assert engine.chat(service_tier="auto").json["service_tier"] is None


def almost_a_window(engine: WireEngine) -> str:
    """A text that leaves a few hundred tokens of the window."""
    word = "tide "
    sample_tokens = engine.post_to("/tokenize", prompt=word * 100).json["count"]
    return word * int((engine.context_tokens - 300) * 100 / sample_tokens)
