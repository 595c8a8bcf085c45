"""The contract of all dialects, each in front of a double of its server, which refuses what the real one refuses: what
is written for it is taken, its answers and errors are understood, and what it tells of itself is found."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Raw
from msgspec.structs import replace

from router.clock import SystemClock
from router.core.capabilities import Dialect, TierFacts, fit
from router.core.chat_chunk import decoded
from router.core.continuation import Begun
from router.core.errors import BackendError, EngineFailed, Refused
from router.core.event_stream import payloads
from router.core.moves import Attempt, Block, Ended
from router.core.saturation import Occupancy
from router.core.spoken import spoken_of
from router.core.values import ChatRequest, Usage
from router.engines.dialects import DIALECTS
from router.engines.http import HttpBackend
from router.engines.line import Line, Timeouts, open_connections
from router.engines.load_pages import has_answered
from router.engines.load_probe import LoadProbe, Watched
from router.engines.wire_body import BodyWriter
from router.ports import Envelope
from router.silence import open_silence
from tests.examples import SIGNALS, chat_request
from tests.scripted_engine import EngineRoom, ScriptedEngine
from tests.server_double import FOLDER, Server, asks

Result = TypeVar("Result")

SERVERS = {name: Server(name) for name in DIALECTS}
each_server = pytest.mark.parametrize("server", SERVERS.values(), ids=SERVERS)

ATTEMPT = Attempt(1, "strong")
CLOCK = SystemClock()


@pytest.fixture(scope="module")
def engine(engine_room: EngineRoom) -> ScriptedEngine:
    return engine_room.open_engine()


def on_line(server: Server, engine: ScriptedEngine, use: Callable[[Line], Awaitable[Result]]) -> Result:
    async def work() -> Result:
        async with open_silence() as silence, open_connections(silence) as connections:
            pages = DIALECTS[server.name].pages
            return await use(Line("a", connections, engine.url, Timeouts(5, 10), "sk-1", pages))

    return asyncio.run(work())


def answer(server: Server, engine: ScriptedEngine, envelope: Envelope) -> list[Block | Ended]:
    """All that the backend says of the double's answer to this envelope."""

    async def ask(line: Line) -> list[Block | Ended]:
        backend = HttpBackend(line, BodyWriter("m", DIALECTS[server.name], b"secret"))
        return [each async for each in backend.stream(ATTEMPT, envelope)]

    return on_line(server, engine, ask)


def envelope_for(server: Server, request: ChatRequest, **known: Any) -> Envelope | None:
    """What the router makes of a request for this server; None: it does not send it there."""
    fitted = fit(TierFacts("strong", DIALECTS[server.name], 100_000), request, SIGNALS)
    return None if fitted.exclusion else Envelope(request, "r-1", "acme", dropped=fitted.dropped, **known)


def needed(envelope: Envelope | None) -> Envelope:
    assert envelope is not None
    return envelope


# --- the fixtures -----------------------------------------------------------------------------------------------


def test_every_dialect_has_a_double_and_every_double_a_dialect() -> None:
    assert {Path(each).stem for each in FOLDER.iterdir()} == set(DIALECTS)


@each_server
def test_a_double_says_where_it_is_from(server: Server) -> None:
    assert server.told["kind"] in ("recorded", "derived")
    assert server.told["server"]
    assert server.told["from"]


# --- what is written for a server is taken by it ----------------------------------------------------------------

ANYTHING: Mapping[str, tuple[Any, ...]] = {
    "temperature": (0, 0.7, 1, 1.0),
    "top_p": (0.5, 1),
    "top_k": (-1, 0, 40),
    "min_p": (0, 0.1),
    "seed": (7,),
    "n": (1, 2),
    "stop": ("a", ["a"]),
    "stop_token_ids": ([], [1]),
    "ignore_eos": (True, False),
    "max_tokens": (5,),
    "max_completion_tokens": (5,),
    "min_tokens": (0, 2),
    "presence_penalty": (0, 0.5),
    "frequency_penalty": (0, 0.5),
    "repetition_penalty": (1.0, 1.1),
    "length_penalty": (1.0, 2.0),
    "logit_bias": ({}, {"5": -100}),
    "bad_words": ([], ["no"]),
    "allowed_token_ids": ([1],),
    "logprobs": (True, False),
    "top_logprobs": (0, 2),
    "prompt_logprobs": (1,),
    "echo": (True, False),
    "use_beam_search": (True, False),
    "skip_special_tokens": (True, False),
    "spaces_between_special_tokens": (True, False),
    "include_stop_str_in_output": (True, False),
    "truncate_prompt_tokens": (9,),
    "stream_options": ({"include_usage": False}, {"continuous_usage_stats": True}),
    "response_format": ({"type": "text"}, {"type": "json_object"}),
    "structured_outputs": ({"regex": "a"},),
    "guided_json": ({},),
    "guided_regex": ("a",),
    "guided_choice": (["a"],),
    "guided_grammar": ("root ::= x",),
    "tool_choice": ("auto", "none", "required"),
    "parallel_tool_calls": (True, False),
    "continue_final_message": (True, False),
    "add_generation_prompt": (True, False),
    "add_special_tokens": (True, False),
    "chat_template_kwargs": ({}, {"enable_thinking": True}),
    "documents": ([], [{"text": "a"}]),
    "include_reasoning": (True, False),
    "reasoning_effort": ("low",),
    "return_token_ids": (True, False),
    "user": ("u",),
    "metadata": ({"a": "b"},),
    "service_tier": ("auto",),
    "safety_identifier": ("s",),
    "prompt_cache_key": ("k",),
    "store": (True, False),
    "verbosity": ("low",),
    "prediction": ({"type": "content", "content": "a"},),
    "prompt_cache_retention": ("24h",),
}
"""Values of every parameter that somebody may send without a grant, neutral ones among them."""

