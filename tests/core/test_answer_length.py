"""How long an answer is expected to be."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.answer_length import FITTED, GUESSED, LENGTHS, capped, expected, expected_tokens
from router.core.cues import CUES
from router.core.passage import read_ask
from router.core.values import Quantiles


def test_lengths_are_known_for_cues_that_exist() -> None:
    assert set(LENGTHS) <= {cue.name for cue in CUES}


@pytest.mark.parametrize(
    ("ask", "least", "most"),
    [
        ("Answer in one word: what colour is the sky?", 1, 8),
        ("Is Oslo in Norway, yes or no?", 1, 8),
        ("Answer with only the letter of the right option.", 1, 16),
        ("hello!", 8, 60),
        ("Is the sentiment of this review good? I loved it.", 4, 32),
        ("Write a blog post about bees in 300 words.", 300, 500),
        ("Tell me about bees in two sentences.", 30, 100),
        ("Give me 5 bullet points about bees.", 80, 250),
        ("Write a detailed essay about the history of bees.", 600, 1_200),
        ("Give me ideas for a birthday party.", 150, 500),
        ("Write a function that merges two lists.", 300, 800),
        ("Rephrase this: bees fly from flower to flower.", 8, 40),
        ("What should I cook tonight?", 150, 400),
    ],
)
def test_the_answer_is_expected_to_be_as_long_as_what_is_asked_for(ask: str, least: float, most: float) -> None:
    assert least <= expected_tokens(read_ask(ask), len(ask) // 4) <= most


def lengths(ask: str, task: str = "") -> Quantiles:
    return expected(read_ask(ask), len(ask) // 4, task)


@pytest.mark.parametrize(
    ("ask", "task", "form", "p50", "p90"),
    [
        ("Answer in one word: what colour is the sky?", "", "form.one_word", (1, 6), (4, 12)),
        ("Is Oslo in Norway, yes or no?", "", "form.yes_no", (1, 8), (8, 40)),
        ("Answer with only the letter of the right option.", "", "form.bare_answer", (1, 8), (4, 16)),
        ("Write a blog post about bees in 300 words.", "generation", "form.amount", (350, 450), (450, 650)),
        ("Tell me about bees in two sentences.", "", "form.amount", (40, 80), (70, 120)),
        ("Write about bees in at most 300 words.", "generation", "form.amount", (200, 400), (400, 500)),
        ("Write 200 to 300 words on tea.", "generation", "form.amount", (280, 380), (400, 600)),
        ("Give me three bullet points about bees.", "generation", "form.amount", (60, 120), (100, 200)),
        ("Make a table of 10 rows and 4 columns of rivers.", "generation", "form.table", (200, 400), (400, 800)),
        ("Make a table of 10 rows of rivers.", "", "form.table", (150, 350), (300, 600)),
        ("Write a haiku about rain.", "generation", "form.haiku", (15, 30), (30, 60)),
        ("Write a catchy slogan for socks.", "generation", "form.slogan", (6, 20), (20, 60)),
        ("Return JSON with name, age and city: Bob, 41, Leeds.", "extraction", "form.json_fields", (25, 60), (50, 110)),
        ("Return a JSON object with 8 fields.", "extraction", "form.json_fields", (70, 120), (120, 220)),
        ("Come up with ten names for a coffee shop.", "generation", "form.items", (40, 90), (90, 200)),
    ],
)
def test_an_asked_for_form_says_how_long_the_answer_is(ask, task, form, p50, p90):
    found = lengths(ask, task)
    assert found.why == form
    assert p50[0] <= found.p50 <= p50[1]
    assert p90[0] <= found.p90 <= p90[1]


@pytest.mark.parametrize("task", ["rewrite", "translation"])
def test_an_answer_that_repeats_its_material_is_as_long_as_it(task):
    short, long = (lengths(f"Translate this 500-word essay: {'la ' * words}", task) for words in (100, 4_000))
    assert long.p50 > 25 * short.p50
    assert long.why == short.why == task


def test_a_limit_holds_for_an_answer_that_repeats_its_material_too():
    assert lengths(f"Rewrite this in 20 words: {'la ' * 500}", "rewrite").p90 < 50


def test_amounts_in_a_closed_question_are_its_matter():
    ask = "A page has 30 lines of ten words. How many words are in 3 pages?"
    assert lengths(ask, "competition_maths").why == "competition_maths"
    assert lengths(f"{ask} Answer with only the number.", "competition_maths").p90 < 20


def test_the_task_says_it_where_no_form_is_asked_for_and_the_cues_where_there_is_no_task():
    assert lengths("Which one of these is it?", "knowledge_quiz") == Quantiles(73, 181, "knowledge_quiz")
    assert lengths("hello!").p50 == expected_tokens(read_ask("hello!"), 1)


def test_no_task_is_both_fitted_and_guessed():
    assert not set(FITTED) & set(GUESSED)


@given(
    st.text("ab 0123456789,.-", max_size=40),
    st.sampled_from(["in {} words", "{} bullet points", "a table of {} rows", "json with {} fields", "{} tips", "{}"]),
    st.sampled_from(["", *FITTED, *GUESSED]),
    st.integers(-5, 5_000),
)
def test_the_median_never_exceeds_the_90_percent_quantile_nor_that_the_cap(filling, form, task, max_tokens):
    found = capped(lengths(form.format(filling), task), max_tokens)
    assert 1 <= found.p50 <= found.p90
    assert max_tokens <= 0 or found.p90 <= max_tokens


def test_a_cap_cuts_both_quantiles_and_says_the_same_reason():
    assert capped(Quantiles(100, 300, "chat"), 200) == Quantiles(100, 200, "chat")
    assert capped(Quantiles(100, 300, "chat"), 50) == Quantiles(50, 50, "chat")
    assert capped(Quantiles(100, 300, "chat"), 0) == Quantiles(100, 300, "chat")


@pytest.mark.parametrize(
    "piece", ["one ", "1-1 ", "json with a, ", "a, and ", "table with 1 row ", "at most ", "words "]
)
def test_nothing_a_caller_writes_makes_it_slow(piece):
    ask = read_ask((f"json with {piece}" + piece * 3_000)[:3_000])
    began = time.perf_counter()
    expected(ask, 750, "")
    assert time.perf_counter() - began < 0.05
