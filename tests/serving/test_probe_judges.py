"""By what it shows that an engine heeded a parameter; and that there is a trial for each one."""

from collections.abc import Mapping
from typing import Any

import pytest

from router.core.probed import Outcome
from router.engines.dialects import DIALECTS
from tandem_serving.engine_client import Page
from tandem_serving.probe.trials import TRIALS, is_dangerous, parameters_of


def said(text: str = "", tokens: int = 4, prompt: int = 9, finish: str = "length", **choice: Any) -> Page:
    """An answer."""
    message = {"message": {"content": text, **choice.pop("message", {})}, "finish_reason": finish, **choice}
    return Page(200, {"choices": [message], "usage": {"prompt_tokens": prompt, "completion_tokens": tokens}})


BASE = said("What it says.")
LOGPROBS: Mapping[str, Any] = {"logprobs": {"content": [{"token": "a", "top_logprobs": [{"token": "b"}]}]}}


@pytest.mark.parametrize(
    ("parameter", "answers", "outcome"),
    [
        ("max_tokens", [said("a b c", 3)], "honoured"),
        ("max_tokens", [said("a b c d", 4)], "ignored"),
        ("logit_bias", [said("KKKK", 4)], "honoured"),
        ("logit_bias", [said("KKxK", 4)], "ignored"),
        ("stop", [said("Th", finish="stop")], "honoured"),
        ("stop", [said("The tide", finish="length")], "ignored"),
        ("stop", [said("", finish="length")], "taken"),
        ("include_stop_str_in_output", [said("The", finish="stop")], "honoured"),
        ("include_stop_str_in_output", [said("Th", finish="stop")], "taken"),
        ("seed", [said("one"), said("one")], "honoured"),
        ("seed", [said("one"), said("other")], "ignored"),
        ("seed", [said("What it says."), said("What it says.")], "taken"),
        ("response_format", [said('"ebb"')], "honoured"),
        ("response_format", [said("The ebb")], "ignored"),
        ("guided_choice", [said("flow\n")], "honoured"),
        ("tool_choice", [said(message={"tool_calls": [{"id": "1"}]})], "honoured"),
        ("tool_choice", [said("I would.")], "ignored"),
        ("logprobs", [said("a", **LOGPROBS)], "honoured"),
        ("logprobs", [said("a", logprobs=None)], "ignored"),
        ("top_logprobs", [said("a", **LOGPROBS)], "honoured"),
        ("n", [Page(200, {"choices": [{}, {}]})], "honoured"),
        ("n", [said("one")], "ignored"),
        ("truncate_prompt_tokens", [said(prompt=4)], "honoured"),
        ("truncate_prompt_tokens", [said(prompt=9)], "ignored"),
        ("chat_template_kwargs", [said(prompt=12)], "honoured"),
        ("chat_template_kwargs", [said(prompt=9)], "taken"),
        ("stream_options", [Page(200, {"events": 2, "usage": {"completion_tokens": 3}})], "honoured"),
        ("stream_options", [Page(200, {"events": 2, "usage": None})], "ignored"),
        ("top_p", [said("anything")], "taken"),
    ],
)
def test_only_what_shows_is_called_honoured(parameter: str, answers: list[Page], outcome: Outcome) -> None:
    assert TRIALS[parameter].judge(answers, BASE).outcome == outcome


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_parameter_has_a_trial_that_does_not_steer_the_engine_itself(dialect: str) -> None:
    table = DIALECTS[dialect]
    told = {name for column in (table.passes, table.drops, table.escalates, table.refuses) for name in column}
    assert told <= set(parameters_of(dialect)) <= TRIALS.keys()


def test_what_may_end_an_engine_comes_last() -> None:
    names = parameters_of("vllm_diffusion")
    dangers = [is_dangerous(name, "vllm_diffusion") for name in names]
    assert dangers == sorted(dangers)
    assert set(names[dangers.index(True) :]) == {"prompt_logprobs", "echo", "use_beam_search"}
    assert not any(is_dangerous(name, "vllm") for name in parameters_of("vllm"))