WITH_A_GRANT = {"transformers": {"chat_template_kwargs"}}
"""Parameters that steer one server, so that only who is trusted to sends them there."""

parameters = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from([None, *values]) for name, values in ANYTHING.items()}
)


@each_server
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=parameters, streamed=st.booleans(), is_judged=st.booleans(), samples=st.sampled_from([1, 2]))
def test_nothing_is_sent_that_the_server_refuses_breaks_on_or_takes_without_effect(
    server: Server, engine: ScriptedEngine, asked: dict[str, Any], streamed: bool, is_judged: bool, samples: int
) -> None:
    asked = {name: value for name, value in asked.items() if name not in WITH_A_GRANT.get(server.name, ())}
    asked |= {"stream": True} if streamed else {}
    known = {"is_judged": is_judged, "samples": samples, "tells_logprobs": is_judged, "thinking": False}
    envelope = envelope_for(server, chat_request(**asked), **known)
    if envelope is None:
        return
    engine.does(server.reply())

    *_, ended = answer(server, engine, envelope)

    assert isinstance(ended, Ended)


@each_server
@pytest.mark.parametrize("name", ANYTHING)
def test_what_a_caller_asks_for_is_sent_told_to_be_dropped_or_not_served(
    server: Server, engine: ScriptedEngine, name: str
) -> None:
    idiom = DIALECTS[server.name].idiom
    for value in ANYTHING[name]:
        envelope = envelope_for(server, chat_request(stream=True, **{name: value}))
        if envelope is None or name in envelope.dropped or not asks(name, value) or name == "stream_options":
            continue
        written = json.loads(BodyWriter("m", DIALECTS[server.name], b"secret").write(envelope))
        labels = name in idiom.leaves_out and name in DIALECTS[server.name].passes
        assert labels or written[idiom.renames.get(name, name)] == value


@each_server
@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
def test_a_limit_goes_under_the_name_that_the_server_keeps_to(server: Server, name: str) -> None:
    limit = server.told.get("limit", name)

    sent = written(server, **{name: 7})

    assert {each: sent[each] for each in ("max_tokens", "max_completion_tokens") if each in sent} == {limit: 7}


@each_server
def test_of_two_limits_that_of_the_servers_own_name_counts_unless_it_is_null(server: Server) -> None:
    limit = server.told.get("limit", "max_tokens")
    other = {"max_tokens": "max_completion_tokens"}.get(limit, "max_tokens")

    assert written(server, **{limit: 7, other: 9})[limit] == 7
    if limit != server.told.get("limit"):
        return
    assert written(server, **{limit: None, other: 9})[limit] == 9


def written(server: Server, **asked: Any) -> dict[str, Any]:
    envelope = needed(envelope_for(server, chat_request(**asked)))
    body: dict[str, Any] = json.loads(BodyWriter("m", DIALECTS[server.name], b"secret").write(envelope))
    return body


@each_server
def test_a_developers_word_reaches_the_server_as_it_is(server: Server) -> None:
    said = [{"role": "developer", "content": "Be brief."}, {"role": "user", "content": "Why?"}]
    request = chat_request()
    request = replace(request, fields={**request.fields, "messages": Raw(json.dumps(said).encode())})

    body = BodyWriter("m", DIALECTS[server.name], b"secret").write(Envelope(request, "r", "acme"))

    assert json.loads(body)["messages"] == said


@each_server
def test_an_answer_is_gone_on_with_as_the_server_wants_it_said(server: Server) -> None:
    dialect = DIALECTS[server.name]
    assert dialect.continues is ("goes_on" in server.told)
    if not dialect.continues:
        return
    begun = Begun("The sea", 3, {})
    sent = json.loads(BodyWriter("m", dialect, b"s").write(Envelope(chat_request(), "r", "acme", continues=begun)))

    assert sent["messages"][-1] == {"role": "assistant", "content": "The sea"}
    flags = ("continue_final_message", "add_generation_prompt")
    assert {each: sent[each] for each in flags if each in sent} == server.told["goes_on"]


