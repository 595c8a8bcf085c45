"""What configuration says that metrics go by: names that may be labels, and whose traces can be looked at."""

from collections.abc import Mapping

from msgspec import Struct

from router.core.model_names import AUTO
from router.core.record import Record
from router.telemetry.instruments import OTHER
from router.telemetry.spans import Station
from router.telemetry.traces import Keeping

MAX_TENANTS = 256
"""Tenants with series of their own. Those of more keys are counted together."""


class Known(Struct, frozen=True):
    """`models`: names that callers may ask for; `stations`: where each backend is; `tenants`: their hashes; `keeping`:
    whose traces are kept though they were not sampled (None: nobody's)."""

    models: frozenset[str] = frozenset()
    stations: Mapping[str, Station] = {}
    tenants: frozenset[str] = frozenset()
    keeping: Keeping | None = None

    def model(self, record: Record) -> str:
        """The model that was asked for, where it is one we know: a policy by its name is, once it has decided."""
        asked = record.model
        if asked in self.models:
            return asked
        name, _, policy = asked.partition(":")
        is_policy = name == AUTO and bool(policy) and policy == record.policy.partition("@")[0]
        return asked if is_policy else OTHER

    def has_trace(self, record: Record) -> bool:
        """Whether somebody keeps the trace of a request: we do, or its caller who began it."""
        if record.trace is None:
            return False
        return record.trace.is_sampled or (self.keeping is not None and bool(self.keeping.why(record)))
