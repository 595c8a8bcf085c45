"""Which cap is recommended, and when none is."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from router.core.errors import FileError
from tandem_serving.tune.asked import Asked, read_asked
from tandem_serving.tune.curve import Answered, Curve, bootstrap, curve_of, paired_shares, wilson
from tandem_serving.tune.grading import ByReference, is_right


def answers(qualities: Sequence[float], seconds: float) -> list[Answered]:
    return [Answered(each, seconds * (1 + at % 3 / 10), 100) for at, each in enumerate(qualities)]


def curve(margin: float = 0.05, **by_cap: Sequence[float]) -> Curve:
    """Answers of these qualities, a pass taking as long at every cap."""
    found = {int(name.removeprefix("cap")): list(each) for name, each in by_cap.items()}
    return curve_of("http://e", "references", margin, {cap: answers(each, cap / 10) for cap, each in found.items()})


def test_the_fewest_passes_that_lose_nothing_are_recommended_where_prompts_are_enough() -> None:
    found = curve(cap8=[1.0] * 190 + [0.0] * 10, cap16=[1.0] * 190 + [0.0] * 10, cap48=[1.0] * 190 + [0.0] * 10)
    assert found.advice.cap == 8
    assert [each.proved for each in found.points] == [True, True, True]
    assert "6.00 times as fast" in found.advice.why


def test_few_prompts_prove_nothing_however_well_they_go() -> None:
    found = curve(cap8=[1.0] * 12, cap48=[1.0] * 12)
    assert found.advice.cap is None
    assert "12 prompts are not enough" in found.advice.why
    assert found.advice.needed is not None
    assert 50 < found.advice.needed < 200


def test_a_handful_of_prompts_tells_nothing_at_all() -> None:
    found = curve(cap8=[1.0] * 3, cap48=[1.0] * 3)
    assert (found.advice.cap, found.advice.needed) == (None, 10)
    assert "10 are the least" in found.advice.why


def test_a_cap_that_loses_more_than_the_margin_is_not_recommended() -> None:
    found = curve(cap4=[0.0] * 120 + [1.0] * 80, cap16=[1.0] * 200, cap48=[1.0] * 200)
    assert found.advice.cap == 16
    assert not found.points[0].proved


def test_where_every_lower_cap_loses_the_highest_stays() -> None:
    found = curve(cap8=[0.0] * 100 + [1.0] * 100, cap48=[1.0] * 200)
    assert found.advice.cap == 48
    assert "loses 50.0% of the quality" in found.advice.why


def test_after_a_cap_that_is_not_good_enough_no_lower_one_is_taken() -> None:
    """Else the chance that one of many passes by luck would grow with how many are tried."""
    found = curve(cap4=[1.0] * 200, cap16=[0.0] * 60 + [1.0] * 140, cap48=[1.0] * 200)
    assert [each.proved for each in found.points] == [False, False, True]


def test_graded_qualities_are_compared_prompt_by_prompt() -> None:
    hard = [0.2 + 0.6 * (at % 7) / 7 for at in range(60)]
    found = curve(cap8=[each - 0.01 for each in hard], cap48=hard)
    assert found.points[0].difference.value == pytest.approx(-0.01)
    assert found.points[0].difference.high - found.points[0].difference.low < 0.001
    assert found.advice.cap == 8


def test_intervals_hold_what_they_are_of() -> None:
    share = wilson(9, 10)
    assert share.low < 0.9 < share.high <= 1.0
    paired = paired_shares(0, 0, 20)
    assert paired.low < -0.05 < 0.05 < paired.high
    drawn = bootstrap([1.0, 2.0, 3.0, 4.0, 100.0], lambda values: sorted(values)[2])
    assert drawn.low <= drawn.value == 3.0 <= drawn.high


@pytest.mark.parametrize(
    ("prompt", "reference", "answer", "right"),
    [
        ("How many apples are left of 12 when 5 are eaten?", "7", "12 - 5 = 7. The answer is 7.", True),
        ("How many apples are left of 12 when 5 are eaten?", "7", "The answer is 8.", False),
        ("What is the capital of France?", "Paris", "It is Paris, on the Seine.", True),
        ("What is the capital of France?", "Paris", "It is Lyon.", False),
    ],
)
def test_an_answer_is_right_that_ends_in_the_reference(prompt: str, reference: str, answer: str, right: bool) -> None:
    asked = Asked(prompt, reference)
    assert is_right(asked, answer) is right
    assert asyncio.run(ByReference().grade(asked, answer)) == float(right)


def test_prompts_come_from_text_and_from_json_lines(tmp_path: Path) -> None:
    plain, rows = tmp_path / "prompts.txt", tmp_path / "prompts.jsonl"
    plain.write_text("one\n\ntwo\n")
    rows.write_text(json.dumps({"prompt": "2 + 2?", "reference": 4}) + "\n" + json.dumps({"prompt": "Why?"}) + "\n")
    assert read_asked(plain) == (Asked("one"), Asked("two"))
    assert read_asked(rows) == (Asked("2 + 2?", "4"), Asked("Why?"))


@pytest.mark.parametrize(
    ("name", "text", "wrong"),
    [
        ("p.csv", "one", "expected a file that ends in .txt or .jsonl"),
        ("p.txt", "\n\n", "holds no prompts"),
        ("p.jsonl", '{"prompt": "a"}\n{"question": "b"}\n', ":2:1: expected an object"),
        ("p.jsonl", '{"prompt": "a"}\nnot JSON\n', ":2:1: is no JSON"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_line(name: str, text: str, wrong: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(FileError) as caught:
        read_asked(tmp_path / name)
    assert wrong in caught.value.message
