"""The board that replicas share, on a real Redis: what they see of each other, and what ails it."""

import asyncio
import logging
import random
import socket
import socketserver
import struct
import subprocess
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager, suppress
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple, TypeVar

import pytest

from router.stores.redis_board import MAX_NOTES_BYTES, STEP_S, RedisBoard, open_redis_board
from tests.fair_time import stopwatch
from tests.redis_server import RedisServer, ask_for_a_password, find_program, finish_loading, load_slowly
from tests.stores.conftest import Run

KEY = "tandem:policies:notes"
PREFIX = "tandem"
TOPIC = "policies"
PATIENT_S = 2.0
"""What a step may take where a test is not about time: machines that run tests are busy."""

BRISK_S = 0.25
HELD_UP_S = 2 * STEP_S
HELD = b'{"away_from":"default@2","version":"default@1"}'

Result = TypeVar("Result")


class Timed(NamedTuple):
    """What a call answered, and how long it took: see `tests.fair_time`."""

    answer: Any
    took_s: float


async def timed(call: Awaitable[Any]) -> Timed:
    with stopwatch() as watch:
        answer = await call
    return Timed(answer, watch.elapsed_s)


def with_boards(
    run: Run[Any], url: str, work: Callable[..., Awaitable[Result]], count: int = 1, step_s: float = PATIENT_S
) -> Result:
    """What `work` makes of so many boards at this address."""

    async def open_and_work() -> Result:
        async with AsyncExitStack() as stack:
            boards = [
                await stack.enter_async_context(open_redis_board(url, PREFIX, TOPIC, step_s)) for _ in range(count)
            ]
            return await work(*boards)

    return run(open_and_work())  # type: ignore[no-any-return]


# --- what replicas see of each other ----------------------------------------------------------------------------


def test_what_one_replica_posts_the_other_reads(redis: RedisServer, run: Run[Any]) -> None:
    async def post_and_read(one: RedisBoard, other: RedisBoard) -> list[Any]:
        before = await other.read()
        return [before, await one.post("hold:default", HELD), await other.read()]

    assert with_boards(run, redis.url, post_and_read, count=2) == [{}, True, {"hold:default": HELD}]


def test_a_note_posted_again_replaces_the_one_before(redis: RedisServer, run: Run[Any]) -> None:
    async def post_twice(one: RedisBoard, other: RedisBoard) -> Mapping[str, bytes] | None:
        await one.post("hold:default", b"1")
        await other.post("hold:default", b"2")
        return await one.read()

    assert with_boards(run, redis.url, post_twice, count=2) == {"hold:default": b"2"}


def test_a_note_that_is_taken_away_is_gone_for_everyone_and_the_others_stay(redis: RedisServer, run: Run[Any]) -> None:
    async def post_and_take_away(one: RedisBoard, other: RedisBoard) -> list[Any]:
        await one.post("hold:default", HELD)
        await one.post("stop:candidate@1", b"{}")
        return [await other.post("hold:default", None), await one.read()]

    assert with_boards(run, redis.url, post_and_take_away, count=2) == [True, {"stop:candidate@1": b"{}"}]


def test_taking_away_what_is_not_there_is_no_error(redis: RedisServer, run: Run[Any]) -> None:
    async def take_away(board: RedisBoard) -> list[Any]:
        return [await board.post("hold:default", None), await board.read()]

    assert with_boards(run, redis.url, take_away) == [True, {}]


@pytest.mark.parametrize("value", [b"", b"\x00\xff\r\n$5\r\n", "na\u00efve \U0001f9ed".encode(), b"x" * 1_000_000])
def test_values_come_back_byte_by_byte(redis: RedisServer, value: bytes) -> None:
    async def post_and_read(board: RedisBoard) -> Mapping[str, bytes] | None:
        await board.post("hold:default", value)
        return await board.read()

    assert with_boards(asyncio.run, redis.url, post_and_read) == {"hold:default": value}


def test_routers_with_another_prefix_or_database_see_nothing_of_it(redis: RedisServer) -> None:
    async def post_and_read_elsewhere() -> list[Any]:
        async with AsyncExitStack() as stack:
            board = await stack.enter_async_context(open_redis_board(redis.url, PREFIX, TOPIC, PATIENT_S))
            prefixed = await stack.enter_async_context(open_redis_board(redis.url, "staging", TOPIC, PATIENT_S))
            in_database = await stack.enter_async_context(
                open_redis_board(f"{redis.url[:-1]}3", PREFIX, TOPIC, PATIENT_S)
            )
            await board.post("hold:default", HELD)
            return [await prefixed.read(), await in_database.read()]

    assert asyncio.run(post_and_read_elsewhere()) == [{}, {}]


