"""Which releases of litellm may run here. Looked up among the installed packages, before any line of it is imported."""

import re
from importlib import metadata
from typing import Final

from router.core.errors import SettingsError

FLOOR: Final = (1, 84, 0)
"""Before it stand the flaws that are known to be used (see the advisories of the project)."""

COMPROMISED: Final = frozenset(((1, 82, 7), (1, 82, 8)))
"""Published by somebody else than litellm's authors: they read keys, one of them whenever any Python was started."""

INSTALL: Final = (
    "give it an environment of its own: python3 -m venv .venv-hosted && "
    ".venv-hosted/bin/pip install 'tandem-router[hosted]' && .venv-hosted/bin/tandem hosted"
)


def installed_litellm() -> str:
    """The version installed here. Raises SettingsError when there is none, or none that may run."""
    try:
        version = metadata.version("litellm")
    except metadata.PackageNotFoundError:
        raise SettingsError(f"litellm is not installed here; {INSTALL}") from None
    refuse_release(version)
    return version


def refuse_release(version: str) -> None:
    """Raises SettingsError for a version that may not run."""
    numbers = _numbers(version)
    if numbers in COMPROMISED:
        raise SettingsError(
            f"litellm {version} is a compromised release that steals keys: delete this environment, and replace every "
            "key and password that this machine could read"
        )
    if numbers < FLOOR:
        floor = ".".join(map(str, FLOOR))
        raise SettingsError(f"litellm {version} has known flaws and is not run; {floor} or later is needed: {INSTALL}")


def _numbers(version: str) -> tuple[int, ...]:
    """The first three numbers of a version, missing ones as 0; of `1.84.0rc1` they are those of the release."""
    found = [int(each) for each in re.findall(r"\d+", version)[:3]]
    return tuple([*found, 0, 0, 0][:3])
