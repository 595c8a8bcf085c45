"""Puts the policies together: where they are read, who follows them, and by what requests are measured for them."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

from router.api.policy_admin import PolicyDesk
from router.assembly.replicas import board_of
from router.config.classifier_file import read_classifier
from router.config.keys_file import KeyEntry
from router.config.live.live_policies import LivePolicies
from router.config.live.policy_history import History
from router.config.live.policy_watch import Reloads, Watch, open_watch
from router.config.policies.policy_reader import Demands
from router.config.settings import Settings
from router.config.shipped import SHIPPED_POLICIES, classifier_folder
from router.core.case import Usual
from router.core.signals import measure_by
from router.core.values import Tier
from router.engines.dialects import USUAL_TIERS
from router.ports import Clock
from router.stores.board import open_following
from router.telemetry import names
from router.telemetry.metrics import Metrics

OFF_UNLESS_CONFIGURED: Final[frozenset[Tier]] = frozenset(("hosted",))
"""What a policy must not count on by mistake. Of the other tiers one may be missing: ladders then go without it."""


def policy_folder(settings: Settings) -> Path:
    """The configured folder, or the policies that ship."""
    return settings.policies or SHIPPED_POLICIES


def classifier_of(settings: Settings) -> Path:
    """The configured classifier, or the one among the policies."""
    return settings.classifier or classifier_folder(policy_folder(settings))


def usual_of(settings: Settings) -> Usual:
    """The tiers that cases of policies meet, and the classifier by which they and all requests are measured."""
    heads = read_classifier(classifier_of(settings)).heads
    return Usual(USUAL_TIERS, measure_by(heads), heads.thresholds.difficulty_bands)


@asynccontextmanager
async def open_policies(
    settings: Settings, usual: Usual, keys: Sequence[KeyEntry], metrics: Metrics, clock: Clock
) -> AsyncGenerator[PolicyDesk, None]:
    """The policies that are configured, shown, and followed to their next versions while the block runs. Raises
    FileError or FilesRefused."""
    folder = policy_folder(settings)
    watch = Watch(folder, settings.policy_watch_s)
    demands = Demands(None, _asked_for(settings, keys), OFF_UNLESS_CONFIGURED - settings.tiers.keys())
    policies = LivePolicies(folder, settings.default_policy, usual, History(settings.policy_history), clock, demands)
    reloads = Reloads(policies.reload)
    _show(metrics, policies)
    async with AsyncExitStack() as stack:
        board = await stack.enter_async_context(board_of(settings.redis, "policies"))
        following = await stack.enter_async_context(open_following(board, policies.adopt, policies.unshared))
        if settings.policy_watch_s > 0:
            await stack.enter_async_context(open_watch(watch, reloads.run))
        yield PolicyDesk(policies, reloads.run, following)


def _asked_for(settings: Settings, keys: Sequence[KeyEntry]) -> dict[str, str]:
    """The policies that requests go by without asking for them, and who has them do so."""
    by_key = {each.grants.policy: f"is the policy of the key {each.id}" for each in keys if each.grants.policy}
    by_tenant = {
        policy: f"policy_of_tenant gives to {tenant!r}" for tenant, policy in settings.policy_of_tenant.items()
    }
    return by_key | by_tenant


def _show(metrics: Metrics, policies: LivePolicies) -> None:
    status = policies.status
    metrics.count_each(names.POLICY_LOADS, "Times policies were read.", "outcome", lambda: status().loads)
    metrics.watch(names.POLICY_LOAD_FAILED, "The last reading of policies failed.", lambda: not status().load.ok)
    metrics.watch_each(
        names.POLICY_HELD,
        "The policy is held at an earlier version.",
        "policy",
        lambda: {name: each.hold is not None for name, each in status().policies.items()},
    )
    metrics.watch_each(
        names.CANARY_STOPPED,
        "The canary beside the policy was stopped.",
        "policy",
        lambda: {
            each.rollout.policy: each.stopped is not None for each in status().rollouts if each.rollout.mode == "canary"
        },
    )
