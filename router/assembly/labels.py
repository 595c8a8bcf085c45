"""What metrics go by, from the configuration."""

from collections.abc import Iterable
from itertools import islice

from router.assembly.tracing import keeping_of, stations_of
from router.config.keys_file import KeyEntry
from router.config.settings import Settings
from router.core.model_names import AUTO
from router.core.record import hash_tenant
from router.telemetry.known import MAX_TENANTS, Known


def known_of(settings: Settings, keys: Iterable[KeyEntry]) -> Known:
    """The models that callers may ask for, the backends, and the tenants of these keys, by their hashes; and whose
    traces are kept."""
    stations = stations_of(settings)
    models = {AUTO, *settings.tiers, *(each.model for each in stations.values())}
    tenants = sorted({each.tenant for each in keys})
    hashes = frozenset(map(hash_tenant, islice(tenants, MAX_TENANTS)))
    keeping = None if settings.tracing is None else keeping_of(settings.tracing)
    return Known(frozenset(models), stations, hashes, keeping)
