"""Answers that are kept and given again, and answers that several callers share while they are on their way."""

import asyncio
import json
from typing import Any

import pytest
from msgspec.structs import replace

from router.caching.kept import KeptAnswers
from router.caching.sharing import Sharing
from router.core.caching.asking import Question
from router.core.caching.embedding import HashedEmbedder, Vector
from router.core.caching.entry import Entry, Holding, Place, Which
from router.core.caching.terms import Caching, Directives
from router.core.chat_request import Limits, read_request
from router.core.errors import EngineFailed
from router.core.grants import OWNER
from router.core.policy import Policy, Rule, Then
from router.core.recall import Conversation
from router.core.values import Hints
from router.ports import Asked
from router.stores.questions import LocalQuestions
from tests import virtual_time
from tests.dispatch.scenes import Scene, asking, backend
from tests.dispatch.test_every_climb import text_of
from tests.doubles import EndlessMemory, Ends, Fails, LoopClock, RecordingAnswer, Says, Step
from tests.examples import a_policy
from tests.vllm_wire import opening_events, text_events

KEEPS = a_policy(otherwise=Then(("fast", "strong"), gate="off", caching=Caching(ttl_s=100.0)))
FINISH = b"".join(text_events("canvas", "", 1, "stop"))
HELLO: list[Step] = [
    Says(b"".join(opening_events("canvas", 1)), 0.5),
    Says(b"".join(text_events("canvas", "Hello there.", 1)), 0.5),
    Ends(tokens=3, finish=FINISH),
]


class DictCache:
    """Keeps entries in a dict. The port `Cache`."""

    def __init__(self) -> None:
        self.entries: dict[Place, Entry] = {}

    async def get(self, place: Place) -> Entry | None:
        """See `ports.Cache`."""
        return self.entries.get(place)

    async def latest(self, place: Place) -> Entry | None:
        """See `ports.Cache`."""
        return await self.get(place)

    async def put(self, place: Place, entry: Entry) -> None:
        """See `ports.Cache`."""
        there = self.entries.get(place)
        if there is None or there.rank <= entry.rank:
            self.entries[place] = entry

    async def forget(self, _which: Which) -> int:
        """See `ports.Cache`."""
        return 0

    async def holding(self) -> Holding:
        """See `ports.Cache`."""
        return Holding(len(self.entries), 0)


class SlowCache(DictCache):
    """Takes two seconds to write."""

    async def put(self, place: Place, entry: Entry) -> None:
        """See `ports.Cache`."""
        await asyncio.sleep(2.0)
        await super().put(place, entry)


def scene_of(*fast: list[Step], policy: Policy = KEEPS) -> Scene:
    scene = Scene(backend(*fast[0]), backend(*HELLO), policy)
    scene.fast._scripts = fast
    scene.cache = DictCache()
    scene.sharing = Sharing(KeptAnswers(scene.cache, LocalQuestions(HashedEmbedder()), LoopClock(), lambda: 0.0))
    return scene


async def serve_all(scene: Scene, *asked: Asked) -> list[RecordingAnswer]:
    """Serves these at once; each into an answer of its own."""
    answers = [RecordingAnswer() for _ in asked]
    dispatch = scene.dispatch()
    await asyncio.gather(*[dispatch.serve(each, answer) for each, answer in zip(asked, answers, strict=True)])
    return answers


def together(scene: Scene, *asked: Asked) -> list[RecordingAnswer]:
    return virtual_time.run(serve_all(scene, *asked))


def in_turn(scene: Scene, *asked: Asked) -> list[RecordingAnswer]:
    async def one_by_one() -> list[RecordingAnswer]:
        return [answer for each in asked for answer in await serve_all(scene, each)]

    return virtual_time.run(one_by_one())


def heads(answer: RecordingAnswer) -> list[str | None]:
    return [each.head.cache for each in answer.told if each.head is not None]


