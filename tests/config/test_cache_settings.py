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
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        CacheSpec.model_validate(given)


def test_what_is_not_said_is_hashed() -> None:
    assert CacheSpec().embeddings == "hashed"


@pytest.mark.parametrize(
    "given",
    [
        "hashed",
        {"kind": "model2vec", "path": "models/small"},
        {"kind": "openai", "url": "http://127.0.0.1:9000", "model": "m"},
        {"kind": "openai", "url": "https://e.example", "model": "m", "api_key": "k", "dimensions": 256, "timeout_s": 1},
    ],
    ids=str,
)
def test_vectors_come_from_hashing_a_folder_or_a_server(given: Any) -> None:
    embeddings = CacheSpec.model_validate({"embeddings": given}).embeddings

    assert given == "hashed" or embeddings.kind == given["kind"]


@pytest.mark.parametrize(
    "given",
    [
        "model2vec",
        {"kind": "model2vec"},
        {"kind": "model2vec", "path": "p", "url": "http://x"},
        {"kind": "openai", "url": "http://x"},
        {"kind": "openai", "url": "file:///x", "model": "m"},
        {"kind": "openai", "url": "http://x", "model": "m", "dimensions": 0},
        {"kind": "openai", "url": "http://x", "model": "m", "timeout_s": 0},
        {"kind": "openai", "url": "http://x", "model": "m", "timeout_s": 60},
        {"kind": "fasttext", "path": "p"},
        {"path": "p"},
        {"kind": "hashed"},
        {"kind": ["openai"]},
        7,
        None,
    ],
    ids=str,
)
def test_what_cannot_make_vectors_is_refused(given: Any) -> None:
    with pytest.raises(ValidationError):
        CacheSpec.model_validate({"embeddings": given})


def test_paths_are_relative_to_the_file() -> None:
    given = {"store": "sqlite", "path": "cache.db", "embeddings": {"kind": "model2vec", "path": "models/small"}}
    spec = CacheSpec.model_validate(given).under(Path("/etc/tandem"))

    assert spec.path == Path("/etc/tandem/cache.db")
    assert spec.embeddings.path == Path("/etc/tandem/models/small")
    assert CacheSpec().under(Path("/etc/tandem")) == CacheSpec()
