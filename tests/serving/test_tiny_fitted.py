"""The text that the fitted checkpoint learns, and writing the checkpoint, where a stand-in plays the Python of vLLM."""

import sys
from itertools import islice
from pathlib import Path

import pytest

from tandem_serving.tiny.engines import EngineError, ensure_fitted_checkpoint
from tandem_serving.tiny.fitting_text import TALES, conversations, tales
from tandem_serving.tiny.specs import STRONG_FITTED

PLAYS_BOTH_SCRIPTS = """
import json, pathlib, sys
script, models = pathlib.Path(sys.argv[1]).name, pathlib.Path(sys.argv[2])
if script == "checkpoints.py":
    for name in ("tiny-gemma4", "tiny-diffusiongemma", "tiny-diffusiongemma-sure"):
        (models / name).mkdir(parents=True)
else:
    assert (models / "tiny-gemma4").is_dir()
    (models / "tiny-gemma4-fitted").mkdir()
    (models / "learnt").write_text(str(len(json.load(sys.stdin))))
"""
FAILS_TO_FIT = """
import sys
sys.exit("no memory" if "fitting" in sys.argv[1] else 0)
"""


def stand_in(folder: Path, source: str) -> Path:
    """An executable that runs the given source."""
    program = folder / "python"
    program.write_text(f"#!{sys.executable}\n{source}")
    program.chmod(0o755)
    return program


def test_the_same_seed_tells_the_same_tales() -> None:
    assert list(islice(tales(5), 20)) == list(islice(tales(5), 20))


def test_other_seeds_tell_what_was_not_learnt() -> None:
    learnt = {messages[1]["content"] for messages in conversations()}
    others = {next(tales(seed)).answer for seed in range(5000, 5100)}
    assert len(others & learnt) <= 1


def test_every_tale_is_learnt() -> None:
    assert {messages[0]["content"] for messages in conversations()} == {f"Tell me about {about}." for about in TALES}


def test_tales_are_plain_sentences_with_all_details_filled_in() -> None:
    for tale in islice(tales(7), 200):
        assert tale.answer.isascii()
        assert tale.answer.endswith(".")
        assert not set("{}") & set(tale.answer)


def test_fitting_starts_from_the_checkpoint_of_random_weights_and_is_given_the_tales(tmp_path: Path) -> None:
    models = tmp_path / "models"
    ensure_fitted_checkpoint(stand_in(tmp_path, PLAYS_BOTH_SCRIPTS), models)
    assert (models / STRONG_FITTED.checkpoint).is_dir()
    assert (models / "learnt").read_text() == str(len(conversations()))


def test_a_checkpoint_that_is_there_is_not_fitted_again(tmp_path: Path) -> None:
    models = tmp_path / "models"
    ensure_fitted_checkpoint(stand_in(tmp_path, PLAYS_BOTH_SCRIPTS), models)
    ensure_fitted_checkpoint(tmp_path / "no-python", models)


def test_fitting_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="no memory"):
        ensure_fitted_checkpoint(stand_in(tmp_path, FAILS_TO_FIT), tmp_path / "models")
