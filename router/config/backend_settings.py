"""The backends of a tier in `tandem.yaml`, and in what they must agree."""

from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from router.config.latency_settings import LatencySpec
from router.config.pace_file import read_pace
from router.core.capabilities import Modality
from router.core.values import Tier


class Strict(BaseModel):
    """A part of the settings: frozen, and without names it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


ALIKE: Final = ("dialect", "denoising", "capabilities")
"""Settings in which the backends of a tier must agree, because decisions rest on them. Of the windows the smallest
counts, and of what they accept what all of them do."""


class DenoisingSpec(Strict):
    """How a diffusion engine was started: it does not say so itself."""

    max_steps: int = Field(48, gt=0, description="the most passes that it makes over a canvas")
    entropy_bound: float | None = Field(None, gt=0, description="its entropy bound, for the record")


class BackendSpec(Strict):
    """One serving address of a tier."""

    name: str | None = Field(
        None,
        pattern=r"^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$",
        description="what records, metrics and the admin listener call it; default: fast-1, fast-2, ...",
    )
    url: str = Field(pattern=r"^https?://[^\s/]+", description="the engine's address, without /v1")
    model: str = Field(min_length=1, description="the name the engine serves its model under")
    dialect: Literal["vllm", "vllm_diffusion"] = Field(description="which kind of engine it is")
    context_tokens: int = Field(gt=0, description="the engine's window, prompt and answer together")
    accepts: list[Modality] = Field(default=[], description="input besides text: image, audio, video")
    capabilities: Path | None = Field(
        None,
        description="file that `tandem engine probe` wrote of it, which counts before what is assumed of its kind",
    )
    api_key: SecretStr | None = Field(None, description="key the engine asks for")
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
    denoising: DenoisingSpec = Field(DenoisingSpec(), description="how it was started, for a diffusion engine")
    priors: Path | None = Field(
        None,
        description="file of a profile's figures, for what `latency` leaves out: `tandem engine measure` writes it",
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
