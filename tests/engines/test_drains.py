"""Which backends are drained, where replicas share them and where they do not."""

import asyncio
from dataclasses import dataclass, field

import pytest

from router.core.errors import InvalidRequest
from router.engines.drains import Drains
from router.engines.fleet import Pools
from router.engines.member import Station
from tests.doubles import DoubleBoard, Ends, HandClock, NothingForeseen, ScriptedBackend
from tests.examples import FAST

SHARED = {"fast-1": "gpu-7"}


@dataclass
class Replica:
    """One of several with the same settings: `fast-1` they share, `fast-2` each has for itself."""

    board: DoubleBoard
    clock: HandClock = field(default_factory=HandClock)

    def __post_init__(self) -> None:
        stations = [Station(ScriptedBackend([Ends()], name=name)) for name in ("fast-1", "fast-2")]
        self.pools = Pools({"fast": stations}, {"fast": FAST}, NothingForeseen(), self.clock)
        self.drains = Drains(self.pools, SHARED, self.clock)

    def drain(self, name: str) -> bool:
        """Whether the others will know of it."""
        return asyncio.run(self.drains.drain(name, self.board))

    def resume(self, name: str) -> bool:
        """Whether the others will know of it."""
        return asyncio.run(self.drains.resume(name, self.board))

    def look(self) -> list[str]:
        """What is drained here after a look at the board, and after posting what the others do not know of."""
        if self.board.notes is not None:
            self.drains.adopt(self.board.notes)
            for key, note in self.drains.unshared().items():
                asyncio.run(self.board.post(key, note))
        return [each.name for each in self.pools.statuses() if each.standing == "drained"]


@pytest.fixture
def replicas() -> tuple[Replica, Replica]:
    board = DoubleBoard()
    return Replica(board), Replica(board)


def test_a_backend_that_replicas_share_is_drained_and_resumed_for_all(replicas: tuple[Replica, Replica]) -> None:
    one, other = replicas

    assert one.drain("fast-1")
    assert (one.look(), other.look()) == (["fast-1"], ["fast-1"])
    assert other.resume("fast-1")
    assert (one.look(), other.look()) == ([], [])


def test_another_is_drained_where_it_was_said_and_stays_so(replicas: tuple[Replica, Replica]) -> None:
    one, other = replicas

    assert not one.drain("fast-2")

    assert (one.look(), other.look()) == (["fast-2"], [])


def test_a_replica_that_starts_later_goes_by_what_stands_there_and_knows_since_when(
    replicas: tuple[Replica, Replica],
) -> None:
    one, _ = replicas
    one.drain("fast-1")

    late = Replica(one.board)
    late.clock.pass_s(60.0)

    assert late.look() == ["fast-1"]
    assert late.pools.statuses()[0].drained_for_s == pytest.approx(60.0, abs=1.0)


def test_an_order_while_nobody_can_be_told_holds_here_and_is_told_later(replicas: tuple[Replica, Replica]) -> None:
    one, other = replicas
    one.board.notes = None

    assert not one.drain("fast-1")
    assert (one.look(), other.look()) == (["fast-1"], [])
    one.board.notes = {}

    assert (one.look(), other.look()) == (["fast-1"], ["fast-1"])


def test_a_drain_that_nobody_heard_of_is_undone_here_by_a_resume(replicas: tuple[Replica, Replica]) -> None:
    one, other = replicas
    one.board.notes = None
    one.drain("fast-1")

    one.resume("fast-1")
    one.board.notes = {"gpu-7": b"1"}

    assert (one.look(), other.look()) == ([], [])


def test_a_note_that_cannot_be_read_changes_nothing(replicas: tuple[Replica, Replica]) -> None:
    one, _ = replicas
    assert one.board.notes is not None

    one.board.notes["gpu-7"] = b"\xff"

    assert one.look() == []


def test_an_order_about_a_backend_that_is_not_there_is_told_nobody(replicas: tuple[Replica, Replica]) -> None:
    one, _ = replicas

    with pytest.raises(InvalidRequest):
        one.drain("gpu-7")
    assert one.board.notes == {}
