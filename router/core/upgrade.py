"""What came of having a kept answer of the fast tier written again by the strong one, as the decision log holds it: no
text. Plain values."""

from typing import Final, Literal

from msgspec import Struct

from router.core.log_schema import SCHEMA
from router.core.values import Tier, Usage

UPGRADED: Final[Tier] = "fast"
"""The tier whose kept answers are written again."""

UPGRADER: Final[Tier] = "strong"
"""The tier that writes them."""

KIND: Final = "upgrade"

UpgradeOutcome = Literal["done", "gone", "failed"]
"""`done`: its answer is kept instead; `gone`: there was no answer of the fast tier any more whose place it could have
taken; `failed`: the strong tier gave none that can be kept."""


class Upgrade(Struct, frozen=True, tag_field="kind", tag=KIND):
    """One kept answer that was to be written again: a line of the decision log of a kind of its own.

    `request_id`: the request to which it was given last; `tenant`: as records name it; `policy` and `rule`: which said
    so. `time_s`: Unix time at its end; `elapsed_s`: how long it took, without the wait for its turn. `strong`: what the
    strong tier's answer took (None: there was none, or its engine did not say). `error`: the word of the error; empty:
    there was none. `schema`: see `core.log_schema`."""

    request_id: str
    tenant: str
    policy: str
    rule: str
    outcome: UpgradeOutcome
    time_s: float = 0.0
    elapsed_s: float = 0.0
    strong: Usage | None = None
    error: str = ""
    schema: int = SCHEMA
