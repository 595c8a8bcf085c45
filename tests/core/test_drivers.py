"""What drove a learned head."""

import pytest

from router.config.classifier_file import read_classifier
from router.core.drivers import Driver, find_drivers
from router.core.features import cut_windows, read_window
from router.core.heads import DIFFICULTY, HEADS, read_margins
from tests.classifiers import SHIPPED, heads_that_know

KNOWING = heads_that_know({"dosage": {"medical": 4.0}, "harmless": {"medical": -1.0}})


def test_the_words_that_moved_a_head_are_named_the_strongest_first() -> None:
    found = find_drivers(KNOWING, "Is this DOSAGE harmless?", "medical")

    assert [(driver.kind, driver.what) for driver in found] == [("word", "dosage"), ("word", "harmless")]
    assert found[0].log_odds > 0 > found[1].log_odds


def test_a_head_that_nothing_moved_has_no_drivers() -> None:
    assert find_drivers(KNOWING, "Is this dosage harmless?", "legal") == ()


def test_of_a_long_text_the_window_that_decided_is_explained() -> None:
    text = "the cat sat on the mat. " * 400 + "what dosage"

    assert find_drivers(KNOWING, text, "medical") == (Driver("word", "dosage", pytest.approx(4.0)),)


@pytest.mark.parametrize("head", [DIFFICULTY, "medical", "knowledge_quiz"])
@pytest.mark.parametrize(
    "text",
    [
        "Which enzyme breaks down starch? A. amylase B. lipase",
        "Caf\u00e9 \u65e5\u672c it's 3_4 -- (x)",
        "word " * 900,
        "?",
    ],
)
def test_with_the_bias_the_drivers_add_up_to_the_margin(head: str, text: str) -> None:
    heads, at = read_classifier(SHIPPED).heads, HEADS.index(head)

    total = heads.bias[at] + sum(driver.log_odds for driver in find_drivers(heads, text, head))

    assert total == pytest.approx(max(read_margins(heads, read_window(each))[at] for each in cut_windows(text)))
