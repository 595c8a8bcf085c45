"""Profiles: every figure has a source, files are refused with their line, and the engine keeps what they promise."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from router.core.errors import FileError
from tandem_serving.simulator.profile import Engine, FastProfile, Latency, Passes, Profile, Spread, StrongProfile
from tandem_serving.simulator.profile_file import SimulatedTier, find_profile, profile_names, read_profile
from tandem_serving.simulator.study import Seen, draw_work, one_at_a_time

FAST = [name for name in profile_names() if not name.endswith("-strong")]
STRONG = [name.removesuffix("-strong") for name in profile_names() if name.endswith("-strong")]
PROFILES: list[tuple[SimulatedTier, str]] = [*(("fast", name) for name in FAST), *(("strong", name) for name in STRONG)]
REQUESTS = 1000
WITHIN = 0.10
FOLDER = Path(__file__).parents[2] / "serving" / "profiles"


def test_every_profile_has_a_strong_twin() -> None:
    assert {"h200-fp8", "rtx5090-nvfp4", "spark-nvfp4", "cpu-tiny"} < set(FAST) < set(STRONG)


@pytest.mark.parametrize(("tier", "name"), PROFILES)
def test_a_profile_is_found_by_tier_and_hardware(tier: SimulatedTier, name: str) -> None:
    profile = find_profile(tier, name)

    assert profile.tier == tier
    assert isinstance(profile, FastProfile if tier == "fast" else StrongProfile)


@pytest.mark.parametrize(("tier", "name"), PROFILES)
def test_latency_of_many_requests_is_what_the_profile_says(tier: SimulatedTier, name: str) -> None:
    profile = find_profile(tier, name)

    seen = one_at_a_time(profile, draw_work(profile, REQUESTS, seed=1))

    found = deviations(seen, profile.latency)
    assert found == pytest.approx(dict.fromkeys(found, 0), abs=WITHIN)


@pytest.mark.parametrize(("tier", "name"), PROFILES)
def test_a_full_answer_comes_at_the_rate_that_is_quoted(tier: SimulatedTier, name: str) -> None:
    profile = find_profile(tier, name)
    block_tokens = profile.canvas_tokens.value if isinstance(profile, FastProfile) else 1

    rate = block_tokens / (profile.tokens_per_s.passes * profile.step_s.at(1))

    assert rate == pytest.approx(profile.tokens_per_s.value, rel=0.05)


@pytest.mark.parametrize(("tier", "name"), PROFILES)
def test_prompts_that_look_hard_take_more_passes_up_to_the_cap(tier: SimulatedTier, name: str) -> None:
    profile = find_profile(tier, name)
    if not isinstance(profile, FastProfile):
        return
    most = profile.passes.cap + 1

    for share in (0.1, 0.5, 0.9, 0.99):
        easy, hard = profile.passes.low.at(share, most), profile.passes.high.at(share, most)
        assert easy <= profile.passes.medium.at(share, most) <= hard <= most


def test_passes_are_heavy_tailed_and_never_above_the_most() -> None:
    passes = Passes(p10=5, p50=9, p90=17, p99=34)

    assert [passes.at(share, 49) for share in (0.1, 0.5, 0.9, 0.99)] == [5, 9, 17, 34]
    assert passes.at(0.9999, 49) == 49
    assert passes.at(0.9999, 13) == 13


def test_steps_take_longer_the_more_run_between_the_points_and_beyond_them() -> None:
    step_s = find_profile("fast", "spark-nvfp4").step_s

    assert step_s.at(1) < step_s.at(3) < step_s.at(4) < step_s.at(20)


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("slots: {", "slotz: {", "slotz: is not a known name"),
        (
            "slots: {value: 8,",
            "slots: {value: 0,",
            "slots.value: Input should be greater than or equal to 1, found '0'",
        ),
        ("slots: {value: 8, mark: vendor", "slots: {value: 8, mark: rumour", "slots.mark: Input should be 'measured'"),
        ("tier: fast", "tier: quick", "tier: must be fast or strong"),
        ("name: h200-fp8", "name: other", "name: differs from the name of the file"),
        ("difficulty: {low: 0.55", "difficulty: {low: 0.65", "workload.difficulty: the shares do not add up to 1"),
        ("prompt_tokens: {p50: 400", "prompt_tokens: {p50: 4000", "workload.prompt_tokens: p90 is below p50"),
        ("tier: fast\n", "name: again\n", "duplicate key"),
        ("step_s:\n  values: {1: ", "step_s:\n  values: {3: ", "step_s: the value for one request is missing"),
    ],
)
def test_a_wrong_file_is_refused_where_it_is_wrong(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    before, found, after = (FOLDER / "h200-fp8.priors.yaml").read_text().partition(right)
    assert found
    file = tmp_path / "h200-fp8.priors.yaml"
    file.write_text(before + wrong + after)

    with pytest.raises(FileError) as refused:
        read_profile(file, "fast")

    assert said in refused.value.message
    assert refused.value.line == before.count("\n") + 1
    assert refused.value.message.startswith(f"{file}:{refused.value.line}:{refused.value.column}: ")


def test_a_profile_of_the_other_tier_is_refused() -> None:
    with pytest.raises(FileError, match="the fast tier was asked for"):
        find_profile("fast", "h200-fp8-strong")


def test_an_unknown_profile_is_refused_with_those_there_are() -> None:
    with pytest.raises(FileError, match=r"there is no such profile.*spark-nvfp4"):
        find_profile("fast", "tpu")


def test_every_figure_names_its_source() -> None:
    for tier, name in PROFILES:
        assert_sourced(find_profile(tier, name))


def assert_sourced(profile: Profile) -> None:
    figures = [getattr(profile, field) for field in Engine.model_fields]
    sourced = [figure for figure in figures if hasattr(figure, "mark")]
    assert len(sourced) >= 11
    assert all(len(figure.source.split()) >= 2 for figure in sourced)


def deviations(seen: Sequence[Seen], said: Latency) -> dict[str, float]:
    """How far what was seen is from what was said, as a share of it."""
    found = {}
    for name in ("first_block_s", "total_s"):
        values = sorted(getattr(each, name) for each in seen)
        spread: Spread = getattr(said, name)
        found[f"{name} p50"] = values[len(values) // 2] / spread.p50 - 1
        found[f"{name} p90"] = values[len(values) * 9 // 10] / spread.p90 - 1
    return found
