"""An engine dies of a request that nobody would suspect: what those in flight are told, what comes after them, and
when the server is gone. A process manager sees an ordinary exit."""

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from tests.patience import until
from tests.wire.engines import Kind, WireEngine, running_engines
from tests.wire.shapes import DONE, payloads
from tests.wire_client import Response

LONG = {"max_tokens": 3500, "ignore_eos": True}
ERROR_KEYS = ["message", "type", "param", "code"]
GONE_WITHIN_S = 20.0


@dataclass(frozen=True)
class Death:
    """What callers of an engine saw when it died. `killer` asked for a stream with `echo`, `bystander` are the events
    of a stream that had begun, `health` and `models` are what the server said then, `late` asked for a stream
    afterwards and `last` for a plain answer."""

    engine: WireEngine
    killer: Response
    bystander: Sequence[str]
    health: Response
    models: Response
    late: Response
    last: Response


@pytest.fixture(scope="module")
def death(engine_kind: Kind, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Death]:
    """An engine of its own, killed by a request."""
    with running_engines(engine_kind, ["fast"], tmp_path_factory.mktemp("doomed")) as (engine,):
        yield kill(engine)


def kill(engine: WireEngine) -> Death:
    with engine.opened(**LONG) as begun:
        role = begun.next_event()
        killer = engine.streaming(echo=True)
        told = begun.payloads()
    health, models = engine.get("/health"), engine.get("/v1/models")
    # Both at once: the first request that comes afterwards makes the server go.
    with ThreadPoolExecutor(2) as pool:
        late, last = pool.submit(engine.streaming), pool.submit(engine.chat)
    return Death(engine, killer, [role, *told], health, models, late.result(), last.result())


def test_a_diffusion_engine_dies_of_an_echo_and_says_so_in_the_stream(death: Death) -> None:
    assert death.killer.status == 200
    is_death(stream_error(death.killer))


def test_a_death_in_a_stream_is_written_with_spaces(death: Death) -> None:
    assert death.killer.body.startswith(b'data: {"error": {"message": "')
    assert death.killer.body.endswith(
        b'"type": "InternalServerError", "param": null, "code": 500}}\n\ndata: [DONE]\n\n'
    )


def test_a_stream_that_had_begun_ends_with_the_error_and_says_done(death: Death) -> None:
    assert '"role":"assistant"' in death.bystander[0]
    assert death.bystander[-1] == DONE
    is_death(json.loads(death.bystander[-2])["error"])
    assert not any('"finish_reason":"' in event for event in death.bystander)


def test_the_server_calls_itself_unhealthy_while_it_lasts(death: Death) -> None:
    assert (death.health.status, death.health.body) == (503, b"")


def test_the_model_list_is_still_served_while_it_lasts(death: Death) -> None:
    assert death.models.status == 200


def test_who_asks_afterwards_is_refused_with_a_real_status(death: Death) -> None:
    assert (death.late.status, death.last.status) == (500, 500)
    is_death(death.late.error)
    is_death(death.last.error)


def test_the_server_goes_soon_after(death: Death) -> None:
    until(lambda: not listens(death.engine), GONE_WITHIN_S)


def stream_error(response: Response) -> dict[str, object]:
    event, done = payloads(response.body)
    assert done == DONE
    error: dict[str, object] = json.loads(event)["error"]
    return error


def is_death(error: dict[str, object]) -> None:
    assert list(error) == ERROR_KEYS
    assert (error["type"], error["param"], error["code"]) == ("InternalServerError", None, 500)


def listens(engine: WireEngine) -> bool:
    try:
        engine.get("/health")
    except OSError:
        return False
    return True
