"""Who is left alone is looked after, and nobody else is."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

import pytest

from router.core.breaker import CONSECUTIVE, LONGEST_REST_S
from router.core.errors import NotAdmitted
from router.engines.fleet import Pools
from router.engines.member import Station
from router.engines.recovery import LOOK_S, open_recovery
from router.ports import Errand
from tests import virtual_time
from tests.doubles import Ends, LoopClock, NothingForeseen, ScriptedBackend
from tests.examples import FAST, STRONG

ANSWERS_WITHIN_S = 2.0
ERRAND = Errand("fast", "c1")


class SlowToTell(ScriptedBackend):
    """Says how it is after a while, and when it was asked."""

    def __init__(self, name: str) -> None:
        super().__init__([Ends()], name=name)
        self.looks: list[float] = []

    async def is_reachable(self) -> bool:
        """See `ports.Backend`."""
        self.looks.append(LoopClock().now_s())
        await asyncio.sleep(ANSWERS_WITHIN_S)
        return self.reachable


@dataclass
class Ward:
    """Two backends and how they are taken to be."""

    fast: SlowToTell = field(default_factory=lambda: SlowToTell("fast-1"))
    strong: SlowToTell = field(default_factory=lambda: SlowToTell("strong-1"))

    def __post_init__(self) -> None:
        stations = {"fast": [Station(self.fast)], "strong": [Station(self.strong)]}
        self.pools = Pools(stations, {"fast": FAST, "strong": STRONG}, NothingForeseen(), LoopClock())

    async def break_down(self) -> None:
        """The fast backend is gone, for as long as it takes until its rests are as long as they get."""
        self.fast.reachable = False
        for _ in range(CONSECUTIVE - 1):
            self.fail()
        rest_s = self.fail()
        while rest_s < LONGEST_REST_S:
            await asyncio.sleep(rest_s)
            rest_s = self.fail()

    def fail(self) -> float:
        """One attempt fails; seconds until the next may be made."""
        self.pools.closed(self.pools.admit(ERRAND), "unavailable")
        return self.retry_after_s()

    def retry_after_s(self) -> float:
        """Seconds until the fast backend may be asked; 0 while it may be. Leaves no trace."""
        try:
            seat = self.pools.admit(ERRAND)
        except NotAdmitted as refused:
            return refused.retry_after_s or 0.0
        self.pools.closed(seat, "abandoned")
        return 0.0


def played(scene: Coroutine[Any, Any, None]) -> None:
    """Plays it in virtual time."""
    virtual_time.run(scene)


def test_an_engine_that_comes_back_after_a_long_outage_may_be_asked_within_seconds() -> None:
    ward = Ward()

    async def scene() -> None:
        async with open_recovery(ward.pools):
            await ward.break_down()
            await asyncio.sleep(LOOK_S + ANSWERS_WITHIN_S)
            assert ward.retry_after_s() > LONGEST_REST_S / 2
            ward.fast.reachable = True
            await asyncio.sleep(LOOK_S + ANSWERS_WITHIN_S)
            assert ward.pools.admit(ERRAND).through == "probe"

    played(scene())


def test_an_engine_that_says_it_is_well_while_it_fails_is_left_alone_for_as_long_as_it_takes() -> None:
    ward = Ward()

    async def scene() -> None:
        async with open_recovery(ward.pools):
            for _ in range(CONSECUTIVE):
                ward.fail()
            await asyncio.sleep(LOOK_S + ANSWERS_WITHIN_S + 1.0)
            assert ward.fast.looks
            assert ward.retry_after_s() == pytest.approx(1.0)

    played(scene())


def test_whoever_is_not_left_alone_is_not_asked_how_it_is() -> None:
    ward = Ward()

    async def scene() -> None:
        async with open_recovery(ward.pools):
            await asyncio.sleep(10 * LOOK_S)
            assert ward.fast.looks == []
            await ward.break_down()
            await asyncio.sleep(10 * LOOK_S)

    played(scene())
    assert len(ward.fast.looks) > 10
    assert ward.strong.looks == []


def test_nobody_is_looked_after_any_longer_once_the_block_is_left() -> None:
    ward = Ward()

    async def scene() -> None:
        async with open_recovery(ward.pools):
            await ward.break_down()
            looks = len(ward.fast.looks)
        await asyncio.sleep(10 * LOOK_S)
        assert len(ward.fast.looks) == looks

    played(scene())


def test_one_that_others_leave_alone_is_asked_how_it_is_and_left_alone_here_before_a_request_fails() -> None:
    ward = Ward()

    async def scene() -> None:
        async with open_recovery(ward.pools):
            ward.fast.reachable = False
            ward.pools.heard("fast-1", is_left_alone=True)
            await asyncio.sleep(LOOK_S + ANSWERS_WITHIN_S)
            assert ward.retry_after_s() > 0.0

    played(scene())


def test_one_that_others_leave_alone_and_that_is_well_here_is_used_here() -> None:
    ward = Ward()

    async def scene() -> None:
        async with open_recovery(ward.pools):
            ward.pools.heard("fast-1", is_left_alone=True)
            await asyncio.sleep(10 * LOOK_S)
            assert ward.fast.looks
            assert ward.retry_after_s() == 0.0

    played(scene())
