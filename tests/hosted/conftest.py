"""One hosted process with the real litellm, and the provider that it calls: a scripted engine on this machine."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.hosted_process import HostedProcess, hosted_settings, hosting
from tests.scripted_engine import EngineRoom, ScriptedEngine


@pytest.fixture(scope="session")
def provider(engine_room: EngineRoom) -> ScriptedEngine:
    """The provider."""
    return engine_room.open_engine()


@pytest.fixture(scope="session")
def hosted(provider: ScriptedEngine, tmp_path_factory: Any) -> Iterator[HostedProcess]:
    """The hosted process that most tests share."""
    with hosting(hosted_settings(provider.url), tmp_path_factory.mktemp("hosted")) as process:
        yield process
