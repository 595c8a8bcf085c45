"""The tables of what each kind of engine takes: whole, without contradictions, and deadly to no engine."""

import json
from collections.abc import Mapping
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from pydantic import TypeAdapter, ValidationError

from router.config.backend_settings import BackendSpec
from router.core.capabilities import Action, Dialect, DialName, Row, TierFacts, fit, owned_parameters
from router.core.chat_request import Limits, read_request
from router.core.errors import CallerError
from router.engines.dialects import DIALECTS
from router.engines.dialects.vllm import VLLM
from router.engines.dialects.vllm_diffusion import VLLM_DIFFUSION
from router.engines.wire_body import BodyWriter
from router.ports import Envelope
from tests.examples import SIGNALS, chat_body, chat_request
from tests.usual import measure

OPENAI_FIELDS = frozenset(
    "audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens messages "
    "metadata modalities model moderation n parallel_tool_calls prediction presence_penalty prompt_cache_key "
    "prompt_cache_options prompt_cache_retention reasoning_effort response_format safety_identifier seed service_tier "
    "stop store stream stream_options temperature tool_choice tools top_logprobs top_p user verbosity "
    "web_search_options".split()
)
"""Every field of a chat completion in OpenAI's specification 2.3.0."""

READ_BY_THE_ROUTER = frozenset(("model", "messages"))

VLLM_EXTRAS = frozenset(
    "top_k min_p repetition_penalty min_tokens bad_words allowed_token_ids stop_token_ids ignore_eos prompt_logprobs "
    "echo structured_outputs guided_json guided_regex guided_choice guided_grammar continue_final_message "
    "add_generation_prompt chat_template_kwargs priority cache_salt vllm_xargs kv_transfer_params chat_template "
    "request_id mm_processor_kwargs logits_processors".split()
)
"""What vLLM takes besides, as far as it steers an answer or the engine."""

VLLMS = (VLLM, VLLM_DIFFUSION)
dialects = pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
vllms = pytest.mark.parametrize("dialect", VLLMS, ids=[each.name for each in VLLMS])


def columns(dialect: Dialect) -> Mapping[str, Mapping[str, Row] | frozenset[str]]:
    return {
        "passes": dialect.passes,
        "drops": dialect.drops,
        "escalates": dialect.escalates,
        "refuses": dialect.refuses,
        "router_owned": dialect.router_owned,
    }


def rows(dialect: Dialect) -> list[tuple[str, Row]]:
    return [row for column in columns(dialect).values() if isinstance(column, Mapping) for row in column.items()]


# --- whole and without contradictions ---------------------------------------------------------------------------


def test_openai_has_37_fields() -> None:
    assert len(OPENAI_FIELDS) == 37


@dialects
@pytest.mark.parametrize("name", sorted((OPENAI_FIELDS - READ_BY_THE_ROUTER) | VLLM_EXTRAS))
def test_every_known_parameter_stands_in_exactly_one_column(dialect: Dialect, name: str) -> None:
    assert len([column for column, names in columns(dialect).items() if name in names]) == 1


@dialects
def test_no_parameter_stands_in_two_columns(dialect: Dialect) -> None:
    named = [name for names in columns(dialect).values() for name in names]

    assert sorted(named) == sorted(set(named))


@dialects
def test_what_the_router_reads_itself_stands_in_no_column(dialect: Dialect) -> None:
    assert not [names for names in columns(dialect).values() if (READ_BY_THE_ROUTER | {"router"}) & set(names)]


def known(dialect: Dialect) -> set[str]:
    return {name for names in columns(dialect).values() for name in names}


@dialects
def test_every_dialect_says_what_becomes_of_all_that_vllm_knows(dialect: Dialect) -> None:
    assert known(VLLM) <= known(dialect)


def test_the_dialects_of_one_server_know_the_same_parameters() -> None:
    assert known(VLLM) == known(VLLM_DIFFUSION)


@dialects
def test_nothing_that_no_tier_honours_is_passed_or_escalated_by_one_of_them(dialect: Dialect) -> None:
    assert dialect.refuses == VLLM.refuses


@pytest.mark.parametrize("name", sorted(VLLM.router_owned))
def test_what_steers_an_engine_is_the_routers_own_on_every_engine(name: str) -> None:
    assert all(name in dialect.router_owned for dialect in DIALECTS.values())


VERBS = frozenset("is asks must does needs has ends steers".split())


