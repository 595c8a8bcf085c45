"""What configuration knows by name, and so may be a label: models, backends, tenants."""

from collections.abc import Mapping

from msgspec import Struct

from router.core.model_names import AUTO
from router.core.record import Record
from router.telemetry.instruments import OTHER
from router.telemetry.spans import Station

MAX_TENANTS = 256
"""Tenants with series of their own. Those of more keys are counted together."""


class Known(Struct, frozen=True):
    """`models`: names that callers may ask for; `stations`: where each backend is; `tenants`: their hashes."""

    models: frozenset[str] = frozenset()
    stations: Mapping[str, Station] = {}
    tenants: frozenset[str] = frozenset()

    def model(self, record: Record) -> str:
        """The model that was asked for, where it is one we know: a policy by its name is, once it has decided."""
        asked = record.model
        if asked in self.models:
            return asked
        name, _, policy = asked.partition(":")
        is_policy = name == AUTO and bool(policy) and policy == record.policy.partition("@")[0]
        return asked if is_policy else OTHER
