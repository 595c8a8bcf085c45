"""Where Redis is: what may stand in the settings, and that no error repeats what may hold a password."""

from pathlib import Path

import pytest
from pydantic import BaseModel

from router.config.redis_settings import RedisSpec
from router.config.validation import validate
from router.config.yaml_file import read_yaml
from router.core.errors import FileError

SECRET = "S3CRET"


class Some(BaseModel):
    """Settings of which only these matter here."""

    redis: RedisSpec | None = None


def read(folder: Path, text: str) -> RedisSpec | None:
    file = folder / "tandem.yaml"
    file.write_text(text)
    return validate(read_yaml(file), Some).redis


@pytest.mark.parametrize(
    "address",
    [
        "redis://redis",
        "redis://127.0.0.1:6379/0",
        "redis://[::1]:6379",
        "redis://:password@redis/15",
        "rediss://user:p%40ss%2Fword@redis.example:7000/",
    ],
)
def test_an_address_is_taken_as_it_stands(address: str, tmp_path: Path) -> None:
    spec = read(tmp_path, f"redis:\n  url: {address}\n")

    assert spec is not None
    assert (spec.url.get_secret_value(), spec.prefix) == (address, "tandem")
    assert address not in repr(spec)


@pytest.mark.parametrize(
    ("written", "place"),
    [
        (f"url: http://user:{SECRET}@redis", "2:8: redis.url"),
        (f"url: unix://user:{SECRET}@/run/redis.sock", "2:8: redis.url"),
        (f"url: user:{SECRET}@redis", "2:8: redis.url"),
        ("url: redis://", "2:8: redis.url"),
        ("url: redis:///0", "2:8: redis.url"),
        (f"url: redis://user:{SECRET}@redis:65536", "2:8: redis.url"),
        (f"url: redis://user:{SECRET}@redis:0", "2:8: redis.url"),
        (f"url: redis://user:{SECRET}@redis/main", "2:8: redis.url"),
        (f"url: redis://user:{SECRET}@redis/0?socket_timeout=30", "2:8: redis.url"),
        (f"url: redis://user:{SECRET}@redis/0#x", "2:8: redis.url"),
        (f"url: redis://user:a/{SECRET}@redis", "2:8: redis.url"),
        (f"url: redis://user:{SECRET}@[::1", "2:8: redis.url"),
        (f'url: "redis://user:{SECRET}@redis\\n"', "2:8: redis.url"),
        (f"url: ' redis://user:{SECRET}@redis'", "2:8: redis.url"),
        (f"url: [redis://user:{SECRET}@redis]", "2:3: redis.url"),
        (f"url: {{redis: {SECRET}}}", "2:3: redis.url"),
        ("url: ''", "2:8: redis.url"),
        ("url: 6379", "2:8: redis.url"),
        (f"- redis://user:{SECRET}@redis", "redis: expected a mapping with `url`"),
        (f"redis://user:{SECRET}@redis", "redis: expected a mapping with `url`"),
    ],
)
def test_a_wrong_address_is_refused_with_its_place_and_without_what_it_says(
    written: str, place: str, tmp_path: Path
) -> None:
    with pytest.raises(FileError) as refused:
        read(tmp_path, f"redis:\n  {written}\n")

    assert place in refused.value.message
    assert "expected redis://host:6379/0" in refused.value.message
    assert SECRET not in refused.value.message


@pytest.mark.parametrize("prefix", ["''", "a b", "a:b", "'*'", "x" * 65])
def test_a_prefix_that_could_be_taken_for_something_else_is_refused(prefix: str, tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"tandem\.yaml:3:11: redis\.prefix: "):
        read(tmp_path, f"redis:\n  url: redis://redis\n  prefix: {prefix}\n")


def test_a_misspelt_setting_is_refused_and_the_right_one_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="did you mean 'url'"):
        read(tmp_path, f"redis:\n  uri: redis://user:{SECRET}@redis\n")
