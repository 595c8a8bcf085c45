"""The backends of a tier in `tandem.yaml`, and in what they must agree."""

from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from router.config.latency_settings import LatencySpec
from router.config.pace_file import read_pace
from router.config.price_settings import PriceSpec
from router.core.capabilities import Modality
from router.core.values import Tier


class Strict(BaseModel):
    """A part of the settings: frozen, and without names it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


DialectName = Literal[
    "vllm", "vllm_diffusion", "openai", "transformers", "sglang", "llamacpp", "mlx", "mlx_diffusion", "nim"
]

ALIKE: Final = ("dialect", "denoising", "capabilities")
"""Settings in which the backends of a tier must agree, because decisions rest on them. Of the windows the smallest
counts, and of what they accept what all of them do."""


class DenoisingSpec(Strict):
    """How a diffusion engine was started: it does not say so itself."""

    max_steps: int = Field(48, gt=0, description="the most passes that it makes over a canvas")
    entropy_bound: float | None = Field(None, gt=0, description="its entropy bound, for the record", examples=[0.1])


class BackendSpec(Strict):
    """One serving address of a tier."""

    name: str | None = Field(
        None,
        pattern=r"^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$",
        description="what records, metrics and the admin listener call it; default: fast-1, fast-2, ...",
        examples=["fast-a"],
    )
    url: str = Field(
        pattern=r"^(https?://[^\s/]+|unix:///\S+)",
        description="the engine's address, without /v1; or unix:// and the path of a socket on this machine",
        examples=["http://127.0.0.1:8102", "unix:///run/tandem/hosted.sock"],
    )
    model: str = Field(min_length=1, description="the name the engine serves its model under", examples=["tier1"])
    dialect: DialectName = Field(description="which kind of engine it is", examples=["vllm_diffusion"])
    context_tokens: int = Field(gt=0, description="the engine's window, prompt and answer together", examples=[32768])
    accepts: list[Modality] = Field(
        default=[], description="input besides text: image, audio, video", examples=[["image"]]
    )
    capabilities: Path | None = Field(
        None,
        description="file that `tandem engine probe` wrote of it, which counts before what is assumed of its kind",
        examples=["fast-1.capabilities.yaml"],
    )
    api_key: SecretStr | None = Field(None, description="key the engine asks for", examples=["the-engines-own-key"])
    connect_s: float = Field(1.0, gt=0, description="seconds to get a connection")
    idle_s: float = Field(120.0, gt=0, description="seconds of silence, before the first byte or between two")
    reads: Literal["auto", "off"] = Field(
        "auto", description="auto: it may be asked how likely a text is to it, where engines of its kind can say so"
    )
    concurrency: Literal["measured", "auto"] | Annotated[int, Field(gt=0)] = Field(
        "measured",
        description="requests open there at once before it counts as full; measured: as many as its latency.slots, "
        "because more would wait in its own queue; auto: as many up to these as are worth it, found from its answers",
    )
    shared_as: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
        description="name by which replicas know that they have this backend in common, and share its slots in Redis",
        examples=["gpu-1"],
    )
    load: Literal["auto", "off"] = Field(
        "auto",
        description="auto: its engine is asked how many requests it has; off: it is not, as where a balancer stands "
        "before several engines, of which each would tell its own",
    )
    warm_up: Literal["auto", "off"] = Field(
        "auto",
        description="auto: an engine that has answered nothing since it started is asked for a short answer before it "
        "gets requests: its first one is slow; off: it is not, as where answers cost money each",
    )
    price: PriceSpec | None = Field(
        None,
        description="what it charges, where that is not what its tier does",
        examples=[{"engine_microusd_per_hour": 2_500_000}],
    )
    denoising: DenoisingSpec = Field(DenoisingSpec(), description="how it was started, for a diffusion engine")
    priors: Path | None = Field(
        None,
        description="file of a profile's figures, for what `latency` leaves out: `tandem engine measure` writes it",
        examples=["fast-1.priors.yaml"],
    )
    latency: LatencySpec = Field(LatencySpec(), description="how fast it is thought to be, until answers teach better")

    def under(self, folder: Path) -> "BackendSpec":
        """The same, with its files below this folder, and what its priors say of its latency. Raises FileError."""
        found = None if self.capabilities is None else folder / self.capabilities
        named = self.model_copy(update={"capabilities": found})
        if self.priors is None:
            return named
        priors = folder / self.priors
        told = {**read_pace(priors, self.dialect), **self.latency.model_dump(exclude_none=True)}
        return named.model_copy(update={"priors": priors, "latency": LatencySpec(**told)})


class TierSpec(Strict):
    """The backends of one tier."""

    backends: list[BackendSpec] = Field(
        min_length=1, description="the tier's serving addresses, alike in all but where they are and how fast"
    )
    price: PriceSpec | None = Field(
        None,
        description="what its backends charge; default: not known, but for what a provider states in its answers",
        examples=[{"input_microusd_per_mtok": 150_000, "output_microusd_per_mtok": 600_000}],
    )

    @property
    def context_tokens(self) -> int:
        """The window that every one of them has."""
        return min([each.context_tokens for each in self.backends])

    @property
    def accepts(self) -> frozenset[Modality]:
        """The input besides text that every one of them takes."""
        return frozenset(self.backends[0].accepts).intersection(*[each.accepts for each in self.backends])

    def named(self, tier: Tier) -> dict[str, BackendSpec]:
        """The backends of this tier by their names. Raises ValueError where two have the same."""
        names = [each.name or f"{tier}-{at}" for at, each in enumerate(self.backends, start=1)]
        refuse_twice(names)
        return dict(zip(names, self.backends, strict=True))

    def never_warmed_up(self) -> "TierSpec":
        """The same tier, of which no engine is asked for anything by itself."""
        return self.model_copy(
            update={"backends": [each.model_copy(update={"warm_up": "off"}) for each in self.backends]}
        )

    def under(self, folder: Path) -> "TierSpec":
        """The same, with files below this folder. Raises FileError."""
        return self.model_copy(update={"backends": [each.under(folder) for each in self.backends]})

    @model_validator(mode="after")
    def _alike(self) -> "TierSpec":
        first = self.backends[0]
        for at, each in enumerate(self.backends[1:], start=1):
            for setting in ALIKE:
                mine, theirs = getattr(each, setting), getattr(first, setting)
                if mine != theirs:
                    raise ValueError(
                        f"backends.{at}.{setting} is {_said(mine)}, that of backends.0 {_said(theirs)}: "
                        "what is decided for a tier must hold for each of its backends"
                    )
        return self


def refuse_twice(names: list[str]) -> None:
    """Raises ValueError where a name stands twice."""
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"two backends are called {twice!r}: give one of them another `name`")


def _said(value: object) -> str:
    return str(value) if isinstance(value, (str, Path)) else repr(value)
