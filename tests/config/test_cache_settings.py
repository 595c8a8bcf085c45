"""The store of the cache, as people write it."""

import base64
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from router.config.cache_settings import CacheSpec
from router.config.validation import validate
from router.config.yaml_file import read_yaml
from router.core.errors import FileError


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


KEY = base64.b64encode(bytes(range(32))).decode()
OTHER_KEY = base64.b64encode(bytes(range(32, 64))).decode()


class Some(BaseModel):
    """Settings of which only these matter here."""

    cache: CacheSpec = CacheSpec()


def read(folder: Path, keys: str) -> CacheSpec:
    file = folder / "tandem.yaml"
    file.write_text(f"cache:\n  encryption_keys: {keys}\n")
    return validate(read_yaml(file), Some).cache


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (KEY, [bytes(range(32))]),
        (f"{OTHER_KEY},{KEY}", [bytes(range(32, 64)), bytes(range(32))]),
        (f"'{KEY} , {OTHER_KEY}\n\n'", [bytes(range(32)), bytes(range(32, 64))]),
    ],
    ids=["one", "two", "with spaces and an empty line"],
)
def test_keys_are_taken_in_their_order_and_not_shown(written: str, meant: list[bytes], tmp_path: Path) -> None:
    spec = read(tmp_path, written)

    assert list(spec.keys) == meant
    assert KEY not in repr(spec)
    assert repr(meant[0])[2:-1] not in repr(spec)


def test_without_keys_there_are_none() -> None:
    assert CacheSpec().keys == ()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (f"{KEY[:-5]}", "key 1 of 1 is "),
        (f"{KEY},{KEY[:-4]}", "key 2 of 2 is of 30 bytes"),
        (f"{KEY}{KEY}", "key 1 of 1 is not base64"),
        (f"{KEY},", "key 2 of 2 is of 0 bytes"),
        ("''", "key 1 of 1 is of 0 bytes"),
        (KEY.replace("AAE", "AA\u00e9"), "key 1 of 1 is not base64"),
        (f"{bytes(range(32)).hex()}", "key 1 of 1 is of 48 bytes"),
        (f"[{KEY}]", "expected 32 random bytes"),
        (f"{{a: {KEY}}}", "expected 32 random bytes"),
        ("90021", "expected 32 random bytes"),
    ],
)
def test_what_is_no_key_is_refused_with_how_to_make_one_and_not_repeated(
    written: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(FileError) as error:
        read(tmp_path, written)

    assert error.value.message.startswith(f"{tmp_path / 'tandem.yaml'}:2:")
    assert f": cache.encryption_keys: {said}" in error.value.message
    assert "`openssl rand -base64 32`" in error.value.message
    assert written[:6] not in error.value.message or not written.strip("'")
    assert KEY[8:14] not in error.value.message


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