def test_a_name_that_is_no_text_is_still_a_name(redis: RedisServer) -> None:
    redis.do("HSET", KEY, b"\xff\xfe", b"1")

    async def read(board: RedisBoard) -> Mapping[str, bytes] | None:
        return await board.read()

    assert with_boards(asyncio.run, redis.url, read) == {"\\xff\\xfe": b"1"}


def test_a_thousand_calls_at_once_and_in_turn_share_one_connection(redis: RedisServer, run: Run[Any]) -> None:
    async def call_often(board: RedisBoard) -> int:
        for _ in range(500):
            await board.read()
        await asyncio.gather(*(board.post(f"hold:{n}", b"1") for n in range(10)))
        listed: bytes = await asyncio.to_thread(redis.do, "CLIENT", "LIST", "TYPE", "normal")
        return len(str(listed).split("id=")) - 2

    assert with_boards(run, redis.url, call_often) == 1


# --- an ailing Redis --------------------------------------------------------------------------------------------


class Ailment(NamedTuple):
    """What happens to a server, how it gets over it, whether its notes can be read meanwhile, and what is said."""

    befall: Callable[[RedisServer], Any]
    mend: Callable[[RedisServer], Any]
    readable: bool
    said: str


def restart(server: RedisServer) -> None:
    server.stop()
    server.start()


AILMENTS = {
    "down": Ailment(RedisServer.stop, RedisServer.start, False, "cannot be reached"),
    "frozen": Ailment(RedisServer.freeze, RedisServer.thaw, False, "does not answer in time"),
    "loading": Ailment(load_slowly, finish_loading, False, "is still loading its data"),
    "asking for a password": Ailment(
        ask_for_a_password,
        lambda server: server.do("CONFIG", "SET", "requirepass", "", password="other"),
        False,
        "does not accept the user and password of redis.url",
    ),
    "holding something else": Ailment(
        lambda server: (server.do("RENAME", KEY, "aside"), server.do("SET", KEY, "x")),
        lambda server: (server.do("DEL", KEY), server.do("RENAME", "aside", KEY)),
        False,
        "the key holds something else than a hash; delete it there",
    ),
    "a replica": Ailment(
        lambda server: server.do("REPLICAOF", "127.0.0.1", "1"),
        lambda server: server.do("REPLICAOF", "NO", "ONE"),
        True,
        "is a read-only replica",
    ),
    "out of memory": Ailment(
        lambda server: server.do("CONFIG", "SET", "maxmemory", "1"),
        lambda server: server.do("CONFIG", "SET", "maxmemory", "0"),
        True,
        "its memory is full",
    ),
    "not letting us": Ailment(
        lambda server: server.do("ACL", "SETUSER", "default", "-hgetall", "-hset"),
        lambda server: server.do("ACL", "SETUSER", "default", "+hgetall", "+hset"),
        False,
        "the user of redis.url may not do this",
    ),
}


@pytest.mark.parametrize("name", AILMENTS)
def test_an_ailing_redis_is_an_answer_soon_and_said_once_and_so_is_its_end(
    name: str, redis: RedisServer, run: Run[Any], caplog: pytest.LogCaptureFixture
) -> None:
    befall, mend, readable, said = AILMENTS[name]

    async def ail_and_mend(board: RedisBoard) -> tuple[list[Timed], list[Timed], list[Any]]:
        await board.post("hold:default", HELD)
        await asyncio.to_thread(befall, redis)
        reads = [await timed(board.read()) for _ in range(5)]
        posts = [await timed(board.post("hold:other", b"1")) for _ in range(5)]
        await asyncio.to_thread(mend, redis)
        return reads, posts, [await board.read(), await board.post("hold:other", b"2")]

    reads, posts, after = with_boards(run, redis.url, ail_and_mend, step_s=BRISK_S)

    assert [each.answer for each in reads] == [{"hold:default": HELD} if readable else None] * 5
    assert [each.answer for each in posts] == [False] * 5
    assert max(each.took_s for each in reads + posts) < 4 * BRISK_S
    assert after == [{"hold:default": HELD}, True]
    lines = [record.getMessage() for record in caplog.records]
    assert len([line for line in lines if said in line]) == (1 if readable else 2)
    assert len([line for line in lines if line.startswith("no longer so: ")]) == (1 if readable else 2)
    assert all(f"Redis at 127.0.0.1:{redis.port}" in line for line in lines)


def test_a_redis_that_is_down_when_the_router_starts_is_joined_when_it_comes(redis: RedisServer, run: Run[Any]) -> None:
    redis.stop()

    async def read_and_start(board: RedisBoard) -> list[Any]:
        before = await board.read()
        await asyncio.to_thread(redis.start)
        return [before, await board.read(), await board.post("hold:default", HELD), await board.read()]

    assert with_boards(run, redis.url, read_and_start) == [None, {}, True, {"hold:default": HELD}]


