"""What was found of one engine by trying it, in place of what its kind is assumed to do. Values only.

`tandem engine probe` finds it and writes it down, a backend's `capabilities` names the file, and `dialects.refine` lays
it over the dialect's table.
"""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from router.core.capabilities import DialName, Modality

Outcome = Literal["honoured", "taken", "ignored", "refused", "failed", "fatal", "untried"]
"""`honoured`: its effect was seen; `taken`: it was accepted, and what it does does not show; `ignored`: it was accepted
and has no effect; `refused`: the engine said no; `failed`: the engine broke on it, and lives; `fatal`: it died of it;
`untried`: nobody asked."""

Feature = Literal[
    "continues", "reads", "reads_last", "counts_blocks", "passes", "tokenizer", "load", "metrics", "request_ids", "auth"
]
"""What an engine can do beyond parameters. `passes`: it tells how many each canvas took; `load`: it counts its requests
on `/load`; `request_ids`: it takes ours; `auth`: it asks for a key."""


class Found(Struct, frozen=True, omit_defaults=True):
    """What came of one trial; `why` says by what it shows, or in the engine's words what was wrong."""

    outcome: Outcome
    why: str = ""


UNTRIED = Found("untried")


class Probed(Struct, frozen=True):
    """What was found of an engine on one day. `probed`: that moment, by ISO 8601 in UTC; `version`: the engine's own
    (empty: it tells none); `context_tokens`, `canvas_tokens`: None where they were not found out."""

    engine: str
    version: str
    probed: str
    model: str
    dialect: str
    context_tokens: int | None = None
    canvas_tokens: int | None = None
    modalities: Mapping[Modality, Found] = {}
    features: Mapping[Feature, Found] = {}
    dials: Mapping[DialName, Found] = {}
    parameters: Mapping[str, Found] = {}
