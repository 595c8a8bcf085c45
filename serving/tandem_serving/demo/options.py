"""What the command of the demo was told."""

from dataclasses import dataclass
from pathlib import Path

DEFAULT_PROFILE = "h200-fp8"


@dataclass(frozen=True)
class Options:
    """`profile` names the hardware that the engines play. `prompts` is a file to send instead of the showcase.

    With `once` the demo ends after its page, else it stays up until stopped. `as_json` prints the page for machines.
    """

    profile: str = DEFAULT_PROFILE
    prompts: Path | None = None
    once: bool = False
    as_json: bool = False