# --- exact hits -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("then", [True, False])
def test_what_was_asked_before_costs_no_engine_call_however_it_is_asked_for(first: bool, then: bool) -> None:
    scene = scene_of(HELLO)

    before, again = in_turn(scene, asking(streamed=first), asking(streamed=then))

    assert scene.opened == ["fast"]
    assert set(heads(before)) == {"miss"}
    assert set(heads(again)) == {"hit"}
    said = again.released
    assert (text_of(said) if then else said_in(said)) == "Hello there."
    assert [each.cache for each in scene.log.records] == ["miss", "hit"]


def said_in(body: bytes) -> str:
    text: str = json.loads(body)["choices"][0]["message"]["content"]
    return text


def test_another_tenant_never_gets_it() -> None:
    scene = scene_of(HELLO)

    in_turn(scene, asking(), asking(caller=replace(OWNER, tenant="other")))

    assert scene.opened == ["fast", "fast"]


@pytest.mark.parametrize(
    "about",
    [{"model": "auto:default"}, {"parameters": {"max_tokens": 7}}],
    ids=lambda about: next(iter(about)),
)
def test_another_question_never_gets_it(about: dict[str, Any]) -> None:
    scene = scene_of(HELLO)

    in_turn(scene, asking(), asking(**about))

    assert scene.opened == ["fast", "fast"]


@pytest.mark.parametrize("parameters", [{"temperature": 0.7}, {"n": 2}])
def test_what_is_to_vary_is_not_kept_unless_the_policy_says_so(parameters: dict[str, Any]) -> None:
    scene = scene_of(HELLO)

    answers = in_turn(scene, asking(parameters=parameters), asking(parameters=parameters))

    assert len(scene.opened) == 2
    assert not scene.cache.entries
    assert {outcome for each in answers for outcome in heads(each)} == {"bypass"}


def test_an_entry_ends_with_its_time() -> None:
    scene = scene_of(HELLO)

    async def later() -> None:
        await serve_all(scene, asking())
        await asyncio.sleep(101.0)
        await serve_all(scene, asking())

    virtual_time.run(later())

    assert scene.opened == ["fast", "fast"]


@pytest.mark.parametrize(
    ("directives", "opened", "kept"),
    [
        (Directives(no_store=True), 1, 0),
        (Directives(no_cache=True), 1, 1),
        (Directives(max_age_s=0.0), 1, 1),
    ],
)
def test_callers_say_with_cache_control_what_they_want_of_it(directives: Directives, opened: int, kept: int) -> None:
    scene = scene_of(HELLO)

    in_turn(scene, replace(asking(), directives=directives))

    assert len(scene.opened) == opened
    assert len(scene.cache.entries) == kept


def test_where_a_fresh_answer_is_asked_for_it_replaces_the_kept_one() -> None:
    scene = scene_of(HELLO)

    _, answer = in_turn(scene, asking(), replace(asking(), directives=Directives(no_cache=True)))

    assert scene.opened == ["fast", "fast"]
    assert set(heads(answer)) == {"bypass"}


def test_an_answer_that_broke_off_is_not_kept() -> None:
    scene = scene_of([*HELLO[:2], Fails(EngineFailed("the engine died"))], policy=alone())

    in_turn(scene, asking())

    assert not scene.cache.entries


def alone() -> Policy:
    return a_policy(otherwise=Then(("fast",), gate="off", caching=Caching()))


# --- quality --------------------------------------------------------------------------------------------------


def test_where_much_is_at_stake_an_answer_that_nothing_vouches_for_is_not_given() -> None:
    scene = scene_of(HELLO)

    in_turn(scene, asking(), asking(hints=Hints(stakes="high")))

    assert scene.opened == ["fast", "fast"]


def test_where_an_answer_would_be_judged_one_that_was_not_is_not_given() -> None:
    scene = scene_of(HELLO)

    in_turn(scene, asking())
    scene.policy = replace(KEEPS, otherwise=replace(KEEPS.otherwise, gate="block"))
    in_turn(scene, asking(), asking())

    assert scene.opened == ["fast", "fast"]
    assert [each.cache for each in scene.log.records] == ["miss", "miss", "hit"]


