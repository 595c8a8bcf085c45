"""Which core does what: a gateway has one to itself, and what loads it has another."""

import os
from dataclasses import dataclass

from tests.bench.gateway import MissingProgram


@dataclass(frozen=True)
class Cores:
    """The core of the gateways, and the core that the mock engine and the load generator share."""

    gateway: int
    load: int


def choose_cores() -> Cores:
    """The first two cores this process may use. Raises MissingProgram when there is but one."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        raise MissingProgram("a second core is missing: the gateway needs one and the load another")
    return Cores(gateway=cores[0], load=cores[1])
