"""The composition root: settings in, a running router out. The only module that knows every other."""

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from msgspec import Struct
from pydantic import SecretStr

from router.api.admin import Insight, Phase, build_admin_app
from router.api.app import Catalogue, build_public_app
from router.api.chat import ChatEndpoint, ExplainEndpoint
from router.api.errors import status_of
from router.api.front import CHAT, EXPLAIN, App, Front
from router.api.incoming import Gate
from router.assembly.caching import Around, open_caching
from router.assembly.console import Memory, Showing, with_console
from router.assembly.fleet import landscape_of, learning, open_fleet
from router.assembly.labels import known_of
from router.assembly.loads import admission_of
from router.assembly.policies import open_policies, policy_folder, usual_of
from router.assembly.prices import prices_of
from router.assembly.replicas import open_backend_desk
from router.assembly.speech import open_hearing
from router.assembly.tracing import open_tracing
from router.auditing.audits import NEVER, Auditing, Audits, open_audits
from router.clock import SystemClock
from router.config.doubt_file import read_doubt
from router.config.keys_file import FileKeyring, OpenKeyring, read_keys
from router.config.live.policies_status import LoadReport
from router.config.settings import Settings
from router.config.shipped import doubt_folder
from router.dispatch import Dispatch, Services
from router.engines.recovery import Recovery
from router.inquiry import Inquiry
from router.ports import Clock, Escalations
from router.silence import open_silence
from router.stores.escalations import LocalEscalations, UnlimitedEscalations
from router.stores.lengths import LocalLengths
from router.telemetry import names
from router.telemetry.decision_log import Sink
from router.telemetry.guards import GuardWatch
from router.telemetry.log_files import open_decision_log
from router.telemetry.loop_lag import open_loop_watch
from router.telemetry.metrics import Metrics


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
        keys = () if settings.keys is None else read_keys(settings.keys)
        clock, metrics = SystemClock(), Metrics(known_of(settings, keys))
        await stack.enter_async_context(open_loop_watch(metrics))
        usual = usual_of(settings)
        desk = await stack.enter_async_context(open_policies(settings, usual, keys, metrics, clock))
        guards = GuardWatch(desk.policies.canaries, desk.policies.stop_canary, clock)
        lengths, learnt = LocalLengths(), learning(settings, clock)
        traced = await stack.enter_async_context(open_tracing(settings, metrics))
        memory = Memory()
        readers: tuple[Sink, ...] = (guards, lengths, learnt.latencies, learnt.limits, *memory.sinks, *traced.sinks)
        log = await stack.enter_async_context(open_decision_log(settings.log_place, metrics, readers))
        silence = await stack.enter_async_context(open_silence())
        landscape = landscape_of(settings)
        staffed = await stack.enter_async_context(open_fleet(settings, landscape, learnt, silence, metrics, clock))
        fleet, escalations = staffed.pools, _escalations(settings, clock)
        backends = await stack.enter_async_context(open_backend_desk(settings, fleet, clock))
        admission = admission_of(settings, fleet, escalations, metrics, clock)
        inquiry = Inquiry(landscape, fleet, desk.policies, escalations, lengths, usual.measure)
        scorers = read_doubt(doubt_folder(policy_folder(settings))).scorers
        auditing = Audits(fleet, log, clock, random.random)
        audits = await stack.enter_async_context(_open_audits(settings, metrics, auditing))
        caching = await stack.enter_async_context(open_caching(settings, Around(fleet, log, clock, metrics, silence)))
        hearing = await stack.enter_async_context(open_hearing(settings, landscape, silence, clock))
        services = Services(scorers, audits, caching.sharing, hearing, prices_of(settings))
        dispatch = Dispatch(inquiry, caching.memory, admission, log, clock, status_of, settings.keep_alive_s, services)
        keyring = OpenKeyring() if settings.keys is None else FileKeyring(keys)
        gate = Gate(keyring, settings.limits.caps, silence)
        chat = ChatEndpoint(gate, dispatch, log, clock, traced.sampling, traced.listen)
        _watch_load(metrics, chat)
        app = build_public_app(gate, Catalogue(desk.policies, tuple(landscape.pins), int(time.time())))
        front = Front({("POST", CHAT): chat, ("POST", EXPLAIN): ExplainEndpoint(gate, dispatch)}, app)
        lifecycle = Lifecycle()
        insight = Insight(
            metrics, desk, caching.desk, backends, admission.turns, app, lambda: _phase(lifecycle, staffed.recovery)
        )
        admin = build_admin_app(insight, _reveal(settings.admin.key), clock)
        shown = with_console(
            admin,
            settings,
            Showing(memory, desk, backends, admission.turns, landscape, dispatch.consider, dispatch.serve, clock),
        )
        yield Router(front, shown, lifecycle, desk.policies.status().versions, desk.reload)


def _phase(lifecycle: Lifecycle, recovery: Recovery) -> Phase:
    return "stopping" if lifecycle.stopping else "warming" if recovery.is_warming else "serving"


def _watch_load(metrics: Metrics, chat: ChatEndpoint) -> None:
    metrics.watch(names.IN_FLIGHT, "Requests being served.", lambda: chat.in_flight)
    metrics.watch(names.TASKS, "Tasks of the event loop.", lambda: len(asyncio.all_tasks()))


@asynccontextmanager
async def _open_audits(settings: Settings, metrics: Metrics, audits: Audits) -> AsyncGenerator[Auditing, None]:
    """Without a log, nobody would learn what audits find."""
    if not settings.audits or settings.decision_log is None:
        yield NEVER
        return
    metrics.count_each(names.AUDITS, "Audits by what came of them.", "outcome", lambda: audits.counts)
    async with open_audits(audits):
        yield audits


def _escalations(settings: Settings, clock: Clock) -> Escalations:
    spec = settings.escalations
    return LocalEscalations(clock, spec.share, spec.least_a_s) if spec.limited else UnlimitedEscalations()


def _reveal(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()
