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
from msgspec.structs import replace
from pydantic import SecretStr

from router.api.admin import Insight, build_admin_app
from router.api.app import Catalogue, build_public_app
from router.api.cache_admin import CacheDesk
from router.api.chat import ChatEndpoint, ExplainEndpoint
from router.api.errors import status_of
from router.api.front import CHAT, EXPLAIN, App, Front
from router.api.incoming import Gate
from router.api.policy_admin import PolicyDesk
from router.auditing.audits import NEVER, Auditing, Audits, open_audits
from router.caching.kept import KeptAnswers
from router.caching.sharing import Sharing
from router.caching.turns import Turns
from router.caching.upgrades import Upgrades
from router.clock import SystemClock
from router.config.classifier_file import read_classifier
from router.config.doubt_file import read_doubt
from router.config.keys_file import FileKeyring, KeyEntry, OpenKeyring, read_keys
from router.config.live.live_policies import LivePolicies
from router.config.live.policies_status import LoadReport
from router.config.live.policy_history import History
from router.config.live.policy_watch import Reloads, Watch, open_watch
from router.config.settings import BackendSpec, LimitsSpec, Settings
from router.config.shipped import SHIPPED_POLICIES, classifier_folder, doubt_folder
from router.core.breaker import Breaker, OpenNever
from router.core.caching.embedding import HashedEmbedder
from router.core.capabilities import Denoising, TierFacts
from router.core.case import Usual
from router.core.chat_request import Limits
from router.core.errors import SettingsError
from router.core.latency import Pace
from router.core.model_names import AUTO
from router.core.signals import measure_by
from router.core.values import TIERS, Tier
from router.dispatch import Dispatch
from router.engines.dialects import DIALECTS, USUAL_TIERS
from router.engines.http import HttpBackend
from router.engines.http_reader import HttpReader
from router.engines.line import Line, Timeouts, open_connections
from router.engines.pool import Pools
from router.engines.recovery import open_recovery
from router.engines.wire_body import BodyWriter
from router.inquiry import Inquiry, Landscape
from router.ports import Backend, Board, Clock, Escalations, Reader
from router.silence import Silence, open_silence
from router.stores.board import open_board, open_following
from router.stores.cache import Keeping, Stores, choose_seal, open_cache
from router.stores.escalations import LocalEscalations, UnlimitedEscalations
from router.stores.latencies import LocalLatencies
from router.stores.lengths import LocalLengths
from router.stores.losses import Losses
from router.stores.memory import LocalMemory
from router.stores.questions import LocalQuestions
from router.stores.shelf import MIB, Bounds
from router.telemetry import names
from router.telemetry.decision_log import AuditSink, BatchedLog, JsonLines, Sink, open_batched_log
from router.telemetry.guards import GuardWatch
from router.telemetry.metrics import Metrics
from router.telemetry.upgrades import open_counted_upgrades
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
        latencies = LocalLatencies(_paces(settings), clock)
        traced = await stack.enter_async_context(open_tracing(settings, metrics))
        log = await stack.enter_async_context(_open_log(settings, metrics, (guards, lengths, latencies, *traced.sinks)))
        silence = await stack.enter_async_context(open_silence())
        engines = await stack.enter_async_context(open_engines(settings, silence, clock))
        landscape, memory = _landscape(settings), LocalMemory(clock)
        make_breaker = Breaker if settings.breakers else OpenNever
        fleet = Pools(engines.backends, landscape.tiers, clock, make_breaker, engines.readers)
        await stack.enter_async_context(open_recovery(fleet))
        escalations = _escalations(settings, clock)
        inquiry = Inquiry(landscape, fleet, desk.policies, memory, escalations, lengths, latencies, usual.measure)
        scorers = read_doubt(doubt_folder(policy_folder(settings))).scorers
        auditing = Audits(fleet, log, clock, random.random)
        audits = await stack.enter_async_context(_open_audits(settings, metrics, auditing))
        opened = await stack.enter_async_context(_open_cache(settings, metrics, clock))
        kept = KeptAnswers(opened.cache, LocalQuestions(HashedEmbedder()), clock, random.random)
        upgrades = Upgrades(kept, fleet, log, clock, settings.cache.upgrades.budget())
        await stack.enter_async_context(open_counted_upgrades(upgrades, metrics))
        sharing = Sharing(kept, Turns(kept, opened.leases, clock), upgrades)
        dispatch = Dispatch(
            inquiry, fleet, memory, escalations, log, clock, status_of, settings.keep_alive_s, scorers, audits, sharing
        )
        keyring = OpenKeyring() if settings.keys is None else FileKeyring(keys)
        gate = Gate(keyring, _limits(settings.limits), silence)
        chat = ChatEndpoint(gate, dispatch, log, clock, traced.sampling, traced.listen)
        _watch_load(metrics, chat)
        app = build_public_app(gate, Catalogue(desk.policies, tuple(landscape.pins), int(time.time())))
        front = Front({("POST", CHAT): chat, ("POST", EXPLAIN): ExplainEndpoint(gate, dispatch)}, app)
        lifecycle = Lifecycle()
        caching = CacheDesk(opened.cache, settings.cache.store, opened.losses, gate.limits, settings.default_policy)
        insight = Insight(metrics, desk, caching, engines.backends, app, lambda: lifecycle.stopping)
        admin = build_admin_app(insight, _reveal(settings.admin.key))
        yield Router(front, admin, lifecycle, desk.policies.status().versions, desk.reload)


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


