"""Whether the memory of the cards is enough, and what would be. Decides over values."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tandem_serving.launch.architectures import Architecture
from tandem_serving.launch.findings import Finding, Situation
from tandem_serving.launch.machine import Machine
from tandem_serving.launch.memory import GIB, MIB_PER_GIB, Budget, Serving, Told, budget, request_bytes, transient_bytes
from tandem_serving.launch.needs import Needs

SMALL_CARD_GIB = 20
STEP_TOKENS = 1024


@dataclass(frozen=True)
class Sum:
    """The sum for one launch, and what it was made from."""

    model: Architecture
    serving: Serving
    budget: Budget
    told: Told


def reckoned(of: Situation) -> Sum | None:
    """The sum for the cards that are here, else for the profile's own; None where there is nothing to sum."""
    checkpoint, serving = of.needs.checkpoint, of.needs.options.serving
    if checkpoint is None:
        return None
    weights = of.weights.bytes + of.needs.drafter_bytes if of.weights.bytes else of.needs.weights_bytes
    card = card_gib(of.needs, of.machine)
    told = Told(card=_named(of), weights=_weighed(of))
    return Sum(checkpoint.model, serving, budget(checkpoint.model, weights, card, serving), told)


def _named(of: Situation) -> str:
    return of.machine.gpus[0].name if of.machine.gpus else f"{of.needs.hardware.card}, which is not here"


def _weighed(of: Situation) -> str:
    """What the figure for the weights was made from."""
    drafter = ", and a drafter" if of.needs.drafter_bytes else ""
    if of.weights.bytes:
        return f"the files in {of.weights.name}{drafter}"
    checkpoint = of.needs.checkpoint
    assert checkpoint is not None
    billions = sum(checkpoint.model.parameters().values()) / 1e9
    kept = "".join(f", {part}" for part in sorted(checkpoint.kept))
    name = checkpoint.quantisation.upper()
    narrow = "" if name == "BF16" else f" in {name}; embeddings, vision{kept}"
    return f"{billions:.1f} billion{narrow} in BF16{drafter}"


def card_gib(needs: Needs, machine: Machine) -> float:
    """The memory of the smallest card that would be used. A card without its own has the machine's."""
    used = machine.gpus[: needs.options.tensor_parallel_size]
    sizes = [machine.memory_mib if gpu.memory_mib is None else gpu.memory_mib for gpu in used]
    return min(sizes, default=needs.hardware.memory_mib) / MIB_PER_GIB


def check_memory(of: Situation) -> Iterator[Finding]:
    """What does not fit."""
    found = reckoned(of)
    if found is None:
        return
    if found.budget.cache < found.budget.request:
        yield Finding("stops", "memory", _too_small(found), _smaller(found))
    elif found.budget.outside < found.budget.batch:
        yield Finding("stops", "memory", _no_room(found.budget), _fewer_slots(found))
    yield from _taken_by_others(of, found.budget)


def _taken_by_others(of: Situation, found: Budget) -> Iterator[Finding]:
    held = max((gpu.used_mib for gpu in of.machine.gpus), default=0) / MIB_PER_GIB
    free = found.card - held
    if held and free < found.allowed:
        says = f"other processes hold {held:.1f} GiB: {free:.1f} are free, and {found.allowed:.1f} were asked for"
        instead = f"end them, or add -- --gpu-memory-utilization {_down(free / found.card):.2f}"
        yield Finding("stops", "memory", says, instead)


def _too_small(found: Sum) -> str:
    needed = found.budget
    if needed.weights > needed.card:
        return f"the weights alone take {needed.weights:.1f} GiB, and the card has {needed.card:.1f}"
    return (
        f"{max(needed.cache, 0):.1f} GiB are left for the KV cache, and one request of {found.serving.context_tokens} "
        f"tokens takes {needed.request:.1f}: vLLM will not start"
    )


def _smaller(found: Sum) -> str:
    tokens = _longest_tokens(found)
    if tokens:
        return f"add -- --max-model-len {tokens}"
    if found.budget.card < SMALL_CARD_GIB:
        return (
            "a card of 16 GB has no room for 26 billion weights in any format: use one of 24 GB or more, a machine "
            "that has one, or llama.cpp, which can keep part of a model in main memory (`dialect: llamacpp`)"
        )
    return "use a smaller checkpoint, or cards that hold it"


def _longest_tokens(found: Sum) -> int:
    """The longest context that one request could fill, in whole steps; 0 for none."""
    longest = found.serving.context_tokens // STEP_TOKENS * STEP_TOKENS
    fits = (tokens for tokens in range(longest, 0, -STEP_TOKENS) if _request_gib(found, tokens) <= found.budget.cache)
    return next(fits, 0)


def _request_gib(found: Sum, tokens: int) -> float:
    return request_bytes(found.model, replace(found.serving, context_tokens=tokens)) / GIB


def _no_room(found: Budget) -> str:
    return (
        f"a full batch needs {found.batch:.1f} GiB beyond what vLLM counts, and {found.outside:.1f} are left: the "
        "first one would end the engine (vLLM issue 50699)"
    )


def _fewer_slots(found: Sum) -> str:
    slots = int(found.budget.outside * GIB // transient_bytes(found.model, 1))
    lower = _down(1 - found.budget.batch / found.budget.card)
    less = f"-- --gpu-memory-utilization {lower:.2f}"
    return f"add -- --max-num-seqs {slots}, or {less}" if slots else f"add {less}"


def _down(share: float) -> float:
    return max(int(share * 100) / 100, 0.01)
