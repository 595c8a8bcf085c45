"""What an evaluation says about opinions whose quality is known."""

import pytest
from msgspec.structs import replace

from router.core.difficulty import BY_HEADS
from router.core.values import Band, Quantiles, Score
from router.learn.evaluate import AT_FALSE_ALARMS, SHIPPED, Evaluation, StakesOf, evaluate
from router.learn.exam import Answered, Exam, Opinion, Pair
from router.learn.rows import Staked, Tasked

NOTHING = Exam((), (), (), ())


def opinion(difficulty: float | None = 0.5, rules: float = 0.0, heads: float = 0.0, task: str = "") -> Opinion:
    served = Score(0.5, "medium")
    lengths = Quantiles(10, 100, "generation")
    return Opinion(difficulty, rules, heads, max(rules, heads), task, task, lengths, served)


def serving(score: float, band: Band, *reasons: str) -> Opinion:
    return replace(opinion(), served=Score(score, band, reasons))


def stakes_of(evaluation: Evaluation, level: str, threshold: str = SHIPPED) -> StakesOf:
    (found,) = [
        row
        for row in evaluation.stakes
        if (row.level, row.threshold, row.band) == (level, threshold, "all") and row.source != "macro"
    ]
    return found


def test_a_prompt_of_unknown_difficulty_goes_to_the_strong_model_first() -> None:
    pairs = (Pair("odd", "quiz", weak=0.0, strong=1.0), Pair("easy", "quiz", weak=1.0, strong=1.0))

    source, macro = evaluate(
        Exam(pairs, (), (), ()), {"odd": opinion(difficulty=None), "easy": opinion(difficulty=0.9)}
    ).difficulty

    assert (source.auc.value, source.cpt80.value, source.abstained) == (1.0, 0.5, 0.5)
    assert macro.apgr.value == source.apgr.value


def test_unknown_difficulty_does_not_count_in_calibration() -> None:
    pairs = (Pair("odd", "quiz", weak=1.0, strong=1.0), Pair("easy", "quiz", weak=1.0, strong=1.0))

    (whole, short) = evaluate(
        Exam(pairs, (), (), ()), {"odd": opinion(difficulty=None), "easy": opinion(difficulty=0.2)}
    ).calibration

    assert (whole.band, short.band) == ("all", "<100")
    assert (whole.rows, whole.error.value) == (1, pytest.approx(0.2))


def test_as_many_rows_as_these_show_an_error_by_chance() -> None:
    pairs = tuple(Pair(f"a{n}", "quiz", weak=float(n % 2), strong=1.0) for n in range(20))

    whole = evaluate(Exam(pairs, (), (), ()), {row.prompt: opinion(difficulty=0.5) for row in pairs}).calibration[0]

    assert 0.2 < whole.by_chance < 0.4


def test_sources_of_one_collection_are_measured_together_too_and_not_twice_in_the_mean() -> None:
    pairs = (Pair("hard", "Bench arc", weak=0.0, strong=1.0), Pair("easy", "Bench wino", weak=1.0, strong=1.0))
    opinions = {"hard": opinion(difficulty=0.9), "easy": opinion(difficulty=0.1)}

    found = evaluate(Exam(pairs, (), (), ()), opinions)

    assert [(row.source, row.rows) for row in found.difficulty] == [
        ("Bench arc", 1),
        ("Bench wino", 1),
        ("Bench, all", 2),
        ("macro", 2),
    ]
    assert found.difficulty[2].auc.value == 1.0
    assert set(found.curves) == {"Bench arc", "Bench wino", "Bench, all"}


def test_what_is_served_is_measured_on_every_prompt_and_by_its_bands() -> None:
    pairs = (Pair("hard", "quiz", weak=0.0, strong=1.0), Pair("easy", "quiz", weak=1.0, strong=1.0))
    opinions = {"hard": serving(0.9, "high", BY_HEADS), "easy": serving(0.2, "low", "learned.unknown")}

    found = evaluate(Exam(pairs, (), (), ()), opinions)

    assert [(row.rows_of, row.by_heads, row.apgr.value) for row in found.served] == [
        ("all", 0.5, 0.75),
        ("<100 characters", 0.5, 0.75),
        ("quiz", 0.5, 0.75),
    ]
    assert [(row.band, row.said, row.failed, row.gained) for row in found.served_bands] == [
        ("low", 0.2, 0.0, 0.0),
        ("high", 0.9, 1.0, 1.0),
    ]


def test_rules_heads_and_both_are_measured_apart() -> None:
    staked = tuple(Staked(name, "bank", "financial", "high") for name in ("ruled", "learned", "missed", "caught"))
    opinions = {
        "ruled": opinion(rules=0.9),
        "learned": opinion(heads=0.9),
        "missed": opinion(),
        "caught": opinion(rules=0.9, heads=0.66),
    }

    found = stakes_of(evaluate(Exam((), staked, (), ()), opinions), "high")

    assert (found.rules.value, found.heads.value, found.both.value) == (0.5, 0.5, 0.75)


def test_at_the_threshold_of_false_alarms_no_more_low_rows_are_called_high() -> None:
    staked = tuple(Staked(f"low {n}", "talk", "general", "low") for n in range(40))
    opinions = {row.prompt: opinion(heads=n / 40) for n, row in enumerate(staked)}
    exam = Exam((), (*staked, Staked("high", "bank", "financial", "high")), (), ())

    evaluation = evaluate(exam, opinions | {"high": opinion(heads=0.96)})

    assert stakes_of(evaluation, "low", AT_FALSE_ALARMS).heads.value == 0.05
    assert stakes_of(evaluation, "high", AT_FALSE_ALARMS).heads.value == 1.0


def test_free_form_requests_are_counted_only_in_the_second_figure_of_tasks() -> None:
    tasked = (Tasked("a", "P3", "summarise"), Tasked("b", "Self-Instruct seed", "generation"))

    templates, everything = evaluate(
        Exam((), (), tasked, ()), {"a": opinion(task="summarise"), "b": opinion(task="rewrite")}
    ).tasks

    assert (templates.both.value, everything.both.value) == (1.0, 0.5)
    assert everything.tasks == {"summarise": 1.0, "generation": 0.0}


def test_answers_are_covered_that_are_not_longer_than_expected() -> None:
    answers = tuple(Answered("a", "summarise", tokens) for tokens in (5.0, 10.0, 50.0, 500.0))

    (found,) = evaluate(Exam((), (), (), answers), {"a": opinion()}).answer_tokens

    assert (found.p50.value, found.p90.value) == (0.5, 0.75)


def test_the_quantiles_follow_the_answers_of_each_model() -> None:
    answers = tuple(
        Answered("a", "summarise", tokens, model)
        for _ in range(100)
        for model, tokens in (("brief", 2.0), ("long", 900.0))
    )

    (found,) = evaluate(Exam((), (), (), answers), {"a": opinion()}).answer_tokens

    assert (found.p50.value, found.p90.value) == (0.5, 0.5)
    assert found.learned_p50.value > 0.9
    assert found.learned_p90.value > 0.95


def test_an_exam_without_rows_has_no_figures() -> None:
    assert evaluate(NOTHING, {}) == Evaluation((), (), (), (), (), (), (), {})
