"""Popular answers of the fast tier that the strong one writes again, behind the callers' backs."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from msgspec.structs import replace

from router.caching.kept import KeptAnswers
from router.caching.sharing import Sharing
from router.caching.upgrades import LOOK_S, MOST_S, REST_S, Upgrades, open_upgrades
from router.core.caching.embedding import HashedEmbedder
from router.core.caching.terms import Caching, Directives
from router.core.caching.turns import MOST_OF_ONE
from router.core.caching.upgrade_budget import WINDOW_S, UpgradeBudget
from router.core.errors import EngineFailed
from router.core.policy import Policy, Then
from router.core.record import hash_tenant
from router.core.values import TierState, Usage
from router.ports import Asked
from router.stores.questions import LocalQuestions
from tests import virtual_time
from tests.dispatch.scenes import Scene, asking, backend
from tests.dispatch.test_kept_answers import STANDS, DictCache, asking_in_words
from tests.doubles import CountedEscalations, Ends, Fails, LoopClock, RecordingAnswer, Says, ScriptedBackend
from tests.examples import a_policy, caller
from tests.vllm_wire import opening_events, text_events

AFTER = 3
ENOUGH = AFTER + 1
"""Requests for the same: one miss, and then hits until the entry is popular."""

QUIET_S = 20.0
BUSY = TierState(configured=True, in_flight=1)


def popular(**caching: Any) -> Policy:
    caching = {"ttl_s": 10_000.0, "upgrade_after": AFTER, **caching}
    return a_policy(otherwise=Then(("fast", "strong"), gate="off", caching=Caching(**caching)))


def writes(text: str, tokens: int = 7, after_s: float = 1.0) -> ScriptedBackend:
    events = b"".join([*opening_events("m", 1), *text_events("m", text, 1, "stop")])
    return backend(Says(events, after_s), Ends(tokens))


class Stage:
    """A scene with a cache and upgrades, in virtual time. `budget`: one that lets anything through, unless said."""

    def __init__(self, policy: Policy | None = None, budget: UpgradeBudget | None = None, **about: Any) -> None:
        strong = about.pop("strong", None) or writes("By the strong tier.", 9)
        self.scene = Scene(writes("By the fast tier."), strong, policy or popular(), **about)
        self.cache = DictCache()
        kept = KeptAnswers(self.cache, LocalQuestions(HashedEmbedder()), LoopClock(), lambda: 0.0)
        budget = budget or UpgradeBudget(1_000, 1.0)
        self.upgrades = Upgrades(kept, self.scene.fleet, self.scene.log, LoopClock(), budget)
        self.scene.sharing = Sharing(kept, upgrades=self.upgrades)

    async def ask(self, *asked: Asked) -> list[str | None]:
        """Serves these one after the other; by which tier each was."""
        dispatch, tiers = self.scene.dispatch(), []
        for each in asked:
            answer = RecordingAnswer()
            await dispatch.serve(each, answer)
            tiers.append(next(told.head.tier for told in answer.told if told.head is not None))
        return tiers

    def play(self, acts: Callable[[], Awaitable[Any]]) -> Any:
        """What these acts come to, while upgrades are made."""
        return virtual_time.run(self._play(acts))

    async def _play(self, acts: Callable[[], Awaitable[Any]]) -> Any:
        async with open_upgrades(self.upgrades):
            return await acts()

    def asked_and_then(self, *asked: Asked, quiet_s: float = QUIET_S) -> list[str | None]:
        """By which tier the first of these is answered, when all were asked and then nothing for a while."""

        async def acts() -> list[str | None]:
            await self.ask(*asked)
            await asyncio.sleep(quiet_s)
            return await self.ask(asked[0])

        tiers: list[str | None] = self.play(acts)
        return tiers

    @property
    def outcomes(self) -> list[str]:
        """What came of each, in order."""
        return [each.outcome for each in self.scene.log.upgrades]


# --- what becomes of a popular answer ---------------------------------------------------------------------------


@pytest.mark.parametrize("streamed", [True, False])
def test_a_popular_answer_is_written_again_by_the_strong_tier(streamed: bool) -> None:
    stage = Stage()

    async def acts() -> list[str | None]:
        first = await stage.ask(*[asking(streamed=streamed)] * ENOUGH)
        await asyncio.sleep(QUIET_S)
        return first + await stage.ask(asking(streamed=True), asking(streamed=False))

    assert stage.play(acts) == ["fast"] * ENOUGH + ["strong", "strong"]
    assert stage.scene.opened == ["fast", "strong"]
    assert [each.cache for each in stage.scene.log.records] == ["miss"] + ["hit"] * (ENOUGH + 1)
    (entry,) = stage.cache.entries.values()
    assert (entry.tier, entry.verified, entry.usage) == ("strong", True, Usage(18, 9))


def test_one_that_is_not_given_so_often_is_not() -> None:
    stage = Stage()

    assert stage.asked_and_then(*[asking()] * (ENOUGH - 1)) == ["fast"]
    assert stage.scene.strong.asked == []


def test_nor_is_any_where_the_policy_does_not_say_so() -> None:
    stage = Stage(popular(upgrade_after=None))

    assert stage.asked_and_then(*[asking()] * 20) == ["fast"]


def test_callers_get_the_answer_that_is_there_meanwhile() -> None:
    stage = Stage(strong=writes("By the strong tier.", after_s=60.0))

    assert stage.asked_and_then(*[asking()] * ENOUGH, quiet_s=59.0) == ["fast"]
    assert stage.scene.log.records[-1].elapsed_s == 0.0


def test_it_is_no_request_of_anybody() -> None:
    stage = Stage(escalations=CountedEscalations(0))

    stage.asked_and_then(*[asking()] * ENOUGH)

    assert len(stage.scene.log.records) == ENOUGH + 1
    assert isinstance(stage.scene.escalations, CountedEscalations)
    assert {told for _, told in stage.scene.escalations.told} == {"asked"}
    assert not stage.scene.memory.escalations
    ((_, envelope),) = stage.scene.strong.asked
    assert envelope.request_id == "r1-upgrade"


def test_what_it_cost_is_counted_and_logged_without_text() -> None:
    stage = Stage()

    stage.asked_and_then(*[asking_in_words("Where do otters sleep?")] * ENOUGH)

    (logged,) = stage.scene.log.upgrades
    assert (logged.outcome, logged.strong, logged.elapsed_s) == ("done", Usage(18, 9), 1.0)
    assert (logged.request_id, logged.tenant) == ("r1", hash_tenant(asking().caller.tenant))
    assert "otters" not in repr(logged)
    assert dict(stage.upgrades.counts) == {"done": 1}
    assert dict(stage.upgrades.tokens) == {"prompt": 18, "completion": 9}


# --- which answers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    [
        asking(caller=caller(max_tier="fast")),
        asking(model="fast"),
        replace(asking(), directives=Directives(no_store=True)),
    ],
    ids=["key that ends at the fast tier", "fast tier by name", "not to be kept"],
)
def test_some_requests_have_none_written_again(asked: Asked) -> None:
    stage = Stage()
    kept = replace(asked, directives=Directives())

    async def acts() -> None:
        await stage.ask(kept, *[asked] * 20)
        await asyncio.sleep(QUIET_S)

    stage.play(acts)

    assert stage.scene.strong.asked == []


def test_where_another_key_of_the_tenant_may_reach_the_strong_tier_it_is_written_again() -> None:
    stage = Stage()
    held, free = asking(caller=caller(max_tier="fast")), asking(caller=caller())

    stage.asked_and_then(*[held] * ENOUGH, free)

    assert stage.outcomes == ["done"]


def test_where_there_is_no_strong_tier_nothing_is() -> None:
    stage = Stage(a_policy(otherwise=Then(("fast",), gate="off", caching=Caching(upgrade_after=1))))
    stage.scene.tiers = {"fast": stage.scene.tiers["fast"]}

    assert stage.asked_and_then(*[asking()] * ENOUGH) == ["fast"]


def test_where_the_policy_keeps_answers_that_vary_they_are_as_well() -> None:
    stage = Stage(popular(varied=True))

    assert stage.asked_and_then(*[asking(parameters={"temperature": 0.7})] * ENOUGH) == ["strong"]


def test_an_answer_given_to_others_counts_and_is_written_again_for_its_own_question() -> None:
    stage, other = Stage(popular(semantic=0.5)), asking_in_words("how can I water a fern")

    async def acts() -> list[str | None]:
        await stage.ask(asking_in_words(STANDS), *[other] * (AFTER + 5))
        await asyncio.sleep(QUIET_S)
        assert stage.scene.strong.asked == []
        await stage.ask(asking_in_words(STANDS))
        await asyncio.sleep(QUIET_S)
        return await stage.ask(asking_in_words(STANDS), other)

    assert stage.play(acts) == ["strong", "strong"]
    ((_, envelope),) = stage.scene.strong.asked
    assert envelope.request == asking_in_words(STANDS).request


# --- when -------------------------------------------------------------------------------------------------------


def test_callers_come_first_while_the_strong_tier_has_anything_to_do() -> None:
    stage = Stage()
    stage.scene.fleet.doing["strong"] = BUSY

    async def acts() -> list[str | None]:
        await stage.ask(*[asking()] * ENOUGH)
        await asyncio.sleep(500.0)
        assert stage.scene.strong.asked == []
        stage.scene.fleet.doing["strong"] = TierState(configured=True)
        await asyncio.sleep(LOOK_S + QUIET_S)
        return await stage.ask(asking())

    assert stage.play(acts) == ["strong"]


def test_one_at_a_time() -> None:
    stage = Stage(strong=writes("By the strong tier.", after_s=50.0))
    questions = [asking_in_words(f"What is {number}?") for number in range(2)]

    stage.asked_and_then(*questions * ENOUGH, quiet_s=49.0)

    assert len(stage.scene.strong.asked) == 1


def test_more_than_the_budget_allows_waits() -> None:
    stage = Stage(budget=UpgradeBudget(4, 1.0))
    questions = [asking_in_words(f"What is {number}?") for number in range(3)]

    async def acts() -> list[int]:
        await stage.ask(*questions * ENOUGH)
        await asyncio.sleep(WINDOW_S / 2)
        before = len(stage.scene.strong.asked)
        await asyncio.sleep(WINDOW_S)
        return [before, len(stage.scene.strong.asked)]

    assert stage.play(acts) == [2, 3]


def test_a_tenant_with_many_popular_answers_does_not_take_all_of_the_budget() -> None:
    stage = Stage(budget=UpgradeBudget(4, 1.0))
    many = [asking_in_words(f"What is {number}?", caller=replace(caller(), tenant="many")) for number in range(6)]
    few = asking(caller=replace(caller(), tenant="few"))

    async def acts() -> None:
        await stage.ask(*many * ENOUGH, *[few] * ENOUGH)
        await asyncio.sleep(WINDOW_S / 2)

    stage.play(acts)

    assert sorted(envelope.tenant for _, envelope in stage.scene.strong.asked) == ["few", "many", "many"]


def test_nobody_gets_the_answer_that_was_written_for_another_tenant() -> None:
    stage = Stage()
    other = asking(caller=replace(caller(), tenant="other"))

    async def acts() -> list[str | None]:
        await stage.ask(*[asking()] * ENOUGH, other)
        await asyncio.sleep(QUIET_S)
        return await stage.ask(asking(), other)

    assert stage.play(acts) == ["strong", "fast"]


def test_beyond_what_may_wait_they_are_dropped_and_counted() -> None:
    stage = Stage()
    stage.scene.fleet.doing["strong"] = BUSY
    questions = [asking_in_words(f"What is {number}?") for number in range(MOST_OF_ONE + 2)]

    stage.asked_and_then(*questions * ENOUGH)

    assert stage.upgrades.counts == {"dropped": 2}


# --- what happens meanwhile -------------------------------------------------------------------------------------


def test_what_was_forgotten_before_its_turn_is_not_asked_for() -> None:
    stage = Stage()
    stage.scene.fleet.doing["strong"] = BUSY

    async def acts() -> None:
        await stage.ask(*[asking()] * ENOUGH)
        stage.cache.entries.clear()
        stage.scene.fleet.doing["strong"] = TierState(configured=True)
        await asyncio.sleep(QUIET_S)

    stage.play(acts)

    assert (stage.outcomes, stage.scene.strong.asked) == (["gone"], [])


def test_what_is_forgotten_while_it_is_written_stays_forgotten() -> None:
    stage = Stage(strong=writes("By the strong tier.", 9, after_s=50.0))

    async def acts() -> None:
        await stage.ask(*[asking()] * ENOUGH)
        await asyncio.sleep(10.0)
        stage.cache.entries.clear()
        await asyncio.sleep(50.0)

    stage.play(acts)

    assert not stage.cache.entries
    assert stage.outcomes == ["gone"]
    assert stage.upgrades.tokens["completion"] == 9


def test_what_the_strong_tier_has_answered_for_a_caller_meanwhile_stays() -> None:
    stage = Stage(strong=writes("By the strong tier.", after_s=50.0))

    async def acts() -> float:
        await stage.ask(*[asking()] * ENOUGH)
        await asyncio.sleep(10.0)
        ((place, entry),) = stage.cache.entries.items()
        stage.cache.entries[place] = replace(entry, tier="strong", verified=True)
        await asyncio.sleep(100.0)
        return stage.cache.entries[place].made_s - entry.made_s

    assert stage.play(acts) == 0.0
    assert stage.outcomes == ["gone"]


def test_what_is_under_way_when_the_server_stops_is_cancelled_at_once() -> None:
    stage = Stage(strong=writes("By the strong tier.", after_s=200.0))

    assert stage.asked_and_then(*[asking()] * ENOUGH, quiet_s=5.0) == ["fast"]

    assert stage.outcomes == []
    assert [stream.closed for stream in stage.scene.strong.streams] == [1]
    assert stage.scene.fleet.told[-1] == ("strong", "abandoned")


# --- what goes wrong --------------------------------------------------------------------------------------------


def test_a_failure_leaves_the_answer_that_is_there_and_is_told_to_the_breaker() -> None:
    stage = Stage(strong=backend(Fails(EngineFailed("x"))))

    assert stage.asked_and_then(*[asking()] * ENOUGH) == ["fast"]

    (logged,) = stage.scene.log.upgrades
    assert (logged.outcome, logged.error, logged.strong) == ("failed", "failed", None)
    assert stage.scene.fleet.told[-2:] == [("strong", None), ("strong", "failed")]


def test_what_failed_is_not_tried_again_for_a_while() -> None:
    stage = Stage(strong=backend(Fails(EngineFailed("x"))))

    async def acts() -> list[int]:
        tried = []
        for _ in range(3):
            await stage.ask(*[asking()] * ENOUGH)
            await asyncio.sleep(REST_S / 2)
            tried.append(len(stage.outcomes))
        return tried

    assert stage.play(acts) == [1, 1, 2]


def test_an_answer_that_breaks_off_is_not_kept() -> None:
    stage = Stage(strong=backend(Says(b"".join(opening_events("m", 1))), Fails(EngineFailed("x"))))

    assert stage.asked_and_then(*[asking()] * ENOUGH) == ["fast"]


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (b"data: nonsense\n\n", "no_answer"),
        (b"".join([*opening_events("m", 1), *text_events("m", "", 1, "stop")]), "no_answer"),
        (b"".join([*opening_events("m", 1), *text_events("m", "By the", 1, "length")]), "cut_short"),
    ],
)
def test_what_is_no_whole_answer_does_not_take_the_place_of_one(said: bytes, error: str) -> None:
    stage = Stage(strong=backend(Says(said), Ends(3)))

    assert stage.asked_and_then(*[asking()] * ENOUGH) == ["fast"]
    assert [(each.error, each.strong) for each in stage.scene.log.upgrades] == [(error, Usage(18, 3))]


def test_one_that_takes_too_long_is_given_up() -> None:
    stage = Stage(strong=writes("By the strong tier.", after_s=2 * MOST_S))

    stage.asked_and_then(*[asking()] * ENOUGH, quiet_s=3 * MOST_S)

    assert stage.scene.log.upgrades[0].error == "timed_out"
    assert [stream.closed for stream in stage.scene.strong.streams] == [1]


def test_a_strong_tier_that_is_left_alone_is_not_asked() -> None:
    stage = Stage()
    stage.scene.fleet.left_alone.add("strong")

    assert stage.asked_and_then(*[asking()] * ENOUGH) == ["fast"]
    assert stage.scene.strong.asked == []


def test_a_bug_in_one_does_not_end_the_others(caplog: pytest.LogCaptureFixture) -> None:
    answer = b"".join([*opening_events("m", 1), *text_events("m", "By the strong tier.", 1, "stop")])
    stage = Stage(strong=ScriptedBackend([Fails(ZeroDivisionError())], [Says(answer), Ends(3)]))
    questions = [asking_in_words(f"What is {number}?") for number in range(2)]

    stage.asked_and_then(*questions * ENOUGH)

    assert [each.error for each in stage.scene.log.upgrades] == ["bug", ""]
    assert "an upgrade failed" in caplog.text
