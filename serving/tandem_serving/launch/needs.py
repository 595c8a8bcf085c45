"""What a profile needs of a machine that vLLM's own file cannot say: `launch.yaml`, typed, beside the profiles."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PositiveInt

from router.core.errors import FileError
from tandem_serving.launch.architectures import ARCHITECTURES, Architecture, Part, Quantisation, weights_bytes
from tandem_serving.launch.memory import Serving
from tandem_serving.simulator.profile_file import FOLDERS, STRONG_TWIN, SimulatedTier
from tandem_serving.typed_yaml import load_mapping, validated

LAUNCH_FILE = "launch.yaml"
SUFFIX = ".yaml"

Version = tuple[int, ...]


def read_version(text: str) -> Version:
    """The numbers of a release: `0.22.1rc1.dev357` is 0.22.1."""
    found = re.match(r"\d+(\.\d+)*", text)
    return tuple(int(number) for number in found.group().split(".")) if found else ()


def _version(value: object) -> object:
    return read_version(value) if isinstance(value, str) else value


VersionText = Annotated[tuple[int, ...], BeforeValidator(_version), Field(min_length=2)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Variable(_Part):
    """One environment variable, and why it is set. `{shim}` stands for the folder that comes with the tiny engines."""

    value: str
    why: Annotated[str, Field(min_length=8)]


class Checkpoint(_Part):
    """Weights by the name they are fetched under. `kept` names the parts that its makers left in BF16."""

    architecture: Literal["diffusiongemma-26b", "gemma4-26b", "gemma4-31b"]
    quantisation: Quantisation
    kept: frozenset[Part] = frozenset()
    source: Annotated[str, Field(min_length=8)]

    @property
    def model(self) -> Architecture:
        """How it is built."""
        return ARCHITECTURES[self.architecture]

    @property
    def bytes(self) -> float:
        """What its weights take."""
        return weights_bytes(self.model, self.quantisation, self.kept)


class Hardware(_Part):
    """A machine that profiles are written for. Without `compute` it is no GPU. `unified`: the card has the machine's
    own memory, and tells none."""

    card: str
    compute: VersionText | None = None
    memory_mib: PositiveInt
    cards: PositiveInt = 1
    unified: bool = False
    source: Annotated[str, Field(min_length=8)]


class Releases(_Part):
    """Which vLLM serves a profile: none before `least`, and from `better` on without what `why` says."""

    least: VersionText
    better: VersionText
    why: Annotated[str, Field(min_length=8)]


class Profile(_Part):
    """What one profile asks for."""

    hardware: str
    vllm: Releases
    environment: Mapping[str, Variable] = Field(default_factory=dict)


class LaunchFile(_Part):
    """All of `launch.yaml`."""

    drafters_gb: Mapping[str, float]
    checkpoints: Mapping[str, Checkpoint]
    hardware: Mapping[str, Hardware]
    profiles: Mapping[str, Profile]


class Options(BaseModel):
    """The options of a profile that are looked at here; vLLM knows many more."""

    model_config = ConfigDict(frozen=True, alias_generator=lambda name: name.replace("_", "-"))

    model: str
    served_model_name: str
    max_model_len: PositiveInt
    max_num_seqs: PositiveInt = 128
    max_num_batched_tokens: PositiveInt = 2048
    gpu_memory_utilization: Annotated[float, Field(gt=0, le=1)] = 0.9
    kv_cache_dtype: str = "auto"
    tensor_parallel_size: PositiveInt = 1
    speculative_config: Mapping[str, Any] = Field(default_factory=dict)

    @property
    def serving(self) -> Serving:
        """What memory depends on."""
        return Serving(
            context_tokens=self.max_model_len,
            slots=self.max_num_seqs,
            batched_tokens=self.max_num_batched_tokens,
            utilization=self.gpu_memory_utilization,
            kv_bytes=1 if self.kv_cache_dtype.startswith("fp8") else 2,
            cards=self.tensor_parallel_size,
        )


@dataclass(frozen=True)
class Needs:
    """A profile with everything that belongs to it. `checkpoint` is None for the tiny engines."""

    name: str
    file: Path
    options: Options
    profile: Profile
    hardware: Hardware
    checkpoint: Checkpoint | None
    drafter_bytes: float = 0.0

    @property
    def weights_bytes(self) -> float:
        """What its weights take, those of a drafter included; 0 where no checkpoint is known."""
        return self.checkpoint.bytes + self.drafter_bytes if self.checkpoint else 0.0


def find_needs(tier: SimulatedTier, name: str, changed: Mapping[str, Any] | None = None) -> Needs:
    """The profile of this name, or its strong twin, with `changed` options in place of its own.

    Raises FileError when there is none, or when one of its files is wrong.
    """
    folder, launch = _launch_file()
    wanted = name if tier == "fast" or name.endswith(STRONG_TWIN) else name + STRONG_TWIN
    if wanted not in launch.profiles or wanted.endswith(STRONG_TWIN) != (tier == "strong"):
        known = ", ".join(names_of(tier, launch))
        raise FileError(wanted, 1, 1, f"there is no such profile of the {tier} tier; there are: {known}")
    return _needs(folder, launch, wanted, changed or {})


def all_needs(tier: SimulatedTier) -> tuple[Needs, ...]:
    """Every profile of a tier. Raises FileError when one of the files is wrong."""
    folder, launch = _launch_file()
    read = partial(_needs, folder, launch, changed={})
    return tuple(map(read, names_of(tier, launch)))


def names_of(tier: SimulatedTier, launch: LaunchFile) -> tuple[str, ...]:
    """The profiles of a tier."""
    return tuple(name for name in launch.profiles if name.endswith(STRONG_TWIN) == (tier == "strong"))


def _launch_file() -> tuple[Path, LaunchFile]:
    folder = next((folder for folder in FOLDERS if (folder / LAUNCH_FILE).is_file()), FOLDERS[-1])
    file = folder / LAUNCH_FILE
    return folder, validated(LaunchFile, file, load_mapping(file))


def _needs(folder: Path, launch: LaunchFile, name: str, changed: Mapping[str, Any]) -> Needs:
    file = folder / f"{name}{SUFFIX}"
    data = load_mapping(file)
    data.update(changed)
    options = validated(Options, file, data)
    profile = launch.profiles[name]
    drafter = str(options.speculative_config.get("model", ""))
    return Needs(
        name=name,
        file=file,
        options=options,
        profile=profile,
        hardware=launch.hardware[profile.hardware],
        checkpoint=launch.checkpoints.get(options.model),
        drafter_bytes=launch.drafters_gb.get(drafter, 0.0) * 1e9,
    )