@pytest.mark.parametrize(
    ("parameter", "row"),
    [pytest.param(*row, id=f"{each.name}-{row[0]}") for each in DIALECTS.values() for row in rows(each)],
)
def test_every_reason_reads_as_a_sentence_after_the_name_of_its_parameter(parameter: str, row: Row) -> None:
    first, *rest = row.why.split()

    assert first in VERBS
    assert rest
    assert not row.why.endswith(".")
    assert "\n" not in row.why


def test_settings_name_exactly_the_dialects_there_are() -> None:
    assert set(get_args(BackendSpec.model_fields["dialect"].annotation)) == set(DIALECTS)


@dialects
def test_a_dialect_is_listed_under_its_own_name(dialect: Dialect) -> None:
    assert DIALECTS[dialect.name] is dialect


@dialects
def test_a_dial_stands_where_the_engine_is_sent_what_stands_there(dialect: Dialect) -> None:
    sent = dialect.passes | dialect.router_owned.keys()

    assert {dial.field for dial in dialect.dials.values()} <= sent


@dialects
def test_no_two_dials_are_one(dialect: Dialect) -> None:
    assert len(set(dialect.dials.values())) == len(dialect.dials)


@dialects
def test_only_an_engine_that_denoises_has_dials_for_it(dialect: Dialect) -> None:
    denoising = {name for name in dialect.dials if name.startswith("denoise")}

    assert denoising == (set() if dialect.canvas_tokens is None else set(get_args(DialName)) - {"thinking"})


# --- which values fall where ------------------------------------------------------------------------------------

SCHEMA = {"type": "json_schema", "json_schema": {"name": "x", "schema": {}}}
NAMED = {"type": "function", "function": {"name": "f"}}
REGEX = {"regex": "[a-z]+"}

BOTH: list[tuple[str, Any, Action]] = [
    ("top_p", 0.5, "pass"),
    ("top_k", 40, "pass"),
    ("n", 2, "pass"),
    ("stop", ["\n"], "pass"),
    ("stop_token_ids", [1], "pass"),
    ("ignore_eos", True, "pass"),
    ("max_tokens", 5, "pass"),
    ("max_completion_tokens", 5, "pass"),
    ("logprobs", True, "pass"),
    ("top_logprobs", 20, "pass"),
    ("stream", True, "pass"),
    ("stream_options", {"include_usage": True}, "pass"),
    ("tools", [{}], "pass"),
    ("tool_choice", "auto", "pass"),
    ("tool_choice", "none", "pass"),
    ("parallel_tool_calls", False, "pass"),
    ("chat_template_kwargs", {"enable_thinking": True}, "pass"),
    ("continue_final_message", True, "pass"),
    ("reasoning_effort", "high", "pass"),
    ("user", "u-1", "pass"),
    ("metadata", {"a": "b"}, "pass"),
    ("service_tier", "flex", "pass"),
    ("safety_identifier", "s", "pass"),
    ("prompt_cache_key", "k", "pass"),
    ("response_format", {"type": "text"}, "pass"),
    ("echo", False, "pass"),
    ("use_beam_search", False, "pass"),
    ("store", False, "pass"),
    ("store", True, "drop"),
    ("verbosity", "low", "drop"),
    ("prediction", {"type": "content"}, "drop"),
    ("moderation", {}, "drop"),
    ("prompt_cache_retention", "24h", "drop"),
    ("audio", {"voice": "x"}, "refuse"),
    ("modalities", ["text"], "pass"),
    ("modalities", ["text", "audio"], "refuse"),
    ("modalities", ["audio"], "refuse"),
    ("functions", [{}], "refuse"),
    ("function_call", "auto", "refuse"),
    ("web_search_options", {}, "refuse"),
    ("priority", 1, "router_owned"),
    ("vllm_xargs", {"diffusion_max_steps": 1}, "router_owned"),
    ("cache_salt", "s", "router_owned"),
    ("kv_transfer_params", {}, "router_owned"),
    ("ec_transfer_params", {}, "router_owned"),
    ("chat_template", "{{ x }}", "router_owned"),
    ("request_id", "r", "router_owned"),
    ("mm_processor_kwargs", {}, "router_owned"),
    ("media_io_kwargs", {}, "router_owned"),
    ("logits_processors", [], "router_owned"),
    ("not_yet_invented", 1, "pass"),
]

