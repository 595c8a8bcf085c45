"""What configuration knows by name, as metrics may show it."""

from collections.abc import Iterable
from itertools import islice

from router.assembly.tracing import stations_of
from router.config.keys_file import KeyEntry
from router.config.settings import Settings
from router.core.model_names import AUTO
from router.core.record import hash_tenant
from router.telemetry.known import MAX_TENANTS, Known


def known_of(settings: Settings, keys: Iterable[KeyEntry]) -> Known:
    """The models that callers may ask for, the backends, and the tenants of these keys, by their hashes."""
    stations = stations_of(settings)
    models = {AUTO, *settings.tiers, *(each.model for each in stations.values())}
    tenants = sorted({each.tenant for each in keys})
    return Known(frozenset(models), stations, frozenset(map(hash_tenant, islice(tenants, MAX_TENANTS))))
