"""What settings and keys let metrics show by name."""

from router.assembly.labels import known_of
from router.config.keys_file import KeyEntry
from router.config.settings import Settings
from router.core.record import hash_tenant
from router.telemetry.known import MAX_TENANTS

BACKEND = {"dialect": "vllm", "context_tokens": 8192}
SETTINGS = Settings.model_validate(
    {
        "tiers": {
            "fast": {"backends": [{**BACKEND, "url": "http://10.0.0.1:8000", "model": "small"}]},
            "strong": {"backends": [{**BACKEND, "url": "https://10.0.0.2", "model": "large"}]},
        },
        "tracing": {"endpoint": "http://127.0.0.1:4318", "keep": {"slow_s": 3.0}},
    }
)


def key(number: int, tenant: str) -> KeyEntry:
    return KeyEntry(f"key-{number}", tenant, "00", "0" * 64)


def test_models_tiers_backends_and_tenants_are_known_and_whose_traces_are_kept() -> None:
    known = known_of(SETTINGS, [key(1, "acme"), key(2, "acme"), key(3, "umbrella")])

    assert known.models == {"auto", "fast", "strong", "small", "large"}
    assert {name: (each.host, each.port) for name, each in known.stations.items()} == {
        "fast-1": ("10.0.0.1", 8000),
        "strong-1": ("10.0.0.2", 443),
    }
    assert known.tenants == {hash_tenant("acme"), hash_tenant("umbrella")}
    assert known.keeping is not None
    assert known.keeping.slow_s == 3.0


def test_no_more_tenants_are_told_apart_than_may_be_and_the_same_ones_every_time() -> None:
    entries = [key(number, f"tenant {number:04}") for number in range(2 * MAX_TENANTS)]

    known, again = known_of(SETTINGS, entries), known_of(SETTINGS, reversed(entries))

    assert len(known.tenants) == MAX_TENANTS
    assert known.tenants == again.tenants
