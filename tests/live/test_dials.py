"""What a policy sets of an answer reaches the engines that have the dials for it: how often a canvas is denoised, how
wide it is, whether the model thinks; and how long a tier may take before it is given up."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openai import OpenAI

from tests.live.asking import PROMPT, Reply, ask, openai_client, plain_and_streamed
from tests.live.engines import LiveEngine
from tests.live.routers import running_router
from tests.live.tap import Tap, tapped
from tests.patience import until

Ask = Callable[..., Reply]

COMMIT = 1
"""Passes of a canvas on top of its denoising."""

TIMEOUT_S = 1.0
FREE_WITHIN_S = 6.0
"""A fraction of what the answer that was given up would have taken; a busy engine is slow to tell how it is doing."""

ONE_CANVAS = {"max_tokens": 40, "extra_body": {"ignore_eos": True}}
TWO_CANVASES = {"max_tokens": 300, "extra_body": {"ignore_eos": True}}
TWELVE_CANVASES = {"max_tokens": 3000, "extra_body": {"ignore_eos": True}}
"""The slow engine takes two seconds or more for each."""

POLICIES: Mapping[str, Mapping[str, Any]] = {
    "as-started": {"tier": "fast"},
    "hurried": {"tier": "fast", "denoise": {"steps": 2}},
    "hurried-strong": {"tier": "strong", "denoise": {"steps": 2, "canvas": 64}},
    "narrow": {"tier": "fast", "denoise": {"steps": 2, "canvas": 64}},
    "thoughtful": {"tier": "strong", "thinking": "on"},
    "thoughtless": {"tier": "strong", "thinking": "off"},
    "thoughtless-fast": {"tier": "fast", "thinking": "off", "denoise": {"steps": 2}},
    "impatient": {"ladder": ["fast", "strong"], "timeout": "1s"},
    "impatient-below": {"ladder": ["fast", "strong"], "timeout": "1s", "max_escalations": 0},
}
"""By name: what each sets, for every request."""


@pytest.fixture(scope="module")
def tap(strong_engine: LiveEngine) -> Iterator[Tap]:
    """A tap on the line to the strong engine."""
    with tapped(strong_engine.launch.port) as tap:
        yield tap


@pytest.fixture(scope="module")
def policies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The policies under test, and the one that every router must have."""
    folder = tmp_path_factory.mktemp("dialled")
    for name, settings in {"default": {"ladder": ["fast", "strong"]}, **POLICIES}.items():
        (folder / f"{name}.yaml").write_text(
            json.dumps({"name": name, "rules": [], "otherwise": {**settings, "gate": "off"}})
        )
    return folder


