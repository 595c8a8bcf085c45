"""A classifier on disk: read back as it was written, and refused when anything about it does not match."""

import hashlib
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from router.config.classifier_file import (
    FORMAT,
    MANIFEST_NAME,
    MOST_WEIGHTS_BYTES,
    WEIGHTS_NAME,
    Manifest,
    pack_heads,
    read_classifier,
    read_manifest,
    write_classifier,
)
from router.config.priors_file import PRIORS_NAME
from router.core.errors import FileError
from router.core.features import feature_settings
from router.core.heads import HEADS, Calibration, score_text
from router.core.learned import DifficultyBands
from tests.classifiers import SHIPPED, THRESHOLDS, heads_that_know

HEADS_HERE = heads_that_know({"dosage": {"medical": 4.0}, "proof": {"difficulty": 2.0}})
WEIGHTS = pack_heads(HEADS_HERE)


def manifest_of(weights: bytes) -> Manifest:
    return Manifest(
        format=FORMAT,
        weights_sha256=hashlib.sha256(weights).hexdigest(),
        heads=HEADS,
        features=feature_settings(),
        thresholds=THRESHOLDS,
        data={"train/stakes.parquet": "0" * 64},
        made_with={"numpy": np.__version__},
        metrics={"stakes_recall": 0.9},
    )


def arrays_of(weights: bytes) -> dict[str, Any]:
    with np.load(BytesIO(weights)) as file:
        return dict(file)


def packed(arrays: dict[str, Any]) -> bytes:
    file = BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def refusal(folder: Path) -> str:
    with pytest.raises(FileError) as error:
        read_classifier(folder)
    return error.value.message


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a classifier that can be read."""
    write_classifier(tmp_path / "kept", WEIGHTS, manifest_of(WEIGHTS))
    return tmp_path / "kept"


# --- read back --------------------------------------------------------------------------------------------------


def test_a_classifier_is_read_back_as_it_was_written(folder: Path) -> None:
    found = read_classifier(folder)

    text = "what dosage, and a proof of it"
    assert score_text(found.heads, text) == score_text(HEADS_HERE, text)
    assert found.manifest == manifest_of(WEIGHTS)


def test_the_same_heads_are_the_same_bytes() -> None:
    assert pack_heads(HEADS_HERE) == WEIGHTS


def test_the_shipped_classifier_can_be_read_and_is_small() -> None:
    found = read_classifier(SHIPPED)

    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) <= MOST_WEIGHTS_BYTES
    assert found.manifest.metrics["stakes_recall"] > 0.9


# --- refused ----------------------------------------------------------------------------------------------------


def test_weights_that_changed_after_training_are_refused(folder: Path) -> None:
    changed = bytearray(WEIGHTS)
    changed[len(changed) // 2] ^= 1
    (folder / WEIGHTS_NAME).write_bytes(changed)

    said = refusal(folder)

    assert f"{WEIGHTS_NAME}:1:1: has the SHA-256 {hashlib.sha256(changed).hexdigest()}" in said
    assert hashlib.sha256(WEIGHTS).hexdigest() in said


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("families", ("word",)),
        ("bucket_bits", 15),
        ("seen_bits", 19),
        ("window_characters", 4096),
        ("most_windows", 8),
        ("most_bytes", 1024),
        ("shape", ("log_bytes",)),
        ("probe", "0" * 64),
    ],
)
def test_a_classifier_trained_on_other_features_is_refused(folder: Path, name: str, value: Any) -> None:
    features = replace(feature_settings(), **{name: value})
    write_classifier(folder, WEIGHTS, replace(manifest_of(WEIGHTS), features=features))

    said = refusal(folder)

    assert f"`features.{name}` is {value}, and this release expects" in said
    assert "train the classifier again" in said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"format": 2}, "`format` is 2, and this release expects 1"),
        ({"heads": ("difficulty",)}, "`heads` is ('difficulty',), and this release expects"),
        (
            {"thresholds": replace(THRESHOLDS, length_bands=(10, 20, 30))},
            "`thresholds.length_bands` is (10, 20, 30), and this release expects",
        ),
        (
            {"thresholds": replace(THRESHOLDS, stakes=(0.0,))},
            "`thresholds.stakes` has 1 entries; expected one for each of 4 length bands",
        ),
        (
            {"thresholds": replace(THRESHOLDS, difficulty_bands=DifficultyBands(0.6, 0.3))},
            "`thresholds.difficulty_bands` must have 0 < medium_from <= high_from < 1",
        ),
        (
            {"thresholds": replace(THRESHOLDS, difficulty=(Calibration(1.0, 0.0),) * 5)},
            "`thresholds.difficulty` has 5 entries; expected one for each of 4 length bands",
        ),
    ],
)
def test_a_manifest_that_does_not_fit_this_release_is_refused(folder: Path, changes: dict[str, Any], said: str) -> None:
    write_classifier(folder, WEIGHTS, replace(manifest_of(WEIGHTS), **changes))

    assert said in refusal(folder)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is not the manifest of a classifier"),
        (b"[]", "is not the manifest of a classifier: Expected `object`, got `array`"),
        (b'{"format": 1}', "missing required field `weights_sha256`"),
        (b"\xff\xfe", "is not the manifest of a classifier"),
    ],
)
def test_what_is_not_a_manifest_is_refused(folder: Path, content: bytes, said: str) -> None:
    (folder / MANIFEST_NAME).write_bytes(content)

    assert said in refusal(folder)


@pytest.mark.parametrize("name", [WEIGHTS_NAME, MANIFEST_NAME])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()

    assert f"{name}:1:1: cannot be read: No such file or directory" in refusal(folder)


def test_a_file_that_is_too_long_is_not_read(folder: Path) -> None:
    (folder / WEIGHTS_NAME).write_bytes(bytes(MOST_WEIGHTS_BYTES + 1))

    assert f"is longer than {MOST_WEIGHTS_BYTES} bytes" in refusal(folder)


class Bomb:
    """An object that must never be made again from a file."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (pytest.fail, ("a pickle was loaded",))


