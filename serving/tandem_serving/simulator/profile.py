"""What an engine is known to do on one kind of hardware: the figures of a profile, each with where it comes from.

Values only. `profile_file` reads them from `serving/profiles/NAME.priors.yaml`; the scheduler plays them.
"""

from bisect import bisect_right
from collections.abc import Mapping
from itertools import pairwise
from math import exp, log
from statistics import NormalDist
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from router.core.values import Band

Mark = Literal["measured", "vendor", "community", "derived"]
"""How far a figure can be trusted: by us, by who sells it, by a user of it, or worked out from other figures."""

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1)]

_P90_DEVIATIONS = NormalDist().inv_cdf(0.9)


class Part(BaseModel):
    """A part of a profile: unknown names are refused and nothing changes after it was read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Sourced(Part):
    """What every figure says of itself."""

    mark: Mark
    source: Annotated[str, Field(min_length=8)]


class Figure(Sourced):
    """One number."""

    value: Positive


class CountFigure(Sourced):
    """One whole number."""

    value: Count


class Limit(Sourced):
    """The most there may be of something; 0 for none at all."""

    value: Annotated[int, Field(ge=0)]


class Spread(Sourced):
    """A quantity that is spread out, by its median and its 90th percentile; between and beyond them log-normal."""

    p50: Positive
    p90: Positive

    @model_validator(mode="after")
    def _in_order(self) -> "Spread":
        if self.p90 < self.p50:
            raise ValueError("p90 is below p50")
        return self

    def at(self, share: float) -> float:
        """The value that this share (in 0..1, ends excluded) of all cases stays below."""
        sigma = log(self.p90 / self.p50) / _P90_DEVIATIONS
        return self.p50 * exp(sigma * NormalDist().inv_cdf(share))


class Passes(Part):
    """Passes of one canvas, its commit included, by percentile. Between them straight lines; p100 is the cap's."""

    p10: Count
    p50: Count
    p90: Count
    p99: Count

    @model_validator(mode="after")
    def _in_order(self) -> "Passes":
        if not self.p10 <= self.p50 <= self.p90 <= self.p99:
            raise ValueError("the percentiles are not in order")
        return self

    def at(self, share: float, most: int) -> int:
        """The passes that this share of all canvases stays below, at most `most`."""
        first = max(2, 2 * self.p10 - self.p50)
        shares = (0.0, 0.1, 0.5, 0.9, 0.99, 1.0)
        values = (min(first, self.p10), self.p10, self.p50, self.p90, self.p99, max(self.p99, most))
        upper = min(max(bisect_right(shares, share), 1), len(shares) - 1)
        low, high = values[upper - 1], values[upper]
        part = (share - shares[upper - 1]) / (shares[upper] - shares[upper - 1])
        return min(round(low + part * (high - low)), most)


class PassFigures(Sourced):
    """Passes of a canvas by how hard the prompt looks, and the engine's cap on denoising (the commit comes on top)."""

    cap: Count
    low: Passes
    medium: Passes
    high: Passes

    def of(self, band: Band) -> Passes:
        """The passes of canvases for prompts of this difficulty."""
        by_band: Mapping[Band, Passes] = {"low": self.low, "medium": self.medium, "high": self.high}
        return by_band[band]


class Curve(Sourced):
    """A duration in seconds by the number of requests that run at once: straight lines between the points given."""

    values: Annotated[dict[Count, Positive], Field(min_length=1)]

    @model_validator(mode="after")
    def _rising(self) -> "Curve":
        if 1 not in self.values:
            raise ValueError("the value for one request is missing")
        points = sorted(self.values.items())
        if any(later < earlier for (_, earlier), (_, later) in pairwise(points)):
            raise ValueError("more requests at once cannot take less time each")
        return self

    def at(self, running: int) -> float:
        """Seconds with so many requests running. Beyond the last point the last line goes on."""
        points = sorted(self.values.items())
        if len(points) == 1 or running <= points[0][0]:
            return points[0][1]
        upper = min(bisect_right(points, (running, 0.0)), len(points) - 1)
        (few, fast), (many, slow) = points[upper - 1], points[upper]
        return fast + (slow - fast) * (running - few) / (many - few)


class Bands(Sourced):
    """The share of prompts of each difficulty."""

    low: Annotated[float, Field(ge=0, le=1)]
    medium: Annotated[float, Field(ge=0, le=1)]
    high: Annotated[float, Field(ge=0, le=1)]

    @model_validator(mode="after")
    def _whole(self) -> "Bands":
        if abs(self.low + self.medium + self.high - 1) > 1e-9:
            raise ValueError("the shares do not add up to 1")
        return self

    def at(self, share: float) -> Band:
        """The band that this share of all prompts falls into, the easy ones first."""
        if share < self.low:
            return "low"
        return "medium" if share < self.low + self.medium else "high"


class Workload(Part):
    """The requests that `latency` speaks of, sent one at a time."""

    prompt_tokens: Spread
    answer_tokens: Spread
    difficulty: Bands


class Latency(Part):
    """What a caller sees of an idle engine under the workload, in seconds."""

    first_block_s: Spread
    total_s: Spread


class TokenRate(Sourced):
    """Tokens a second of one request alone, and how many passes a canvas takes in that figure (1 for tokens)."""

    value: Positive
    passes: Count


class Engine(Part):
    """What the figures of both tiers have in common.

    `step_s` is the time of one step for everyone who takes part in it: a pass on the fast tier, a token on the
    strong one. `slots` run at once, the rest waits; `knee` is where another request at once stops paying.
    `end_of_turn_token` is the id that ends an answer, which vLLM reports as its `stop_reason`.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    checkpoint: str
    served_model: str
    context_tokens: CountFigure
    vocabulary_tokens: CountFigure
    end_of_turn_token: CountFigure
    images_per_prompt: Limit
    memory_gib: Figure
    kv_tokens: CountFigure
    cold_start_s: Figure
    slots: CountFigure
    knee: CountFigure
    prefill_tokens_per_s: Figure
    step_s: Curve
    tokens_per_s: TokenRate
    workload: Workload
    latency: Latency


class FastProfile(Engine):
    """A diffusion engine. `narrow_share` is what a pass over the narrowest canvas costs of one over a whole one."""

    tier: Literal["fast"]
    canvas_tokens: CountFigure
    passes: PassFigures
    narrow_share: Figure


class StrongProfile(Engine):
    """An autoregressive engine."""

    tier: Literal["strong"]


Profile = FastProfile | StrongProfile
