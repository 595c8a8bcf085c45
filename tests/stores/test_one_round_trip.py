"""What a request looks up in Redis before it is decided goes out together, and only what its policy has a use for."""

import asyncio
import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, NamedTuple

import pytest
from msgspec.structs import replace

from router.caching.kept import KeptAnswers
from router.caching.sharing import Sharing
from router.core.caching.embedding import HashedEmbedder
from router.core.caching.terms import Caching, Directives
from router.core.chat_request import Limits, read_request
from router.core.policy import Policy, Rule, Then
from router.core.record import Record
from router.core.values import Hints
from router.ports import Asked, Memory
from router.stores.cache import Keeping
from router.stores.losses import Losses
from router.stores.memory import LocalMemory
from router.stores.questions import LocalQuestions
from router.stores.redis_cache import RedisCache
from router.stores.redis_door import read_door
from router.stores.redis_line import open_line
from router.stores.redis_memory import RedisMemory
from router.stores.shelf import MIB, Bounds
from tests.cached import PATIENT_S, PREFIX
from tests.dispatch.scenes import Scene, asking, backend
from tests.doubles import Ends, LoopClock, Says, Step
from tests.examples import a_policy, chat_body
from tests.redis_server import RedisServer
from tests.stores.conftest import Run
from tests.vllm_wire import opening_events, text_events

FRONTLESS = Bounds(max_bytes=64 * MIB, max_entries=1, tenant_max_bytes=32 * MIB)
"""Next to nothing in front of Redis, so that every look-up goes there."""

HELLO: Sequence[Step] = [
    Says(b"".join(opening_events("canvas", 1))),
    Says(b"".join(text_events("canvas", "Hello there.", 1))),
    Ends(tokens=3, finish=b"".join(text_events("canvas", "", 1, "stop"))),
]

ESCALATED = "memory.escalated"
KEEPING = Then(("fast", "strong"), gate="off", caching=Caching())
WENT_UP = Rule("went-up", ESCALATED, (ESCALATED,), lambda facts: facts[ESCALATED], Then(("strong",), sticky="off"))
NEVER = Rule("never", "false", (), lambda _facts: False, Then(("fast",), caching=Caching(scope="tenant")))

REMEMBERS = a_policy(WENT_UP, otherwise=KEEPING)
SHARES_TWICE = a_policy(NEVER, otherwise=KEEPING)
LOOKS_AT_NOTHING = a_policy(otherwise=Then(("fast",), sticky="off", gate="off"))
LATER = Hints(conversation="c-1")

COMMANDS = re.compile(rb"\*\d+\r\n\$\d+\r\n([A-Z]+)\r\n")


class Tap:
    """Stands between a router and Redis, and notes which commands went out together: between one answer and the
    next."""

    def __init__(self) -> None:
        self.trips: list[tuple[str, ...]] = []
        self._is_new = True

    def sent(self, data: bytes) -> None:
        """The router has sent this."""
        names = tuple(name.decode() for name in COMMANDS.findall(data))
        if self._is_new:
            self.trips.append(names)
        else:
            self.trips[-1] += names
        self._is_new = False

    def answered(self, _data: bytes) -> None:
        """Redis has answered."""
        self._is_new = True


@asynccontextmanager
async def tapped(server: RedisServer) -> AsyncGenerator[tuple[str, Tap], None]:
    """An address of this Redis, and what notes who passes there."""
    tap = Tap()

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, note: Any) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                note(data)
                writer.write(data)
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up, down = await asyncio.open_connection("127.0.0.1", server.port)
        await asyncio.gather(pass_on(reader, down, tap.sent), pass_on(up, writer, tap.answered))

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as listening:
        yield f"redis://127.0.0.1:{listening.sockets[0].getsockname()[1]}/0", tap
        await asyncio.sleep(0.05)  # for who hangs up


def saying(text: str, **about: Any) -> Asked:
    """A request as it comes over the wire."""
    request, _ = read_request(chat_body(text), {}, Limits())
    return replace(asking(**about), request=request)


class Told(NamedTuple):
    """What was sent to Redis for the last of some requests, trip by trip, and its record."""

    trips: list[tuple[str, ...]]
    record: Record


async def serve_in_turn(server: RedisServer, policy: Policy, *asked: Asked) -> Told:
    """Serves these one after the other; Redis knows the scripts by then."""
    async with tapped(server) as (url, tap), open_line(read_door(url), "this test is without", PATIENT_S) as line:
        scene, clock = Scene(backend(*HELLO), backend(*HELLO), policy), LoopClock()
        memory: Memory = RedisMemory(line, PREFIX, LocalMemory(clock), clock.now_s)
        cache = RedisCache(line, Keeping("redis", FRONTLESS, prefix=PREFIX), clock, Losses())
        scene.memory = memory
        scene.sharing = Sharing(KeptAnswers(cache, LocalQuestions(HashedEmbedder()), clock, lambda: 0.0, cache))
        for each in (saying("to teach Redis the scripts"), *asked):
            tap.trips.clear()
            await scene.serve(each)
            await asyncio.sleep(0.05)  # for what nobody waits for
            for _ in range(2):
                await line.ask("PING")
        trips = [tuple(name for name in trip if name != "PING") for trip in tap.trips]
        return Told([trip for trip in trips if trip], scene.log.records[-1])


@pytest.fixture
def played(redis: RedisServer, run: Run[Told]) -> Any:
    return lambda policy, *asked: run(serve_in_turn(redis, policy, *asked))


def test_the_kept_answer_the_conversation_and_the_escalation_are_looked_up_in_one_round_trip(played: Any) -> None:
    kept, other = saying("Hello?", hints=LATER), saying("Who is there?", hints=LATER)

    told = played(REMEMBERS, kept, other, kept)

    assert told.record.cache == "hit"
    assert sorted(told.trips[0]) == ["GET", "MGET"]
    assert [name for trip in told.trips[1:] for name in trip] == ["EVALSHA"]


def test_a_miss_looks_for_it_once(played: Any) -> None:
    told = played(REMEMBERS, saying("Hello?", hints=LATER))

    assert told.record.cache == "miss"
    assert sorted(told.trips[0]) == ["GET", "MGET"]
    assert sorted(name for trip in told.trips[1:] for name in trip) == ["EVALSHA", "EVALSHA"]


@pytest.mark.parametrize(
    ("policy", "hints", "directives", "looked_up"),
    [
        (REMEMBERS, LATER, Directives(no_cache=True), [("MGET",)]),
        (REMEMBERS, Hints(), Directives(), [("GET", "MGET")]),
        (a_policy(otherwise=KEEPING), Hints(), Directives(), [("GET",)]),
        (a_policy(otherwise=KEEPING), LATER, Directives(), [("GET", "MGET")]),
        (SHARES_TWICE, LATER, Directives(), [("MGET",), ("GET",)]),
        (LOOKS_AT_NOTHING, LATER, Directives(), []),
    ],
)
def test_only_what_the_policy_has_a_use_for_is_looked_up(
    played: Any, policy: Policy, hints: Hints, directives: Directives, looked_up: list[tuple[str, ...]]
) -> None:
    told = played(policy, saying("Hello?", hints=hints, directives=directives))

    trips = [tuple(sorted(trip)) for trip in told.trips]
    assert [trip for trip in trips if "EVALSHA" not in trip] == looked_up


def test_where_a_policy_has_a_use_for_nothing_redis_is_not_told_either(played: Any) -> None:
    assert played(LOOKS_AT_NOTHING, saying("Hello?", hints=LATER)).trips == []
