"""Drafts that are fluent and wrong, and what the strong tier makes of them when it reads."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.checks.table import check_set, judge
from router.core.checks.written import Brief, Written
from tandem_serving.simulator.alignment import SURE, standing
from tandem_serving.simulator.answer import END, Answer, Traits, read_and_answer
from tandem_serving.simulator.ask import Ask, read_chat
from tandem_serving.simulator.faults import parse_fault, spoil_answer
from tandem_serving.simulator.logprobs import prompt_logprobs
from tandem_serving.simulator.profile_file import find_profile
from tandem_serving.simulator.reading import TURN_END, expected_tokens
from tandem_serving.simulator.text import compose
from tandem_serving.simulator.tokens import token_id, tokens_of
from tandem_serving.simulator.wrong import Draft, slips_of

FAST = find_profile("fast", "h200-fp8")
TRAITS = Traits(parsers=True, vocabulary=262144, end_of_turn=106)
WIDTH = 256
PROMPT = "Write an essay of 700 words about {}, {} and {}."
SUBJECTS = (
    "canals barges cranes tides glaciers orchards violins printing steam cotton lanterns clocks wool salt".split()
)
CONTINUE = {"continue_final_message": True, "add_generation_prompt": False}
OWN = tokens_of("The short version is that canals come first, and barges follow from them. In most cases they matter.")


def asking(prompt: str, begun: str | None = None, **beside: Any) -> Ask:
    messages = [{"role": "user", "content": prompt}]
    if begun is None:
        return read_chat({"messages": messages, **beside}, FAST, 32768)
    said = [*messages, {"role": "assistant", "content": begun}]
    return read_chat({"messages": said, **CONTINUE, **beside}, FAST, 32768)


def drafted(prompt: str, script: str, begun: str | None = None, **beside: Any) -> Answer:
    """What the fast tier says when it plays this script."""
    ask = asking(prompt, begun, **beside)
    _, (answer,) = read_and_answer(ask, TRAITS)
    return spoil_answer(answer, draft_of(prompt, begun), parse_fault(script), WIDTH)


def draft_of(prompt: str, begun: str | None = None) -> Draft:
    ask = asking(prompt, begun)
    task, _ = read_and_answer(ask, TRAITS)
    return Draft(task, tokens_of(compose(task)), tokens_of(begun or ""))


def right_answer(prompt: str) -> Answer:
    return read_and_answer(asking(prompt), TRAITS)[1][0]


def prompts() -> Sequence[str]:
    return [PROMPT.format(*SUBJECTS[at : at + 3]) for at in range(len(SUBJECTS) - 2)]


def differing(one: Sequence[str], other: Sequence[str]) -> list[int]:
    return [at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]


def test_one_sentence_in_the_middle_of_the_block_is_another() -> None:
    right, wrong = right_answer(prompts()[0]), drafted(prompts()[0], "wrong:2")

    places = differing(right.tokens, wrong.tokens)

    assert min(places) > WIDTH
    assert max(places) < 2 * WIDTH - 1
    assert 5 < len(places) < 25
    assert max(places) - min(places) < 25
    assert wrong.tokens == drafted(prompts()[0], "wrong:2").tokens


def test_so_large_a_share_of_blocks_is_wrong() -> None:
    blocks = wrong = 0
    for prompt in prompts() + [PROMPT.format(*reversed(SUBJECTS[at : at + 3])) for at in range(len(SUBJECTS) - 2)]:
        draft = draft_of(prompt)
        blocks += -(-len(draft.right) // WIDTH)
        wrong += len(list(slips_of(draft, 0.25, WIDTH)))

    assert 0.15 < wrong / blocks < 0.35


def test_no_check_finds_fault_with_a_wrong_sentence() -> None:
    checks = check_set("standard")
    for prompt in prompts():
        tokens = drafted(prompt, "wrong:0.999").tokens
        for at in range(0, len(tokens), WIDTH):
            before, block = "".join(tokens[:at]), "".join(tokens[at : at + WIDTH])
            written = Written(Brief(prompt), block, before=before, is_last=at + WIDTH >= len(tokens))
            assert judge(written, checks).findings == ()


def test_a_mended_draft_goes_on_right_and_is_wrong_again_where_it_would_have_been() -> None:
    prompt = prompts()[0]
    right, wrong = right_answer(prompt).tokens, drafted(prompt, "wrong:0.999").tokens
    first, *_, last = places = differing(right, wrong)
    mended = max(at for at in places if at < first + 25) + 1

    rest = drafted(prompt, "wrong:0.999", "".join(right[:mended])).tokens

    assert rest == wrong[mended:]
    assert differing(right[mended:], rest)
    assert last > mended


@pytest.mark.parametrize("into", [1, 4])
def test_who_goes_on_in_the_middle_of_a_sentence_goes_on_as_it_was_begun(into: int) -> None:
    prompt = prompts()[0]
    right, wrong = right_answer(prompt).tokens, drafted(prompt, "wrong:2").tokens
    within = differing(right, wrong)[0] + into

    mended = drafted(prompt, "wrong:2", "".join(right[:within])).tokens
    unmended = drafted(prompt, "wrong:2", "".join(wrong[:within])).tokens

    assert mended == right[within:]
    assert unmended == wrong[within:]


def test_the_other_tier_goes_on_behind_a_wrong_sentence_with_the_right_text() -> None:
    prompt = prompts()[0]
    right, wrong = right_answer(prompt).tokens, drafted(prompt, "wrong:2").tokens

    _, (rest,) = read_and_answer(asking(prompt, "".join(wrong[:600])), TRAITS)

    assert rest.tokens == right[600:]


@pytest.mark.parametrize(
    "prompt",
    ["Is water wet? Answer in one word.", "Write a Python function that parses dates.", "Translate to French: hello."],
)
def test_what_has_no_english_sentences_to_spare_is_right(prompt: str) -> None:
    assert drafted(prompt, "wrong:1").tokens == right_answer(prompt).tokens


def test_an_answer_that_is_cut_short_is_wrong_as_far_as_it_goes() -> None:
    prompt = prompts()[0]
    wrong = drafted(prompt, "wrong:1").tokens
    first = differing(right_answer(prompt).tokens, wrong)[0]

    answer = drafted(prompt, "wrong:1", max_tokens=first + 3)

    assert answer.tokens == wrong[: first + 3]
    assert END not in answer.tokens


@given(cut=st.integers(0, len(OWN)))
def test_a_beginning_stands_where_it_was_taken_from(cut: int) -> None:
    assert standing(OWN, OWN[:cut]) == list(range(cut + 1))


@given(kept=st.integers(0, len(OWN)), other=st.lists(st.sampled_from([" x", " y", "."]), max_size=9), on=st.data())
def test_what_follows_something_else_is_found_again(kept: int, other: list[str], on: st.DataObject) -> None:
    back = on.draw(st.integers(kept, max(kept, len(OWN) - SURE)))
    said = [*OWN[:kept], *other, *OWN[back:]]

    places = standing(OWN, said)

    assert len(places) == len(said) + 1
    assert places[:kept] == list(range(kept))
    if len(OWN) - back >= SURE and other and other[0] != OWN[kept]:
        assert places[-1] == len(OWN)


def test_a_reader_finds_the_right_text_likely_and_another_sentence_unlikely_and_says_what_it_would_have_written() -> (
    None
):
    prompt = prompts()[0]
    right, wrong = right_answer(prompt).tokens[:-1], drafted(prompt, "wrong:2").tokens[:-1]
    places = differing(right, wrong)

    entries = read_entries(prompt, "".join(wrong))

    own = [entry[str(token_id(token, 262144))] for entry, token in zip(entries, wrong, strict=True)]
    assert all(own[at]["rank"] <= 2 and own[at]["logprob"] > -3 for at in range(len(wrong)) if at not in places)
    assert all(own[at]["rank"] >= 30 and -9 <= own[at]["logprob"] <= -5 for at in places)
    assert all(entries[at][str(token_id(right[at], 262144))]["rank"] == 1 for at in places)
    assert {each["rank"] for each in own} >= {1, 2}


def test_a_reader_that_would_have_ended_says_so() -> None:
    whole = "".join(right_answer("hi").tokens)

    (last,) = read_entries("hi", whole + " bridges")[-1:]

    assert [each["decoded_token"] for each in last.values()] == [" bridges", TURN_END]


def test_a_reader_has_no_opinion_of_a_prompt_or_of_an_answer_in_a_form_that_was_asked_for() -> None:
    fresh = asking(prompts()[0])
    formed = asking(prompts()[0], "Some text.", response_format={"type": "json_object"})

    assert set(expected_tokens(fresh)) == set(expected_tokens(formed)) == {None}


def read_entries(prompt: str, draft: str) -> list[dict[str, Any]]:
    """What a reader says of each token of a draft."""
    ask = asking(prompt, draft)
    read = prompt_logprobs(ask.prompt, expected_tokens(ask), 1, 262144)
    assert read[0] is None
    return [entry for entry in read[-len(tokens_of(draft)) :] if entry is not None]