@pytest.fixture(scope="module")
def client(
    slow_engine: LiveEngine, strong_engine: LiveEngine, policies: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OpenAI]:
    """A client of a router with these policies, whose fast engine never settles."""
    folder = tmp_path_factory.mktemp("dials")
    with (
        running_router(folder, slow_engine, strong_engine, policies=str(policies)) as router,
        openai_client(router.address) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def tapped_client(
    slow_engine: LiveEngine,
    strong_engine: LiveEngine,
    tap: Tap,
    policies: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[OpenAI]:
    """The same, but that the line to the strong engine is tapped."""
    behind_tap = replace(strong_engine, launch=replace(strong_engine.launch, port=tap.port))
    folder = tmp_path_factory.mktemp("tapped-dials")
    with (
        running_router(folder, slow_engine, behind_tap, policies=str(policies)) as router,
        openai_client(router.address) as client,
    ):
        yield client


def passes_of(client: OpenAI, policy: str, **parameters: Any) -> Any:
    """What the engine's step scheduler tells of the passes of one answer."""
    messages = [{"role": "user", "content": PROMPT}]
    completion = client.chat.completions.create(model=f"auto:{policy}", messages=messages, **parameters)
    return (completion.model_extra or {})["metrics"]["speculative_decoding"]


# --- denoising --------------------------------------------------------------------------------------------------


def test_without_a_policy_every_canvas_is_denoised_until_the_engines_own_cap(client: OpenAI) -> None:
    """What the next tests rest on."""
    assert passes_of(client, "as-started", **ONE_CANVAS)["num_spec_steps"] == 48 + COMMIT


def test_a_policy_caps_the_passes_of_every_canvas(client: OpenAI) -> None:
    told = passes_of(client, "hurried", **TWO_CANVASES)

    assert told["num_spec_steps"] <= 2 * (2 + COMMIT)
    assert set(told["per_step_drafted"]) == {256}


def test_a_policy_sets_the_width_of_a_canvas(client: OpenAI) -> None:
    told = passes_of(client, "narrow", **ONE_CANVAS)

    assert set(told["per_step_drafted"]) == {64}
    assert told["num_spec_steps"] <= 2 + COMMIT


@plain_and_streamed
def test_an_answer_in_a_hurry_is_a_whole_answer(ask: Ask, client: OpenAI) -> None:
    reply = ask(client, model="auto:hurried", **TWO_CANVASES)

    assert (reply.tier, reply.usage.completion_tokens, reply.finish_reasons) == ("fast", 300, ("length",))


def test_who_may_steer_the_engine_has_the_last_word(client: OpenAI) -> None:
    steered = {"ignore_eos": True, "vllm_xargs": {"diffusion_max_steps": 1}}

    assert passes_of(client, "hurried", max_tokens=40, extra_body=steered)["num_spec_steps"] == 1 + COMMIT


def test_an_engine_without_canvases_is_not_told_how_to_denoise(tapped_client: OpenAI, tap: Tap) -> None:
    assert ask(tapped_client, model="auto:hurried-strong").tier == "strong"
    assert "vllm_xargs" not in tap.last().fields


# --- thinking ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("policy", "thinks"), [("thoughtful", True), ("thoughtless", False)])
def test_a_policy_decides_whether_the_model_thinks(policy: str, thinks: bool, tapped_client: OpenAI, tap: Tap) -> None:
    asked_for = {"enable_thinking": not thinks, "tone": "salty"}

    reply = ask(tapped_client, model=f"auto:{policy}", extra_body={"chat_template_kwargs": asked_for})

    assert reply.tier == "strong"
    assert tap.last().fields["chat_template_kwargs"] == {"enable_thinking": thinks, "tone": "salty"}


@plain_and_streamed
def test_a_diffusion_engine_takes_both_dials_at_once(ask: Ask, client: OpenAI) -> None:
    assert ask(client, model="auto:thoughtless-fast").tier == "fast"


# --- time -------------------------------------------------------------------------------------------------------


@plain_and_streamed
def test_an_engine_that_takes_too_long_is_answered_for_by_the_next(ask: Ask, client: OpenAI) -> None:
    reply = ask(client, model="auto:impatient")

    assert reply.tier == "strong"
    attempts = (reply.router or {})["attempts"]
    assert [attempt["outcome"] for attempt in attempts] == ["timed_out", "served"]
    assert attempts[0]["elapsed_s"] == pytest.approx(TIMEOUT_S, abs=0.3)


def test_an_engine_that_was_given_up_is_free_at_once(client: OpenAI, slow_engine: LiveEngine) -> None:
    messages = [{"role": "user", "content": PROMPT}]
    asked_for = {"model": "auto:impatient", "messages": messages, **TWELVE_CANVASES}
    with client.chat.completions.create(**asked_for, stream=True) as stream:
        next(chunk for chunk in stream if chunk.choices[0].delta.role)
        until(slow_engine.is_idle, FREE_WITHIN_S)


@plain_and_streamed
def test_who_may_not_move_up_waits_for_the_only_tier(ask: Ask, client: OpenAI) -> None:
    reply = ask(client, model="auto:impatient-below", **ONE_CANVAS)

    assert reply.tier == "fast"
    assert [attempt["outcome"] for attempt in (reply.router or {})["attempts"]] == ["served"]
    assert reply.router["attempts"][0]["elapsed_s"] > TIMEOUT_S
