"""What an answer costs an engine: its blocks and their passes, drawn from a profile. Pure, the chance is given."""

from collections.abc import Callable
from random import Random

from msgspec import Struct

from router.core.values import Band
from tandem_serving.simulator.profile import FastProfile, Profile
from tandem_serving.simulator.scheduler import Job, Pace

COMMIT = 1
"""Passes that a canvas takes on top of its denoising: the one that writes it into the cache."""

WARM_UP_STEPS = 20
WARM_UP_FACTOR = 4.0
"""An engine that has just started compiles while it serves its first requests."""


class Dials(Struct, frozen=True, gc=False):
    """What a request may set: `max_steps` caps the denoising of a canvas, `canvas_tokens` narrows it."""

    max_steps: int | None = None
    canvas_tokens: int | None = None


NO_DIALS = Dials()


def pace_of(profile: Profile) -> Pace:
    """How fast a warm engine of this profile is."""
    step_s = _remembered(profile.step_s.at)
    return Pace(profile.slots.value, step_s, profile.prefill_tokens_per_s.value)


def cold(pace: Pace) -> Pace:
    """The same engine just after its start."""
    return Pace(pace.slots, pace.step_s, pace.prefill_tokens_per_s, WARM_UP_STEPS, WARM_UP_FACTOR)


def block_tokens(profile: Profile, dials: Dials) -> int:
    """Tokens that come out at once: a canvas on the fast tier, one on the strong."""
    if isinstance(profile, FastProfile):
        return dials.canvas_tokens or profile.canvas_tokens.value
    return 1


def pass_cap(profile: FastProfile, dials: Dials) -> int:
    """The most passes that one canvas may take, its commit included."""
    return min(dials.max_steps or profile.passes.cap, profile.passes.cap) + COMMIT


def draw_job(
    profile: Profile, prompt_tokens: int, answer_tokens: int, band: Band, chance: Random, dials: Dials = NO_DIALS
) -> Job:
    """The work of one answer. Every started canvas counts whole, however little of it is used."""
    if not isinstance(profile, FastProfile):
        return Job(prompt_tokens, (1,) * answer_tokens)
    canvases = -(-answer_tokens // block_tokens(profile, dials))
    most = pass_cap(profile, dials)
    passes = profile.passes.of(band)
    drawn = tuple(passes.at(chance.random(), most) for _ in range(canvases))
    return Job(prompt_tokens, drawn, _share(profile, dials))


def _share(profile: FastProfile, dials: Dials) -> float:
    whole = profile.canvas_tokens.value
    width = dials.canvas_tokens or whole
    return profile.narrow_share.value + (1 - profile.narrow_share.value) * width / whole


def _remembered(step_s: Callable[[int], float]) -> Callable[[int], float]:
    """The same curve, each point of it worked out once: a step is taken hundreds of times a second."""
    known: dict[int, float] = {}

    def at(running: int) -> float:
        if running not in known:
            known[running] = step_s(running)
        return known[running]

    return at
