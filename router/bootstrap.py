"""The composition root: settings in, a running router out. The only module that knows every other."""

import asyncio
import random
import secrets
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct
from pydantic import SecretStr

from router.api.admin import Insight, Phase, build_admin_app
from router.api.app import Catalogue, build_public_app
from router.api.chat import ChatEndpoint, ExplainEndpoint
from router.api.errors import status_of
from router.api.front import CHAT, EXPLAIN, App, Front
from router.api.incoming import Gate
from router.api.policy_admin import PolicyDesk
from router.assembly.caching import Around, open_caching
from router.auditing.audits import NEVER, Auditing, Audits, open_audits
from router.backends import open_engines
from router.clock import SystemClock
from router.config.backend_settings import TierSpec
from router.config.classifier_file import read_classifier
from router.config.doubt_file import read_doubt
from router.config.keys_file import FileKeyring, KeyEntry, OpenKeyring, read_keys
from router.config.live.live_policies import LivePolicies
from router.config.live.policies_status import LoadReport
from router.config.live.policy_history import History
from router.config.live.policy_watch import Reloads, Watch, open_watch
from router.config.settings import Settings
from router.config.shipped import SHIPPED_POLICIES, classifier_folder, doubt_folder
from router.core.breaker import Breaker, OpenNever
from router.core.capabilities import Denoising, TierFacts
from router.core.case import Usual
from router.core.errors import SettingsError
from router.core.model_names import AUTO
from router.core.signals import measure_by
from router.core.values import TIERS, Tier
from router.dispatch import Dispatch
from router.engines.dialects import DIALECTS, USUAL_TIERS
from router.engines.fleet import Pools
from router.engines.recovery import Recovery, open_recovery
from router.inquiry import Inquiry, Landscape
from router.loads import admission_of, occupancies_of, open_loads, paces_of
from router.ports import Board, Clock, Escalations
from router.silence import open_silence
from router.stores.board import open_board, open_following
from router.stores.escalations import LocalEscalations, UnlimitedEscalations
from router.stores.latencies import LocalLatencies
from router.stores.lengths import LocalLengths
from router.stores.limits import LearnedLimits
from router.telemetry import names
from router.telemetry.guards import GuardWatch
from router.telemetry.log_files import open_decision_log
from router.telemetry.metrics import Metrics
from router.tracing import open_tracing


class Lifecycle(Struct):
    """Whether the router is being stopped: it then serves what it has and calls itself not ready."""

    stopping: bool = False


class Router(Struct, frozen=True):
    """The two apps of a router, ready to be served, the version of each policy in force, and what has policies read
    again."""

    public: App
    admin: App
    lifecycle: Lifecycle
    policies: Mapping[str, str]
    reload: Callable[[], Coroutine[Any, Any, LoadReport]]


@asynccontextmanager
async def open_router(settings: Settings) -> AsyncGenerator[Router, None]:
    """Builds everything from the settings and holds it open. Raises FileError, FilesRefused or SettingsError."""
    async with AsyncExitStack() as stack:
        clock, metrics = SystemClock(), Metrics()
        keys = () if settings.keys is None else read_keys(settings.keys)
        usual = _usual(settings)
        desk = await stack.enter_async_context(_open_policies(settings, usual, keys, clock))
        _watch_policies(metrics, desk.policies)
        guards = GuardWatch(desk.policies.canaries, desk.policies.stop_canary, clock)
        lengths = LocalLengths()
        paces, occupancies = paces_of(settings.tiers), occupancies_of(settings.tiers)
        latencies, limits = LocalLatencies(paces, clock), LearnedLimits(occupancies, paces)
        traced = await stack.enter_async_context(open_tracing(settings, metrics))
        readers = (guards, lengths, latencies, limits, *traced.sinks)
        log = await stack.enter_async_context(open_decision_log(settings.log_place, metrics, readers))
        silence = await stack.enter_async_context(open_silence())
        engines = await stack.enter_async_context(
            open_engines(settings.tiers, _salt_secret(settings), occupancies, silence, clock)
        )
        landscape = _landscape(settings)
        make_breaker = Breaker if settings.breakers else OpenNever
        fleet = Pools(engines.stations, landscape.tiers, latencies, clock, make_breaker)
        await stack.enter_async_context(open_loads(settings, engines.lines, occupancies, metrics, clock))
        recovery = await stack.enter_async_context(open_recovery(fleet))
        metrics.count_each(names.WARM_UPS, "Warm-ups by what came of them.", "outcome", recovery.counts)
        escalations = _escalations(settings, clock)
        admission = admission_of(settings, fleet, escalations, metrics, clock)
        inquiry = Inquiry(landscape, fleet, desk.policies, escalations, lengths, usual.measure)
        scorers = read_doubt(doubt_folder(policy_folder(settings))).scorers
        auditing = Audits(fleet, log, clock, random.random)
        audits = await stack.enter_async_context(_open_audits(settings, metrics, auditing))
        caching = await stack.enter_async_context(open_caching(settings, Around(fleet, log, clock, metrics, silence)))
        sharing, alive_s = caching.sharing, settings.keep_alive_s
        dispatch = Dispatch(
            inquiry, caching.memory, admission, log, clock, status_of, alive_s, scorers, audits, sharing
        )
        keyring = OpenKeyring() if settings.keys is None else FileKeyring(keys)
        gate = Gate(keyring, settings.limits.caps, silence)
        chat = ChatEndpoint(gate, dispatch, log, clock, traced.sampling, traced.listen)
        _watch_load(metrics, chat)
        app = build_public_app(gate, Catalogue(desk.policies, tuple(landscape.pins), int(time.time())))
        front = Front({("POST", CHAT): chat, ("POST", EXPLAIN): ExplainEndpoint(gate, dispatch)}, app)
        lifecycle = Lifecycle()
        insight = Insight(metrics, desk, caching.desk, fleet, admission.turns, app, lambda: _phase(lifecycle, recovery))
        admin = build_admin_app(insight, _reveal(settings.admin.key))
        yield Router(front, admin, lifecycle, desk.policies.status().versions, desk.reload)