def test_where_the_strong_tier_is_wanted_an_answer_of_the_fast_one_is_not_given_and_gives_way() -> None:
    scene = scene_of(HELLO)

    in_turn(scene, asking())
    scene.policy = replace(KEEPS, otherwise=replace(KEEPS.otherwise, ladder=("strong",)))
    in_turn(scene, asking())
    in_turn(scene, asking())

    assert scene.opened == ["fast", "strong"]
    assert [entry.tier for entry in scene.cache.entries.values()] == ["strong"]


# --- conversations --------------------------------------------------------------------------------------------


def in_conversation(name: str, **about: Any) -> Asked:
    return asking(hints=Hints(conversation=name), **about)


def conversations(memory: EndlessMemory) -> list[Conversation]:
    return [thread.conversation for thread in memory.threads.values()]


def test_a_kept_answer_counts_in_the_conversation_that_gets_it() -> None:
    scene = scene_of(HELLO)
    scene.memory = memory = EndlessMemory()

    in_turn(scene, *[in_conversation(name) for name in ("one", "two", "two")])

    assert scene.opened == ["fast"]
    assert conversations(memory) == [Conversation("fast", 1), Conversation("fast", 2)]


def test_a_conversation_that_got_a_kept_answer_of_the_strong_tier_stays_there() -> None:
    scene = scene_of(HELLO)
    scene.policy = replace(KEEPS, otherwise=replace(KEEPS.otherwise, ladder=("strong",)))
    in_turn(scene, in_conversation("one"))
    scene.policy = KEEPS
    another = {"max_tokens": 7}

    in_turn(scene, in_conversation("two"), in_conversation("two", parameters=another), asking(parameters=another))

    assert [each.cache for each in scene.log.records[1:]] == ["hit", "miss", "hit"]
    assert scene.opened == ["strong", "strong"]
    assert scene.log.records[2].reason == "conversation"


def test_an_answer_that_is_shared_counts_in_each_conversation() -> None:
    scene = scene_of(HELLO)
    scene.memory = memory = EndlessMemory()

    together(scene, *[in_conversation(name) for name in ("one", "two", "three")])

    assert scene.opened == ["fast"]
    assert conversations(memory) == [Conversation("fast", 1)] * 3


def test_an_answer_that_nobody_got_counts_in_none() -> None:
    scene = scene_of([Fails(EngineFailed("the engine died"), 0.5)], policy=alone())
    scene.memory = memory = EndlessMemory()

    together(scene, *[in_conversation(name) for name in ("one", "two", "three")])

    assert conversations(memory) == []


# --- answers on their way -------------------------------------------------------------------------------------


@pytest.mark.parametrize("streamed", [True, False])
def test_identical_requests_at_once_cost_one_engine_call(streamed: bool) -> None:
    scene = scene_of(HELLO)

    answers = together(scene, *[asking(streamed=streamed)] * 50)

    assert scene.opened == ["fast"]
    assert {text_of(each.released) for each in answers} == {"Hello there."}
    assert sorted({outcome or "" for each in answers for outcome in heads(each)}) == ["miss", "shared"]
    assert len(scene.log.records) == 50


def test_whoever_has_less_time_does_not_wait_with_the_others() -> None:
    scene = scene_of(HELLO)

    together(scene, asking(), asking(hints=Hints(latency_budget_ms=60_000)))

    assert scene.opened == ["fast", "fast"]


def test_who_is_served_by_another_rule_does_not_share() -> None:
    then = KEEPS.otherwise
    told = Rule("told", 'hints.stakes != ""', ("hints.stakes",), lambda facts: facts["hints.stakes"] != "", then)
    scene = scene_of(HELLO, policy=a_policy(told, otherwise=then))

    together(scene, asking(), asking(hints=Hints(stakes="low")))

    assert scene.opened == ["fast", "fast"]


