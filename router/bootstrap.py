"""The composition root: settings in, a running router out. The only module that knows every other."""

import asyncio
import secrets
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from msgspec import Struct

from router.api.admin import Insight, build_admin_app
from router.api.app import Catalogue, build_public_app
from router.api.chat import ChatEndpoint, ExplainEndpoint
from router.api.errors import status_of
from router.api.front import CHAT, EXPLAIN, App, Front
from router.api.incoming import Gate
from router.clock import SystemClock
from router.config.keys_file import FileKeyring, OpenKeyring, read_keys
from router.config.policy_file import PolicyFolder
from router.config.settings import BackendSpec, LimitsSpec, Settings
from router.core.capabilities import TierFacts
from router.core.chat_request import Limits
from router.core.errors import SettingsError
from router.core.model_names import AUTO
from router.core.values import TIERS, Tier
from router.dispatch import Dispatch, Landscape
from router.engines.dialects import DIALECTS
from router.engines.http import HttpBackend, Timeouts, open_connections
from router.engines.wire_body import BodyWriter
from router.ports import Backend, Keyring
from router.silence import Silence, open_silence
from router.telemetry import names
from router.telemetry.decision_log import JsonLines, Sink, open_batched_log
from router.telemetry.metrics import Metrics

PACKAGED_POLICIES = Path(__file__).parent / "_policies"
CHECKOUT_POLICIES = Path(__file__).parent.parent / "policies"


class Lifecycle(Struct):
    """Whether the router is being stopped: it then serves what it has and calls itself not ready."""

    stopping: bool = False


class Router(Struct, frozen=True):
    """The two apps of a router, ready to be served, and the version of each policy in force."""

    public: App
    admin: App
    lifecycle: Lifecycle
    policies: Mapping[str, str]


class SingleFleet:
    """One backend a tier: the port `Fleet`."""

    def __init__(self, backends: Mapping[Tier, Backend]) -> None:
        self._backends = backends

    def backend(self, tier: Tier) -> Backend:
        """See `ports.Fleet`."""
        return self._backends[tier]


@asynccontextmanager
async def open_router(settings: Settings) -> AsyncGenerator[Router, None]:
    """Builds everything from the settings and holds it open. Raises FileError or SettingsError."""
    async with AsyncExitStack() as stack:
        clock, metrics, keyring = SystemClock(), Metrics(), _keyring(settings)
        policies = PolicyFolder(policy_folder(settings), settings.default_policy)
        sinks: list[Sink] = [metrics]
        if settings.decision_log is not None:
            sinks.append(json_lines := JsonLines(settings.decision_log))
            metrics.watch(names.LOG_UNWRITTEN, "Records that the disk did not take.", lambda: json_lines.dropped)
        log = await stack.enter_async_context(open_batched_log(sinks))
        metrics.watch(names.LOG_DROPPED, "Records dropped because too many were waiting.", lambda: log.dropped)
        silence = await stack.enter_async_context(open_silence())
        backends = await stack.enter_async_context(_open_backends(settings, silence))
        landscape = _landscape(settings)
        dispatch = Dispatch(landscape, SingleFleet(backends), policies, log, clock, status_of, settings.keep_alive_s)
        gate = Gate(keyring, _limits(settings.limits), silence)
        chat = ChatEndpoint(gate, dispatch, log, clock)
        metrics.watch(names.IN_FLIGHT, "Requests being served.", lambda: chat.in_flight)
        metrics.watch(names.TASKS, "Tasks of the event loop.", lambda: len(asyncio.all_tasks()))
        virtual = (AUTO, *(f"{AUTO}:{name}" for name in policies.names()))
        app = build_public_app(gate, Catalogue(virtual, tuple(landscape.pins), int(time.time())))
        front = Front({("POST", CHAT): chat, ("POST", EXPLAIN): ExplainEndpoint(gate, dispatch)}, app)
        admin_key = None if settings.admin.key is None else settings.admin.key.get_secret_value()
        lifecycle = Lifecycle()
        insight = Insight(metrics, policies, backends, app, lambda: lifecycle.stopping)
        versions = {name: policies.get(name).version for name in policies.names()}
        yield Router(front, build_admin_app(insight, admin_key), lifecycle, versions)


def policy_folder(settings: Settings) -> Path:
    """The configured folder, or the policies that ship: beside the code in a wheel, at the top of a checkout."""
    if settings.policies is not None:
        return settings.policies
    return PACKAGED_POLICIES if PACKAGED_POLICIES.is_dir() else CHECKOUT_POLICIES


def _keyring(settings: Settings) -> Keyring:
    return OpenKeyring() if settings.keys is None else FileKeyring(read_keys(settings.keys))


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
    return Landscape(tiers, pins)


def _tier_facts(tier: Tier, spec: BackendSpec) -> TierFacts:
    return TierFacts(tier, DIALECTS[spec.dialect], spec.context_tokens, frozenset(spec.accepts))


@asynccontextmanager
async def _open_backends(settings: Settings, silence: Silence) -> AsyncGenerator[Mapping[Tier, Backend], None]:
    given = settings.cache_salt_secret
    secret = secrets.token_bytes(32) if given is None else given.get_secret_value().encode()
    async with open_connections(silence) as connections:
        backends: dict[Tier, Backend] = {}
        for tier, tier_spec in settings.tiers.items():
            spec = tier_spec.backends[0]
            writer = BodyWriter(spec.model, DIALECTS[spec.dialect], secret)
            key = None if spec.api_key is None else spec.api_key.get_secret_value()
            timeouts = Timeouts(spec.connect_s, spec.idle_s)
            backends[tier] = HttpBackend(f"{tier}-1", connections, spec.url, writer, timeouts, key)
        yield backends
