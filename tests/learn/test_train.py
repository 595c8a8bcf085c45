"""Training a classifier: the same from the same rows, readable by what serves, and right about what it was taught."""

from pathlib import Path

import numpy as np
import pytest
from msgspec import Struct
from sklearn.linear_model import LogisticRegression

from router.config.classifier_file import MANIFEST_NAME, WEIGHTS_NAME, Classifier, Manifest, read_classifier
from router.core.errors import FileError
from router.core.features import cut_windows, read_window
from router.core.heads import HEADS, read_margins, score_text
from router.learn.export import design_matrix, to_linear_model
from router.learn.train import train
from tests.classifiers import SHIPPED
from tests.learn.generated import DOMAIN_WORDS, EVERYDAY, HARD, TASK_WORDS, prompts, write_data


class Trained(Struct, frozen=True):
    """A finished training: its folders, what it returned and what it told."""

    data: Path
    out: Path
    manifest: Manifest
    told: tuple[str, ...]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    folder = tmp_path_factory.mktemp("classifier")
    data, told = write_data(folder / "data"), list[str]()
    manifest = train(data, folder / "out", told.append)
    return Trained(data, folder / "out", manifest, tuple(told))


@pytest.fixture(scope="module")
def classifier(trained: Trained) -> Classifier:
    return read_classifier(trained.out)


# --- the same each time -----------------------------------------------------------------------------------------


def test_training_twice_writes_the_same_bytes(trained: Trained, tmp_path: Path) -> None:
    again = train(trained.data, tmp_path, lambda _: None)

    assert again.weights_sha256 == trained.manifest.weights_sha256
    for name in (WEIGHTS_NAME, MANIFEST_NAME):
        assert (tmp_path / name).read_bytes() == (trained.out / name).read_bytes()


def test_other_rows_make_another_classifier(trained: Trained, tmp_path: Path) -> None:
    other = train(write_data(tmp_path / "data", seed=7), tmp_path / "out", lambda _: None)

    assert other.weights_sha256 != trained.manifest.weights_sha256
    assert other.data != trained.manifest.data


def test_progress_is_told_from_reading_to_thresholds(trained: Trained) -> None:
    assert trained.told[0].startswith("read ")
    assert trained.told[-1] == "set thresholds"


def test_the_manifest_vouches_for_every_file_that_was_read(trained: Trained) -> None:
    written = {str(path.relative_to(trained.data)) for path in trained.data.rglob("*.parquet")}

    assert set(trained.manifest.data) == written


# --- what was learned -------------------------------------------------------------------------------------------


def test_harder_words_score_as_more_difficult(classifier: Classifier) -> None:
    hard = [score_text(classifier.heads, prompt).difficulty for prompt in prompts(20, 5000, HARD)]
    easy = [score_text(classifier.heads, prompt).difficulty for prompt in prompts(20, 5001, EVERYDAY)]

    assert np.mean(hard) > np.mean(easy) + 0.2


@pytest.mark.parametrize("domain", DOMAIN_WORDS)
def test_words_of_a_domain_make_its_stakes_high(classifier: Classifier, domain: str) -> None:
    high = [score_text(classifier.heads, prompt).stakes[domain] for prompt in prompts(20, 6000, DOMAIN_WORDS[domain])]
    low = [score_text(classifier.heads, prompt).stakes[domain] for prompt in prompts(20, 6001)]

    assert np.mean([value > 0.5 for value in high]) > 0.9
    assert np.mean([value > 0.5 for value in low]) < 0.1


@pytest.mark.parametrize(("task", "words"), [(name, TASK_WORDS[name]) for name in ("reading_qa", "summarise")])
def test_words_of_a_task_name_it(classifier: Classifier, task: str, words: list[str]) -> None:
    named = [score_text(classifier.heads, prompt).task for prompt in prompts(20, 7000, words)]

    assert named.count(task) >= 18


def test_the_figures_are_those_of_rows_it_was_not_fitted_on(trained: Trained) -> None:
    metrics = trained.manifest.metrics

    assert metrics["stakes_recall"] > 0.8
    assert metrics["stakes_false_alarms"] < 0.2
    assert 0.5 < metrics["difficulty_auc"] <= 1.0


# --- equal to scikit-learn --------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", ["generated", "shipped"])
def test_exported_weights_score_the_same_in_scikit_learn(trained: Trained, folder: str) -> None:
    heads = read_classifier(trained.out if folder == "generated" else SHIPPED).heads
    texts = prompts(1000, 8000, [*HARD, *DOMAIN_WORDS["medical"], *DOMAIN_WORDS["financial"], *TASK_WORDS["classify"]])
    windows = [read_window(piece) for text in texts for piece in cut_windows(text)]
    matrix = design_matrix(heads, windows)
    served = np.array([read_margins(heads, window) for window in windows])

    for at, name in enumerate(HEADS):
        model = LogisticRegression()
        coefficients, intercept = to_linear_model(heads, name)
        model.classes_, model.coef_, model.intercept_ = np.array([0, 1]), coefficients[None], np.array([intercept])

        likely = model.predict_proba(matrix)[:, 1]

        assert np.abs(model.decision_function(matrix) - served[:, at]).max() < 1e-9
        assert np.abs(likely - 1 / (1 + np.exp(-served[:, at]))).max() < 1e-9


# --- what cannot be trained on ----------------------------------------------------------------------------------


def test_a_missing_file_is_named(trained: Trained, tmp_path: Path) -> None:
    (tmp_path / "train").mkdir()

    with pytest.raises(FileError, match=r"train/routing\.parquet:1:1: cannot be read: No such file"):
        train(tmp_path, tmp_path / "out", lambda _: None)


def test_nothing_is_written_where_it_cannot_be(trained: Trained, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")

    with pytest.raises(FileError, match="cannot be written"):
        train(trained.data, tmp_path / "out", lambda _: None)


def test_the_bands_of_difficulty_are_learned_and_name_the_tasks_that_were_graded(trained: Trained) -> None:
    bands = trained.manifest.thresholds.difficulty_bands

    assert 0 < bands.medium_from <= bands.high_from < 1
    assert bands.tasks == ("code_execution", "knowledge_quiz")