def test_five_hundred_at_once_cost_one_engine_call() -> None:
    scene = scene_of(HELLO)

    answers = together(scene, *[asking()] * 500)

    assert scene.opened == ["fast"]
    assert {text_of(each.released) for each in answers} == {"Hello there."}


def test_whoever_comes_late_gets_what_was_released_and_then_the_rest() -> None:
    scene = scene_of(HELLO)
    answers = [RecordingAnswer(), RecordingAnswer()]

    async def late() -> None:
        dispatch = scene.dispatch()
        first = asyncio.ensure_future(dispatch.serve(asking(), answers[0]))
        await asyncio.sleep(0.75)
        await dispatch.serve(asking(), answers[1])
        await first

    virtual_time.run(late())

    assert scene.opened == ["fast"]
    assert text_of(answers[1].released) == "Hello there."


def test_when_whoever_asked_first_leaves_the_others_get_their_answer() -> None:
    scene = scene_of(HELLO)
    answers = [RecordingAnswer(), RecordingAnswer()]

    async def leaving() -> None:
        dispatch = scene.dispatch()
        first = asyncio.ensure_future(dispatch.serve(asking(), answers[0]))
        await asyncio.sleep(0.1)
        second = asyncio.ensure_future(dispatch.serve(asking(), answers[1]))
        await asyncio.sleep(0.1)
        first.cancel()
        await asyncio.wait((first, second))

    virtual_time.run(leaving())

    assert scene.opened == ["fast"]
    assert text_of(answers[1].released) == "Hello there."


def test_when_everybody_has_left_nobody_works_for_them() -> None:
    scene = scene_of(HELLO)

    assert scene.play_until(0.2)

    assert [stream.closed for stream in scene.fast.streams] == [1]
    assert [each.outcome for each in scene.log.records] == ["caller_left"]


@pytest.mark.parametrize("directives", [Directives(), Directives(no_cache=True)])
def test_whoever_leaves_after_the_end_has_their_answer_kept_all_the_same(directives: Directives) -> None:
    scene = scene_of(HELLO)
    scene.cache = SlowCache()
    scene.sharing = Sharing(KeptAnswers(scene.cache, LocalQuestions(HashedEmbedder()), LoopClock(), lambda: 0.0))

    async def served_at_s() -> float:
        await serve_all(scene, replace(asking(), directives=directives))
        at_s = asyncio.get_running_loop().time()
        await asyncio.sleep(5.0)
        return at_s

    assert virtual_time.run(served_at_s()) < 2.0
    assert len(scene.cache.entries) == 1
    assert [each.outcome for each in scene.log.records] == ["served"]


def test_when_the_climb_fails_one_of_those_who_wait_asks_again_and_not_all() -> None:
    scene = scene_of([Fails(EngineFailed("the engine died"), 0.5)], HELLO, policy=alone())

    answers = together(scene, *[asking()] * 20)

    assert scene.opened == ["fast", "fast"]
    assert sum(each.calls == ["fail"] for each in answers) == 1
    assert sum(bool(each.released) for each in answers) == 19


def test_when_that_fails_too_everybody_is_told() -> None:
    scene = scene_of([Fails(EngineFailed("the engine died"), 0.5)], policy=alone())

    answers = together(scene, *[asking()] * 20)

    assert scene.opened == ["fast", "fast"]
    assert all(each.calls == ["fail"] for each in answers)
    assert {each.outcome for each in scene.log.records} == {"failed"}


# --- questions that ask the same ------------------------------------------------------------------------------

SEMANTIC = a_policy(otherwise=Then(("fast", "strong"), gate="off", caching=Caching(semantic=0.5)))
STANDS = "How do I water a fern?"


def asking_in_words(*said: str, **about: Any) -> Asked:
    """A conversation of these questions, each but the last of which was answered with `Well.`"""
    messages: list[dict[str, Any]] = []
    for each in said:
        messages += [{"role": "user", "content": each}, {"role": "assistant", "content": "Well."}]
    body = {"model": "auto", "messages": messages[:-1], **about.pop("parameters", {})}
    request, _ = read_request(json.dumps(body).encode(), {}, Limits())
    return replace(asking(**about), request=request)


