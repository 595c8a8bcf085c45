"""What was learned about doubt, on disk: a folder with `doubt.json` (named weights) and `manifest.json` (what vouches).

Nothing in it is executed. Weights are refused unless the manifest names their SHA-256, and where this release reads
other traits from a text than those they were learned with.
"""

import hashlib
from pathlib import Path
from typing import Final, TypeVar

import msgspec
from msgspec import Struct

from router.core.doubt.estimate import Scorer, Scorers
from router.core.doubt.probe import probe_traits
from router.core.doubt.question import Kind
from router.core.errors import FileError

FORMAT: Final = 1
WEIGHTS_NAME: Final = "doubt.json"
MANIFEST_NAME: Final = "manifest.json"
MOST_BYTES: Final = 1024 * 1024

_Type = TypeVar("_Type")


class DoubtManifest(Struct, frozen=True, forbid_unknown_fields=True):
    """What the weights are. `weights_sha256` is that of their file, `probe` of the traits of fixed texts, `data` has
    the SHA-256 of each file they were trained on, `made_with` the versions of what trained them, `metrics` figures on
    rows they were not fitted on."""

    format: int
    weights_sha256: str
    probe: str
    data: dict[str, str]
    made_with: dict[str, str]
    metrics: dict[str, float]


class DoubtFile(Struct, frozen=True):
    """Doubt as it is served."""

    scorers: Scorers
    manifest: DoubtManifest


def read_doubt(folder: Path) -> DoubtFile:
    """What was learned about doubt in a folder. Raises FileError, naming what was found and expected, unless everything
    matches."""
    manifest = _decode(folder / MANIFEST_NAME, _read(folder / MANIFEST_NAME), DoubtManifest)
    raw = _read(folder / WEIGHTS_NAME)
    found = (manifest.format, manifest.probe, hashlib.sha256(raw).hexdigest())
    expected = (FORMAT, probe_traits(), manifest.weights_sha256)
    for name, is_so, should_be in zip(("format", "probe", "weights_sha256"), found, expected, strict=True):
        if is_so != should_be:
            told = f"`{name}` is {is_so}, and {should_be} was expected; restore both files, or train again"
            raise FileError(str(folder / MANIFEST_NAME), 1, 1, told)
    scorers = _decode(folder / WEIGHTS_NAME, raw, dict[Kind, Scorer])
    _check_scorers(folder / WEIGHTS_NAME, scorers)
    return DoubtFile(scorers, manifest)


def write_doubt(folder: Path, weights: bytes, manifest: DoubtManifest) -> None:
    """Writes the two files into a folder, which is made. Raises FileError when it cannot."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in ((WEIGHTS_NAME, weights), (MANIFEST_NAME, _written(manifest))):
            beside = folder / f"{name}.new"
            beside.write_bytes(data)
            beside.replace(folder / name)
    except OSError as error:
        raise FileError(str(folder), 1, 1, f"cannot be written: {error.strerror}") from None


def pack_scorers(scorers: Scorers) -> bytes:
    """The file of these weights: the same bytes for the same weights."""
    return _written(dict(scorers))


def _written(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value, order="deterministic"), indent=2) + b"\n"


def _decode(path: Path, raw: bytes, kind: type[_Type]) -> _Type:
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FileError(str(path), 1, 1, f"is not what was learned about doubt: {error}") from None


def _check_scorers(path: Path, scorers: Scorers) -> None:
    for kind, scorer in scorers.items():
        for name, trait in scorer.traits.items():
            if trait.deviation <= 0:
                raise FileError(str(path), 1, 1, f"`{kind}.traits.{name}.deviation` must be above 0")


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise FileError(str(path), 1, 1, f"cannot be read: {error.strerror}") from None
    if len(raw) > MOST_BYTES:
        raise FileError(str(path), 1, 1, f"is longer than {MOST_BYTES} bytes, which is the most that is read")
    return raw
