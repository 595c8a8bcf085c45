"""Drafts are read by the strong tier, and what is wrong with them is written by it: drafts that a test made up, as a
model reads them that knows better."""

from collections.abc import Callable, Iterator

import pytest
from openai import OpenAI

from tests.live.asking import Reply, ask, ask_streamed, chunks_of, openai_client, plain_and_streamed
from tests.live.drafting import Drafter, drafter, sentences, tokens_in
from tests.live.drafts import (
    ACCEPTS,
    EXACTLY,
    check_seamless,
    continued,
    is_told,
    outcomes,
    reading_router,
    tale_and_another,
)
from tests.live.engines import LiveEngine
from tests.live.routers import Router
from tests.live.test_reading_of_fitted_model import NOT_LEARNT_SEED, spliced, untouched

Ask = Callable[..., Reply]

SEEDS = range(NOT_LEARNT_SEED, NOT_LEARNT_SEED + 10)
ANY_LANGUAGE = {"set": "standard", "without": ["language", "language_switch"]}
POLICIES = {
    "default": {"verify": "read"},
    "repair": {"verify": "read", "on_reject": "repair"},
    "once": {"verify": "read", "on_reject": "repair", "max_repairs": 1},
    "lenient": {"verify": ACCEPTS, "checks": ANY_LANGUAGE},
    "polyglot": {"verify": "read", "checks": ANY_LANGUAGE},
}


@pytest.fixture(scope="module")
def fast() -> Iterator[Drafter]:
    """A fast tier that drafts what it is told to."""
    with drafter() as started:
        yield started


@pytest.fixture(scope="module")
def router(fast: Drafter, fitted_engine: LiveEngine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Router]:
    """A router of the two."""
    with reading_router(tmp_path_factory.mktemp("read"), fast.engine, fitted_engine, POLICIES) as router:
        yield router


@pytest.fixture(scope="module")
def client(router: Router) -> Iterator[OpenAI]:
    with openai_client(router.address) as client:
        yield client


# --- what drafts say ------------------------------------------------------------------------------------------


@plain_and_streamed
def test_a_good_draft_reaches_the_caller_as_it_is(fast: Drafter, client: OpenAI, router: Router, ask: Ask) -> None:
    draft = untouched(NOT_LEARNT_SEED)
    fast.drafts(draft.head, draft.tail)

    reply = ask(client, draft.question, **EXACTLY)

    (attempt,) = router.record_of(reply.request_id)["attempts"]
    assert (attempt["tier"], attempt["outcome"]) == ("fast", "served")
    assert attempt["reading"]["accepted_chars"] == attempt["reading"]["read_chars"] == len(draft.text)
    assert reply.text == draft.text
    assert reply.usage.completion_tokens == tokens_in(draft.text)


@plain_and_streamed
def test_a_draft_that_turns_into_another_text_is_gone_on_with_from_the_joint(
    fast: Drafter, client: OpenAI, router: Router, fitted_engine: LiveEngine, ask: Ask
) -> None:
    told = 0
    for seed in SEEDS:
        draft = spliced(seed)
        fast.drafts(draft.head, draft.tail)

        reply = ask(client, draft.question, **EXACTLY)

        rejected, served = router.record_of(reply.request_id)["attempts"]
        assert (rejected["tier"], rejected["outcome"]) == ("fast", "rejected")
        assert (served["tier"], served["outcome"]) == ("strong", "served")
        kept = draft.text[: rejected["reading"]["accepted_chars"]]
        assert draft.head.startswith(kept)
        assert reply.text == kept + continued(fitted_engine, draft.question, kept, served)
        assert reply.finish_reasons == ("stop",)
        told += is_told(draft.question, reply.text)
        print(f"{len(kept)} of {len(draft.text)} characters kept: {reply.text}")
    assert told >= len(SEEDS) / 2, "a tale is told to its end, though not every one: the model is tiny"


def test_whoever_streams_is_told_the_same_as_who_does_not(fast: Drafter, client: OpenAI) -> None:
    draft = spliced(NOT_LEARNT_SEED)
    fast.drafts(draft.head, draft.tail)

    plain, streamed = ask(client, draft.question, **EXACTLY), ask_streamed(client, draft.question, **EXACTLY)

    assert plain.text == streamed.text
    assert plain.usage == streamed.usage


@plain_and_streamed
def test_usage_is_what_was_kept_and_what_was_written_instead(
    fast: Drafter, client: OpenAI, router: Router, ask: Ask
) -> None:
    draft = spliced(NOT_LEARNT_SEED)
    fast.drafts(draft.head, draft.tail)

    reply = ask(client, draft.question, **EXACTLY)

    record = router.record_of(reply.request_id)
    rejected, served = record["attempts"]
    assert rejected["reading"]["accepted_chars"] == len(draft.head)
    assert reply.usage.completion_tokens == tokens_in(draft.head) + served["usage"]["completion_tokens"]
    assert reply.usage.total_tokens == reply.usage.prompt_tokens + reply.usage.completion_tokens
    assert record["usage"]["completion_tokens"] == reply.usage.completion_tokens
    assert record["tokens_read"] == rejected["reading"]["tokens_read"] > 0
    assert rejected["gate"]["released_chars"] == len(draft.head)


