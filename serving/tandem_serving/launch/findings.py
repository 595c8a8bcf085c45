"""What is said of a launch before it starts, and what it is said from. Values only."""

from dataclasses import dataclass
from typing import Literal

from tandem_serving.launch.machine import Machine
from tandem_serving.launch.needs import Needs
from tandem_serving.launch.plan import Plan
from tandem_serving.launch.weights import Found

Weight = Literal["never", "stops", "warns", "notes"]
"""What follows from a finding: `stops` can be overruled by who starts the engine, `never` cannot."""


@dataclass(frozen=True)
class Finding:
    """One thing to know before the start: what it is about, what is so, and what to do `instead` ("" for nothing)."""

    weight: Weight
    about: str
    says: str
    instead: str = ""


@dataclass(frozen=True)
class Situation:
    """What the checks look at."""

    plan: Plan
    machine: Machine
    weights: Found
    port_is_free: bool
    offline: bool = False

    @property
    def needs(self) -> Needs:
        """What the profile asks for."""
        return self.plan.needs

    @property
    def wants_gpu(self) -> bool:
        """Whether the profile is for a GPU at all."""
        return self.needs.hardware.compute is not None


def dots(version: tuple[int, ...]) -> str:
    """A version as people write it."""
    return ".".join(map(str, version))
