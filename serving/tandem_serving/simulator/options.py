"""How one simulated server is started."""

from msgspec import Struct

from tandem_serving.simulator.faults import FaultShare
from tandem_serving.simulator.profile_file import SimulatedTier

HOST = "127.0.0.1"


class Options(Struct, frozen=True):
    """What the command was told.

    `port` 0 takes a free one. `served_model` and `window_tokens` overrule the profile's name and context. Without
    `parsers` the server has neither a tool nor a reasoning parser; with `counts_passes` it reports the passes of each
    request, as a real one with the step scheduler does, with `tells_passes` those of each block, as one with the
    plug-in does. One that `caches` prefixes serves them to reads of the end of a prompt as well, as the plug-in lets
    it; the others read every prompt whole. A `cold` server first loads for as long as the profile says, and then
    compiles. Durations are divided by `speed`.
    """

    tier: SimulatedTier
    profile: str
    host: str = HOST
    port: int = 0
    served_model: str = ""
    window_tokens: int = 0
    api_key: str = ""
    parsers: bool = True
    counts_passes: bool = False
    tells_passes: bool = False
    caches: bool = False
    cold: bool = False
    speed: float = 1.0
    seed: int = 0
    faults: tuple[FaultShare, ...] = ()
