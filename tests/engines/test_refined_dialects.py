"""What was found of an engine counts before what is assumed of its kind."""

from collections.abc import Mapping

import pytest

from router.core.probed import Found, Outcome, Probed
from router.engines.dialects import DIALECTS
from router.engines.dialects.refine import refined
from router.engines.dialects.vllm import VLLM
from router.engines.dialects.vllm_diffusion import VLLM_DIFFUSION


def probed(dialect: str = "vllm", parameters: Mapping[str, Outcome] = {}, **found: Mapping[str, Outcome]) -> Probed:
    """An engine of which this was found."""
    rest = {name: {each: Found(outcome) for each, outcome in said.items()} for name, said in found.items()}
    named = {name: Found(outcome) for name, outcome in parameters.items()}
    return Probed("vllm", "0.32.0", "2026-11-21T10:00:00+00:00", "m", dialect, parameters=named, **rest)  # type: ignore[arg-type]


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=lambda each: each.name)
def test_where_nothing_was_found_everything_stays_as_it_was(dialect) -> None:
    untried = dict.fromkeys(dialect.passes | dialect.escalates.keys(), "untried")
    assert refined(dialect, probed(dialect.name, untried)) == dialect


@pytest.mark.parametrize("outcome", ["refused", "failed", "fatal"])
def test_what_an_engine_refuses_breaks_on_or_dies_of_goes_up(outcome: Outcome) -> None:
    action, row = refined(VLLM, probed(parameters={"logprobs": outcome})).column("logprobs", True)
    assert action == "escalate"
    assert row is not None
    assert "this engine" in row.why


def test_what_has_no_effect_is_left_out_and_reported() -> None:
    action, _ = refined(VLLM, probed(parameters={"documents": "ignored"})).column("documents", [{"text": "a"}])
    assert action == "drop"


def test_a_value_that_asks_for_nothing_is_sent_all_the_same() -> None:
    found = refined(VLLM, probed(parameters={"tool_choice": "ignored", "temperature": "refused"}))
    assert found.column("tool_choice", "required")[0] == "drop"
    assert found.column("tool_choice", "auto")[0] == "pass"
    assert found.column("temperature", 0.2)[0] == "escalate"
    assert found.column("temperature", 1.0)[0] == "pass"


def test_what_was_seen_to_be_honoured_is_sent_though_engines_of_its_kind_do_not_honour_it() -> None:
    assert VLLM_DIFFUSION.column("response_format", {"type": "json_object"})[0] == "escalate"
    found = refined(VLLM_DIFFUSION, probed("vllm_diffusion", {"response_format": "honoured"}))
    assert found.column("response_format", {"type": "json_object"})[0] == "pass"


@pytest.mark.parametrize("outcome", ["taken", "ignored"])
def test_what_carries_meaning_goes_up_as_long_as_no_effect_was_seen(outcome: Outcome) -> None:
    found = refined(VLLM_DIFFUSION, probed("vllm_diffusion", {"seed": outcome}))
    assert found.column("seed", 7)[0] == "escalate"


def test_what_only_steers_is_left_out_where_it_is_refused() -> None:
    found = refined(VLLM_DIFFUSION, probed("vllm_diffusion", {"temperature": "refused"}))
    assert found.column("temperature", 0.2)[0] == "drop"


def test_labels_are_sent_although_they_have_no_effect() -> None:
    assert refined(VLLM, probed(parameters={"user": "ignored"})).column("user", "me")[0] == "pass"


@pytest.mark.parametrize("parameter", ["vllm_xargs", "web_search_options"])
@pytest.mark.parametrize("outcome", ["honoured", "refused", "ignored"])
def test_what_is_the_routers_own_and_what_nobody_does_stays_so(parameter: str, outcome: Outcome) -> None:
    before = VLLM.column(parameter, {})
    assert refined(VLLM, probed(parameters={parameter: outcome})).column(parameter, {}) == before


def test_a_dial_that_turns_nothing_is_not_turned() -> None:
    dials: Mapping[str, Outcome] = {"denoise.steps": "honoured", "denoise.canvas": "ignored", "thinking": "taken"}
    found = refined(VLLM_DIFFUSION, probed("vllm_diffusion", dials=dials))
    assert found.dials.keys() == {"denoise.steps", "thinking"}


def test_abilities_are_taken_away_and_never_given() -> None:
    able: Mapping[str, Outcome] = {"reads": "honoured", "continues": "refused", "counts_blocks": "ignored"}
    assert not refined(VLLM_DIFFUSION, probed("vllm_diffusion", features=able)).reads
    found = refined(VLLM, probed(features=able))
    assert found.reads
    assert not found.continues
    assert not found.counts_blocks