@each_server
def test_prompts_are_kept_apart_by_tenant_where_the_server_can(server: Server) -> None:
    assert ("cache_salt" in written(server)) is DIALECTS[server.name].idiom.salts


# --- what it answers is understood ------------------------------------------------------------------------------


@each_server
def test_a_plain_answer_is_relayed_with_its_usage(server: Server, engine: ScriptedEngine) -> None:
    engine.does(server.reply())

    body, ended = answer(server, engine, needed(envelope_for(server, chat_request())))

    assert isinstance(body, Block)
    assert isinstance(ended, Ended)
    assert json.loads(body.data)["choices"][0]["message"]["content"] == "The sea."
    assert ended.usage == Usage(16, 5)


@each_server
def test_a_stream_is_relayed_with_its_reasoning_and_its_end_kept_back(server: Server, engine: ScriptedEngine) -> None:
    engine.does(server.reply())

    *blocks, ended = answer(server, engine, needed(envelope_for(server, chat_request(stream=True))))

    assert isinstance(ended, Ended)
    run = b"".join(each.data for each in blocks if isinstance(each, Block))
    said = [spoken_of(choice) for data in payloads(run) for choice in decoded(data)["choices"]]
    assert "".join(each.text for each in said) == "The sea."
    assert "".join(each.reasoning for each in said) == ("Hm." if "Hm." in str(server.told["stream"]) else "")
    assert ended.usage == Usage(16, 5)
    assert b"finish_reason" in ended.finish_event
    assert b"[DONE]" not in run + ended.finish_event


@each_server
def test_a_failure_in_a_stream_is_the_engines(server: Server, engine: ScriptedEngine) -> None:
    engine.does(server.fails_midway())

    with pytest.raises(EngineFailed):
        answer(server, engine, needed(envelope_for(server, chat_request(stream=True))))


@pytest.mark.parametrize(
    ("server", "error"),
    [
        pytest.param(each, error, id=f"{each.name}-{error['status']}-{at}")
        for each in SERVERS.values()
        for at, error in enumerate(each.told["errors"])
    ],
)
@pytest.mark.parametrize("streamed", [True, False], ids=["streamed", "plain"])
def test_an_error_is_put_down_to_whoever_must_change_something(
    server: Server, engine: ScriptedEngine, error: Mapping[str, Any], streamed: bool
) -> None:
    engine.does(server.says(error))

    with pytest.raises(BackendError) as raised:
        answer(server, engine, needed(envelope_for(server, chat_request(stream=streamed))))

    assert raised.value.outcome == error["outcome"]
    assert error["says"] in raised.value.message
    if isinstance(raised.value, Refused):
        assert raised.value.is_too_long is error.get("too_long", False)


# --- what it tells of itself ------------------------------------------------------------------------------------


@each_server
@pytest.mark.parametrize("state", ["well", "ill"])
def test_it_is_asked_how_it_is_where_it_says_so(server: Server, engine: ScriptedEngine, state: str) -> None:
    health = server.told["health"]
    engine.does(server.says(health[state]))
    engine.healthy = state == "well"

    assert on_line(server, engine, lambda line: line.is_healthy()) is (state == "well")
    assert engine.looked_at == [health["path"]]


def test_a_provider_without_a_list_of_models_is_there_all_the_same() -> None:
    well: Dialect = DIALECTS["openai"]

    assert {200, 404} <= well.pages.well
    assert not {401, 403, 429, 500, 503} & well.pages.well


@pytest.mark.parametrize(
    ("server", "at"),
    [
        pytest.param(each, at, id=f"{each.name}-{at}")
        for each in SERVERS.values()
        for at, _ in enumerate(each.told.get("loads", ()))
    ],
)
def test_how_many_requests_it_has_is_found_where_it_says_so(server: Server, engine: ScriptedEngine, at: int) -> None:
    load = server.told["loads"][at]
    engine.does()
    engine.pages = {load["path"]: load["page"].encode()}
    occupancy = Occupancy()

    async def look(line: Line) -> None:
        await LoadProbe(Watched(line, DIALECTS[server.name].pages.loads), occupancy, CLOCK).look()

    on_line(server, engine, look)

    assert occupancy.in_flight(CLOCK.now_s()) == load["count"]


@each_server
def test_a_server_that_tells_its_load_nowhere_is_not_asked(server: Server) -> None:
    assert bool(DIALECTS[server.name].pages.loads) is ("loads" in server.told)


@each_server
def test_that_it_has_answered_before_is_found_where_it_says_so(server: Server) -> None:
    pages = DIALECTS[server.name].pages
    assert (pages.answered is not None) is ("answered" in server.told)
    if pages.answered is not None:
        page = server.told["answered"]["page"].encode()
        assert has_answered(page, pages.answered)
        assert not has_answered(b"", pages.answered)
