"""The wire of a simulated server on loopback, against the shapes recorded from vLLM 0.32: keys, their order, types."""

import json
import re
import socket
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.patience import until
from tests.serving.simulated_engine import SimulatedEngine, simulated
from tests.wire_client import CHAT, Address, Response, ask, open_stream, post

MESSAGE = "{role:str,content:str,refusal:null,annotations:null,audio:null,function_call:null,reasoning:null}"
CHOICE = (
    f"{{index:int,message:{MESSAGE},logprobs:null,finish_reason:str,stop_reason:null,token_ids:null,"
    "routed_experts:null}"
)
TAIL = "prompt_logprobs:null,prompt_token_ids:null,prompt_text:null,kv_transfer_params:null,ec_transfer_params:null"
HEAD = "id:str,object:str,created:int,model:str"
DETAILS = {"fast": "null", "strong": "{reasoning_tokens:int}"}
COUNTED = "prompt_tokens:int,total_tokens:int,completion_tokens:int"
ROLE_CHOICE = "{index:int,delta:{role:str,content:str},logprobs:null,finish_reason:null}"
TEXT_CHOICE = "{index:int,delta:{content:str},logprobs:null,finish_reason:null,token_ids:null}"
LAST_CHOICE = "{index:int,delta:{content:str},logprobs:null,finish_reason:str,stop_reason:null,token_ids:null}"
OPENING = f"{{{HEAD},choices:[{ROLE_CHOICE}],prompt_token_ids:null,prompt_text:null}}"
FURTHER = f"{{{HEAD},choices:[{TEXT_CHOICE}]}}"
LAST = f"{{{HEAD},choices:[{LAST_CHOICE}],system_fingerprint:str}}"
ENTRY = "{token:str,logprob:float,bytes:[int],top_logprobs:[{token:str,logprob:float,bytes:[int]}]}"
SPECULATIVE = (
    "{mean_acceptance_length:float,draft_acceptance_rate:float,acceptance_histogram:[int],num_spec_steps:int,"
    "num_accepted_draft_tokens:int,num_draft_tokens:int,num_spec_tokens:int,per_step_accepted:[int],"
    "per_step_drafted:[int]}"
)
STREAMED = ["date", "server", "content-type", "vary", "x-request-id", "transfer-encoding"]
PLAIN = ["date", "server", "content-length", "content-type", "vary", "x-request-id"]
TIERS = ("fast", "strong")
QUICK = ("--profile", "cpu-tiny", "--speed", "5")

Engines = Mapping[str, SimulatedEngine]


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    """One engine of each tier, the fast one without parsers and telling its passes, as the recorded ones were."""
    folder = tmp_path_factory.mktemp
    with (
        simulated(folder("fast"), "fast", *QUICK, "--no-parsers") as fast,
        simulated(folder("strong"), "strong", *QUICK) as strong,
        simulated(folder("counting"), "fast", *QUICK, "--counts-passes", "--api-key", "sekrit") as counting,
    ):
        yield {"fast": fast, "strong": strong, "counting": counting}


