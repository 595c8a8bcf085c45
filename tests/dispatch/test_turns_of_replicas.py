"""Replicas that are asked the same at the same time: one of them climbs and the others give what it keeps; where it
keeps nothing one of them goes on."""

import asyncio
import random
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from router.caching.kept import KeptAnswers
from router.caching.sharing import Sharing
from router.caching.turns import Turns
from router.core.caching.embedding import HashedEmbedder
from router.core.caching.entry import Place
from router.core.caching.terms import Caching, Directives
from router.core.caching.waiting import SHARE_OF_COMMIT
from router.core.errors import EngineFailed, TandemError
from router.core.policy import Policy, Then
from router.core.values import Hints
from router.ports import Asked, Lease
from router.stores.questions import LocalQuestions
from tests import virtual_time
from tests.dispatch.scenes import Scene, asking, backend, status_of
from tests.dispatch.test_every_climb import text_of
from tests.dispatch.test_kept_answers import HELLO, DictCache, alone, said_in
from tests.doubles import Fails, LoopClock, RecordingAnswer, Step
from tests.examples import a_policy

LEASE_S = 1.0
COMMIT_S = 10.0
LATE_S = 0.1
"""A pause, and something besides."""

PLAIN = asking(streamed=False)
DIED = Fails(EngineFailed("the engine died"), 0.5)


class DoubleLeases:
    """Leases that all replicas of a test have in common; when it `is_away`, everybody gets one. The port `Leases`."""

    def __init__(self) -> None:
        self.holders: dict[Place, tuple[Lease, float]] = {}
        self.is_away = False

    async def take(self, place: Place) -> Lease | None:
        """See `ports.Leases`."""
        now_s = asyncio.get_running_loop().time()
        if not self.is_away and place in self.holders and self.holders[place][1] > now_s:
            return None
        lease = DoubleLease(self, place)
        self.holders[place] = (lease, now_s + LEASE_S)
        return lease

    @property
    def held(self) -> int:
        """How many are not over."""
        now_s = asyncio.get_running_loop().time()
        return sum(until_s > now_s for _, until_s in self.holders.values())


class DoubleLease:
    """The port `Lease`."""

    def __init__(self, leases: DoubleLeases, place: Place) -> None:
        self._leases = leases
        self._place = place

    @asynccontextmanager
    async def held(self) -> AsyncGenerator[None, None]:
        """See `ports.Lease`."""
        self._until(1e9)
        try:
            yield
        finally:
            self._until(0.0)

    def _until(self, until_s: float) -> None:
        if self._leases.holders[self._place][0] is self:
            self._leases.holders[self._place] = (self, until_s)


class Replicas:
    """Replicas with a cache and leases in common, each with an engine of its own that plays these scripts."""

    def __init__(self, *scripts: Sequence[Sequence[Step]], policy: Policy | None = None) -> None:
        self.cache = DictCache()
        self.leases = DoubleLeases()
        self.scenes = [self._scene(script, policy or keeping()) for script in scripts]

    def _scene(self, scripts: Sequence[Sequence[Step]], policy: Policy) -> Scene:
        scene = Scene(backend(*scripts[0]), backend(*HELLO), policy)
        scene.fast._scripts = tuple(scripts)
        kept = KeptAnswers(self.cache, LocalQuestions(HashedEmbedder()), LoopClock(), lambda: 0.0)
        scene.sharing = Sharing(kept, Turns(kept, self.leases, LoopClock()))
        return scene

    @property
    def calls(self) -> list[int]:
        """How often each called an engine."""
        return [len(scene.opened) for scene in self.scenes]

    @property
    def records(self) -> list[list[tuple[str, str | None]]]:
        """What came of each request, and how it met the cache, replica by replica."""
        return [[(each.outcome, each.cache) for each in scene.log.records] for scene in self.scenes]

    async def ask(self, asked: Asked = PLAIN, callers: int = 1) -> list[list[RecordingAnswer]]:
        """So many callers of each replica, all at once."""
        answers = [[RecordingAnswer() for _ in range(callers)] for _ in self.scenes]
        dispatches = [scene.dispatch() for scene in self.scenes]
        each = zip(dispatches, answers, strict=True)
        await asyncio.gather(*(dispatch.serve(asked, one) for dispatch, some in each for one in some))
        return answers

    def play(self, asked: Asked = PLAIN, callers: int = 1) -> list[list[RecordingAnswer]]:
        """The same, in virtual time."""
        return virtual_time.run(self.ask(asked, callers))


