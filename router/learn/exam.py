"""The rows that a classifier is examined on, and what it thinks of their prompts."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np
from msgspec import Struct

from router.core.features import F64
from router.core.heads import Heads
from router.core.judgement import gather_evidence, judge
from router.core.prompt_reader import read_prompt
from router.core.scoring import learned_stakes, stakes
from router.core.values import ChatRequest, Message, Part, Quantiles, Score
from router.learn.rows import Staked, Tasked, read_columns, read_staked, read_tasked

CHARACTERS_PER_TOKEN: Final = 4
ANSWERS_NAME: Final = "answers.parquet"


class Pair(Struct, frozen=True):
    """A prompt with the grades, in 0..1, of a weak and of a strong model."""

    prompt: str
    source: str
    weak: float
    strong: float


class Answered(Struct, frozen=True):
    """A prompt, its task, and about how many tokens a recorded answer of this model took. `was_cut`: at a cap."""

    prompt: str
    task: str
    tokens: float
    model: str = ""
    was_cut: bool = False


class Exam(Struct, frozen=True):
    """All rows of one folder; `answers` is empty where it has none."""

    pairs: tuple[Pair, ...]
    staked: tuple[Staked, ...]
    tasked: tuple[Tasked, ...]
    answers: tuple[Answered, ...]

    @property
    def prompts(self) -> tuple[str, ...]:
        """Every prompt, once."""
        every = (self.pairs, self.staked, self.tasked, self.answers)
        return tuple(dict.fromkeys(row.prompt for rows in every for row in rows))


class Opinion(Struct, frozen=True, gc=False):
    """What is thought of one prompt: by the rules alone, by the heads alone, and together. `difficulty` is that of the
    heads, None, and `heads` 0, where they abstain; `served` is the difficulty that cues and priors had a say in. Stakes
    are on the scale of the bands."""

    difficulty: float | None
    rules: float
    heads: float
    both: float
    learned_task: str
    task: str
    answer_tokens: Quantiles
    served: Score


Opinions = dict[str, Opinion]
"""By prompt."""


def read_exam(folder: Path) -> Exam:
    """The rows of a folder with `routing.parquet`, `stakes.parquet` and `tasktype.parquet`, and with `answers.parquet`
    if it is there. Raises FileError, naming the file or the column that is missing."""
    staked, tasked = read_staked(folder), read_tasked(folder)
    routing = read_columns(folder / "routing.parquet", "prompt", "source", "weak_score", "strong_score")
    pairs = tuple(Pair(row["prompt"], row["source"], row["weak_score"], row["strong_score"]) for row in routing)
    task_of = {row.prompt: row.task for row in tasked}
    return Exam(pairs, staked, tasked, _read_answers(folder / ANSWERS_NAME, task_of))


def form_opinions(heads: Heads, prompts: Iterable[str]) -> Opinions:
    """What is thought of each prompt, asked alone."""
    return {prompt: form_opinion(heads, prompt) for prompt in prompts}


def form_opinion(heads: Heads, prompt: str) -> Opinion:
    """What is thought of a prompt, asked alone."""
    evidence = gather_evidence(heads, read_prompt(ask(prompt)), 0)
    judged = judge(evidence)
    return Opinion(
        difficulty=max([turn.difficulty for turn in evidence.known], default=None),
        rules=stakes(evidence.prompt).score,
        heads=max(learned_stakes(evidence.known).values(), default=0.0),
        both=judged.stakes.score,
        learned_task=evidence.turns[-1].task if evidence.known else "",
        task=judged.task,
        answer_tokens=judged.answer_tokens,
        served=judged.difficulty,
    )


def ask(prompt: str) -> ChatRequest:
    """The request that asks just this."""
    return ChatRequest("auto", (Message("user", (Part("text", prompt),)),), {}, {}, len(prompt.encode()))


def column(rows: Iterable[Any], of: Callable[[Any], float]) -> F64:
    """A figure of each row."""
    return np.array([of(row) for row in rows], np.float64)


def _read_answers(path: Path, task_of: dict[str, str]) -> tuple[Answered, ...]:
    """Answers go by what the rows on tasks call the task of their prompts, or by their own name for it."""
    if not path.exists():
        return ()
    rows = read_columns(path, "prompt", "task", "answer_full_len", "model", "truncated_at_cap")
    names = {row["task"]: task_of[row["prompt"]] for row in rows if row["prompt"] in task_of}
    return tuple(
        Answered(
            row["prompt"],
            names.get(row["task"], row["task"]),
            row["answer_full_len"] / CHARACTERS_PER_TOKEN,
            row["model"],
            row["truncated_at_cap"],
        )
        for row in rows
    )