def fields(content: str = "What is the capital of France?", **beside: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": content}], **beside}


def shape(value: object) -> str:
    """Keys in their order and the types of what they hold; a list shows each run of like items once."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{key}:{shape(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(dict.fromkeys(map(shape, value))) + "]"
    return "null" if value is None else type(value).__name__


def events(response: Response) -> list[str]:
    """The payloads of a stream, its framing checked."""
    *found, rest = response.body.decode().split("\n\n")
    assert rest == ""
    assert all(each.startswith("data: ") for each in found)
    return [each.removeprefix("data: ") for each in found]


def chunk_shapes(response: Response) -> list[str]:
    *chunks, done = events(response)
    assert done == "[DONE]"
    return [shape(json.loads(chunk)) for chunk in chunks]


def names(response: Response) -> list[str]:
    return [name.lower() for name, _ in response.headers]


@pytest.mark.parametrize("tier", TIERS)
def test_a_plain_answer_has_the_recorded_shape(engines: Engines, tier: str) -> None:
    response = post(engines[tier].address, fields(max_tokens=8))

    usage = f"{{{COUNTED},prompt_tokens_details:null,completion_tokens_details:{DETAILS[tier]}}}"
    assert shape(response.json) == (
        f"{{{HEAD},choices:[{CHOICE}],service_tier:null,system_fingerprint:str,usage:{usage},{TAIL},metrics:null}}"
    )
    assert names(response) == PLAIN
    assert response.json["choices"][0]["finish_reason"] == "length"
    assert response.json["usage"]["completion_tokens"] == 8
    assert re.fullmatch("chatcmpl-[0-9a-f]{16}", response.json["id"])
    assert b'": ' not in response.body


@pytest.mark.parametrize("tier", TIERS)
def test_a_stream_opens_with_its_role_and_ends_with_its_fingerprint(engines: Engines, tier: str) -> None:
    response = post(engines[tier].address, fields(max_tokens=8, stream=True))

    middle = [] if tier == "fast" else [FURTHER] * 7
    assert chunk_shapes(response) == [OPENING, *middle, LAST]
    assert names(response) == STREAMED
    assert response.header("content-type") == "text/event-stream; charset=utf-8"


@pytest.mark.parametrize("tier", TIERS)
def test_usage_comes_in_a_chunk_of_its_own_without_nulls(engines: Engines, tier: str) -> None:
    wanted = fields(max_tokens=8, stream=True, stream_options={"include_usage": True})
    *_, last, usage = chunk_shapes(post(engines[tier].address, wanted))

    details = "" if tier == "fast" else f",completion_tokens_details:{DETAILS[tier]}"
    assert last == f"{{{HEAD},choices:[{LAST_CHOICE}]}}"
    assert usage == f"{{{HEAD},choices:[],usage:{{{COUNTED}{details}}},system_fingerprint:str}}"


@pytest.mark.parametrize("tier", TIERS)
def test_usage_can_come_with_every_chunk(engines: Engines, tier: str) -> None:
    options = {"include_usage": True, "continuous_usage_stats": True}
    response = post(engines[tier].address, fields(max_tokens=4, stream=True, stream_options=options))

    usage = f"usage:{{{COUNTED},completion_tokens_details:{DETAILS[tier]}}}"
    opening, *_, last, _ = chunk_shapes(response)
    assert opening == f"{{{HEAD},choices:[{ROLE_CHOICE}],{usage},prompt_token_ids:null,prompt_text:null}}"
    assert last == f"{{{HEAD},choices:[{LAST_CHOICE}],{usage}}}"
    seen = [json.loads(event)["usage"]["completion_tokens"] for event in events(response)[:-1]]
    assert seen == ([0, 4, 4] if tier == "fast" else [0, 1, 2, 3, 4, 4])


def test_the_fast_tier_sends_one_event_for_each_canvas(engines: Engines) -> None:
    wanted = fields(max_tokens=600, stream=True, ignore_eos=True, stream_options={"include_usage": True})
    response = post(engines["fast"].address, wanted)

    assert chunk_shapes(response)[:4] == [OPENING, FURTHER, FURTHER, f"{{{HEAD},choices:[{LAST_CHOICE}]}}"]
    assert json.loads(events(response)[-2])["usage"]["completion_tokens"] == 600


@pytest.mark.parametrize("tier", TIERS)
def test_log_probabilities_come_plain_and_streamed(engines: Engines, tier: str) -> None:
    wanted = fields(max_tokens=2, logprobs=True, top_logprobs=1)

    plain = post(engines[tier].address, wanted).json["choices"][0]["logprobs"]
    streamed = chunk_shapes(post(engines[tier].address, {**wanted, "stream": True}))[-1]

    assert shape(plain) == f"{{content:[{ENTRY}]}}"
    assert f"logprobs:{{content:[{ENTRY}]}},finish_reason:str" in streamed


@pytest.mark.parametrize("tier", TIERS)
def test_choices_interleave_behind_all_their_roles(engines: Engines, tier: str) -> None:
    response = post(engines[tier].address, fields(max_tokens=3, n=2, stream=True))

    indices = [json.loads(event)["choices"][0]["index"] for event in events(response)[:-1]]
    assert indices[:2] == [0, 1]
    assert sorted(indices[2:]) == ([0, 1] if tier == "fast" else [0, 0, 0, 1, 1, 1])
    assert indices[2:] != sorted(indices[2:]) or tier == "fast"


def test_an_answer_that_ends_by_itself_ends_with_an_empty_delta_on_the_strong_tier(engines: Engines) -> None:
    *_, last = events(post(engines["strong"].address, fields("hi", stream=True)))[:-1]

    choice = json.loads(last)["choices"][0]
    assert choice == {
        "index": 0,
        "delta": {},
        "logprobs": None,
        "finish_reason": "stop",
        "stop_reason": 5,
        "token_ids": None,
    }


def test_a_streamed_tool_call_is_named_first_and_argued_later(engines: Engines) -> None:
    weather = {"type": "function", "function": {"name": "get_weather", "parameters": {"required": ["city"]}}}
    wanted = fields("What is the weather in Rome", tools=[weather], stream=True)

    _, named, *argued, last = [
        json.loads(event)["choices"][0] for event in events(post(engines["strong"].address, wanted))[:-1]
    ]

    call = named["delta"]["tool_calls"][0]
    assert shape(call) == "{id:str,type:str,index:int,function:{name:str}}"
    assert call["function"]["name"] == "get_weather"
    parts = [choice["delta"]["tool_calls"][0] for choice in argued]
    assert {shape(part) for part in parts} == {"{index:int,function:{arguments:str}}"}
    assert json.loads("".join(part["function"]["arguments"] for part in parts)) == {"city": "simulated"}
    assert (last["delta"], last["finish_reason"]) == ({}, "tool_calls")


def test_a_plain_tool_call_says_nothing_beside_it(engines: Engines) -> None:
    weather = {"type": "function", "function": {"name": "get_weather"}}
    response = post(engines["strong"].address, fields("What is the weather in Rome", tools=[weather]))

    message = response.json["choices"][0]["message"]
    assert list(message) == "role content refusal annotations audio function_call tool_calls reasoning".split()
    assert message["content"] is None
    assert shape(message["tool_calls"]) == "[{id:str,type:str,function:{name:str,arguments:str}}]"


def test_structured_output_is_json_on_the_strong_tier(engines: Engines) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
    form = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}

    response = post(engines["strong"].address, fields(response_format=form))

    assert json.loads(response.text) == {"a": 0}


@pytest.mark.parametrize("tier", TIERS)
def test_a_partial_answer_is_gone_on_with(engines: Engines, tier: str) -> None:
    whole = post(engines[tier].address, fields("Tell me about bridges.")).text
    begun = [{"role": "user", "content": "Tell me about bridges."}, {"role": "assistant", "content": whole[:40]}]

    rest = post(
        engines[tier].address,
        {"messages": begun, "continue_final_message": True, "add_generation_prompt": False},
    )

    assert whole[:40] + rest.text == whole


def test_the_strong_tier_reads_a_draft_token_by_token(engines: Engines) -> None:
    begun = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "The capital"}]
    flags = {"continue_final_message": True, "add_generation_prompt": False, "prompt_logprobs": 1, "max_tokens": 1}

    body = post(engines["strong"].address, {"messages": begun, **flags}).json

    assert body["prompt_logprobs"][0] is None
    assert len(body["prompt_logprobs"]) == body["usage"]["prompt_tokens"]
    own = next(iter(body["prompt_logprobs"][-1].values()))
    assert shape(own) == "{logprob:float,rank:int,decoded_token:str}"
    assert own["decoded_token"] == " capital"


def test_passes_are_told_as_the_step_scheduler_tells_them(engines: Engines) -> None:
    key = {"authorization": "Bearer sekrit"}
    wanted = fields("hi", max_tokens=300, ignore_eos=True)
    address = engines["counting"].address

    plain = post(address, wanted, headers=key).json["metrics"]
    options = {"stream": True, "stream_options": {"include_usage": True}}
    streamed = json.loads(events(post(address, {**wanted, **options}, headers=key))[-2])["metrics"]

    counted = plain["speculative_decoding"]
    assert shape(counted) == SPECULATIVE
    assert counted["per_step_accepted"] == [0, 0, 256, 0, 0, 256]
    assert counted["mean_acceptance_length"] == 1 + 512 / 6
    assert list(plain)[:2] == ["time_to_first_token_ms", "generation_time_ms"]
    assert streamed == {"speculative_decoding": counted}
    assert post(address, fields("hi", n=2, max_tokens=4), headers=key).json["metrics"] is None


def test_dials_cap_the_passes_and_narrow_the_canvas(engines: Engines) -> None:
    key = {"authorization": "Bearer sekrit"}
    dials = {"diffusion_max_steps": 1, "diffusion_canvas_length": 32}
    wanted = fields("hi", max_tokens=64, ignore_eos=True, vllm_xargs=dials)

    counted = post(engines["counting"].address, wanted, headers=key).json["metrics"]["speculative_decoding"]

    assert counted["per_step_accepted"] == [0, 32, 0, 32]
    assert counted["per_step_drafted"] == [32, 32, 32, 32]


def test_a_key_guards_v1_and_leaves_the_rest_open(engines: Engines) -> None:
    address = engines["counting"].address

    refused = [post(address, fields()), post(address, fields(), "wrong"), ask(address, "GET", "/v1/models")]

    assert {(each.status, each.body) for each in refused} == {(401, b'{"error":"Unauthorized"}')}
    assert names(refused[0]) == ["date", "server", "content-length", "content-type", "x-request-id"]
    assert [ask(address, "GET", path).status for path in ("/health", "/metrics", "/load", "/version")] == [200] * 4


@pytest.mark.parametrize("tier", TIERS)
def test_the_callers_request_id_comes_back_and_names_the_answer(engines: Engines, tier: str) -> None:
    traced = {"x-request-id": "abc-123", "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
    response = post(engines[tier].address, fields(max_tokens=1), headers=traced)

    assert response.header("x-request-id") == "abc-123"
    assert response.json["id"] == "chatcmpl-abc-123"


@pytest.mark.parametrize("tier", TIERS)
def test_the_small_endpoints_answer_as_recorded(engines: Engines, tier: str) -> None:
    address = engines[tier].address

    models = ask(address, "GET", "/v1/models").json["data"][0]
    health = ask(address, "GET", "/health")

    assert list(models) == "id object created owned_by root parent max_model_len permission".split()
    assert (models["id"], models["max_model_len"]) == ("tier1" if tier == "fast" else "tier2", 4096)
    assert (health.status, health.body) == (200, b"")
    assert names(health) == ["date", "server", "content-length", "vary", "x-request-id"]
    assert ask(address, "GET", "/version").body == b'{"version":"0.32.0"}'
    assert ask(address, "GET", "/load").body == b'{"server_load":0}'
    assert ask(address, "GET", "/v1/nothing").body == b'{"detail":"Not Found"}'
    wrong = ask(address, "GET", CHAT)
    assert (wrong.status, wrong.body, wrong.header("allow")) == (405, b'{"detail":"Method Not Allowed"}', "POST")


@pytest.mark.parametrize("tier", TIERS)
def test_a_bare_completion_has_the_recorded_shape(engines: Engines, tier: str) -> None:
    wanted = {"prompt": "The capital", "max_tokens": 4}

    plain = post(engines[tier].address, wanted, path="/v1/completions").json
    streamed = chunk_shapes(post(engines[tier].address, {**wanted, "stream": True}, path="/v1/completions"))

    assert (
        list(plain["choices"][0])
        == (
            "index text logprobs finish_reason stop_reason token_ids prompt_logprobs prompt_token_ids routed_experts"
        ).split()
    )
    assert (
        list(plain)
        == (
            "id object created model choices service_tier system_fingerprint usage kv_transfer_params "
            "ec_transfer_params metrics"
        ).split()
    )
    assert streamed[-1] == (
        f"{{{HEAD},choices:[{{index:int,text:str,logprobs:null,finish_reason:str,stop_reason:null,"
        "prompt_token_ids:null,token_ids:null}],system_fingerprint:str}"
    )
    assert len(streamed) == (1 if tier == "fast" else 4)


def test_headers_of_a_stream_come_before_its_first_block_and_role_and_block_together(engines: Engines) -> None:
    sent_s = time.monotonic()
    with open_stream(engines["fast"].address, fields(max_tokens=8, stream=True)) as stream:
        opened_s = time.monotonic() - sent_s
        role = stream.next_event()
        role_s = time.monotonic() - sent_s
        stream.next_event()
        block_s = time.monotonic() - sent_s

    assert '"role"' in role
    assert opened_s < 0.02
    assert role_s > 0.025
    assert block_s - role_s < 0.02


def test_metrics_go_by_the_names_of_the_real_server(engines: Engines) -> None:
    before = metrics(engines["fast"].address)
    post(engines["fast"].address, fields("hi", max_tokens=300, ignore_eos=True))
    after = metrics(engines["fast"].address)

    def moved(name: str) -> float:
        label = '{engine="0",model_name="tier1"}'
        return after[f"vllm:{name}{label}"] - before[f"vllm:{name}{label}"]

    assert moved("diffusion_num_denoising_steps_total") == 6
    assert moved("diffusion_num_canvas_positions_total") == 1536
    assert moved("diffusion_num_committed_tokens_total") == 512
    assert moved("generation_tokens_total") == 300
    assert moved("time_to_first_token_seconds_count") == 1
    assert moved("e2e_request_latency_seconds_sum") == pytest.approx(6 * 0.051 / 5, rel=0.2)
    assert after['vllm:num_requests_waiting_by_reason{engine="0",model_name="tier1",reason="capacity"}'] == 0
    assert not any("diffusion" in name for name in metrics(engines["strong"].address))


def test_more_than_the_slots_wait_and_a_caller_who_leaves_frees_his_place(engines: Engines) -> None:
    address = engines["counting"].address
    callers = [hanging_caller(address) for _ in range(12)]

    until(lambda: (running(address), waiting(address)) == (8, 4))
    load = ask(address, "GET", "/load").json["server_load"]
    for caller in callers:
        caller.close()

    assert load == 12
    until(lambda: (running(address), waiting(address)) == (0, 0))
    assert ask(address, "GET", "/load").json["server_load"] == 0


def hanging_caller(address: Address) -> socket.socket:
    body = json.dumps(fields(stream=True)).encode()
    head = (
        f"POST {CHAT} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer sekrit\r\nx-simulate: hang\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    caller = socket.create_connection(address)
    caller.sendall(head.encode() + body)
    return caller


def metrics(address: Address) -> dict[str, float]:
    lines = ask(address, "GET", "/metrics").body.decode().splitlines()
    samples = (line.rpartition(" ") for line in lines if not line.startswith("#"))
    return {name: float(value) for name, _, value in samples}


def running(address: Address) -> float:
    return metrics(address)['vllm:num_requests_running{engine="0",model_name="tier1"}']


def waiting(address: Address) -> float:
    return metrics(address)['vllm:num_requests_waiting{engine="0",model_name="tier1"}']