def keeping(**about: Any) -> Policy:
    then = Then(("fast", "strong"), gate="off", caching=Caching(ttl_s=100.0), commit_after_s=COMMIT_S)
    return a_policy(otherwise=replace(then, **about))


def fast_only() -> Policy:
    return keeping(ladder=("fast",))


def texts(answers: list[list[RecordingAnswer]]) -> set[str]:
    """What all of them were told: as a body what was kept, as events what an engine said."""
    bodies = [each.released for some in answers for each in some]
    return {said_in(each) if each.startswith(b"{") else text_of(each) for each in bodies}


def done_at_s(answers: list[list[RecordingAnswer]]) -> float:
    """When the last of them had been told everything."""
    return max(each.told[-1].at_s for some in answers for each in some)


# --- one climbs -----------------------------------------------------------------------------------------------


def test_hundreds_who_ask_several_replicas_at_once_cost_one_engine_call() -> None:
    replicas = Replicas([HELLO], [HELLO], [HELLO])

    answers = replicas.play(callers=200)

    assert sum(replicas.calls) == 1
    assert texts(answers) == {"Hello there."}
    outcomes = [each for some in replicas.records for each in some]
    assert outcomes.count(("served", "miss")) == 1
    assert outcomes.count(("served", "shared")) == 599


def test_whoever_waits_is_told_that_they_share() -> None:
    _, (theirs,) = Replicas([HELLO], [HELLO]).play()

    assert {told.head.cache for told in theirs.told if told.head is not None} == {"shared"}


def test_whoever_waits_is_answered_as_soon_as_the_answer_is_kept() -> None:
    replicas = Replicas([HELLO], [HELLO])

    assert done_at_s(replicas.play()) < 1.0 + LATE_S


def test_whoever_climbs_is_not_held_up() -> None:
    (mine,), _ = Replicas([HELLO], [HELLO]).play()

    assert mine.told[-1].at_s == 1.0


def test_whoever_wants_a_stream_waits_for_no_other_replica() -> None:
    replicas = Replicas([HELLO], [HELLO])

    answers = replicas.play(asking(streamed=True), callers=50)

    assert replicas.calls == [1, 1]
    assert done_at_s(answers) == 1.0


@pytest.mark.parametrize("directives", [Directives(no_store=True), Directives(no_cache=True)], ids=["store", "cache"])
def test_whoever_wants_nothing_from_the_cache_or_nothing_kept_takes_no_turns(directives: Directives) -> None:
    replicas = Replicas([HELLO], [HELLO])

    replicas.play(replace(PLAIN, directives=directives))

    assert replicas.calls == [1, 1]
    assert not replicas.leases.holders


def test_whoever_wants_an_answer_younger_than_any_does_not_wait() -> None:
    replicas = Replicas([HELLO], [HELLO])

    assert done_at_s(replicas.play(replace(PLAIN, directives=Directives(max_age_s=0.0)))) == 1.0


def test_an_answer_that_is_kept_between_look_and_turn_is_given() -> None:
    replicas = Replicas([HELLO], [HELLO])

    async def in_turn() -> None:
        first, second = (scene.dispatch() for scene in replicas.scenes)
        await first.serve(PLAIN, RecordingAnswer())
        entries, replicas.cache.entries = replicas.cache.entries, {}
        asking_late = asyncio.ensure_future(second.serve(PLAIN, RecordingAnswer()))
        await asyncio.sleep(0)
        replicas.cache.entries = entries
        await asking_late

    virtual_time.run(in_turn())

    assert replicas.calls == [1, 0]
    assert replicas.records[1] == [("served", "shared")]


# --- what is kept is not for everybody ------------------------------------------------------------------------


def test_an_answer_that_may_not_be_given_is_no_answer() -> None:
    replicas = Replicas([HELLO], [HELLO])
    replicas.scenes[1].policy = keeping(ladder=("strong",))

    replicas.play()

    assert [scene.opened for scene in replicas.scenes] == [["fast"], ["strong"]]


def test_an_answer_that_is_kept_but_vouched_for_by_nothing_is_none_to_whoever_has_much_at_stake() -> None:
    replicas = Replicas([HELLO], [HELLO], policy=fast_only())

    answers = replicas.play(asking(streamed=False, hints=Hints(stakes="high")))

    assert replicas.calls == [1, 1]
    assert done_at_s(answers) < 2.0 + LATE_S