@plain_and_streamed
def test_a_wrong_sentence_is_mended_and_the_fast_tier_resumes(
    fast: Drafter, client: OpenAI, router: Router, ask: Ask
) -> None:
    question, right, wrong = tale_and_another(NOT_LEARNT_SEED)
    fast.drafts(right[0], wrong[1], *right[2:])

    reply = ask(client, question, model="auto:repair", **EXACTLY)

    record = router.record_of(reply.request_id)
    assert outcomes(record) == ["fast:rejected", "strong:repaired", "fast:served"]
    assert record["repairs"] == 1
    first, mended, *rest = sentences(reply.text)
    assert (first, rest) == (right[0], right[2:])
    assert mended != wrong[1]
    assert is_told(question, reply.text)
    resumed = record["attempts"][2]["reading"]
    assert resumed["accepted_chars"] == resumed["read_chars"] > 0


def test_a_draft_that_goes_wrong_too_often_is_ended_by_the_strong_tier(
    fast: Drafter, client: OpenAI, router: Router
) -> None:
    question, right, wrong = tale_and_another(NOT_LEARNT_SEED)
    fast.drafts(right[0], *wrong[1:])

    reply = ask_streamed(client, question, model="auto:once", **EXACTLY)

    record = router.record_of(reply.request_id)
    assert outcomes(record) == ["fast:rejected", "strong:repaired", "fast:rejected", "strong:served"]
    assert record["repairs"] == 1
    assert not any(each in reply.text for each in wrong[1:])


@pytest.mark.parametrize("policy", ["auto", "auto:repair"])
def test_what_several_wrote_is_one_stream(fast: Drafter, client: OpenAI, policy: str) -> None:
    question, right, wrong = tale_and_another(NOT_LEARNT_SEED)
    fast.drafts(right[0], wrong[1], *right[2:])

    check_seamless(chunks_of(client, question, model=policy, stream_options={"include_usage": True}, **EXACTLY))


# --- where texts are cut --------------------------------------------------------------------------------------


@pytest.mark.parametrize("blank", [" ", "\n", "\n\n", "  "])
@plain_and_streamed
def test_blanks_between_canvases_are_neither_doubled_nor_lost(
    fast: Drafter, client: OpenAI, fitted_engine: LiveEngine, router: Router, blank: str, ask: Ask
) -> None:
    question, right, wrong = tale_and_another(NOT_LEARNT_SEED)
    fast.drafts(right[0] + blank, wrong[1].lstrip())

    reply = ask(client, question, **EXACTLY)

    rejected, served = router.record_of(reply.request_id)["attempts"]
    assert rejected["reading"]["accepted_chars"] == len(right[0])
    assert reply.text == right[0] + continued(fitted_engine, question, right[0], served)


@plain_and_streamed
@pytest.mark.parametrize("blank", [" ", "\n", "\n\n", "  "])
def test_blanks_between_accepted_canvases_stay_as_they_are(fast: Drafter, client: OpenAI, blank: str, ask: Ask) -> None:
    _, right, _ = tale_and_another(NOT_LEARNT_SEED)
    fast.drafts(right[0] + blank, right[1].lstrip() + blank)
    assert ask(client, model="auto:lenient", **EXACTLY).text == right[0] + blank + right[1].lstrip() + blank


@plain_and_streamed
def test_any_script_passes_as_it_was_written(fast: Drafter, client: OpenAI, router: Router, ask: Ask) -> None:
    canvases = (
        "海水每天涨落两次。小船在等",
        "它 🚣🏽\u200d♀️ 回来。",
        " E\u0301 la nuit,\n\n밀물과 ",
        "썰물 👩\u200d👩\u200d👧.",
    )
    fast.drafts(*canvases)

    reply = ask(client, model="auto:lenient", **EXACTLY)

    (attempt,) = router.record_of(reply.request_id)["attempts"]
    assert reply.text == "".join(canvases)
    assert attempt["reading"]["accepted_chars"] == len(reply.text)


@plain_and_streamed
def test_any_script_is_cut_between_its_characters(
    fast: Drafter, client: OpenAI, router: Router, fitted_engine: LiveEngine, ask: Ask
) -> None:
    question, right, _ = tale_and_another(NOT_LEARNT_SEED)
    fast.drafts(right[0], " 海水每天涨落两次。🚣🏽\u200d♀️ 它回来。", " 👩\u200d👩\u200d👧.")

    reply = ask(client, question, model="auto:polyglot", **EXACTLY)

    rejected, served = router.record_of(reply.request_id)["attempts"]
    assert rejected["reading"]["reasons"]
    assert reply.text == right[0] + continued(fitted_engine, question, right[0], served)
