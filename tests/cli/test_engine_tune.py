"""`tandem engine tune` on simulated engines: the curve, the page, and what it needs to be told."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.commands import ended, errors, succeeded, tandem
from tests.serving.simulated_engine import SimulatedEngine, simulated

SPEED = "5"

pytestmark = pytest.mark.timeout(120)


def address(engine: SimulatedEngine) -> str:
    return f"http://{engine.address.host}:{engine.address.port}"


@pytest.fixture(scope="module")
def fast(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with simulated(tmp_path_factory.mktemp("fast"), "fast", "--profile", "cpu-tiny", "--speed", SPEED) as engine:
        yield address(engine)


@pytest.fixture(scope="module")
def strong(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with simulated(tmp_path_factory.mktemp("strong"), "strong", "--profile", "cpu-tiny", "--speed", SPEED) as engine:
        yield address(engine)


@pytest.fixture
def prompts(tmp_path: Path) -> Path:
    """Prompts that the simulator answers by a text of its own, which holds their subject."""
    rows = [{"prompt": f"Tell me about bridges of kind {at}.", "reference": "bridges"} for at in range(4)]
    file = tmp_path / "prompts.jsonl"
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return file


def test_it_says_how_many_prompts_would_be_enough_where_these_are_not(fast: str, prompts: Path, tmp_path: Path) -> None:
    page = tmp_path / "tune.html"
    said = succeeded(tandem("engine", "tune", fast, "--prompts", prompts, "--caps", "2,8", "--out", page))

    assert "4 prompts at" in said
    assert "No recommendation: 4 prompts are not enough" in " ".join(said.split())
    assert page.read_text("utf-8").count("<svg") == 2


def test_fewer_passes_take_less_time(fast: str, prompts: Path) -> None:
    told = json.loads(succeeded(tandem("engine", "tune", fast, "--prompts", prompts, "--caps", "1,48", "--json")))
    few, many = told["points"]
    assert (few["cap"], many["cap"]) == (1, 48)
    assert few["seconds"]["value"] < many["seconds"]["value"]
    assert few["faster"]["value"] > 1
    assert told["graded_by"].startswith("references")


def test_without_references_a_strong_engine_reads_the_answers(fast: str, strong: str, tmp_path: Path) -> None:
    plain = tmp_path / "prompts.txt"
    plain.write_text("Tell me about bridges.\nTell me about gardens.\n")
    told = json.loads(
        succeeded(tandem("engine", "tune", fast, "--prompts", plain, "--grader", strong, "--caps", "2,8", "--json"))
    )
    assert told["graded_by"].startswith("reading")
    assert all(0.5 < each["quality"]["value"] <= 1 for each in told["points"]), "both tiers say the same"


def test_prompts_without_references_need_a_grader(fast: str, tmp_path: Path) -> None:
    plain = tmp_path / "prompts.txt"
    plain.write_text("Tell me about bridges.\n")
    (said,) = errors(ended(tandem("engine", "tune", fast, "--prompts", plain), 1))
    assert said.startswith("1 of 1 prompts have no reference: give the right answer")


def test_only_a_diffusion_engine_is_tuned(strong: str, prompts: Path) -> None:
    (said,) = errors(ended(tandem("engine", "tune", strong, "--prompts", prompts), 1))
    assert said == f"{strong} is vllm, which has no cap on passes: tune a diffusion engine"


def test_caps_that_are_no_numbers_are_refused(fast: str, prompts: Path) -> None:
    (said,) = errors(ended(tandem("engine", "tune", fast, "--prompts", prompts, "--caps", "8"), 1))
    assert said.startswith("--caps '8': expected two or more")
