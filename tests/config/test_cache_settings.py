"""The store of the cache, as people write it."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from router.config.cache_settings import CacheSpec


def test_what_is_not_said_is_a_cache_in_memory() -> None:
    spec = CacheSpec()

    assert (spec.store, spec.path) == ("memory", None)
    assert spec.tenant_max_mb < spec.max_mb


def test_popular_answers_are_written_again_within_a_budget() -> None:
    none, one = ({"upgrades": {"a_minute": a_minute}} for a_minute in (0, 1))

    assert not CacheSpec.model_validate(none).upgrades.budget().has_left("a", 0.0)
    assert CacheSpec.model_validate(one).upgrades.budget().has_left("a", 0.0)


def test_a_cache_in_a_file_names_it() -> None:
    spec = CacheSpec.model_validate({"store": "sqlite", "path": "/var/lib/tandem/cache.sqlite3"})

    assert spec.path == Path("/var/lib/tandem/cache.sqlite3")


@pytest.mark.parametrize(
    "given",
    [
        {"store": "disk"},
        {"store": "sqlite"},
        {"store": "redis", "path": "cache.sqlite3"},
        {"max_mb": 0},
        {"max_entries": 0},
        {"tenant_max_mb": -1},
        {"ttl": 60},
        {"upgrades": {"a_minute": -1}},
        {"upgrades": {"share": 1.5}},
        {"upgrades": {"a_day": 1}},
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        CacheSpec.model_validate(given)
