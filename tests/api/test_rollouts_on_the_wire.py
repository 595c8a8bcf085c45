"""What is tried beside a policy in force, in a running router: shadows, canaries, and the guards that end those."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.cli.commands import succeeded, tandem
from tests.conftest import Routers
from tests.faults import answers, fails
from tests.patience import until
from tests.policy_folders import PolicyFolder
from tests.router_process import RouterProcess, serving
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import Response, post, request_fields

STOPPED_WITHIN_S = 3.0
"""A batch of the decision log, and a busy machine."""

CONVERSATIONS = tuple(f"order {number}" for number in range(60))
"""The arms that they fall on are the same in every run."""

GUARDS = {"error_rate": "20%", "at_least": 10}

STOPPED = 'router_canary_stopped{policy="default"}'

WITHOUT_WATCH = {"policy_watch_s": 0}

Start = Callable[..., AbstractContextManager["Trial"]]


class Trial(NamedTuple):
    """A router that tries the policy `next`, which sends everything to the strong tier, beside `default`, which sends
    everything to the fast one."""

    router: RouterProcess
    folder: PolicyFolder

    def ask(self, conversation: str) -> Response:
        """The answer in this conversation."""
        return post(self.router.public, request_fields(), headers={"x-router-conversation": conversation})

    def arms(self) -> dict[str, str | None]:
        """By which version each conversation is decided."""
        return {name: self.ask(name).header("x-router-policy") for name in CONVERSATIONS}

    def version(self, name: str) -> str:
        """The version of a policy that is in force."""
        found = {each["name"]: each["version"] for each in self.router.policies()["policies"]}
        return str(found[name])

    def rollout(self) -> Mapping[str, Any]:
        """What is told of the rollout."""
        (told,) = self.router.policies()["rollouts"]
        return dict(told)

    def reload(self) -> None:
        """Has the folder read again."""
        assert self.router.order("reload").status == 200

    def cross_the_guard(self) -> Mapping[str, Any]:
        """Asks in all conversations, the candidate's tier failing; what is told of the canary once it is stopped."""
        for name in CONVERSATIONS:
            self.ask(name)
        return until(lambda: self.rollout()["stopped"], STOPPED_WITHIN_S)


@pytest.fixture
def start(running_routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, tmp_path: Path) -> Start:
    """Starts a router that tries the policy `next`."""
    folder = PolicyFolder(tmp_path / "policies")
    folder.write_policy("next", rule="tried", tier="strong")

    def start_trial(mode: str, **fields: Any) -> AbstractContextManager[Trial]:
        folder.write_rollout(mode, **fields)
        settings = {"policies": str(folder.path), **WITHOUT_WATCH}
        return _trial(running_routers.settings(tmp_path, settings=settings), tmp_path, folder)

    return start_trial
