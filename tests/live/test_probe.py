"""`tandem engine probe` on real engines: every row is as it was recorded on vLLM 0.32.0."""

import asyncio
from collections.abc import Mapping

import pytest

from router.core.probed import Outcome, Probed
from tandem_serving.probe.run import Wanted, probe
from tandem_serving.probe.trying import Conduct
from tests.live.engines import LiveEngine

BOTH: Mapping[Outcome, str] = {
    "honoured": "max_tokens max_completion_tokens n stop include_stop_str_in_output logprobs top_logprobs stream "
    "stream_options truncate_prompt_tokens return_token_ids continue_final_message add_generation_prompt request_id",
    "taken": "top_p top_k presence_penalty frequency_penalty repetition_penalty stop_token_ids ignore_eos user "
    "reasoning_effort cache_salt priority vllm_xargs chat_template_kwargs",
    "ignored": "store metadata service_tier guided_json guided_regex guided_choice guided_grammar web_search_options",
    "refused": "chat_template",
}
FAST: Mapping[Outcome, str] = {
    "refused": "temperature seed min_p min_tokens logit_bias bad_words allowed_token_ids response_format "
    "structured_outputs tools tool_choice",
    "untried": "prompt_logprobs echo use_beam_search",
}
STRONG: Mapping[Outcome, str] = {
    "honoured": "seed logit_bias allowed_token_ids response_format structured_outputs prompt_logprobs echo "
    "use_beam_search",
    "taken": "temperature min_p min_tokens bad_words tools",
    "ignored": "tool_choice",
}
"""What each engine makes of each parameter. `tools` are refused by an engine without a parser for them, and `taken` is
what was accepted and steers, where one answer does not show it."""

TOLD: Mapping[str, Outcome] = {
    "tokenizer": "honoured",
    "load": "honoured",
    "metrics": "honoured",
    "request_ids": "honoured",
    "counts_blocks": "honoured",
    "continues": "honoured",
    "auth": "ignored",
}


def rows(*tables: Mapping[Outcome, str]) -> list[tuple[str, Outcome]]:
    return [(name, outcome) for table in tables for outcome, names in table.items() for name in names.split()]


def probed(engine: LiveEngine, **conduct: bool) -> Probed:
    return asyncio.run(probe(Wanted(engine.address, conduct=Conduct(**conduct)), lambda _what, _of: None))


@pytest.fixture(scope="module")
def bare_engine(engines: Mapping[str, LiveEngine]) -> LiveEngine:
    """A diffusion engine without the plug-in."""
    return engines["bare"]


@pytest.fixture(scope="module")
def fast(fast_engine: LiveEngine) -> Probed:
    return probed(fast_engine)


@pytest.fixture(scope="module")
def strong(strong_engine: LiveEngine) -> Probed:
    return probed(strong_engine)


@pytest.mark.parametrize(("parameter", "outcome"), rows(BOTH, FAST))
def test_each_parameter_of_the_diffusion_engine_is_found_as_it_is(
    parameter: str, outcome: Outcome, fast: Probed
) -> None:
    assert fast.parameters[parameter].outcome == outcome, fast.parameters[parameter].why


@pytest.mark.parametrize(("parameter", "outcome"), rows(BOTH, STRONG))
def test_each_parameter_of_the_autoregressive_engine_is_found_as_it_is(
    parameter: str, outcome: Outcome, strong: Probed
) -> None:
    assert strong.parameters[parameter].outcome == outcome, strong.parameters[parameter].why


@pytest.mark.parametrize("feature", TOLD)
def test_both_tell_of_themselves(feature: str, fast: Probed, strong: Probed) -> None:
    assert fast.features[feature].outcome == strong.features[feature].outcome == TOLD[feature]  # type: ignore[index]


def test_who_they_are_is_found_without_being_told(fast: Probed, strong: Probed) -> None:
    assert (fast.engine, fast.version, fast.dialect) == ("vllm", "0.32.0", "vllm_diffusion")
    assert (strong.engine, strong.version, strong.dialect) == ("vllm", "0.32.0", "vllm")
    assert fast.context_tokens == strong.context_tokens == 4096
    assert (fast.canvas_tokens, strong.canvas_tokens) == (256, None)


def test_the_dials_of_the_diffusion_engine_take_effect(fast: Probed) -> None:
    assert fast.dials["denoise.steps"].outcome == "honoured"
    assert fast.dials["denoise.steps"].why == "2 passes and commits with a cap of 1, 3 without, by its own count"
    assert fast.dials["denoise.canvas"].outcome == "honoured"
    assert fast.features["passes"].why == "told with each block, by the plug-in"


def test_they_take_effect_by_the_counters_of_a_server_that_tells_no_passes(bare_engine: LiveEngine) -> None:
    found = probed(bare_engine)
    assert found.features["passes"].outcome == "ignored"
    assert found.dials["denoise.steps"].outcome == "honoured"
    assert found.dials["denoise.canvas"].outcome == "honoured"
    assert "counters" in found.dials["denoise.canvas"].why


def test_only_the_autoregressive_engine_reads(fast: Probed, strong: Probed) -> None:
    assert strong.features["reads"].outcome == "honoured"
    assert strong.features["reads_last"].outcome == "ignored"
    assert fast.features["reads"].outcome == "untried"


def test_neither_takes_images_or_sound(fast: Probed, strong: Probed) -> None:
    for found in (fast, strong):
        assert {found.modalities["image"].outcome, found.modalities["audio"].outcome} == {"refused"}


@pytest.fixture(scope="module")
def killed_by_probe(bare_engine: LiveEngine) -> Probed:
    """What was found of an engine that did not outlive it."""
    return probed(bare_engine, with_danger=True)


@pytest.mark.timeout(200, func_only=True)
def test_what_ends_the_diffusion_engine_is_found_to_do_so(killed_by_probe: Probed) -> None:
    assert killed_by_probe.parameters["prompt_logprobs"].outcome == "fatal"
    assert killed_by_probe.parameters["echo"].why == "the engine is gone"
    assert killed_by_probe.parameters["temperature"].outcome == "refused"
