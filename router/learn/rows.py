"""The rows a classifier is trained on, read from a folder of parquet files, and the labels they teach.

`train/` holds what is fitted and `dev/` what thresholds are set on, each with `routing.parquet` (prompts with the grade
of a weak model), `matrix.parquet` (grades of other models on them), `stakes.parquet` and `tasktype.parquet`. Evaluating
needs no `matrix.parquet`.
"""

import hashlib
from collections import defaultdict
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from msgspec import Struct

from router.core.errors import FileError
from router.core.heads import TASKS

SPLITS: Final = ("train", "dev")
FILES: Final = ("routing.parquet", "matrix.parquet", "stakes.parquet", "tasktype.parquet")

_TASK_NAMES = {
    "classify": "classification",
    "paraphrase_judgement": "classification",
    "data_to_text": "generation",
    "math_competition": "competition_maths",
    "mcq_knowledge": "knowledge_quiz",
}
"""What sources call a task, and what it is called here, where the two differ."""

_ROUTING = ("item_id", "prompt", "source", "domain", "task", "weak_score", "strong_score")

_ASSISTANT_SOURCES = ("CLINC150", "BANKING77")
"""Their requests to an assistant are none of the learned tasks; without them every short request is a quiz."""

NO_TASK: Final = "none"

_SUBJECTS = {
    "medical": """anatomy clinical_knowledge college_medicine human_aging medical_genetics nutrition
        professional_medicine virology health""",
    "legal": "international_law jurisprudence professional_law law",
    "financial": """business_ethics management marketing econometrics high_school_macroeconomics
        high_school_microeconomics professional_accounting business economics""",
}
_DOMAIN_OF_SUBJECT = {subject: domain for domain, subjects in _SUBJECTS.items() for subject in subjects.split()}
"""MMLU's subjects by the groups health, law and business of the `categories.py` that came with it."""

_LEVEL_OF_DOMAIN = {"medical": "high", "legal": "high", "financial": "medium"}


class Graded(Struct, frozen=True):
    """A prompt whose answers by a weak and a strong model were graded. `failed` is 0 for a right answer of the weak one
    and 1 for a wrong one, `strong` the grade, in 0..1, of the strong one; `target` is the mean of `failed` and of the
    share of other models that failed, where any was graded."""

    prompt: str
    source: str
    subject: str
    task: str
    failed: float
    strong: float
    target: float


class Staked(Struct, frozen=True):
    """A prompt with the domain of its stakes and their level: low, medium or high."""

    prompt: str
    source: str
    domain: str
    level: str


class Tasked(Struct, frozen=True):
    """A prompt and its task, or NO_TASK for a request that is none of the learned tasks."""

    prompt: str
    source: str
    task: str


class Rows(Struct, frozen=True):
    """All rows of one split."""

    graded: tuple[Graded, ...]
    staked: tuple[Staked, ...]
    tasked: tuple[Tasked, ...]


def read_rows(folder: Path) -> Rows:
    """The rows of one split's folder. Raises FileError naming the file or the column that is missing."""
    return Rows(read_graded(folder), read_staked(folder), read_tasked(folder))


def read_graded(folder: Path) -> tuple[Graded, ...]:
    """The rows on difficulty of a folder. Raises FileError."""
    routing = read_columns(folder / "routing.parquet", *_ROUTING)
    return _grade(routing, read_columns(folder / "matrix.parquet", "item_id", "score"))


def read_staked(folder: Path) -> tuple[Staked, ...]:
    """The rows on stakes of a folder. Raises FileError."""
    rows = read_columns(folder / "stakes.parquet", "prompt", "source", "stakes_domain", "stakes_level")
    return tuple(
        Staked(row["prompt"], row["source"].partition("/")[0], row["stakes_domain"], row["stakes_level"])
        for row in rows
    )


def read_tasked(folder: Path) -> tuple[Tasked, ...]:
    """The rows on tasks of a folder. Raises FileError."""
    columns = ("prompt", "source", "task")
    rows = read_columns(folder / "tasktype.parquet", *columns) + read_columns(folder / "routing.parquet", *columns)
    named = (Tasked(row["prompt"], row["source"], _TASK_NAMES.get(row["task"], row["task"])) for row in rows)
    return tuple(row for row in named if row.task in TASKS)


def with_subjects(rows: Rows) -> tuple[Staked, ...]:
    """The rows on stakes, and the multiple-choice questions as more of them, judged by their subject."""
    known = {row.prompt for row in rows.staked}
    more = []
    for row in rows.graded:
        if row.prompt not in known:
            domain = _DOMAIN_OF_SUBJECT.get(row.subject, "general")
            more.append(Staked(row.prompt, row.source.partition("/")[0], domain, _LEVEL_OF_DOMAIN.get(domain, "low")))
    return (*rows.staked, *more)


def with_requests(rows: Rows) -> tuple[Tasked, ...]:
    """The rows on tasks, and requests to an assistant, which are none of them."""
    requests = (row for row in rows.staked if row.source in _ASSISTANT_SOURCES)
    return (*rows.tasked, *(Tasked(row.prompt, row.source, NO_TASK) for row in requests))


def hash_data(data: Path) -> dict[str, str]:
    """The SHA-256 of every file that training reads, by its path below `data`. Raises FileError."""
    names = [f"{split}/{name}" for split in SPLITS for name in FILES]
    return {name: hashlib.sha256(_read(data / name)).hexdigest() for name in names}


def _grade(routing: list[dict[str, Any]], matrix: list[dict[str, Any]]) -> tuple[Graded, ...]:
    scores: dict[str, list[float]] = defaultdict(list)
    for row in matrix:
        scores[row["item_id"]].append(row["score"])
    graded = []
    for row in routing:
        failed, others = 1.0 - row["weak_score"], scores.get(row["item_id"])
        target = (failed + 1.0 - sum(others) / len(others)) / 2 if others else failed
        task = _TASK_NAMES.get(row["task"], row["task"])
        graded.append(Graded(row["prompt"], row["source"], row["domain"], task, failed, row["strong_score"], target))
    return tuple(graded)


def read_columns(path: Path, *columns: str) -> list[dict[str, Any]]:
    """These columns of a parquet file, row by row. Raises FileError naming the file or the column that is missing."""
    try:
        table = pq.read_table(pa.BufferReader(_read(path)))
    except pa.ArrowException as error:
        raise FileError(str(path), 1, 1, f"is not a parquet file: {error}") from None
    missing = [name for name in columns if name not in table.column_names]
    if missing:
        told = f"has no column {', '.join(missing)}; expected {', '.join(columns)}"
        raise FileError(str(path), 1, 1, told)
    rows: list[dict[str, Any]] = table.select(columns).to_pylist()
    return rows


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileError(str(path), 1, 1, f"cannot be read: {error.strerror}") from None
