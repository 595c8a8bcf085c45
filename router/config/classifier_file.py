"""A trained classifier on disk: a folder with `heads.npz` (arrays of numbers) and `manifest.json` (everything else that
was learned). `priors.yaml`, which people write, may lie beside them.

Nothing in it is executed: arrays are read without pickle, and refused unless the manifest names their SHA-256. A
classifier made with other features than this release computes would score noise, so it is refused too.
"""

import hashlib
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from router.config.priors_file import read_priors
from router.core.errors import FileError
from router.core.features import COLUMNS, SEEN_BITS, SHAPE, FeatureSettings, feature_settings
from router.core.heads import HEADS, LENGTH_BANDS, Heads, Thresholds, lay_out

FORMAT: Final = 1
WEIGHTS_NAME: Final = "heads.npz"
MANIFEST_NAME: Final = "manifest.json"
MOST_WEIGHTS_BYTES: Final = 8 * 1000 * 1000
MOST_MANIFEST_BYTES: Final = 1024 * 1024

_ARRAYS: Final[dict[str, tuple[tuple[int, ...], type[np.generic]]]] = {
    "weights": ((COLUMNS, len(HEADS)), np.int16),
    "scale": ((len(HEADS),), np.float64),
    "bias": ((len(HEADS),), np.float64),
    "shape_weights": ((len(HEADS), len(SHAPE)), np.float64),
    "shape_mean": ((len(SHAPE),), np.float64),
    "shape_deviation": ((len(SHAPE),), np.float64),
    "rarity": ((COLUMNS,), np.uint8),
    "seen": (((1 << SEEN_BITS) // 8,), np.uint8),
}
"""The arrays of a weights file, with their shapes and types; `seen` is packed, eight keys a byte."""


class Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    """What a classifier is. `weights_sha256` is that of the weights file, `data` has the SHA-256 of each file it was
    trained on, `made_with` the versions of what trained it, `metrics` figures on rows it was not fitted on."""

    format: int
    weights_sha256: str
    heads: tuple[str, ...]
    features: FeatureSettings
    thresholds: Thresholds
    data: dict[str, str]
    made_with: dict[str, str]
    metrics: dict[str, float]


class Classifier(Struct, frozen=True):
    """A classifier as it is served."""

    heads: Heads
    manifest: Manifest


def read_classifier(folder: Path) -> Classifier:
    """The classifier in a folder. Raises FileError, naming what was found and expected, unless everything matches."""
    manifest = read_manifest(folder / MANIFEST_NAME)
    arrays = _read_arrays(folder / WEIGHTS_NAME, manifest.weights_sha256)
    seen = np.unpackbits(arrays.pop("seen")).view(np.bool_)
    table = lay_out(arrays.pop("weights"), arrays.pop("rarity"))
    heads = Heads(table=table, seen=seen, thresholds=manifest.thresholds, priors=read_priors(folder), **arrays)
    return Classifier(heads, manifest)


def read_manifest(path: Path) -> Manifest:
    """A classifier's manifest. Raises FileError when it is not one, or not for this release."""
    try:
        manifest = msgspec.json.decode(_read(path, MOST_MANIFEST_BYTES), type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FileError(str(path), 1, 1, f"is not the manifest of a classifier: {error}") from None
    for name, found, expected in _agreements(manifest):
        if found != expected:
            told = f"`{name}` is {found}, and this release expects {expected}; train the classifier again with it"
            raise FileError(str(path), 1, 1, told)
    _check_thresholds(path, manifest.thresholds)
    return manifest


def write_classifier(folder: Path, weights: bytes, manifest: Manifest) -> None:
    """Writes a classifier's two files into a folder, which is made. Raises FileError when it cannot."""
    content = msgspec.json.format(msgspec.json.encode(manifest, order="deterministic"), indent=2) + b"\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in ((WEIGHTS_NAME, weights), (MANIFEST_NAME, content)):
            beside = folder / f"{name}.new"
            beside.write_bytes(data)
            beside.replace(folder / name)
    except OSError as error:
        raise FileError(str(folder), 1, 1, f"cannot be written: {error.strerror}") from None


def pack_heads(heads: Heads) -> bytes:
    """The weights file of these heads: the same bytes for the same arrays."""
    arrays: dict[str, Any] = {name: getattr(heads, name) for name in _ARRAYS}
    arrays["seen"] = np.packbits(heads.seen)
    file = BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def _agreements(manifest: Manifest) -> list[tuple[str, object, object]]:
    """What must be as this release has it: the name, what the manifest says, what is expected."""
    features = feature_settings()
    found = [(f"features.{name}", getattr(manifest.features, name)) for name in features.__struct_fields__]
    expected = [getattr(features, name) for name in features.__struct_fields__]
    return [
        ("format", manifest.format, FORMAT),
        ("heads", manifest.heads, HEADS),
        ("thresholds.length_bands", manifest.thresholds.length_bands, LENGTH_BANDS),
        *((name, value, wanted) for (name, value), wanted in zip(found, expected, strict=True)),
    ]


def _check_thresholds(path: Path, thresholds: Thresholds) -> None:
    bands = len(LENGTH_BANDS) + 1
    for name, entries in (("difficulty", thresholds.difficulty), ("stakes", thresholds.stakes)):
        if len(entries) != bands:
            told = f"`thresholds.{name}` has {len(entries)} entries; expected one for each of {bands} length bands"
            raise FileError(str(path), 1, 1, told)
    difficulty = thresholds.difficulty_bands
    if not 0.0 < difficulty.medium_from <= difficulty.high_from < 1.0:
        told = "`thresholds.difficulty_bands` must have 0 < medium_from <= high_from < 1"
        raise FileError(str(path), 1, 1, told)


def _read(path: Path, most_bytes: int) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(most_bytes + 1)
    except OSError as error:
        raise FileError(str(path), 1, 1, f"cannot be read: {error.strerror}") from None
    if len(raw) > most_bytes:
        raise FileError(str(path), 1, 1, f"is longer than {most_bytes} bytes, which is the most that is read")
    return raw


def _read_arrays(path: Path, sha256: str) -> dict[str, Any]:
    """The arrays of a weights file with this SHA-256; the file's bytes are let go here, before the arrays are laid
    out for serving: nothing is held three times."""
    raw = _read(path, MOST_WEIGHTS_BYTES)
    found = hashlib.sha256(raw).hexdigest()
    if found != sha256:
        expected = f"the manifest expects {sha256}; restore both files, or train again"
        raise FileError(str(path), 1, 1, f"has the SHA-256 {found}, and {expected}")
    try:
        with np.load(BytesIO(raw), allow_pickle=False) as file:
            names = set(file.files)
            arrays = {name: file[name] for name in _ARRAYS if name in names}
    except (ValueError, TypeError, OSError, EOFError, BadZipFile) as error:
        raise FileError(str(path), 1, 1, f"is not a weights file: {error}") from None
    if names != set(_ARRAYS):
        told = f"holds the arrays {', '.join(sorted(names))}; expected {', '.join(sorted(_ARRAYS))}"
        raise FileError(str(path), 1, 1, told)
    for name, array in arrays.items():
        _check_array(path, name, array)
    return arrays


def _check_array(path: Path, name: str, array: NDArray[Any]) -> None:
    shape, kind = _ARRAYS[name]
    if array.shape != shape or array.dtype != kind:
        told = f"`{name}` is {array.dtype} of shape {array.shape}; expected {np.dtype(kind)} of shape {shape}"
        raise FileError(str(path), 1, 1, told)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise FileError(str(path), 1, 1, f"`{name}` holds a number that is not finite; train the classifier again")
