"""What records may hold of texts, as people write it: nothing, unless they say so."""

from pathlib import Path

import pytest

from router.config.content_settings import RecordsSpec
from router.config.settings import read_settings
from router.core.errors import FileError

TIERS = (
    "tiers: {fast: {backends: [{url: 'http://127.0.0.1:1', model: m, dialect: vllm_diffusion, context_tokens: 4096}]}}"
)


def records(tmp_path: Path, said: str = "") -> RecordsSpec:
    path = tmp_path / "tandem.yaml"
    path.write_text(f"{TIERS}\n{said}\n")
    return read_settings(path).records


def test_records_hold_no_text_unless_somebody_says_so(tmp_path: Path) -> None:
    assert not records(tmp_path).content
    assert not records(tmp_path, "records: {redact: [secret]}").content
    assert records(tmp_path, "records: {content: true}").content


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("{redact: ['(']}", "is no regular expression"),
        ("{content_chars: 0}", "content_chars"),
        ("{prompts: true}", "prompts"),
    ],
)
def test_a_mistake_is_named_where_it_was_made(tmp_path: Path, said: str, why: str) -> None:
    with pytest.raises(FileError) as error:
        records(tmp_path, f"records: {said}")

    assert error.value.message.partition("tandem.yaml:")[2].startswith("2:")
    assert why in error.value.message