@asynccontextmanager
async def _open_cache(settings: Settings, metrics: Metrics, clock: Clock) -> AsyncGenerator[Stores, None]:
    spec, redis, losses = settings.cache, settings.redis, Losses()
    bounds = Bounds(spec.max_mb * MIB, spec.max_entries, spec.tenant_max_mb * MIB)
    keeping = Keeping(spec.store, bounds, path=spec.path or Path(), seal=choose_seal(spec.keys))
    if redis is not None:
        keeping = replace(keeping, redis_url=redis.url.get_secret_value(), prefix=redis.prefix)
    metrics.count_each(names.CACHE_LOST, "Look-ups and entries that the cache lost.", "why", lambda: vars(losses))
    async with open_cache(keeping, clock, losses) as opened:
        yield opened


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
async def _open_log(settings: Settings, metrics: Metrics, watching: Sequence[Sink]) -> AsyncGenerator[BatchedLog, None]:
    sinks: list[Sink] = [metrics, *watching]
    audit_sinks: list[AuditSink] = []
    if settings.decision_log is not None:
        sinks.append(json_lines := JsonLines(settings.decision_log))
        audit_sinks.append(json_lines)
        metrics.watch(names.LOG_UNWRITTEN, "Records that the disk did not take.", lambda: json_lines.dropped)
    async with open_batched_log(sinks, audit_sinks) as log:
        metrics.watch(names.LOG_DROPPED, "Records dropped because too many were waiting.", lambda: log.dropped)
        yield log


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


def _limits(spec: LimitsSpec) -> Limits:
    return Limits(
        body_bytes=spec.body_mb * 1024 * 1024,
        body_s=spec.body_s,
        messages=spec.messages,
        parts=spec.parts,
        tools=spec.tools,
        choices=spec.choices,
        media_hosts=frozenset(host.lower() for host in spec.media_hosts),
    )


def _landscape(settings: Settings) -> Landscape:
    tiers = {tier: _tier_facts(tier, settings.tiers[tier].backends[0]) for tier in TIERS if tier in settings.tiers}
    pins: dict[str, Tier] = {tier: tier for tier in tiers}
    for tier in tiers:
        model = settings.tiers[tier].backends[0].model
        if pins.setdefault(model, tier) != tier or model.partition(":")[0] == AUTO:
            raise SettingsError(f"tiers.{tier}: the model name {model!r} is taken; each name must mean one thing")
    return Landscape(tiers, pins, settings.policy_of_tenant)


def _escalations(settings: Settings, clock: Clock) -> Escalations:
    spec = settings.escalations
    return LocalEscalations(clock, spec.share, spec.least_a_s) if spec.limited else UnlimitedEscalations()


def _paces(settings: Settings) -> dict[Tier, Pace]:
    specs = {tier: each.backends[0] for tier, each in settings.tiers.items()}
    return {tier: spec.latency.pace(spec.dialect) for tier, spec in specs.items()}


def _tier_facts(tier: Tier, spec: BackendSpec) -> TierFacts:
    denoising = Denoising(spec.denoising.max_steps, spec.denoising.entropy_bound)
    return TierFacts(tier, DIALECTS[spec.dialect], spec.context_tokens, frozenset(spec.accepts), denoising)


class Engines(Struct, frozen=True):
    """The engines of each tier as those who write, and as those who read, where they do."""

    backends: Mapping[Tier, Backend]
    readers: Mapping[Tier, Reader]


@asynccontextmanager
async def open_engines(settings: Settings, silence: Silence, clock: Clock) -> AsyncGenerator[Engines, None]:
    """The engines of each tier, on connections that are held open."""
    given = _reveal(settings.cache_salt_secret)
    secret = secrets.token_bytes(32) if given is None else given.encode()
    async with open_connections(silence) as connections:
        backends: dict[Tier, Backend] = {}
        readers: dict[Tier, Reader] = {}
        for tier, tier_spec in settings.tiers.items():
            spec = tier_spec.backends[0]
            writer = BodyWriter(spec.model, DIALECTS[spec.dialect], secret)
            timeouts = Timeouts(spec.connect_s, spec.idle_s)
            line = Line(f"{tier}-1", connections, spec.url, timeouts, _reveal(spec.api_key))
            backends[tier] = HttpBackend(line, writer)
            if writer.reads and spec.reads == "auto":
                readers[tier] = HttpReader(line, writer, clock)
        yield Engines(backends, readers)


def _reveal(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()