def test_a_frozen_redis_holds_nobody_up_for_more_than_a_tenth_of_a_second(redis: RedisServer, run: Run[Any]) -> None:
    async def call_while_frozen(board: RedisBoard) -> list[Timed]:
        redis.freeze()
        at_once = [timed(board.read()), timed(board.post("hold:a", b"1")), timed(board.post("hold:b", None))]
        alone = [await timed(board.read()) for _ in range(6)]
        return [*alone, *await asyncio.gather(*at_once)]

    calls = with_boards(run, redis.url, call_while_frozen, step_s=STEP_S)

    assert [each.answer for each in calls] == [None] * 7 + [False] * 2
    assert_soon(calls)


# --- a Redis that has lost its memory ---------------------------------------------------------------------------


FORGETTING: Mapping[str, Callable[[RedisServer], Any]] = {
    "restarted": restart,
    "flushed": lambda server: server.do("FLUSHALL"),
    "evicted": lambda server: server.do("DEL", KEY),
}


@pytest.mark.parametrize("how", FORGETTING)
def test_notes_that_redis_has_lost_are_put_back_for_everyone(
    how: str, redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    async def post_and_lose(one: RedisBoard, other: RedisBoard) -> list[Any]:
        await one.post("stop:candidate@1", b"{}")
        await other.read()
        await asyncio.to_thread(FORGETTING[how], redis)
        with suppress(AssertionError):  # the first call after a restart may meet the dead connection
            assert await other.read() is not None
        return [await other.read(), await one.read()]

    assert with_boards(asyncio.run, redis.url, post_and_lose, count=2) == [{"stop:candidate@1": b"{}"}] * 2
    assert caplog.text.count("had lost the notes of all replicas; 1 put back") == 1
    assert redis.do("HGET", KEY, "stop:candidate@1") == b"{}"


def test_the_last_note_taken_away_is_not_put_back(redis: RedisServer) -> None:
    async def post_and_take_away(one: RedisBoard, other: RedisBoard) -> list[Any]:
        await one.post("stop:candidate@1", b"{}")
        await one.read()
        await other.post("stop:candidate@1", None)
        return [await one.read(), await other.read()]

    assert with_boards(asyncio.run, redis.url, post_and_take_away, count=2) == [{}, {}]


# --- too much ---------------------------------------------------------------------------------------------------


def test_more_than_everyone_reads_is_not_posted(redis: RedisServer, caplog: pytest.LogCaptureFixture) -> None:
    async def post_too_much(one: RedisBoard, other: RedisBoard) -> list[Any]:
        half = b"x" * (MAX_NOTES_BYTES // 2)
        posted = [await one.post("hold:a", half), await one.post("hold:b", half), await one.post("hold:c", b"1")]
        notes = await other.read()
        assert notes is not None
        return [*posted, sorted(notes)]

    assert with_boards(asyncio.run, redis.url, post_too_much, count=2) == [True, False, True, ["hold:a", "hold:c"]]
    assert f"at most {MAX_NOTES_BYTES} are read" in caplog.text


def test_more_than_is_read_put_there_by_others_is_not_read_and_can_be_taken_away(redis: RedisServer) -> None:
    redis.do("HSET", KEY, "hold:a", b"x" * MAX_NOTES_BYTES, "hold:b", b"1")

    async def read_and_take_away(board: RedisBoard) -> list[Any]:
        return [await board.read(), await board.post("hold:a", None), await board.read()]

    assert with_boards(asyncio.run, redis.url, read_and_take_away) == [None, True, {"hold:b": b"1"}]


# --- who answers, and what for ----------------------------------------------------------------------------------


NOTHING = b"*2\r\n$5\r\nboard\r\n$0\r\n\r\n"
"""A board with no notes, as Redis says it."""


def resets(connection: socket.socket) -> None:
    """Answers, and resets the connection when it has fallen idle."""
    connection.sendall(NOTHING)
    time.sleep(0.01)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def closes_early(connection: socket.socket) -> None:
    """Closes the connection in the middle of its answer."""
    connection.sendall(NOTHING[:-5])


def speaks_http(connection: socket.socket) -> None:
    """Is a web server."""
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def takes_its_time(connection: socket.socket) -> None:
    """Answers after a fifth of a second."""
    time.sleep(0.2)
    connection.sendall(NOTHING)


def drips(connection: socket.socket) -> None:
    """Answers byte by byte, each within the time that a step may take."""
    for each in NOTHING:
        connection.sendall(bytes((each,)))
        time.sleep(0.02)


@contextmanager
def listening(behaves: Callable[[socket.socket], None]) -> Iterator[str]:
    """The address of somebody who reads a command and then does this, while the block runs."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                self.request.recv(1000)
                behaves(self.request)

        def finish(self) -> None:
            self.request.close()

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        serving = threading.Thread(target=server.serve_forever, args=(0.01,))
        serving.start()
        try:
            yield f"redis://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            serving.join()


async def read_now_and_then(board: RedisBoard) -> list[Timed]:
    calls = []
    for _ in range(4):
        calls.append(await timed(board.read()))
        await asyncio.sleep(0.05)
    return calls


@pytest.mark.parametrize("behaves", [closes_early, speaks_http, takes_its_time, drips])
def test_whatever_answers_in_place_of_redis_is_survived_in_time(
    behaves: Callable[[socket.socket], None], run: Run[Any]
) -> None:
    with listening(behaves) as address:
        calls = with_boards(run, address, read_now_and_then, step_s=STEP_S)

    assert [each.answer for each in calls] == [None] * 4
    assert_soon(calls)


def test_an_idle_connection_that_was_reset_costs_one_call_and_no_step(run: Run[Any]) -> None:
    """A step may take long here, because what answers is a thread that may have to wait for its turn."""
    with listening(resets) as address:
        calls = with_boards(run, address, read_now_and_then)

    assert [each.answer for each in calls] == [{}, None, {}, None]
    assert median(each.took_s for each in calls) < PATIENT_S / 2


def assert_soon(calls: list[Timed]) -> None:
    """None was held up for more than a tenth of a second, on a machine that may be busy for a moment."""
    assert median(each.took_s for each in calls) < HELD_UP_S + 0.03
    assert max(each.took_s for each in calls) < 4 * HELD_UP_S


def test_a_user_and_a_password_are_used_and_never_said(redis: RedisServer, caplog: pytest.LogCaptureFixture) -> None:
    redis.do("ACL", "SETUSER", "tandem-user", "on", ">pass word/1", "~tandem:*", "+@all")
    address = f"redis://tandem-user:%s@127.0.0.1:{redis.port}/0"

    async def post(board: RedisBoard) -> list[Any]:
        return [await board.post("hold:default", HELD), await board.read()]

    with caplog.at_level(logging.DEBUG):
        right = with_boards(asyncio.run, address % "pass%20word%2F1", post)
        wrong = with_boards(asyncio.run, address % "pass%20word%2F2", post)

    assert (right, wrong) == ([True, {"hold:default": HELD}], [False, None])
    assert "does not accept the user and password" in caplog.text
    assert [secret for secret in ("tandem-user", "pass word", "pass%20word") if secret in caplog.text] == []


def test_a_database_that_there_is_not_is_said(redis: RedisServer, caplog: pytest.LogCaptureFixture) -> None:
    async def read(board: RedisBoard) -> Mapping[str, bytes] | None:
        return await board.read()

    assert with_boards(asyncio.run, f"{redis.url[:-1]}999", read) is None
    assert "is the number of the database in redis.url right?" in caplog.text


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A key, and a certificate for this machine that nobody has signed."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = [
        find_program("openssl"),
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*command, *names], check=True, capture_output=True)
    return key, certificate


def test_tls_is_spoken_with_those_whom_the_system_trusts_and_with_nobody_else(
    redis: RedisServer,
    certificate: tuple[Path, Path],
    run: Run[Any],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    secured = redis.secure(*certificate)

    async def post(board: RedisBoard) -> list[Any]:
        return [await board.post("hold:default", HELD), await board.read()]

    distrusted = with_boards(run, secured, post)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[1]))
    trusted = with_boards(run, secured, post)

    assert (distrusted, trusted) == ([False, None], [True, {"hold:default": HELD}])
    assert "certificate verify failed" in caplog.text


def test_calls_that_are_cancelled_at_any_moment_leave_nothing_behind_for_the_next(
    redis: RedisServer, run: Run[Any]
) -> None:
    moments = random.Random(7)

    async def cancel_some(board: RedisBoard) -> None:
        for number in range(10):
            call = board.read() if number % 2 else board.post("hold:default", HELD)
            task = asyncio.create_task(call)
            await asyncio.sleep(moments.random() * 0.0004)
            task.cancel()
            await asyncio.wait((task,))

    async def cancel_and_call(board: RedisBoard) -> list[Any]:
        await board.post("hold:default", HELD)
        seen = []
        for number in range(200):
            await cancel_some(board)
            posted = await board.post("stop:candidate@1", b"%d" % number)
            seen.append((posted, await board.read()))
        return seen

    assert with_boards(run, redis.url, cancel_and_call) == [
        (True, {"hold:default": HELD, "stop:candidate@1": b"%d" % number}) for number in range(200)
    ]
