"""HttpReader keeps the promise of the port `Reader` in front of a real HTTP engine, and finds out whether it reads."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import pytest

from router.assembly.engines import open_engines
from router.assembly.loads import occupancies_of
from router.config.settings import Settings
from router.core.errors import (
    BackendError,
    CannotRead,
    EngineFailed,
    Malformed,
    Overloaded,
    Refused,
    TimedOut,
    Unavailable,
)
from router.core.reading.ability import MISSES, REST_S
from router.core.reading.reading import Excerpt, Reading, ReadToken
from router.engines.dialects.vllm import VLLM
from router.engines.dialects.vllm_diffusion import VLLM_DIFFUSION
from router.engines.http_reader import HttpReader
from router.engines.line import Line, Timeouts, open_connections
from router.engines.wire_body import BodyWriter
from router.ports import Envelope
from router.silence import open_silence
from tests import vllm_wire
from tests.doubles import HandClock
from tests.examples import chat_request
from tests.faults import (
    answers,
    fails,
    is_overloaded,
    never_answers,
    refuses_with,
    sends,
    sends_html,
    sends_truncated_json,
    wants_a_key,
)
from tests.scripted_engine import Reply, ScriptedEngine

Result = TypeVar("Result")

ENVELOPE = Envelope(chat_request(max_tokens=40, stream=True), "request-1", "acme", traceparent="00-ab-cd-01")
EXCERPT = Excerpt("The tide", " comes 😀 in.\n")
PROMPT = ["<bos>", "<|turn>", "model", "\n", "The", " tide"]
SAID = [*PROMPT, " comes", " ", "", "", "", "😀", " in", "."]
IMPATIENT = Timeouts(connect_s=0.4, idle_s=0.3)
WRITER = BodyWriter("tier2", VLLM, b"pepper")


def reads(*said: str) -> Reply:
    """An engine that scores these tokens, whatever it was sent."""
    return sends(200, vllm_wire.scored_body("tier2", said))


@asynccontextmanager
async def opened(engine: ScriptedEngine, clock: HandClock) -> AsyncIterator[HttpReader]:
    async with open_silence() as silence, open_connections(silence) as connections:
        yield HttpReader(Line("strong-1", connections, engine.url, IMPATIENT), WRITER, clock)


def with_reader(
    engine: ScriptedEngine, use: Callable[[HttpReader], Awaitable[Result]], clock: HandClock | None = None
) -> Result:
    """What `use` makes of a reader in front of this engine."""

    async def work() -> Result:
        async with opened(engine, clock or HandClock()) as reader:
            return await use(reader)

    return asyncio.run(work())


async def read(reader: HttpReader) -> Reading:
    return await reader.read(ENVELOPE, EXCERPT)


async def fail_to_read(reader: HttpReader, times: int = 1) -> list[bool]:
    """Whether the engine is thought able after each of so many readings that come to nothing."""
    thought = []
    for _ in range(times):
        with pytest.raises(BackendError):
            await read(reader)
        thought.append(reader.is_able())
    return thought


# --- what is read ---------------------------------------------------------------------------------------------------


def test_each_token_of_the_text_is_found_with_its_score(strong: ScriptedEngine) -> None:
    strong.does(reads(*SAID))

    reading = with_reader(strong, read)

    assert [(token.start, token.end) for token in reading.tokens] == [
        (0, 6),
        (6, 7),
        *[(7, 8)] * 4,
        (8, 11),
        (11, 12),
    ]
    assert reading.tokens[0] == ReadToken(0, 6, -6 / 8, 1, -6 / 8)
    assert reading.tokens[1] == ReadToken(6, 7, -7 / 8, 2, -7 / 16)


def test_what_was_taken_in_is_counted_less_what_was_cached(strong: ScriptedEngine) -> None:
    strong.does(reads(*SAID), sends(200, vllm_wire.scored_body("tier2", SAID, cached=4)))

    async def twice(reader: HttpReader) -> tuple[int, int]:
        return (await read(reader)).tokens_read, (await read(reader)).tokens_read

    assert with_reader(strong, twice) == (len(SAID), len(SAID) - 4)


def test_the_engine_is_asked_under_the_requests_own_id(strong: ScriptedEngine) -> None:
    strong.does(reads(*SAID))

    with_reader(strong, read)

    received = strong.received[0]
    assert (received.headers["x-request-id"], received.headers["traceparent"]) == ("request-1", "00-ab-cd-01")
    assert received.fields["messages"][-1] == {"role": "assistant", "content": "The tide comes 😀 in."}
    assert "stream" not in received.fields


@pytest.mark.parametrize("text", ["", " ", "\n\n"])
def test_of_blanks_nothing_is_asked(strong: ScriptedEngine, text: str) -> None:
    strong.does(reads(*SAID))

    reading = with_reader(strong, lambda reader: reader.read(ENVELOPE, Excerpt("The tide", text)))

    assert reading == Reading((), 0)
    assert strong.received == []


def test_a_text_of_which_engines_say_nothing_exact_is_not_sent_and_says_nothing_of_them(strong: ScriptedEngine) -> None:
    strong.does(reads(*SAID))

    async def odd(reader: HttpReader) -> bool:
        for _ in range(MISSES):
            with pytest.raises(CannotRead):
                await reader.read(ENVELOPE, Excerpt("The tide", " comes \ufffd"))
        return reader.is_able()

    assert with_reader(strong, odd)
    assert strong.received == []


def test_a_token_of_which_engines_say_nothing_exact_says_nothing_of_them(strong: ScriptedEngine) -> None:
    strong.does(reads(*PROMPT, " comes", "", "", "\ufffd in", "."))

    async def odd(reader: HttpReader) -> list[bool]:
        with pytest.raises(CannotRead):
            await read(reader)
        return await fail_to_read(reader, MISSES)

    assert all(with_reader(strong, odd))


# --- how much is asked ----------------------------------------------------------------------------------------------


def ends(told: int) -> Reply:
    """An engine that tells of so many tokens at the end of its prompt."""
    return sends(200, vllm_wire.scored_body("tier2", SAID, cached=4, untold=len(SAID) - told))


def asked(engine: ScriptedEngine) -> list[object]:
    """Of how many tokens at the end, in each request; None: it does not say."""
    return [received.fields.get("vllm_xargs", {}).get("tandem_read_last") for received in engine.received]


def test_no_more_is_asked_than_the_text_may_be(strong: ScriptedEngine) -> None:
    strong.does(reads(*SAID), ends(9))

    async def twice(reader: HttpReader) -> tuple[Reading, Reading]:
        return await read(reader), await read(reader)

    whole, end = with_reader(strong, twice)
    assert end.tokens == whole.tokens
    assert asked(strong) == [len(EXCERPT.text.encode()) + 4] * 2


@pytest.mark.parametrize("told", [3, 5, 8], ids=["part of it", "part of a character", "all of it, and not that it is"])
def test_what_is_longer_than_was_thought_is_read_once_more_whole(strong: ScriptedEngine, told: int) -> None:
    async def try_it(reader: HttpReader) -> tuple[Reading, list[bool]]:
        return await read(reader), [reader.is_able(), *await fail_to_read(reader, MISSES - 1)]

    strong.does(ends(told), reads(*SAID), reads("no", "such", "text"))
    reading, able = with_reader(strong, try_it)

    assert len(reading.tokens) == 8
    assert reading.tokens_read == len(SAID) - 4 + len(SAID)
    assert asked(strong)[:2] == [len(EXCERPT.text.encode()) + 4, None]
    assert all(able)


def test_who_tells_the_end_alone_whatever_is_asked_has_missed(strong: ScriptedEngine) -> None:
    strong.does(ends(3))

    thought = with_reader(strong, lambda reader: fail_to_read(reader, MISSES))

    assert thought == [True] * (MISSES - 1) + [False]
    assert len(strong.received) == 2 * MISSES


# --- who cannot -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reply",
    [
        refuses_with("Unknown parameter", "prompt_logprobs"),
        refuses_with("Extra inputs are not permitted", "continue_final_message"),
        answers("Hello."),
    ],
    ids=["refuses the scores", "refuses to go on", "says nothing of its prompt"],
)
def test_an_engine_that_does_not_read_is_not_asked_again(strong: ScriptedEngine, reply: Reply) -> None:
    strong.does(reply)

    async def try_it(reader: HttpReader) -> bool:
        with pytest.raises(CannotRead, match="strong-1"):
            await read(reader)
        return reader.is_able()

    assert not with_reader(strong, try_it)


def test_after_a_while_it_is_tried_again_and_may_have_learnt_it(strong: ScriptedEngine) -> None:
    strong.does(answers("Hello."), reads(*SAID))
    clock = HandClock()

    async def try_it(reader: HttpReader) -> list[bool]:
        await fail_to_read(reader)
        clock.pass_s(REST_S - 0.1)
        resting = reader.is_able()
        clock.pass_s(0.1)
        tried = reader.is_able()
        await read(reader)
        return [resting, tried, reader.is_able()]

    assert with_reader(strong, try_it, clock) == [False, True, True]


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (reads(*PROMPT, " went", " out"), CannotRead),
        (reads(), CannotRead),
        (sends(200, b'{"prompt_logprobs": [null, {"5": {"logprob": "none"}}]}'), CannotRead),
        (refuses_with("A template knows no such thing", "messages"), Refused),
    ],
    ids=["another text", "nothing", "other words", "refuses the request"],
)
def test_what_may_be_due_to_one_text_is_held_against_an_engine_when_it_repeats(
    strong: ScriptedEngine, reply: Reply, kind: type[BackendError]
) -> None:
    strong.does(reply)

    async def try_it(reader: HttpReader) -> list[bool]:
        with pytest.raises(kind):
            await read(reader)
        return [reader.is_able(), *await fail_to_read(reader, MISSES - 1)]

    assert with_reader(strong, try_it) == [True] * (MISSES - 1) + [False]


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (refuses_with("too long", "input_tokens"), Refused),
        (is_overloaded(), Overloaded),
        (fails(), EngineFailed),
        (fails(503), Unavailable),
        (wants_a_key(), EngineFailed),
        (sends_html(), Malformed),
        (sends_truncated_json(), Malformed),
        (never_answers(), TimedOut),
    ],
    ids=["too long", "overloaded", "failed", "not ready", "wrong key", "a page", "half a body", "silent"],
)
def test_whatever_else_goes_wrong_says_nothing_of_its_ability(
    strong: ScriptedEngine, reply: Reply, kind: type[BackendError]
) -> None:
    strong.does(reply)

    async def try_it(reader: HttpReader) -> list[bool]:
        with pytest.raises(kind):
            await read(reader)
        return [reader.is_able(), *await fail_to_read(reader, MISSES)]

    assert all(with_reader(strong, try_it))


def test_an_engine_that_is_gone_is_no_less_able(strong: ScriptedEngine) -> None:
    async def try_it(reader: HttpReader) -> bool:
        with pytest.raises(Unavailable, match="strong-1"):
            await read(reader)
        return reader.is_able()

    with strong.refusing_connections():
        assert with_reader(strong, try_it)


def test_a_reading_that_nobody_waits_for_closes_its_connection(strong: ScriptedEngine) -> None:
    strong.does(never_answers())

    async def cancel(reader: HttpReader) -> bool:
        reading = asyncio.ensure_future(read(reader))
        await asyncio.to_thread(strong.await_received)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        await asyncio.to_thread(strong.await_left)
        return reader.is_able()

    assert with_reader(strong, cancel)


# --- who is asked at all --------------------------------------------------------------------------------------------


def test_no_reader_is_built_for_an_engine_that_would_die_of_it(strong: ScriptedEngine) -> None:
    async def build() -> None:
        async with open_silence() as silence, open_connections(silence) as connections:
            line = Line("fast-1", connections, strong.url, IMPATIENT)
            with pytest.raises(ValueError, match="fast-1"):
                HttpReader(line, BodyWriter("tier1", VLLM_DIFFUSION, b"pepper"), HandClock())

    asyncio.run(build())


@pytest.mark.parametrize(("strong_reads", "readers"), [("auto", {"strong"}), ("off", set())])
def test_every_tier_reads_whose_engine_can_unless_it_is_told_not_to(strong_reads: str, readers: set[str]) -> None:
    spec = {"url": "http://127.0.0.1:1", "model": "m", "context_tokens": 4096}
    fast = {"backends": [{**spec, "dialect": "vllm_diffusion"}]}
    strong = {"backends": [{**spec, "dialect": "vllm", "reads": strong_reads}]}
    settings = Settings.model_validate({"tiers": {"fast": fast, "strong": strong}})

    async def open_them() -> set[str]:
        occupancies = occupancies_of(settings.tiers)
        async with (
            open_silence() as silence,
            open_engines(
                settings.tiers, {"fast": VLLM_DIFFUSION, "strong": VLLM}, b"pepper", occupancies, silence, HandClock()
            ) as engines,
        ):
            assert set(engines.stations) == {"fast", "strong"}
            return {tier for tier, (station,) in engines.stations.items() if station.reader is not None}

    assert asyncio.run(open_them()) == readers
