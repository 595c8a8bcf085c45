"""What was learned about doubt, on disk: read back as it was written, and refused when anything does not match."""

import hashlib
from pathlib import Path

import pytest
from msgspec.structs import replace

from router.config.doubt_file import (
    FORMAT,
    MANIFEST_NAME,
    MOST_BYTES,
    WEIGHTS_NAME,
    DoubtManifest,
    pack_scorers,
    read_doubt,
    write_doubt,
)
from router.config.shipped import SHIPPED_POLICIES, doubt_folder
from router.core.doubt.estimate import Weighed
from router.core.doubt.probe import probe_traits
from router.core.errors import FileError
from tests.doubts import SHIPPED_DOUBT, scorer_of, scorers_of

SCORERS = scorers_of(no_final=1.5, log_chars=0.25)
WEIGHTS = pack_scorers(SCORERS)


def manifest_of(weights: bytes) -> DoubtManifest:
    return DoubtManifest(FORMAT, hashlib.sha256(weights).hexdigest(), probe_traits(), {}, {}, {"auroc": 0.7})


def refusal(folder: Path) -> str:
    with pytest.raises(FileError) as error:
        read_doubt(folder)
    return error.value.message


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that can be read."""
    write_doubt(tmp_path / "kept", WEIGHTS, manifest_of(WEIGHTS))
    return tmp_path / "kept"


def test_what_was_learned_is_read_back_as_it_was_written(folder: Path) -> None:
    found = read_doubt(folder)

    assert found.scorers == SCORERS
    assert found.manifest == manifest_of(WEIGHTS)


def test_what_ships_can_be_read_and_knows_every_kind_of_closed_question() -> None:
    assert set(read_doubt(SHIPPED_DOUBT).scorers) == {"choice", "output", "number"}


def test_the_same_weights_are_the_same_bytes() -> None:
    assert pack_scorers(dict(reversed(SCORERS.items()))) == WEIGHTS


def test_weights_that_the_manifest_does_not_name_are_refused(folder: Path) -> None:
    (folder / WEIGHTS_NAME).write_bytes(WEIGHTS.replace(b"1.5", b"9.5"))

    assert "`weights_sha256` is" in refusal(folder)


@pytest.mark.parametrize(("field", "value"), [("format", FORMAT + 1), ("probe", "0" * 64)])
def test_weights_for_another_release_are_refused(folder: Path, field: str, value: object) -> None:
    write_doubt(folder, WEIGHTS, replace(manifest_of(WEIGHTS), **{field: value}))

    assert f"`{field}` is" in refusal(folder)


def test_a_deviation_that_cannot_be_divided_by_is_refused(folder: Path) -> None:
    weights = pack_scorers({"choice": replace(scorer_of(), traits={"no_final": Weighed(1.0, 0.0, 0.0)})})
    write_doubt(folder, weights, manifest_of(weights))

    assert "`choice.traits.no_final.deviation` must be above 0" in refusal(folder)


@pytest.mark.parametrize("weights", [b"\x80\x04pickle", b'{"chat": {}}', b"[]"])
def test_what_is_no_weights_file_is_refused_although_its_hash_is_right(folder: Path, weights: bytes) -> None:
    write_doubt(folder, weights, manifest_of(weights))

    assert "is not what was learned about doubt" in refusal(folder)


def test_a_file_that_is_too_long_or_missing_is_refused(folder: Path) -> None:
    (folder / WEIGHTS_NAME).write_bytes(b" " * (MOST_BYTES + 1))
    assert "is longer than" in refusal(folder)

    (folder / MANIFEST_NAME).unlink()
    assert "cannot be read" in refusal(folder)


def test_policies_may_bring_their_own(tmp_path: Path) -> None:
    own = tmp_path / "classifiers" / "doubt"
    assert doubt_folder(tmp_path) == SHIPPED_POLICIES / "classifiers" / "doubt"

    own.mkdir(parents=True)

    assert doubt_folder(tmp_path) == own
