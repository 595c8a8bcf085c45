"""Runs one simulated server until it is stopped, or until its engine has died."""

import asyncio
import time
from collections.abc import Callable

import uvicorn
import uvloop

from tandem_serving.simulator.answer import Traits
from tandem_serving.simulator.app import Simulator
from tandem_serving.simulator.engine import Engine
from tandem_serving.simulator.options import Options
from tandem_serving.simulator.prefix_cache import PrefixCache
from tandem_serving.simulator.profile import Profile
from tandem_serving.simulator.profile_file import find_profile
from tandem_serving.simulator.serving import Service
from tandem_serving.simulator.validation import Server
from tandem_serving.simulator.work import cold, pace_of

WATCH_INTERVAL_S = 5.0
"""How often vLLM looks whether its engine is still alive."""

STOP_GRACE_S = 1


def serve(options: Options, announce: Callable[[str], None]) -> None:
    """Serves until stopped. `announce` is told the server's address once it answers. Raises FileError."""
    profile = find_profile(options.tier, options.profile)
    if options.cold:
        time.sleep(profile.cold_start_s.value / options.speed)  # nothing listens while weights are read
    uvloop.run(_serve(options, profile, announce))


def open_simulator(options: Options, profile: Profile) -> Simulator:
    """The application of a server, to be called within a running event loop."""
    traits = Traits(options.parsers, profile.vocabulary_tokens.value, profile.end_of_turn_token.value)
    window_tokens = options.window_tokens or profile.context_tokens.value
    server = Server(profile, options.served_model or profile.served_model, window_tokens, options.parsers)
    pace = pace_of(profile)
    engine = Engine(cold(pace) if options.cold else pace, options.speed)
    cache = PrefixCache(profile.kv_tokens.value if options.caches else 0)
    return Simulator(options, server, engine, Service(profile, engine, traits, options.seed, cache))


async def _serve(options: Options, profile: Profile, announce: Callable[[str], None]) -> None:
    simulator = open_simulator(options, profile)
    config = uvicorn.Config(
        simulator,
        host=options.host,
        port=options.port,
        http="httptools",
        lifespan="off",
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=STOP_GRACE_S,
    )
    uvicorn_server = uvicorn.Server(config)

    def stop() -> None:
        uvicorn_server.should_exit = True

    simulator.stop = stop
    listening = config.bind_socket()
    listening.listen(config.backlog)  # from here on callers are let in, whatever uvicorn has left to do
    host, port = listening.getsockname()[:2]
    watching = asyncio.create_task(simulator.watch_engine(WATCH_INTERVAL_S / options.speed))
    announce(f"http://{host}:{port}")
    await uvicorn_server.serve(sockets=[listening])
    watching.cancel()
