"""`tandem engine measure` on simulated engines: it finds the figures that they play, and writes them down."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tandem_serving.simulator.profile_file import find_profile, read_profile
from tests.cli.commands import ended, errors, succeeded, tandem
from tests.serving.simulated_engine import SimulatedEngine, simulated

PROFILE = "rtx5090-nvfp4"
SPEED = 2
"""Everything that the engines do takes half of its time: what is measured of them, too."""

WITHIN = 0.1
SHORT = ("--most", "6", "--rounds", "1", "--answers", "1")

pytestmark = pytest.mark.timeout(180)


def address(engine: SimulatedEngine) -> str:
    return f"http://{engine.address.host}:{engine.address.port}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("measured")


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SimulatedEngine, SimulatedEngine]]:
    fast, strong = tmp_path_factory.mktemp("fast"), tmp_path_factory.mktemp("strong")
    with (
        simulated(fast, "fast", "--profile", PROFILE, "--speed", str(SPEED), "--tells-passes") as one,
        simulated(strong, "strong", "--profile", PROFILE, "--speed", str(SPEED)) as other,
    ):
        yield one, other


@pytest.fixture(scope="module")
def told(engines: tuple[SimulatedEngine, SimulatedEngine], folder: Path) -> dict[str, Any]:
    """What was measured of both, once for all tests."""
    fast, strong = map(address, engines)
    files = ("--out", folder / "pace.html", "--profile-out", folder / "mine.priors.yaml", "--like", PROFILE)
    found: dict[str, Any] = json.loads(
        succeeded(tandem("engine", "measure", fast, "--against", strong, *SHORT, *files, "--json"))
    )
    return found


@pytest.mark.parametrize("running", [1, 2, 3, 4])
def test_the_time_of_a_pass_is_found_by_how_many_run(told: dict[str, Any], running: int) -> None:
    played = find_profile("fast", PROFILE).step_s.at(running) / SPEED
    assert told["measured"]["step_s"][str(running)] == pytest.approx(played, rel=WITHIN)


@pytest.mark.parametrize("running", [1, 2, 4])
def test_the_time_between_tokens_is_found_by_how_many_run(told: dict[str, Any], running: int) -> None:
    played = find_profile("strong", PROFILE).step_s.at(running) / SPEED
    assert told["against"]["step_s"][str(running)] == pytest.approx(played, rel=WITHIN)


def test_slots_and_knee_are_found_and_what_waits_is_not_taken_for_running(folder: Path, told: dict[str, Any]) -> None:
    played, found = find_profile("fast", PROFILE), read_profile(folder / "mine.priors.yaml", "fast")
    assert told["measured"]["slots"] == played.slots.value
    assert max(map(int, told["measured"]["step_s"])) == played.slots.value
    assert found.knee.value == played.knee.value
    assert find_profile("strong", PROFILE).knee.value == told["against"]["slots"]


def test_the_file_is_a_profile_that_the_simulator_plays(folder: Path, told: dict[str, Any]) -> None:
    played, found = find_profile("fast", PROFILE), read_profile(folder / "mine.priors.yaml", "fast")
    assert found.step_s.mark == found.knee.mark == found.slots.mark == "measured"
    assert found.prefill_tokens_per_s.value == pytest.approx(SPEED * played.prefill_tokens_per_s.value, rel=0.2)
    assert found.memory_gib == played.memory_gib
    assert found.passes.mark == "derived", "six canvases are too few for percentiles"
    assert found.served_model == told["measured"]["model"]


def test_where_the_diffusion_engine_overtakes_follows_from_both(told: dict[str, Any]) -> None:
    alone = told["crossovers"][0]
    assert alone["running"] == 1
    assert 20 < alone["first"] < 256


def test_a_page_shows_it(folder: Path, told: dict[str, Any]) -> None:
    page = (folder / "pace.html").read_text("utf-8")
    assert page.count("<svg") == 4
    assert "knee 3 at once" in page


def test_two_engines_of_one_kind_are_not_set_against_each_other(
    engines: tuple[SimulatedEngine, SimulatedEngine],
) -> None:
    strong = address(engines[1])
    said = errors(ended(tandem("engine", "measure", strong, "--against", strong, "--most", "1", "--rounds", "1"), 1))
    assert said == ["only a diffusion engine and an autoregressive one are set against each other"]


def test_a_file_of_another_name_is_refused_before_anything_is_measured(folder: Path) -> None:
    said = errors(ended(tandem("engine", "measure", "http://127.0.0.1:9", "--profile-out", folder / "mine.yaml"), 1))
    assert said == [f"{folder / 'mine.yaml'}:1:1: must be called NAME.priors.yaml, as every profile's priors are"]
