"""The names a caller may put in `model`, and what each asks for. Pure.

`auto` routes by the default policy, `auto:<policy>` by a named one; a tier's name or a backend's served name pins.
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from router.core.errors import InvalidRequest, ModelNotFound
from router.core.values import Tier

AUTO = "auto"


class Target(Struct, frozen=True):
    """What a model name asks for: a policy by name (None: the default), or a pinned tier."""

    policy: str | None = None
    pin: Tier | None = None


def resolve_model(model: str, pins: Mapping[str, Tier], policies: Iterable[str], hinted: str | None) -> Target:
    """What the caller's model name, together with a policy hint, asks for. `pins` maps each tier's and each
    backend's name to its tier. Raises ModelNotFound, or InvalidRequest when name and hint contradict."""
    if model == AUTO:
        return Target(policy=hinted)
    prefix, _, named = model.partition(":")
    if prefix == AUTO and named in policies:
        if hinted not in (None, named):
            raise InvalidRequest(f"the model names the policy {named!r}, the hint {hinted!r}", "x-router-policy")
        return Target(policy=named)
    if model in pins:
        return Target(policy=hinted, pin=pins[model])
    raise ModelNotFound(f"the model {model[:100]!r} does not exist; GET /v1/models lists those of your key", "model")