def test_who_must_not_be_given_what_is_unverified_does_not_wait_for_it() -> None:
    replicas = Replicas([HELLO], [HELLO])

    async def ask_with_stakes() -> float:
        first, second = (scene.dispatch() for scene in replicas.scenes)
        answer = RecordingAnswer()
        high = asking(streamed=False, hints=Hints(stakes="high"))
        await asyncio.gather(first.serve(PLAIN, RecordingAnswer()), second.serve(high, answer))
        return answer.told[-1].at_s

    assert virtual_time.run(ask_with_stakes()) == 1.0
    assert replicas.calls == [1, 1]


# --- the one who climbs fails ---------------------------------------------------------------------------------


def test_when_the_climb_fails_one_of_those_who_wait_takes_over_and_not_all() -> None:
    replicas = Replicas([[DIED], HELLO], [HELLO], [HELLO], policy=fast_only())

    answers = replicas.play()

    assert sum(replicas.calls) == 2
    assert [each.calls == ["fail"] for some in answers for each in some].count(True) == 1
    assert sorted(each for some in replicas.records for each in some) == [
        ("failed", "miss"),
        ("served", "miss"),
        ("served", "shared"),
    ]


def test_when_every_climb_fails_everybody_is_told_and_nobody_hangs() -> None:
    replicas = Replicas([[DIED]], [[DIED]], [[DIED]], policy=fast_only())

    answers = replicas.play(callers=20)

    assert all(each.calls == ["fail"] for some in answers for each in some)
    assert all(calls <= 2 for calls in replicas.calls)


def test_when_a_replica_dies_one_of_the_others_takes_over_when_its_lease_is_over() -> None:
    replicas = Replicas([HELLO], [HELLO], [HELLO])
    _, *survivors = replicas.scenes

    async def die() -> list[RecordingAnswer]:
        lease = await replicas.leases.take(await the_place(replicas))
        assert lease is not None
        answers = [RecordingAnswer() for _ in survivors]
        serving = [each.dispatch().serve(PLAIN, answer) for each, answer in zip(survivors, answers, strict=True)]
        await asyncio.gather(*serving)
        return answers

    answers = virtual_time.run(die())

    assert replicas.calls == [1, 1, 0]
    assert done_at_s([answers]) < 1.0 + LEASE_S + 1.0 + 2 * LATE_S


async def the_place(replicas: Replicas) -> Place:
    """The place of the lease that they ask for: the first replica has climbed, and all is forgotten."""
    await replicas.scenes[0].dispatch().serve(PLAIN, RecordingAnswer())
    replicas.cache.entries.clear()
    (place,) = replicas.leases.holders
    return place


# --- patience -------------------------------------------------------------------------------------------------


def slow(after_s: float) -> list[Step]:
    return [replace(HELLO[0], after_s=after_s), *HELLO[1:]]


def test_nobody_waits_for_longer_than_half_of_the_time_after_which_a_stream_is_committed() -> None:
    replicas = Replicas([slow(60.0)], [HELLO])

    _, theirs = replicas.play()

    assert replicas.calls == [1, 1]
    assert done_at_s([theirs]) == COMMIT_S * SHARE_OF_COMMIT + 1.0


def test_whoever_has_a_budget_waits_for_no_longer_than_leaves_them_time_to_climb() -> None:
    replicas = Replicas([slow(2.5)], [HELLO], policy=fast_only())
    for scene in replicas.scenes:
        scene.fleet.doing["fast"] = replace(scene.fleet.doing["fast"], predicted_p50_ms=1000, predicted_p90_ms=1200)

    _, theirs = replicas.play(asking(streamed=False, hints=Hints(latency_budget_ms=3000)))

    assert replicas.calls == [1, 1]
    assert done_at_s([theirs]) == pytest.approx(3.0 - 1.2 + 1.0)


def test_where_answers_are_known_to_take_longer_nobody_waits_in_vain() -> None:
    replicas = Replicas([slow(20.0)], [slow(20.0)])
    for scene in replicas.scenes:
        state = replace(scene.fleet.doing["fast"], predicted_p50_ms=20_000, predicted_p90_ms=30_000, seen_answers=50)
        scene.fleet.doing["fast"] = state

    assert done_at_s(replicas.play()) == 20.5


def test_where_there_is_no_telling_who_has_the_lease_everybody_climbs_at_once() -> None:
    replicas = Replicas([HELLO], [HELLO])
    replicas.leases.is_away = True

    assert done_at_s(replicas.play()) == 1.0
    assert replicas.calls == [1, 1]


