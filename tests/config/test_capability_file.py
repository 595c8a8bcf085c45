"""The file of what was found of an engine: what it says, and what is wrong with it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from router.assembly.facts import facts_of
from router.config.capability_file import read_capabilities
from router.config.settings import read_settings
from router.core.errors import FileError
from router.core.probed import Found, Probed
from tandem_serving.probe.capability_file import written

FOUND = Probed(
    "vllm",
    "0.32.0",
    "2026-11-21T10:00:00+00:00",
    "tier1",
    "vllm",
    2048,
    None,
    {"image": Found("refused", 'says "no": #1')},
    {"reads": Found("ignored", "none came")},
    {"thinking": Found("taken")},
    {"seed": Found("honoured", "two answers are the same")},
)
SETTINGS = """\
tiers:
  strong:
    backends:
      - {url: "http://127.0.0.1:1", model: tier2, dialect: vllm, context_tokens: 4096, accepts: [image, video],
         capabilities: found.yaml}
"""

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def put(text: str, name: str = "found.yaml") -> Path:
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return put


def refused(path: Path) -> str:
    with pytest.raises(FileError) as caught:
        read_capabilities(path, "vllm")
    return caught.value.message.removeprefix(f"{path}:")


def test_what_a_probe_writes_is_read_again_as_it_was(write: Write) -> None:
    assert read_capabilities(write(written(FOUND)), "vllm") == FOUND


@pytest.mark.parametrize(
    ("said", "instead", "place"),
    [
        ("dialect:", "dialekt:", "7:1: dialekt: is not a known setting; did you mean 'dialect'?"),
        ('"honoured"', '"honored"', "17:19: parameters.seed.outcome: Input should be"),
        ('dialect: "vllm"', 'dialect: "vllm_diffusion"', "7:10: dialect: is vllm_diffusion, and the backend"),
        ("2026-11-21T10", "yesterday", "5:9: probed: 'yesterday"),
        ("context_tokens: 2048", "context_tokens: 0", "8:17: context_tokens: Input should be greater"),
        ("reads:", "writes:", "13:3: features.writes: Input should be"),
    ],
)
def test_what_is_wrong_with_it_is_said_with_its_place(said: str, instead: str, place: str, write: Write) -> None:
    assert refused(write(written(FOUND).replace(said, instead))).startswith(place)


def test_a_tier_can_do_what_was_found_of_its_engine_and_no_more_than_settings_allow(write: Write) -> None:
    write(written(FOUND))
    spec = read_settings(write(SETTINGS, "tandem.yaml")).tiers["strong"]

    facts = facts_of("strong", spec)

    assert facts.context_tokens == 2048
    assert facts.accepts == {"video"}
    assert not facts.dialect.reads


def test_backends_of_a_tier_are_probed_alike(write: Write) -> None:
    other = '      - {url: "http://127.0.0.1:2", model: tier2, dialect: vllm, context_tokens: 4096}\n'
    with pytest.raises(FileError, match=r"backends\.1\.capabilities is None, that of backends\.0 found\.yaml"):
        read_settings(write(SETTINGS + other, "tandem.yaml"))
