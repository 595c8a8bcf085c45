"""Finds and reads `NAME.priors.yaml`."""

from pathlib import Path
from typing import Literal

from router.core.errors import FileError
from tandem_serving.simulator.profile import FastProfile, Profile, StrongProfile
from tandem_serving.typed_yaml import load_mapping, validated, wrong_value

SimulatedTier = Literal["fast", "strong"]

SUFFIX = ".priors.yaml"
STRONG_TWIN = "-strong"
_PACKAGE = Path(__file__).resolve().parents[1]
FOLDERS = (_PACKAGE / "_profiles", _PACKAGE.parent / "profiles")
"""Where profiles lie: in an installed wheel, and in a checkout."""

_SCHEMAS: dict[SimulatedTier, type[FastProfile] | type[StrongProfile]] = {
    "fast": FastProfile,
    "strong": StrongProfile,
}


def profile_names() -> tuple[str, ...]:
    """Every profile there is."""
    files = (file.name for folder in FOLDERS if folder.is_dir() for file in folder.glob(f"*{SUFFIX}"))
    return tuple(sorted({name.removesuffix(SUFFIX) for name in files}))


def find_profile(tier: SimulatedTier, name: str) -> Profile:
    """The profile of this name, or its strong twin where the strong tier is asked for.

    Raises FileError when there is none, or when it is not one of this tier.
    """
    wanted = name if tier == "fast" or name.endswith(STRONG_TWIN) else name + STRONG_TWIN
    for folder in FOLDERS:
        if (file := folder / f"{wanted}{SUFFIX}").is_file():
            return read_profile(file, tier)
    known = ", ".join(profile_names())
    raise FileError(f"{wanted}{SUFFIX}", 1, 1, f"there is no such profile; there are: {known}")


def read_profile(file: Path, tier: SimulatedTier) -> Profile:
    """The profile in a file. Raises FileError."""
    data = load_mapping(file)
    if data.get("tier") not in ("fast", "strong"):
        raise wrong_value(file, data, ["tier"], "tier: must be fast or strong")
    if data["tier"] != tier:
        raise wrong_value(file, data, ["tier"], f"tier: is {data['tier']}, and the {tier} tier was asked for")
    profile = validated(_SCHEMAS[tier], file, data)
    if profile.name != file.name.removesuffix(SUFFIX):
        raise wrong_value(file, data, ["name"], "name: differs from the name of the file")
    return profile