# --- who leaves -----------------------------------------------------------------------------------------------


def test_a_caller_who_leaves_does_not_end_the_wait_of_others() -> None:
    replicas = Replicas([HELLO], [HELLO])
    stays = RecordingAnswer()

    async def leave() -> None:
        one, other = (scene.dispatch() for scene in replicas.scenes)
        climbing = asyncio.ensure_future(one.serve(PLAIN, RecordingAnswer()))
        await asyncio.sleep(0.1)
        leaving = asyncio.ensure_future(other.serve(PLAIN, RecordingAnswer()))
        await asyncio.sleep(0.1)
        staying = asyncio.ensure_future(other.serve(PLAIN, stays))
        await asyncio.sleep(0.1)
        leaving.cancel()
        await asyncio.wait((climbing, leaving, staying))

    virtual_time.run(leave())

    assert texts([[stays]]) == {"Hello there."}
    assert replicas.calls == [1, 0]
    assert replicas.records[1] == [("served", "shared"), ("served", "shared")]


def test_when_all_who_wait_have_left_nobody_waits_for_them() -> None:
    replicas = Replicas([HELLO], [HELLO])

    async def leave() -> None:
        one, other = (scene.dispatch() for scene in replicas.scenes)
        climbing = asyncio.ensure_future(one.serve(PLAIN, RecordingAnswer()))
        await asyncio.sleep(0.1)
        leaving = asyncio.ensure_future(other.serve(PLAIN, RecordingAnswer()))
        await asyncio.sleep(0.1)
        leaving.cancel()
        await asyncio.wait((leaving,))
        assert len(asyncio.all_tasks()) == 3  # this one, the caller who climbs, and the climb
        await climbing

    virtual_time.run(leave())

    assert replicas.calls == [1, 0]
    assert replicas.records[1] == [("caller_left", "miss")]


FATES = st.lists(st.tuples(st.floats(0, 3), st.floats(0.01, 3) | st.none()), min_size=1, max_size=12)
"""When each caller comes, and for how long they stay; None: to the end."""

SCRIPTS = st.lists(st.sampled_from([HELLO, slow(1.5), [DIED], [*HELLO[:2], DIED]]), min_size=1, max_size=4)


@settings(max_examples=150, deadline=None)
@given(FATES, SCRIPTS, SCRIPTS, st.integers(0, 1000))
def test_whenever_callers_leave_nobody_hangs_and_no_lease_stays(
    fates: list[tuple[float, float | None]], ones: list[list[Step]], others: list[list[Step]], seed: int
) -> None:
    replicas = Replicas(ones, others, policy=fast_only())
    choose = random.Random(seed).choice
    answers: list[RecordingAnswer] = []

    async def come_and_go(scene: Scene, comes_s: float, stays_s: float | None) -> None:
        await asyncio.sleep(comes_s)
        answer = RecordingAnswer()
        serving = asyncio.ensure_future(scene.dispatch().serve(PLAIN, answer))
        await asyncio.wait((serving,), timeout=stays_s)
        if serving.done():
            answers.append(answer)
            serving.result()
        else:
            serving.cancel()
            await asyncio.wait((serving,))

    async def all_of_them() -> None:
        await asyncio.gather(*(come_and_go(choose(replicas.scenes), *fate) for fate in fates))
        await asyncio.sleep(LEASE_S)
        assert replicas.leases.held == 0
        assert len(asyncio.all_tasks()) == 1

    virtual_time.run(all_of_them())

    assert all(each.told[-1].call in ("end", "fail", "break_off") for each in answers)
    assert sum(len(some) for some in replicas.records) == len(fates)


# --- what those are told who shared what came to nothing -----------------------------------------------------


def test_the_record_of_who_shared_a_failure_says_what_they_were_told() -> None:
    replicas = Replicas([[DIED]], policy=fast_only())

    replicas.play(callers=10)

    error: TandemError = EngineFailed("the engine died")
    records = replicas.scenes[0].log.records
    assert {(each.outcome, each.status, each.error) for each in records} == {
        ("failed", status_of(error), "failed: the engine died")
    }
    assert sum(each.cache == "shared" for each in records) == 8


def test_the_record_of_who_shared_an_answer_that_broke_off_says_that_it_did() -> None:
    replicas = Replicas([[*HELLO[:2], DIED]], policy=alone())

    replicas.play(asking(streamed=True), callers=5)

    assert {(each.outcome, each.status) for each in replicas.scenes[0].log.records} == {("broken", 200)}
