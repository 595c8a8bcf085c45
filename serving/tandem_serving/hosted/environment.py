"""What the process sees of its environment: next to nothing. Keys are taken out of it, and given to each call."""

from collections.abc import Mapping, MutableMapping
from typing import Final

from msgspec import Struct

from router.core.errors import SettingsError
from tandem_serving.hosted.settings import HostedSettings, ModelSpec

KEPT: Final = frozenset(
    "PATH HOME LANG LC_ALL TZ TMPDIR PYTHONPATH PYTHONUNBUFFERED SSL_CERT_FILE SSL_CERT_DIR "
    "HTTPS_PROXY https_proxy NO_PROXY no_proxy".split()
)
"""What any process needs, and how it gets out of a house that has a door."""

LITELLM: Final[Mapping[str, str]] = {
    "LITELLM_MODE": "PRODUCTION",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",
    "LITELLM_LOCAL_BLOG_POSTS": "True",
    "LITELLM_LOCAL_AUTOROUTER_PRESETS": "True",
    "LITELLM_LOCAL_POLICY_TEMPLATES": "True",
    "LITELLM_TELEMETRY": "False",
}
"""It reads no `.env`, and fetches nothing when it is imported: its tables of prices and headers are those of its
release."""


class Keys(Struct, frozen=True):
    """The key of each model by its name (None: it has none), and the one that callers must send (None: none)."""

    of_models: Mapping[str, str | None]
    of_callers: str | None

    @property
    def secrets(self) -> frozenset[str]:
        """All of them: what nothing that is said may hold."""
        return frozenset(each for each in (*self.of_models.values(), self.of_callers) if each)

    def __repr__(self) -> str:
        return "Keys()"


def read_keys(settings: HostedSettings, environment: Mapping[str, str]) -> Keys:
    """The keys that the settings name. Raises SettingsError, which says what is missing."""
    of_models = {each.name: _key(each, environment) for each in settings.models}
    listen = settings.listen
    of_callers = None if listen.key_env is None else _variable(listen.key_env, "listen.key_env", environment)
    return Keys(of_models, of_callers)


def leave_only(names: frozenset[str], environment: MutableMapping[str, str]) -> None:
    """Takes everything out of the environment that is neither among these names nor needed by any process, and sets
    what keeps litellm from reaching out."""
    for name in list(environment):
        if name not in names and name not in KEPT:
            del environment[name]
    environment.update(LITELLM)


def _key(model: ModelSpec, environment: Mapping[str, str]) -> str | None:
    if model.key_env is not None:
        return _variable(model.key_env, f"the key_env of the model {model.name!r}", environment)
    if model.key_file is None:
        return None
    try:
        key = model.key_file.read_text().strip()
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"the key_file of the model {model.name!r} cannot be read: {model.key_file}") from None
    if not key:
        raise SettingsError(f"the key_file of the model {model.name!r} is empty: {model.key_file}")
    return key


def _variable(name: str, whose: str, environment: Mapping[str, str]) -> str:
    value = environment.get(name, "").strip()
    if not value:
        raise SettingsError(f"{whose} is {name}, and the environment has no such variable, or an empty one")
    return value
