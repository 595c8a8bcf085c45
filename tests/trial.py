"""A router that tries one policy beside another, and what callers and operators see of it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.patience import until
from tests.policy_folders import PolicyFolder
from tests.router_process import RouterProcess, serving
from tests.wire_client import Response, post, request_fields

STOPPED_WITHIN_S = 3.0
"""A batch of the decision log, and a busy machine."""

CONVERSATIONS = tuple(f"order {number}" for number in range(100))
"""The arms that they fall on are the same in every run."""

GUARDS = {"error_rate": "20%", "at_least": 10}

STOPPED = 'router_canary_stopped{policy="default"}'


class Trial:
    """A router that tries the policy `next` beside `default`."""

    def __init__(self, router: RouterProcess, folder: PolicyFolder) -> None:
        self.router = router
        self.folder = folder

    @property
    def admin_url(self) -> str:
        """Where operators come in."""
        return f"http://{self.router.admin.host}:{self.router.admin.port}"

    def ask(self, conversation: str, **fields: Any) -> Response:
        """The answer in this conversation."""
        return post(self.router.public, request_fields(**fields), headers={"x-router-conversation": conversation})

    def deciders(self) -> dict[str, str | None]:
        """By which version each conversation is decided, when all ask once."""
        return {name: self.ask(name).header("x-router-policy") for name in CONVERSATIONS}

    def version(self, name: str) -> str:
        """The version of a policy that is in force."""
        versions = {each["name"]: each["version"] for each in self.router.policies()["policies"]}
        return str(versions[name])

    def rollout(self) -> Mapping[str, Any]:
        """What is told of the rollout."""
        (told,) = self.router.policies()["rollouts"]
        return dict(told)

    def reload(self) -> None:
        """Has the folder read again."""
        response = self.router.order("reload")
        assert response.status == 200, response.json

    def await_stop(self, within_s: float = STOPPED_WITHIN_S) -> Mapping[str, Any]:
        """What is told of the canary's stop, once it is stopped."""
        return dict(until(lambda: self.rollout()["stopped"], within_s))


def write_trial(path: Path, mode: str, **rollout: Any) -> PolicyFolder:
    """A folder in which `default` sends everything to the fast tier and `next`, tried beside it, to the strong one."""
    folder = PolicyFolder(path)
    folder.write_policy("next", rule="tried", tier="strong")
    folder.write_rollout(mode, **rollout)
    return folder


@contextmanager
def running(settings: Mapping[str, Any], path: Path, folder: PolicyFolder) -> Iterator[Trial]:
    """A router with these settings and policies and without breakers, which would answer for an engine that fails. It
    reads policies again only when it is told to; its files are in `path`."""
    beside = {"policies": str(folder.path), "policy_watch_s": 0}
    with serving({**settings, **beside, "breakers": False, "audits": False}, path) as router:
        yield Trial(router, folder)
