"""Secrets that stand in files of their own."""

from pathlib import Path

import pytest

from router.config.settings import read_settings
from router.core.errors import FileError

TIERS = """
tiers:
  strong:
    backends:
      - {url: "http://engine:8000", model: m, dialect: vllm, context_tokens: 4096, api_key: {from_file: engine-key}}
"""


def written(folder: Path, text: str) -> Path:
    """A settings file with this text."""
    path = folder / "tandem.yaml"
    path.write_text(text)
    return path


def test_a_value_may_stand_in_a_file_of_its_own_wherever_it_belongs(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "engine-key").write_text("one\n")
    (tmp_path / "secrets" / "redis").write_text("redis://:two@host:6379/0\r\n")

    settings = read_settings(written(tmp_path, TIERS + "redis: {url: {from_file: secrets/redis}}\n"))

    (backend,) = settings.tiers["strong"].backends
    assert backend.api_key is not None
    assert backend.api_key.get_secret_value() == "one"
    assert settings.redis is not None
    assert settings.redis.url.get_secret_value() == "redis://:two@host:6379/0"


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "engine-key cannot be read: No such file"), (b"\n", "engine-key is empty"), (b"\xff", "is not a text")],
)
def test_a_file_that_holds_no_secret_is_named_where_it_is_asked_for(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    if content is not None:
        (tmp_path / "engine-key").write_bytes(content)

    with pytest.raises(FileError, match=said) as refused:
        read_settings(written(tmp_path, TIERS))

    assert refused.value.line == 5
    assert "tiers.strong.backends.0.api_key" in str(refused.value)


@pytest.mark.parametrize("value", ["{from_file: a, b: 1}", "{from_file: [a]}", "{from_file: 1}"])
def test_nothing_else_may_stand_beside_the_path(tmp_path: Path, value: str) -> None:
    with pytest.raises(FileError, match=r"admin\.key: expected \{from_file: PATH\}"):
        read_settings(written(tmp_path, f"admin: {{key: {value}}}\n"))


def test_what_is_wrong_with_a_secret_is_said_without_the_secret(tmp_path: Path) -> None:
    (tmp_path / "engine-key").write_text("one")
    (tmp_path / "redis").write_text("http://user:hidden@host")

    with pytest.raises(FileError, match=r"redis\.url") as refused:
        read_settings(written(tmp_path, TIERS + "redis:\n  url: {from_file: redis}\n"))

    assert refused.value.line == 7
    assert "hidden" not in str(refused.value)
