"""The policies that are held at an earlier version, compiled from the texts that their holds carry."""

import logging
from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec import Struct

from router.config.live.policy_notes import Hold
from router.config.policies.case_file import read_cases
from router.config.policies.policy_set import CASES_FOLDER, LoadedPolicy, load_policy
from router.config.yaml_file import parse_yaml
from router.core.case import Usual
from router.core.errors import FileError, FilesRefused

_log = logging.getLogger(__name__)


class Held(Struct, frozen=True):
    """The policies of holds, by version, and of holds that cannot be honoured here why, by policy."""

    policies: Mapping[str, LoadedPolicy] = {}
    unusable: Mapping[str, str] = {}


def load_held(hold: Hold, usual: Usual) -> LoadedPolicy:
    """The policy that a hold carries, its cases run. Raises FilesRefused: what passed once may have been written for
    another version of the router."""
    name = f"{hold.version}.yaml"
    try:
        file = parse_yaml(Path(name), hold.text.encode())
        cases = {}
        if hold.cases is not None:
            found = read_cases(parse_yaml(Path(CASES_FOLDER) / name, hold.cases.encode()))
            cases[found.policy] = found
        loaded = load_policy(file, cases, usual)
        if loaded.policy.version != hold.version:
            raise file.error((), f"is of the version {loaded.policy.version} here")
    except FileError as error:
        raise FilesRefused([error]) from None
    if loaded.failures:
        raise FilesRefused(loaded.failures)
    return loaded


def gather(holds: Iterable[Hold], known: Held, usual: Usual) -> Held:
    """The policies of these holds; those that are `known` are not compiled again."""
    policies: dict[str, LoadedPolicy] = {}
    unusable: dict[str, str] = {}
    for hold in holds:
        try:
            there = known.policies.get(hold.version)
            policies[hold.version] = there if there is not None else load_held(hold, usual)
        except FilesRefused as refused:
            unusable[hold.policy] = refused.message
            if known.unusable.get(hold.policy) != refused.message:
                _log.error("the policy %s cannot be held at %s: %s", hold.policy, hold.version, refused.message)
    return Held(policies, unusable)
