"""What an engine can do wrong on demand: scripts in a request's `x-simulate` header, in its
`simulate` field by tier, or for a share of all requests."""

from random import Random
from typing import Literal, get_args

from msgspec import Struct, structs

from tandem_serving.simulator.answer import Answer, with_garbage
from tandem_serving.simulator.profile import FastProfile, Profile
from tandem_serving.simulator.scheduler import NEVER, Job
from tandem_serving.simulator.work import NO_DIALS, pass_cap
from tandem_serving.simulator.wrong import Draft, with_slips

FaultKind = Literal["die", "hang", "stall", "garbage", "wrong", "never-converge", "slow-pass"]

FAULT_KINDS: tuple[FaultKind, ...] = get_args(FaultKind)

_USUAL_AMOUNTS: dict[str, float] = {"die": 0, "stall": 1, "garbage": 1, "wrong": 1, "slow-pass": 5}
"""Chunks before the death and before the silence, the block that is garbage or holds a sentence that is wrong (below
1: the share of blocks that do), how much slower a pass is."""

SPOILT_BLOCK_TOKENS = 256
"""A block of the strong tier, which has no canvases."""


class UnknownFault(ValueError):
    """A script that nobody can play. The message says which there are."""


class Fault(Struct, frozen=True, gc=False):
    """One failure script. `amount` is the number behind its colon."""

    kind: FaultKind
    amount: float


class FaultShare(Struct, frozen=True, gc=False):
    """A script for a share (0..1) of all requests."""

    fault: Fault
    share: float


def parse_fault(script: str) -> Fault:
    """`stall:2` and its like. Raises UnknownFault."""
    name, colon, amount = script.strip().partition(":")
    kind = next((known for known in FAULT_KINDS if known == name), None)
    if kind is None or (colon and kind not in _USUAL_AMOUNTS):
        raise UnknownFault(f"{script!r} is not one of die[:CHUNKS], hang, stall[:CHUNKS], {_REST}")
    try:
        number = float(amount) if colon else _USUAL_AMOUNTS.get(kind, 0)
    except ValueError:
        number = -1
    if not 0 <= number < NEVER:
        raise UnknownFault(f"{amount!r} in {script!r} is not a number that can be played")
    return Fault(kind, number)


def parse_fault_share(script: str) -> FaultShare:
    """`stall:2@0.1`: the script for a tenth of all requests; without a share, for all. Raises UnknownFault."""
    name, at, share = script.partition("@")
    try:
        part = float(share) if at else 1.0
    except ValueError:
        part = -1.0
    if not 0 <= part <= 1:
        raise UnknownFault(f"{share!r} in {script!r} is not a share between 0 and 1")
    return FaultShare(parse_fault(name), part)


def draw_fault(shares: tuple[FaultShare, ...], chance: Random) -> Fault | None:
    """The script for a request that brings none of its own."""
    return next((each.fault for each in shares if chance.random() < each.share), None)


def spoil_job(job: Job, fault: Fault, profile: Profile) -> Job:
    """The work of a request that plays this script."""
    passes = job.passes
    if fault.kind in ("hang", "stall"):
        silent = 0 if fault.kind == "hang" else min(int(fault.amount), len(passes) - 1)
        return structs.replace(job, passes=(*passes[:silent], NEVER, *passes[silent + 1 :]))
    if fault.kind == "never-converge" and isinstance(profile, FastProfile):
        return structs.replace(job, passes=(pass_cap(profile, NO_DIALS),) * len(passes))
    if fault.kind == "slow-pass":
        return structs.replace(job, slowness=fault.amount or 1.0)
    return job


def spoil_answer(answer: Answer, draft: Draft, fault: Fault, block_tokens: int) -> Answer:
    """What a request that plays this script is told. `draft`: what the answer is a part of."""
    width = block_tokens if block_tokens > 1 else SPOILT_BLOCK_TOKENS
    if fault.kind == "wrong":
        return with_slips(answer, draft, fault.amount, width)
    if fault.kind != "garbage":
        return answer
    first = max(int(fault.amount) - 1, 0) * width
    return with_garbage(answer, first, first + width)


def deadly_block(fault: Fault, blocks: int) -> int | None:
    """The block that, instead of being committed, takes the engine down; None for a script that does not."""
    return min(int(fault.amount), blocks - 1) if fault.kind == "die" else None


_REST = "garbage[:BLOCK], wrong[:BLOCK or SHARE], never-converge, slow-pass[:FACTOR]"
