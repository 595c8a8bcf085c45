"""The figures of a profile as a backend's latency: those that ship, those that were measured, and what is wrong."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from router.config.latency_settings import LatencySpec
from router.config.pace_file import read_pace
from router.config.settings import read_settings
from router.core.errors import FileError
from tandem_serving.simulator.profile_file import FOLDERS, SUFFIX, profile_names

PROFILES = FOLDERS[1]
DIALECT: Mapping[bool, str] = {True: "vllm", False: "vllm_diffusion"}


def a_profile(name: str) -> Path:
    return PROFILES / f"{name}{SUFFIX}"


@pytest.mark.parametrize("name", profile_names())
def test_every_profile_that_ships_says_how_fast_its_engine_is(name: str) -> None:
    found = LatencySpec(**read_pace(a_profile(name), DIALECT[name.endswith("-strong")]))
    assert None not in (found.step_ms, found.crowding, found.slots, found.prefill_tokens_per_s, found.canvas_tokens)


def test_steps_crowding_and_passes_are_those_of_the_profile() -> None:
    found = read_pace(a_profile("h200-fp8"), "vllm_diffusion")
    assert found == {
        "prefill_tokens_per_s": 28_000,
        "step_ms": pytest.approx(11.7),
        "crowding": pytest.approx((0.024 / 0.0117 - 1) / 3),
        "slots": 8,
        "canvas_tokens": 256,
        "passes": pytest.approx(0.55 * 9 + 0.3 * 15 + 0.15 * 25),
        "passes_p90": pytest.approx(0.55 * 17 + 0.3 * 28 + 0.15 * 42),
    }


def test_what_settings_say_counts_before_what_the_file_says(tmp_path: Path) -> None:
    (tmp_path / "mine.priors.yaml").write_text(a_profile("h200-fp8").read_text())
    (tmp_path / "tandem.yaml").write_text(
        "tiers: {fast: {backends: [{url: 'http://127.0.0.1:1', model: m, dialect: vllm_diffusion, context_tokens: 9, "
        "priors: mine.priors.yaml, latency: {slots: 2}}]}}\n"
    )
    latency = read_settings(tmp_path / "tandem.yaml").tiers["fast"].backends[0].latency
    assert (latency.slots, latency.step_ms) == (2, pytest.approx(11.7))


@pytest.mark.parametrize(
    ("name", "dialect", "said", "instead", "wrong"),
    [
        ("h200-fp8", "vllm", "", "", ":4:7: tier: these are figures of a fast engine, and the backend's is vllm"),
        ("h200-fp8-strong", "vllm_diffusion", "", "", ":4:7: tier: these are figures of a strong engine"),
        ("h200-fp8", "vllm_diffusion", "{1: 0.0117, ", "{", "step_s.values: the value for one request is missing"),
        ("h200-fp8", "vllm_diffusion", "slots: {value: 8", "slots: {value: 0", "slots.value: Input should be greater"),
        ("h200-fp8", "vllm_diffusion", "knee:", "knees:", "knee: is required and missing"),
    ],
)
def test_what_is_wrong_with_it_is_said_with_its_place(
    name: str, dialect: str, said: str, instead: str, wrong: str, tmp_path: Path
) -> None:
    path = tmp_path / "mine.priors.yaml"
    path.write_text(a_profile(name).read_text().replace(said, instead) if said else a_profile(name).read_text())
    with pytest.raises(FileError) as caught:
        read_pace(path, dialect)
    assert wrong in caught.value.message
