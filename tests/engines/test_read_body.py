"""What an engine is sent that is to read: what shapes the prompt, and nothing that steers an answer."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from msgspec import structs

from router.core.continuation import Begun
from router.core.errors import CannotRead
from router.core.policy import Denoise
from router.core.reading.alignment import WHOLE, Extent
from router.core.reading.reading import Excerpt
from router.engines.dialects import DIALECTS
from router.engines.dialects.vllm import LABELS, SAMPLING, VLLM
from router.engines.dialects.vllm_diffusion import VLLM_DIFFUSION
from router.engines.wire_body import BodyWriter
from router.ports import Envelope
from tests.examples import chat_request

WRITER = BodyWriter("google/gemma-4", VLLM, b"secret")
EXCERPT = Excerpt("", "The sea.")
TOOL = {"type": "function", "function": {"name": "get_tide"}}
SETTLED = frozenset(("model", "messages", "cache_salt", "continue_final_message", "add_generation_prompt"))
ASKED = frozenset(("max_tokens", "temperature", "prompt_logprobs"))


def sent(parameters: Mapping[str, Any] = {}, before: str = "", text: str = "The sea.", **beside: Any) -> dict[str, Any]:
    """What an engine gets that is to read this, whole, as the answer to a request with these parameters."""
    return sent_for(WHOLE, Envelope(chat_request(**parameters), "r-1", "acme", **beside), Excerpt(before, text))


def sent_for(extent: Extent, envelope: Envelope, excerpt: Excerpt, writer: BodyWriter = WRITER) -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(writer.write_read(envelope, excerpt, extent))
    return decoded


def test_the_text_stands_as_the_last_message_whose_turn_is_not_over() -> None:
    body = sent(before="The tide ", text="comes in.\n")

    assert body["messages"] == [
        {"role": "user", "content": "Say hello."},
        {"role": "assistant", "content": "The tide comes in."},
    ]
    assert (body["continue_final_message"], body["add_generation_prompt"]) == (True, False)


def test_the_engine_is_asked_for_the_scores_of_its_prompt_and_writes_as_little_as_it_can() -> None:
    body = sent({"max_tokens": 500, "temperature": 0.7, "max_completion_tokens": 500})

    assert set(body) == SETTLED | ASKED
    assert (body["prompt_logprobs"], body["max_tokens"], body["temperature"]) == (1, 1, 0)


def test_the_engine_is_asked_for_its_own_model_under_the_tenants_salt() -> None:
    written = json.loads(WRITER.write(Envelope(chat_request(), "r-1", "acme")))

    body = sent()

    assert (body["model"], body["cache_salt"]) == ("google/gemma-4", written["cache_salt"])


@pytest.mark.parametrize("name", sorted((SAMPLING | LABELS) - {"truncate_prompt_tokens"} - ASKED))
def test_nothing_is_sent_that_steers_what_is_written(name: str) -> None:
    assert name not in sent({name: 1})


@pytest.mark.parametrize(
    "name",
    "stream stream_options response_format structured_outputs router vllm_xargs priority logits_processors x".split(),
)
def test_nor_anything_else_that_does_not_shape_the_prompt(name: str) -> None:
    assert name not in sent({name: 1})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tools", [TOOL]),
        ("tool_choice", "none"),
        ("documents", [{"title": "Tides", "text": "They come and go."}]),
        ("chat_template_kwargs", {"tone": "salty"}),
        ("reasoning_effort", "low"),
        ("mm_processor_kwargs", {"max_pixels": 5}),
        ("add_special_tokens", True),
        ("truncate_prompt_tokens", 100),
    ],
)
def test_what_shapes_the_prompt_is_sent_as_the_caller_said_it(name: str, value: Any) -> None:
    assert sent({name: value})[name] == value


def test_a_policy_turns_the_same_dials_of_the_prompt_as_for_an_answer() -> None:
    body = sent({"chat_template_kwargs": {"tone": "salty"}}, thinking=False, denoise=Denoise(steps=4))

    assert body["chat_template_kwargs"] == {"tone": "salty", "enable_thinking": False}
    assert "vllm_xargs" not in body


def test_what_was_begun_before_is_said_by_the_excerpt_alone() -> None:
    body = sent(before="The sea. ", text="The tide.", continues=Begun("The sea.", 3, {}))

    assert [message["content"] for message in body["messages"]] == ["Say hello.", "The sea. The tide."]


# --- how much of it -------------------------------------------------------------------------------------------


def test_the_engine_is_told_of_how_many_tokens_it_is_asked_whatever_the_caller_says_beside() -> None:
    envelope = Envelope(chat_request(vllm_xargs={"tandem_read_last": 5, "diffusion_max_steps": 8}), "r-1", "acme")

    assert sent_for(300, envelope, EXCERPT)["vllm_xargs"] == {"tandem_read_last": 300}
    assert "vllm_xargs" not in sent_for(WHOLE, envelope, EXCERPT)


def test_an_engine_that_cannot_tell_ends_apart_is_asked_for_all() -> None:
    writer = BodyWriter("google/gemma-4", structs.replace(VLLM, reads_last=None), b"secret")
    envelope = Envelope(chat_request(), "r-1", "acme")

    assert sent_for(300, envelope, EXCERPT, writer) == sent_for(WHOLE, envelope, EXCERPT, writer)


# --- who must not be asked ------------------------------------------------------------------------------------


def test_no_engine_is_asked_to_read_in_a_dialect_that_does_not() -> None:
    envelope = Envelope(chat_request(), "r-1", "acme")

    with pytest.raises(CannotRead, match="vllm_diffusion"):
        BodyWriter("tier1", VLLM_DIFFUSION, b"secret").write_read(envelope, EXCERPT, WHOLE)


def test_no_dialect_reads_that_escalates_what_it_is_asked_with() -> None:
    for dialect in DIALECTS.values():
        assert not (dialect.reads and "prompt_logprobs" in dialect.escalates)
    assert not VLLM_DIFFUSION.reads


def test_what_shapes_a_prompt_is_never_left_out_for_the_engine() -> None:
    for dialect in DIALECTS.values():
        assert not dialect.prompt & (dialect.drops.keys() | dialect.refuses.keys())
