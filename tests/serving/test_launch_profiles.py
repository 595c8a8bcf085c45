"""Profiles: what vLLM reads, what people read above it and what the launcher reads say the same."""

import re
from itertools import chain
from pathlib import Path

import pytest

from router.core.errors import FileError
from tandem_serving.launch.fit import card_gib
from tandem_serving.launch.machine import Machine
from tandem_serving.launch.memory import budget
from tandem_serving.launch.needs import LaunchFile, all_needs, find_needs, read_version
from tandem_serving.launch.plan import Plan, environment
from tandem_serving.simulator.profile_file import find_profile, profile_names
from tandem_serving.tiny.specs import FAST, STRONG, EngineSpec, Launch
from tandem_serving.tiny.specs import environment as tiny_environment
from tandem_serving.typed_yaml import load_mapping, validated

NEEDS = {needs.name: needs for tier in ("fast", "strong") for needs in all_needs(tier)}
FOLDER = Path(__file__).parents[2] / "serving" / "profiles"
NO_MACHINE = Machine("Linux", "x86_64", 0)
HARDWARE = {"h200", "h100", "rtx5090", "rtxpro6000", "rtx4090", "rtx3090x2", "l40s", "a6000", "spark", "station", "cpu"}
ON_GPUS = [name for name, needs in NEEDS.items() if needs.hardware.compute]


def test_there_is_a_fast_profile_for_every_machine_and_a_strong_twin_for_every_fast_one() -> None:
    fast = {name for name in NEEDS if not name.endswith("-strong")}

    assert {name.split("-")[0] for name in fast} == HARDWARE
    assert {f"{name}-strong" for name in fast} < set(NEEDS)
    assert {"h200-fp8-31b-strong", "h200-fp8-31b-mtp-strong", "h200-fp8-mtp-strong"} < set(NEEDS)


def test_every_profile_has_its_three_parts() -> None:
    files = {file.name.removesuffix(".yaml") for file in FOLDER.glob("*.yaml") if ".priors" not in file.name}

    assert set(NEEDS) == set(profile_names()) == files - {"launch"}


@pytest.mark.parametrize("name", NEEDS)
def test_what_stands_above_a_profile_is_what_the_launcher_does(name: str) -> None:
    needs, said = NEEDS[name], heading(NEEDS[name].file)

    variables = dict(re.findall(r"Environment: (\w+)=(\S+) - ", said))
    assert variables == {key: each.value for key, each in needs.profile.environment.items()}
    assert all(each.why in said for each in needs.profile.environment.values())
    (least, better) = re.findall(r"Needs vLLM ([\d.]+), better ([\d.]+): ", said)[0]
    assert (read_version(least), read_version(better)) == (needs.profile.vllm.least, needs.profile.vllm.better)
    assert needs.profile.vllm.why in said
    assert "Known to break: " in said


@pytest.mark.parametrize("name", NEEDS)
def test_a_profile_and_its_priors_speak_of_the_same_engine(name: str) -> None:
    options = NEEDS[name].options
    priors = find_profile("strong" if name.endswith("-strong") else "fast", name)

    assert (priors.checkpoint, priors.served_model) == (options.model, options.served_model_name)
    assert (priors.context_tokens.value, priors.slots.value) == (options.max_model_len, options.max_num_seqs)


@pytest.mark.parametrize("name", ON_GPUS)
def test_every_profile_fits_the_card_that_it_was_written_for(name: str) -> None:
    needs = NEEDS[name]
    assert needs.checkpoint is not None

    found = budget(needs.checkpoint.model, needs.weights_bytes, card_gib(needs, NO_MACHINE), needs.options.serving)

    assert found.cache >= found.request
    assert found.outside >= found.batch
    assert needs.options.tensor_parallel_size == needs.hardware.cards


@pytest.mark.parametrize("name", ON_GPUS)
def test_profiles_parse_tools_and_thoughts_and_state_what_their_memory_depends_on(name: str) -> None:
    data = load_mapping(NEEDS[name].file)

    assert (data["reasoning-parser"], data["tool-call-parser"], data["enable-auto-tool-choice"]) == (
        "gemma4",
        "gemma4",
        True,
    )
    assert {"max-num-seqs", "max-num-batched-tokens", "gpu-memory-utilization"} <= set(data)
    assert ("default-chat-template-kwargs" in data) is name.endswith("-strong")
    assert ("speculative-config" in data) is ("-mtp" in name)


def test_no_profile_opens_an_engine_or_names_a_key() -> None:
    named = set(chain.from_iterable(load_mapping(needs.file) for needs in NEEDS.values()))

    assert named.isdisjoint({"host", "port", "api-key", "uds"})


def test_a_drafter_takes_memory_too() -> None:
    assert NEEDS["h200-fp8-mtp-strong"].weights_bytes == NEEDS["h200-fp8-strong"].weights_bytes + 0.9e9


@pytest.mark.parametrize(("spec", "name"), [(FAST, "cpu-tiny"), (STRONG, "cpu-tiny-strong")])
def test_the_tiny_profiles_set_what_the_tiny_engines_are_started_with(spec: EngineSpec, name: str) -> None:
    needs = NEEDS[name]
    plan = Plan("fast", needs, "127.0.0.1", 1, None)
    started = tiny_environment(Launch(spec, Path(), Path(), Path(), 1), {})

    assert environment(plan) == {key: value for key, value in started.items() if key != "VLLM_API_KEY"}
    assert needs.options.model == spec.checkpoint


def test_the_strong_tier_gets_the_strong_twin() -> None:
    assert find_needs("strong", "h200-fp8").name == "h200-fp8-strong"
    assert find_needs("strong", "h200-fp8-strong").name == "h200-fp8-strong"


def test_options_given_by_hand_overrule_those_of_the_profile() -> None:
    assert find_needs("fast", "h200-fp8", {"max-num-seqs": 2}).options.max_num_seqs == 2


@pytest.mark.parametrize(("tier", "name"), [("fast", "tpu"), ("fast", "h200-fp8-strong"), ("strong", "tpu")])
def test_an_unknown_profile_is_refused_with_those_there_are(tier: str, name: str) -> None:
    with pytest.raises(FileError, match=r"there is no such profile of the \w+ tier; there are: h200-bf16"):
        find_needs("fast" if tier == "fast" else "strong", name)


def test_a_value_that_is_no_option_is_refused_with_its_name() -> None:
    with pytest.raises(FileError, match="max-num-seqs: Input should be greater than 0"):
        find_needs("fast", "h200-fp8", {"max-num-seqs": 0})


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("quantisation: fp8", "quantisation: fp6", "Input should be 'bf16'"),
        ("kept: [attention]", "kept: [attentoin]", "Input should be 'experts', 'attention' or 'mlp'"),
        ("memory_mib: 143771", "memory_mb: 143771", "memory_mb: is not a known name"),
        ('least: "0.24.0"', 'least: "new"', "vllm.least"),
    ],
)
def test_a_wrong_launch_file_is_refused_where_it_is_wrong(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    before, found, after = (FOLDER / "launch.yaml").read_text().partition(right)
    assert found
    file = tmp_path / "launch.yaml"
    file.write_text(before + wrong + after)

    with pytest.raises(FileError) as refused:
        validated(LaunchFile, file, load_mapping(file))

    assert said in refused.value.message
    assert refused.value.line >= before.count("\n")


def heading(file: Path) -> str:
    """The comment above a profile, as one line."""
    lines = file.read_text().partition("\n\n")[0].splitlines()
    return " ".join(line.removeprefix("#").strip() for line in lines)
