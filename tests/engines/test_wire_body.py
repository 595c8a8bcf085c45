"""The body an engine is sent: the caller's own bytes, and the few fields that are the router's."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from router.core.chat_request import Limits, read_request
from router.core.continuation import Begun
from router.core.policy import Denoise
from router.engines.dialects.mlx_diffusion import MLX_DIFFUSION
from router.engines.dialects.vllm import VLLM
from router.engines.dialects.vllm_diffusion import VLLM_DIFFUSION
from router.engines.wire_body import BodyWriter
from router.ports import Envelope
from tests.examples import chat_body

WRITER = BodyWriter("google/gemma-4", VLLM, b"secret")
CANVAS_WRITER = BodyWriter("google/diffusiongemma", VLLM_DIFFUSION, b"secret")
FIELD_WRITER = BodyWriter("diffusiongemma", MLX_DIFFUSION, b"secret")
WRITERS = pytest.mark.parametrize("writer", [WRITER, CANVAS_WRITER], ids=["autoregressive", "diffusion"])
OWN = frozenset(("model", "cache_salt"))
BEGUN = Begun("so\nfar \n", 5, {})


def envelope(body: bytes, tenant: str = "acme", dropped: tuple[str, ...] = ()) -> Envelope:
    request, _ = read_request(body, {}, Limits())
    return Envelope(request, "r-1", tenant, dropped=dropped)


def written(body: bytes, tenant: str = "acme", dropped: tuple[str, ...] = ()) -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(WRITER.write(envelope(body, tenant, dropped)))
    return decoded


def test_the_engine_is_asked_for_its_own_model() -> None:
    assert written(chat_body(model="auto"))["model"] == "google/gemma-4"


def test_everything_else_goes_as_the_caller_wrote_it_byte_for_byte() -> None:
    messages = b'[ {"role":"user","content":"\\u00e9 ' + "é".encode() + b'","odd" : 1.50} ]'
    body = b'{"model":"auto","messages":' + messages + b',"seed":9007199254740993,"temperature":1.0e0}'

    sent = WRITER.write(envelope(body))

    assert messages in sent
    assert b'"seed":9007199254740993' in sent
    assert b'"temperature":1.0e0' in sent


@settings(deadline=None)
@given(
    st.dictionaries(
        st.text(min_size=1, max_size=8).map("x_{}".format),
        st.recursive(
            st.none() | st.booleans() | st.integers(-(2**63), 2**64) | st.text(max_size=9),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        ),
        max_size=4,
    )
)
def test_no_field_is_lost_and_none_is_added_but_the_routers_own(fields: dict[str, Any]) -> None:
    body = chat_body("Grüße", **fields)

    sent, asked = written(body), json.loads(body)

    assert {name: value for name, value in sent.items() if name not in OWN} == {
        name: value for name, value in asked.items() if name not in OWN
    }
    assert set(sent) - set(asked) == {"cache_salt"}


def test_what_was_said_to_the_router_stays_with_the_router() -> None:
    assert "router" not in written(chat_body(router={"stakes": "high"}))


def test_what_the_tier_drops_is_left_out() -> None:
    sent = written(chat_body(temperature=0.2, store=True, seed=5), dropped=("temperature", "store"))

    assert "temperature" not in sent
    assert "store" not in sent
    assert sent["seed"] == 5


def test_a_field_to_drop_that_is_not_there_is_no_mistake() -> None:
    assert "temperature" not in written(chat_body(), dropped=("temperature",))


@pytest.mark.parametrize("options", [None, {}, {"include_usage": False}, {"continuous_usage_stats": True}])
def test_a_stream_is_always_asked_for_its_usage_beside_what_the_caller_asks(options: Any) -> None:
    sent = written(chat_body(stream=True, stream_options=options))["stream_options"]

    assert sent == {**(options or {}), "include_usage": True}


@pytest.mark.parametrize("stream", [None, False])
def test_a_plain_request_is_not_given_options_of_a_stream(stream: Any) -> None:
    assert "stream_options" not in written(chat_body(stream=stream))


def test_one_tenant_always_has_the_same_salt_and_another_has_another() -> None:
    acme, again, other = (written(chat_body(), tenant)["cache_salt"] for tenant in ("acme", "acme", "zenith"))

    assert acme == again != other


def test_a_salt_is_long_enough_to_be_beyond_guessing_and_says_nothing_of_the_tenant() -> None:
    salt = written(chat_body(), "acme")["cache_salt"]

    assert len(salt) >= 32
    assert "acme" not in salt


def test_a_salt_cannot_be_had_without_the_secret() -> None:
    other = BodyWriter("google/gemma-4", VLLM, b"another secret")

    assert json.loads(other.write(envelope(chat_body())))["cache_salt"] != written(chat_body())["cache_salt"]


def test_a_salt_of_the_callers_own_is_overwritten() -> None:
    assert written(chat_body(cache_salt="zenith's"))["cache_salt"] == written(chat_body())["cache_salt"]


def test_an_engine_that_knows_no_salts_is_sent_none() -> None:
    saltless = replace(VLLM, idiom=replace(VLLM.idiom, salts=False))

    assert "cache_salt" not in json.loads(BodyWriter("m", saltless, b"secret").write(envelope(chat_body())))


def test_a_model_name_is_written_as_json_whatever_is_in_it() -> None:
    writer = BodyWriter('odd "name"\n', VLLM, b"secret")

    assert json.loads(writer.write(envelope(chat_body())))["model"] == 'odd "name"\n'


def test_writing_leaves_the_request_as_it_was() -> None:
    sent = envelope(chat_body(temperature=0.2, router={}), dropped=("temperature",))
    before = dict(sent.request.fields)

    WRITER.write(sent)

    assert dict(sent.request.fields) == before


# --- what the policy sets ---------------------------------------------------------------------------------------


def turned(writer: BodyWriter, body: bytes = chat_body(), **dials: Any) -> dict[str, Any]:
    """The body for this request under a policy that sets these dials."""
    decoded: dict[str, Any] = json.loads(writer.write(replace(envelope(body), **dials)))
    return decoded


@pytest.mark.parametrize(
    ("denoise", "sent"),
    [
        (Denoise(steps=8), {"diffusion_max_steps": 8}),
        (Denoise(canvas=64), {"diffusion_canvas_length": 64}),
        (Denoise(steps=8, canvas=64), {"diffusion_max_steps": 8, "diffusion_canvas_length": 64}),
    ],
    ids=str,
)
def test_a_diffusion_engine_is_told_how_to_denoise(denoise: Denoise, sent: dict[str, int]) -> None:
    assert turned(CANVAS_WRITER, denoise=denoise)["vllm_xargs"] == sent


def test_an_engine_without_canvases_is_not_told_how_to_denoise() -> None:
    assert "vllm_xargs" not in turned(WRITER, denoise=Denoise(8, 64))


@WRITERS
@pytest.mark.parametrize("thinking", [True, False])
def test_every_engine_is_told_whether_to_think(writer: BodyWriter, thinking: bool) -> None:
    assert turned(writer, thinking=thinking)["chat_template_kwargs"] == {"enable_thinking": thinking}


@WRITERS
def test_a_policy_that_sets_nothing_adds_nothing(writer: BodyWriter) -> None:
    body = chat_body(vllm_xargs={"a": 1}, chat_template_kwargs={"enable_thinking": True})

    assert turned(writer, body, denoise=None, thinking=None) == json.loads(writer.write(envelope(body)))
    assert not {"vllm_xargs", "chat_template_kwargs"} & set(turned(writer, denoise=Denoise()))


def test_a_caller_who_may_steer_the_engine_has_the_last_word_on_denoising() -> None:
    said = {"diffusion_max_steps": 48, "anything": [1, 2.50]}

    sent = turned(CANVAS_WRITER, chat_body(vllm_xargs=said), denoise=Denoise(steps=8, canvas=64))

    assert sent["vllm_xargs"] == {"diffusion_max_steps": 48, "diffusion_canvas_length": 64, "anything": [1, 2.5]}


@WRITERS
def test_the_policy_has_the_last_word_on_thinking_and_the_rest_is_the_callers(writer: BodyWriter) -> None:
    said = {"enable_thinking": True, "tone": "salty"}

    sent = turned(writer, chat_body(chat_template_kwargs=said), thinking=False)

    assert sent["chat_template_kwargs"] == {"enable_thinking": False, "tone": "salty"}


def test_what_stands_beside_a_dial_goes_as_the_caller_wrote_it_byte_for_byte() -> None:
    said = b'{"big": 340282366920938463463374607431768211456, "odd" : 1.50e0, "text":"\\u00e9"}'
    body = b'{"model":"auto","messages":[{"role":"user","content":"x"}],"chat_template_kwargs":' + said + b"}"

    sent = WRITER.write(replace(envelope(body), thinking=True))

    for written_so in (b"340282366920938463463374607431768211456", b"1.50e0", b'"\\u00e9"'):
        assert written_so in sent
    assert json.loads(sent)["chat_template_kwargs"]["enable_thinking"] is True


def test_a_dial_that_is_a_field_of_its_own_is_set_there() -> None:
    sent = turned(FIELD_WRITER, denoise=Denoise(steps=8, canvas=64), thinking=False)

    own = {"max_denoising_steps": 8, "diffusion_max_canvas_length": 64, "enable_thinking": False}
    assert {name: sent[name] for name in own} == own


def test_of_such_a_field_the_callers_word_counts_where_it_steers_the_engine_and_only_there() -> None:
    body = chat_body(max_denoising_steps=3, enable_thinking=True)

    sent = turned(FIELD_WRITER, body, denoise=Denoise(steps=8), thinking=False)

    assert (sent["max_denoising_steps"], sent["enable_thinking"]) == (3, False)


def test_a_null_where_the_dials_stand_is_no_object_of_the_callers() -> None:
    body = chat_body(vllm_xargs=None, chat_template_kwargs=None)

    sent = turned(CANVAS_WRITER, body, denoise=Denoise(steps=8), thinking=True)

    assert sent["vllm_xargs"] == {"diffusion_max_steps": 8}
    assert sent["chat_template_kwargs"] == {"enable_thinking": True}


@pytest.mark.parametrize("malformed", ["on", 1, True, [], [{"enable_thinking": True}], 1.5])
def test_what_should_be_an_object_and_is_not_is_left_for_the_engine_to_judge(malformed: Any) -> None:
    body = chat_body(vllm_xargs=malformed, chat_template_kwargs=malformed)

    sent = turned(CANVAS_WRITER, body, denoise=Denoise(steps=8), thinking=True)

    assert (sent["vllm_xargs"], sent["chat_template_kwargs"]) == (malformed, malformed)


def test_turning_a_dial_leaves_the_request_as_it_was() -> None:
    asked = replace(envelope(chat_body(chat_template_kwargs={"tone": "salty"})), thinking=True)
    before = dict(asked.request.fields)

    WRITER.write(asked)

    assert dict(asked.request.fields) == before


# --- going on with what another engine has begun ----------------------------------------------------------------


def continued(body: bytes, begun: Begun = BEGUN, dropped: tuple[str, ...] = ()) -> dict[str, Any]:
    """The body that asks for the rest of what was begun."""
    decoded: dict[str, Any] = json.loads(WRITER.write(replace(envelope(body, dropped=dropped), continues=begun)))
    return decoded


def test_what_was_begun_stands_as_the_last_message_whose_turn_is_not_over() -> None:
    sent = continued(chat_body("Say hello.", stream=True, stop=["x"], seed=3))

    assert sent["messages"] == [{"role": "user", "content": "Say hello."}, {"role": "assistant", "content": "so\nfar"}]
    assert (sent["continue_final_message"], sent["add_generation_prompt"]) == (True, False)
    assert (sent["stop"], sent["seed"], sent["stream"]) == (["x"], 3, True)


def test_the_callers_own_messages_go_as_they_were_written() -> None:
    message = b'{"role":"user","content":"\\u00e9","odd" : 1.50}'

    sent = WRITER.write(replace(envelope(b'{"model":"auto","messages":[ ' + message + b" ]}"), continues=BEGUN))

    assert message in sent


@pytest.mark.parametrize(
    ("limits", "left"),
    [
        ({}, {}),
        ({"max_tokens": 100}, {"max_tokens": 95}),
        ({"max_completion_tokens": 100, "max_tokens": None}, {"max_completion_tokens": 95, "max_tokens": None}),
        ({"max_tokens": 5}, {"max_tokens": 1}),
        ({"max_tokens": 6, "min_tokens": 6}, {"max_tokens": 1, "min_tokens": 1}),
        ({"max_tokens": 9, "min_tokens": 2}, {"max_tokens": 4, "min_tokens": 0}),
        ({"min_tokens": True}, {"min_tokens": True}),
    ],
    ids=str,
)
def test_the_tokens_that_are_out_are_taken_off_the_limits(limits: dict[str, Any], left: dict[str, Any]) -> None:
    sent = continued(chat_body(**limits))

    assert {name: sent[name] for name in left} == left
    assert not {"max_tokens", "max_completion_tokens", "min_tokens"} & set(sent) - set(left)


def test_a_limit_that_the_tier_drops_stays_dropped() -> None:
    assert "min_tokens" not in continued(chat_body(min_tokens=9), dropped=("min_tokens",))


@WRITERS
def test_an_engine_says_how_likely_its_words_were_where_they_are_weighed(writer: BodyWriter) -> None:
    asked = envelope(chat_body(model="auto"))

    assert "logprobs" not in json.loads(writer.write(asked))
    assert json.loads(writer.write(replace(asked, tells_logprobs=True)))["logprobs"] is True
