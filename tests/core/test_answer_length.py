"""How long an answer is expected to be."""

import pytest

from router.core.answer_length import LENGTHS, expected_tokens
from router.core.cues import CUES
from router.core.passage import read_ask


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