APART: list[tuple[str, Any, Action]] = [
    ("temperature", 1, "pass"),
    ("temperature", 1.0, "pass"),
    ("temperature", 0, "drop"),
    ("temperature", 0.7, "drop"),
    ("temperature", 2, "drop"),
    ("min_p", 0, "pass"),
    ("min_p", 0.0, "pass"),
    ("min_p", 0.1, "drop"),
    ("presence_penalty", 0, "pass"),
    ("presence_penalty", 0.5, "drop"),
    ("frequency_penalty", 0.0, "pass"),
    ("frequency_penalty", -0.5, "drop"),
    ("repetition_penalty", 1.0, "pass"),
    ("repetition_penalty", 1.1, "drop"),
    ("seed", 0, "escalate"),
    ("seed", 42, "escalate"),
    ("min_tokens", 0, "pass"),
    ("min_tokens", 1, "escalate"),
    ("logit_bias", {}, "pass"),
    ("logit_bias", {"5": 1}, "escalate"),
    ("bad_words", [], "pass"),
    ("bad_words", ["no"], "escalate"),
    ("allowed_token_ids", [1], "escalate"),
    ("response_format", {"type": "json_object"}, "escalate"),
    ("response_format", SCHEMA, "escalate"),
    ("response_format", {"type": "structural_tag"}, "escalate"),
    ("response_format", {}, "escalate"),
    ("structured_outputs", REGEX, "escalate"),
    ("tool_choice", "required", "escalate"),
    ("tool_choice", NAMED, "escalate"),
    ("prompt_logprobs", 0, "escalate"),
    ("prompt_logprobs", 1, "escalate"),
    ("prompt_logprobs", -1, "escalate"),
    ("echo", True, "escalate"),
    ("echo", 1, "escalate"),
    ("echo", "true", "escalate"),
    ("echo", "yes", "escalate"),
    ("use_beam_search", True, "escalate"),
]
"""What the diffusion path does with values that the autoregressive one takes as they come."""


@vllms
@pytest.mark.parametrize(("parameter", "value", "action"), BOTH)
def test_engines_agree_on_what_carries_no_sampling_or_structure(
    dialect: Dialect, parameter: str, value: Any, action: Action
) -> None:
    assert dialect.column(parameter, value)[0] == action


@pytest.mark.parametrize(("parameter", "value", "action"), APART)
def test_the_diffusion_engine_honours_less(parameter: str, value: Any, action: Action) -> None:
    assert VLLM_DIFFUSION.column(parameter, value)[0] == action


@pytest.mark.parametrize(("parameter", "value"), [row[:2] for row in APART])
def test_the_autoregressive_engine_takes_what_the_diffusion_engine_does_not(parameter: str, value: Any) -> None:
    assert VLLM.column(parameter, value)[0] == "pass"


NEUTRAL: dict[str, Any] = {
    "temperature": 1.0,
    "top_p": 1.0,
    "min_p": 0.0,
    "presence_penalty": 0,
    "frequency_penalty": 0,
    "repetition_penalty": 1.0,
    "min_tokens": 0,
    "logit_bias": {},
    "bad_words": [],
    "n": 1,
    "stream": False,
    "response_format": {"type": "text"},
    "modalities": ["text"],
    "tool_choice": "auto",
    "parallel_tool_calls": True,
    "logprobs": False,
    "echo": False,
    "use_beam_search": False,
    "store": False,
}
"""What clients send without meaning anything by it: OpenAI's and vLLM's own defaults."""


@dialects
def test_a_request_that_spells_out_every_default_is_served_as_it_is(dialect: Dialect) -> None:
    fitted = fit(TierFacts("fast", dialect, 8_192), chat_request(**NEUTRAL), SIGNALS)

    assert (fitted.exclusion, fitted.dropped) == (None, ())


@dialects
def test_a_request_that_sends_every_parameter_as_null_is_served_as_it_is(dialect: Dialect) -> None:
    every: dict[str, Any] = {name: None for names in columns(dialect).values() for name in names}

    fitted = fit(TierFacts("fast", dialect, 8_192), chat_request(**every), SIGNALS)

    assert (fitted.exclusion, fitted.dropped) == (None, ())


# --- nothing deadly ---------------------------------------------------------------------------------------------

_BOOL = TypeAdapter(bool)


def engine_reads_as_true(value: Any) -> bool:
    """As vLLM's pydantic models read a switch: `1`, "yes" and "on" are true as well."""
    try:
        return _BOOL.validate_python(value)
    except ValidationError:
        return False