def outcomes(*asked: Asked, policy: Policy = SEMANTIC) -> list[str | None]:
    scene = scene_of(HELLO, policy=policy)
    in_turn(scene, *asked)
    return [each.cache for each in scene.log.records]


def test_another_question_that_asks_the_same_gets_the_answer() -> None:
    assert outcomes(asking_in_words(STANDS), asking_in_words("how can I water a fern")) == ["miss", "semantic"]


class SlowAfterwards(HashedEmbedder):
    """Takes two seconds for every text but the first."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    async def embed(self, question: Question) -> Vector | None:
        """See `ports.Embedder`."""
        self.texts.append(question.text)
        await asyncio.sleep(2.0 if len(self.texts) > 1 else 0.0)
        return await super().embed(question)


def test_nobody_waits_for_a_question_to_be_remembered() -> None:
    scene, embedder = scene_of(HELLO, policy=SEMANTIC), SlowAfterwards()
    scene.sharing = Sharing(KeptAnswers(scene.cache, LocalQuestions(embedder), LoopClock(), lambda: 0.0))

    async def served_at_s() -> float:
        await serve_all(scene, asking_in_words(STANDS))
        at_s = asyncio.get_running_loop().time()
        await asyncio.sleep(5.0)
        return at_s

    assert virtual_time.run(served_at_s()) < 2.0
    assert embedder.texts == [STANDS, STANDS]


def test_only_where_the_policy_says_so() -> None:
    same = asking_in_words(STANDS), asking_in_words("how can I water a fern")

    assert outcomes(*same, policy=KEEPS) == ["miss", "miss"]


@pytest.mark.parametrize(
    "other",
    [
        "How do I not water a fern?",
        "How do I water a palm?",
        "When do I water a fern?",
        "How do I water 2 ferns?",
    ],
)
def test_a_question_that_differs_in_what_matters_does_not(other: str) -> None:
    assert outcomes(asking_in_words(STANDS), asking_in_words(other)) == ["miss", "miss"]


@pytest.mark.parametrize(
    "about",
    [
        {"caller": replace(OWNER, tenant="other")},
        {"hints": Hints(stakes="high")},
        {"parameters": {"max_tokens": 5}},
        {"parameters": {"tools": [{"type": "function", "function": {"name": "look"}}]}},
        {"parameters": {"response_format": {"type": "json_object"}}},
    ],
    ids=["tenant", "stakes", "parameters", "tools", "form"],
)
def test_nor_does_one_of_another_partition_or_with_more_at_stake(about: dict[str, Any]) -> None:
    first = {name: value for name, value in about.items() if name == "parameters"}

    said = outcomes(asking_in_words(STANDS), asking_in_words("how can I water a fern", **about))

    assert said[-1] != "semantic"
    if "tools" in first.get("parameters", {}):
        again = outcomes(asking_in_words(STANDS, **first), asking_in_words("how can I water a fern", **first))
        assert again[-1] != "semantic"


def test_a_conversation_that_is_deeper_than_allowed_is_not_compared() -> None:
    deep = asking_in_words("I lost my key.", STANDS), asking_in_words("I lost my key.", "how can I water a fern")
    deeper = replace(SEMANTIC, otherwise=replace(SEMANTIC.otherwise, caching=Caching(semantic=0.5, deepest=2)))

    assert outcomes(*deep) == ["miss", "miss"]
    assert outcomes(*deep, policy=deeper) == ["miss", "semantic"]


def test_what_was_said_before_must_be_the_same() -> None:
    deeper = replace(SEMANTIC, otherwise=replace(SEMANTIC.otherwise, caching=Caching(semantic=0.5, deepest=2)))

    first, other = (
        asking_in_words("I lost my key.", STANDS),
        asking_in_words("I am a thief.", "how can I water a fern"),
    )

    assert outcomes(first, other, policy=deeper) == ["miss", "miss"]
