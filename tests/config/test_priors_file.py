"""`priors.yaml`: published scores in, shifts out, and every mistake at its line and column."""

from pathlib import Path

import pytest

from router.config.priors_file import PRIORS_NAME, parse_priors, read_priors
from router.config.yaml_file import parse_yaml
from router.core.errors import FileError
from router.core.priors import NO_PRIORS, Priors
from tests.classifiers import SHIPPED

FILE = Path(PRIORS_NAME)
BENCHMARKS = "benchmarks:\n  Quiz: {fast: 0.6, strong: 0.6}\n  Maths: {fast: 0.5, strong: 0.8}\n"


def read(text: str) -> Priors:
    return parse_priors(parse_yaml(FILE, text.encode()))


def refused(text: str) -> str:
    """What is wrong with a file, from its line on."""
    with pytest.raises(FileError) as error:
        read(text)
    return error.value.message.removeprefix(f"{FILE}:")


def test_scores_become_shifts_of_the_tasks_they_stand_for() -> None:
    found = read(f"{BENCHMARKS}tasks: {{competition_maths: Maths}}\ncircumstances: {{images: Quiz}}\n")

    assert found == Priors({"competition_maths": pytest.approx(0.693, abs=1e-3)}, {"images": 0.0})


def test_a_folder_without_the_file_has_no_priors(tmp_path: Path) -> None:
    assert read_priors(tmp_path) == NO_PRIORS


def test_a_file_without_scores_has_none_either() -> None:
    assert read("benchmarks: {}\n") == NO_PRIORS


def test_the_shipped_priors_find_the_fast_tier_furthest_behind_at_competition_maths() -> None:
    found = read_priors(SHIPPED)

    assert max(found.tasks, key=lambda task: found.tasks[task]) == "competition_maths"
    assert found.tasks["competition_maths"] > 0.5
    assert found.tasks["knowledge_quiz"] < 0
    assert found.circumstances["images"] > 0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            f"{BENCHMARKS}tasks:\n  competition_math: Maths\n",
            "5:3: tasks.competition_math: is not one of the tasks; did you mean 'competition_maths'?",
        ),
        (
            f"{BENCHMARKS}circumstances:\n  image: Quiz\n",
            "5:3: circumstances.image: is not one of the circumstances; did you mean 'images'?",
        ),
        (
            f"{BENCHMARKS}tasks:\n  chat: Quizz\n",
            "5:9: tasks.chat: no benchmark 'Quizz' in this file; did you mean 'Quiz'?",
        ),
        ("benchmarks:\n  Quiz: {fast: 1, strong: 0.6}\n", "2:16: benchmarks.Quiz.fast: "),
        ("benchmarks:\n  Quiz: {fast: 0.5, strong: 0}\n", "2:29: benchmarks.Quiz.strong: "),
        ("benchmarks:\n  Quiz: {fast: 0.5, strong: 60%}\n", "2:29: benchmarks.Quiz.strong: "),
        ("benchmarks:\n  Quiz: {fast: 0.5, strong: .nan}\n", "2:29: benchmarks.Quiz.strong: "),
        ("benchmarks:\n  Quiz: {fast: 0.5}\n", "2:3: benchmarks.Quiz.strong: is required and missing"),
        ("benchmark: {}\n", "1:1: benchmark: is not a known setting; did you mean 'benchmarks'?"),
        (f"{BENCHMARKS}tasks: {{chat: Quiz, chat: Quiz}}\n", '4:21: found duplicate key "chat"'),
    ],
)
def test_a_mistake_is_refused_at_its_place(text: str, told: str) -> None:
    assert refused(text).startswith(told)