def _phase(lifecycle: Lifecycle, recovery: Recovery) -> Phase:
    return "stopping" if lifecycle.stopping else "warming" if recovery.is_warming else "serving"


@asynccontextmanager
async def _open_policies(
    settings: Settings, usual: Usual, keys: Sequence[KeyEntry], clock: Clock
) -> AsyncGenerator[PolicyDesk, None]:
    folder = policy_folder(settings)
    watch = Watch(folder, settings.policy_watch_s)
    history, asked_for = History(settings.policy_history), _asked_for(settings, keys)
    policies = LivePolicies(folder, settings.default_policy, usual, history, clock, asked_for)
    reloads = Reloads(policies.reload)
    async with AsyncExitStack() as stack:
        board = await stack.enter_async_context(_open_board(settings))
        following = await stack.enter_async_context(open_following(board, policies.adopt, policies.unshared))
        if settings.policy_watch_s > 0:
            await stack.enter_async_context(open_watch(watch, reloads.run))
        yield PolicyDesk(policies, reloads.run, following)


def _open_board(settings: Settings) -> AbstractAsyncContextManager[Board]:
    redis = settings.redis
    return open_board(None, "") if redis is None else open_board(redis.url.get_secret_value(), redis.prefix)


def _asked_for(settings: Settings, keys: Sequence[KeyEntry]) -> dict[str, str]:
    """The policies that requests go by without asking for them, and who has them do so."""
    by_key = {each.grants.policy: f"is the policy of the key {each.id}" for each in keys if each.grants.policy}
    by_tenant = {
        policy: f"policy_of_tenant gives to {tenant!r}" for tenant, policy in settings.policy_of_tenant.items()
    }
    return by_key | by_tenant


def _watch_load(metrics: Metrics, chat: ChatEndpoint) -> None:
    metrics.watch(names.IN_FLIGHT, "Requests being served.", lambda: chat.in_flight)
    metrics.watch(names.TASKS, "Tasks of the event loop.", lambda: len(asyncio.all_tasks()))


def _watch_policies(metrics: Metrics, policies: LivePolicies) -> None:
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


@asynccontextmanager
async def _open_audits(settings: Settings, metrics: Metrics, audits: Audits) -> AsyncGenerator[Auditing, None]:
    """Without a log, nobody would learn what audits find."""
    if not settings.audits or settings.decision_log is None:
        yield NEVER
        return
    metrics.count_each(names.AUDITS, "Audits by what came of them.", "outcome", lambda: audits.counts)
    async with open_audits(audits):
        yield audits


def policy_folder(settings: Settings) -> Path:
    """The configured folder, or the policies that ship."""
    return settings.policies or SHIPPED_POLICIES


def _usual(settings: Settings) -> Usual:
    """The tiers that cases of policies meet, and the classifier by which they and all requests are measured."""
    folder = settings.classifier or classifier_folder(policy_folder(settings))
    heads = read_classifier(folder).heads
    return Usual(USUAL_TIERS, measure_by(heads), heads.thresholds.difficulty_bands)


def _landscape(settings: Settings) -> Landscape:
    tiers = {tier: _tier_facts(tier, settings.tiers[tier]) for tier in TIERS if tier in settings.tiers}
    pins: dict[str, Tier] = {tier: tier for tier in tiers}
    for tier, spec in [(tier, each) for tier, given in settings.tiers.items() for each in given.backends]:
        if pins.setdefault(spec.model, tier) != tier or spec.model.partition(":")[0] == AUTO:
            raise SettingsError(f"tiers.{tier}: the model name {spec.model!r} is taken; each name must mean one thing")
    return Landscape(tiers, pins, settings.policy_of_tenant)


def _escalations(settings: Settings, clock: Clock) -> Escalations:
    spec = settings.escalations
    return LocalEscalations(clock, spec.share, spec.least_a_s) if spec.limited else UnlimitedEscalations()


def _tier_facts(tier: Tier, spec: TierSpec) -> TierFacts:
    first = spec.backends[0]
    denoising = Denoising(first.denoising.max_steps, first.denoising.entropy_bound)
    return TierFacts(tier, DIALECTS[first.dialect], spec.context_tokens, spec.accepts, denoising)


def _salt_secret(settings: Settings) -> bytes:
    given = _reveal(settings.cache_salt_secret)
    return secrets.token_bytes(32) if given is None else given.encode()


def _reveal(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()