FORBIDDEN: Mapping[str, Any] = {
    "temperature": lambda value: value != 1,
    "min_p": lambda value: value != 0,
    "seed": lambda value: True,
    "min_tokens": lambda value: value != 0,
    "logit_bias": bool,
    "bad_words": bool,
    "allowed_token_ids": bool,
    "response_format": lambda value: value.get("type") != "text",
    "structured_outputs": lambda value: True,
    "tool_choice": lambda value: value not in ("auto", "none"),
    "prompt_logprobs": lambda value: True,
    "echo": engine_reads_as_true,
}
"""What vLLM's diffusion path answers with 400, and, last, what ends its process."""

switches = st.sampled_from([True, False, 1, 0, 1.0, "true", "yes", "on", "1", "TRUE", "false", "maybe", [], {}])
numbers = st.sampled_from([0, 0.0, 1, 1.0, -1, 0.5, 2, 10**12, "1", "0", True, False])
objects = st.sampled_from([{}, {"type": "text"}, {"type": "json_object"}, SCHEMA, NAMED, REGEX, [], [1], "x", ["x"]])
anything = st.none() | switches | numbers | objects
bodies = st.fixed_dictionaries(
    {},
    optional={
        "temperature": st.none() | numbers,
        "response_format": st.none() | objects,
        "tool_choice": st.none() | st.sampled_from(["auto", "none", "required", NAMED, "", "AUTO", {}]),
        "n": st.integers(1, 3),
        "stream": st.booleans(),
        "store": anything,
        "unheard_of": anything,
        "router": st.just({"stakes": "high"}),
    }
    | {name: anything for name in FORBIDDEN if name not in ("temperature", "response_format", "tool_choice")},
)


@settings(deadline=None, max_examples=400)
@given(bodies)
def test_nothing_that_the_diffusion_engine_refuses_or_dies_of_is_ever_written_for_it(fields: dict[str, Any]) -> None:
    try:
        request, _ = read_request(chat_body(**fields), {}, Limits())
    except CallerError:
        return
    fitted = fit(TierFacts("fast", VLLM_DIFFUSION, 8_192), request, measure(request))
    if fitted.exclusion is not None:
        return

    envelope = Envelope(request, "r-1", "acme", dropped=fitted.dropped)
    written = json.loads(BodyWriter("tier1", VLLM_DIFFUSION, b"secret").write(envelope))

    sent = {name: written[name] for name in FORBIDDEN if written.get(name) is not None}
    assert {name: value for name, value in sent.items() if FORBIDDEN[name](value)} == {}


# --- going on with what another has begun -----------------------------------------------------------------------


@vllms
@pytest.mark.parametrize(
    ("asked", "can"),
    [
        ({}, True),
        ({"stop": ["x"], "max_tokens": 9, "seed": 1, "tools": [{}], "tool_choice": "auto", "unheard_of": 1}, True),
        ({"n": 1, "logprobs": False, "response_format": {"type": "text"}, "add_generation_prompt": True}, True),
        ({"n": None, "tool_choice": None, "structured_outputs": None}, True),
        ({"n": 2}, False),
        ({"logprobs": True}, False),
        ({"echo": True}, False),
        ({"return_token_ids": True}, False),
        ({"response_format": {"type": "json_object"}}, False),
        ({"tool_choice": "required"}, False),
        ({"structured_outputs": {"json": {}}}, False),
        ({"continue_final_message": True, "add_generation_prompt": False}, False),
        ({"add_generation_prompt": False}, False),
    ],
    ids=str,
)
def test_an_answer_is_gone_on_with_unless_it_has_to_be_one_engines(
    dialect: Dialect, asked: dict[str, Any], can: bool
) -> None:
    assert dialect.can_continue(asked) is can


def test_an_engine_that_cannot_go_on_with_a_text_is_never_asked_to() -> None:
    assert not replace(VLLM, continues=False).can_continue({})


@pytest.mark.parametrize("stream", [True, False, None])
def test_answers_can_be_gone_on_with_however_they_are_to_go_out(stream: bool | None) -> None:
    fitted = fit(TierFacts("strong", VLLM, 8_192), chat_request(stream=stream), SIGNALS)

    assert fitted.continues


@dialects
def test_what_steers_the_engines_of_some_tier_is_kept_for_the_router_on_all(dialect: Dialect) -> None:
    tiers = {"fast": TierFacts("fast", VLLM_DIFFUSION, 8_192), "strong": TierFacts("strong", dialect, 8_192)}

    assert dialect.router_owned.keys() <= owned_parameters(tiers)
