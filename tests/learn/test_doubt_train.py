"""Training doubt: the same from the same answers, readable by what serves, and right about what it was taught."""

from pathlib import Path

import numpy as np
import pytest

from router.config.doubt_file import MANIFEST_NAME, WEIGHTS_NAME, DoubtManifest, read_doubt
from router.core.doubt.estimate import doubt_of, margin_of
from router.core.errors import FileError
from router.learn.answer_rows import read_recorded
from router.learn.doubt_measure import Group, caught, form_doubts, group_columns, macro, order_answers
from router.learn.doubt_train import margins_of, tabulate, train_doubt, with_traits
from router.learn.doubt_unseen import ITEMS_AND_MODELS, SOURCE, measure_unseen_answers
from tests.learn.answered import write_answers


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_answers(tmp_path_factory.mktemp("answers"))


@pytest.fixture(scope="module")
def trained(data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DoubtManifest]:
    out = tmp_path_factory.mktemp("doubt")
    return out, train_doubt(data, out, lambda _: None)


def test_training_twice_writes_the_same_bytes(data: Path, trained: tuple[Path, DoubtManifest], tmp_path: Path) -> None:
    train_doubt(data, tmp_path, lambda _: None)

    for name in (WEIGHTS_NAME, MANIFEST_NAME):
        assert (tmp_path / name).read_bytes() == (trained[0] / name).read_bytes()


def test_what_was_trained_can_be_served_and_doubts_what_wavers(trained: tuple[Path, DoubtManifest]) -> None:
    scorers = read_doubt(trained[0]).scorers
    plain = doubt_of(scorers, "How many are 20 and 1 more?", "We add them. The answer is 21.").doubt
    unsure = doubt_of(scorers, "How many are 20 and 1 more?", "Perhaps it might be. However, the answer is 25.").doubt

    assert set(scorers) == {"choice", "output", "number"}
    assert plain is not None
    assert unsure is not None
    assert plain < 0.5 < unsure


def test_the_manifest_says_what_was_learned_from_and_how_well(trained: tuple[Path, DoubtManifest]) -> None:
    manifest = trained[1]

    assert set(manifest.data) == {"train/answers.parquet", "dev/answers.parquet"}
    assert manifest.metrics["auroc"] > 0.8
    assert manifest.metrics["coverage"] == 1.0


def test_margins_of_many_answers_are_those_of_each(data: Path, trained: tuple[Path, DoubtManifest]) -> None:
    scorer = read_doubt(trained[0]).scorers["number"]
    rows = [each for each in with_traits(read_recorded(data / "dev")) if each[0].source == "source of sum"]

    together = margins_of(scorer, tabulate(rows))

    assert together.tolist() == pytest.approx([margin_of(scorer, traits) for _, traits in rows])


def test_to_recognise_a_model_or_a_source_earns_nothing(data: Path) -> None:
    """Within each, right and wrong answers weigh the same."""
    rows = read_recorded(data / "train")
    weights = tabulate(with_traits(rows)).weights

    for group in {row.group for row in rows}:
        its = np.array([row.group == group for row in rows])
        wrong = np.array([row.wrong for row in rows]) > 0
        assert weights[its & wrong].sum() == pytest.approx(weights[its & ~wrong].sum())


def test_a_second_answer_helps_where_it_tells_something(data: Path, trained: tuple[Path, DoubtManifest]) -> None:
    scorers, rows = read_doubt(trained[0]).scorers, read_recorded(data / "dev")
    opinions = form_doubts(scorers, rows)
    groups = group_columns(rows, order_answers(scorers, opinions))

    def auroc_of(ordering: str) -> float:
        return macro("auroc", ordering, groups)

    assert auroc_of("doubt and second answer") >= auroc_of("second answer alone")
    assert auroc_of("doubt") > auroc_of("length alone") - 0.05


def test_a_fifth_with_the_highest_scores_is_sent_up_and_ties_are_shared() -> None:
    weak = np.array([0.0, 1.0, 1.0, 1.0, 1.0])

    assert caught(np.array([5.0, 4.0, 3.0, 2.0, 1.0]), weak, weak) == 1.0
    assert caught(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), weak, weak) == 0.0
    assert caught(np.ones(5), weak, weak) == pytest.approx(0.2)


def test_a_pair_of_models_that_hardly_differ_does_not_count_in_apgr() -> None:
    wrong, score = np.array([1.0, 1.0, 0.0, 0.0]), np.array([4.0, 3.0, 2.0, 1.0])
    worlds = [Group("maths", "weak", wrong, strong, {"doubt": score}) for strong in (np.ones(4), 1.0 - wrong)]

    assert macro("apgr", "doubt", worlds) == macro("apgr", "doubt", worlds[:1]) == pytest.approx(0.75)
    assert macro("auroc", "doubt", worlds) == 1.0


def test_what_was_left_out_is_measured_by_itself(data: Path) -> None:
    found = measure_unseen_answers(data, lambda _: None)

    assert [(each.left_out, each.source) for each in found] == [
        (left_out, f"source of {kind}")
        for left_out, kinds in ((ITEMS_AND_MODELS, ("town", "code", "sum")), (SOURCE, ("code", "sum", "town")))
        for kind in kinds
    ]


def test_a_folder_without_answers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be read"):
        train_doubt(tmp_path, tmp_path / "out", lambda _: None)