def with_array(name: str, array: Any) -> bytes:
    return packed({**arrays_of(WEIGHTS), name: array})


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        (b"", "is not a weights file"),
        (b"PK\x03\x04 cut short", "is not a weights file"),
        (with_array("bias", np.array([Bomb()], dtype=object)), "is not a weights file: Object arrays cannot be loaded"),
        (with_array("bias", np.zeros(3)), "`bias` is float64 of shape (3,); expected float64 of shape (14,)"),
        (with_array("scale", np.zeros(14, np.float32)), "`scale` is float32 of shape (14,); expected float64"),
        (with_array("bias", np.full(14, np.nan)), "`bias` holds a number that is not finite"),
        (with_array("more", np.zeros(1)), "holds the arrays bias, more, rarity"),
        (packed({}), "expected bias, rarity, scale"),
    ],
    ids=["empty", "cut", "pickle", "shape", "type", "not finite", "one more", "none"],
)
def test_weights_that_are_not_the_arrays_expected_are_refused(folder: Path, weights: bytes, said: str) -> None:
    write_classifier(folder, weights, manifest_of(weights))

    assert said in refusal(folder)


def test_a_single_array_is_not_a_weights_file(folder: Path) -> None:
    file = BytesIO()
    np.save(file, np.zeros(3))
    write_classifier(folder, file.getvalue(), manifest_of(file.getvalue()))

    assert "is not a weights file" in refusal(folder)


def test_a_manifest_can_be_read_on_its_own(folder: Path) -> None:
    assert read_manifest(folder / MANIFEST_NAME) == manifest_of(WEIGHTS)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(FileError, match="cannot be written"):
        write_classifier(tmp_path / "file", WEIGHTS, manifest_of(WEIGHTS))


def test_published_scores_beside_the_weights_come_with_them(tmp_path: Path) -> None:
    write_classifier(tmp_path, WEIGHTS, manifest_of(WEIGHTS))
    (tmp_path / PRIORS_NAME).write_text(
        "benchmarks: {Even: {fast: 0.5, strong: 0.5}, Behind: {fast: 0.4, strong: 0.8}}\ntasks: {chat: Behind}\n"
    )

    assert read_classifier(tmp_path).heads.priors.tasks["chat"] > 0


def test_a_mistake_in_published_scores_keeps_the_classifier_from_being_read(tmp_path: Path) -> None:
    write_classifier(tmp_path, WEIGHTS, manifest_of(WEIGHTS))
    (tmp_path / PRIORS_NAME).write_text("benchmarks: {Even: {fast: 50, strong: 0.5}}\n")

    assert refusal(tmp_path).startswith(f"{tmp_path / PRIORS_NAME}:1:27: benchmarks.Even.fast: ")
