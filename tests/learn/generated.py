"""A folder of rows to train on, generated: a few hundred prompts whose words tell their labels."""

import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

SOURCES = ("RouteLLM MMLU", "MMLU-Pro eval_results", "ZeroEval CRUX-O")
DOMAIN_WORDS = {
    "medical": "dosage symptom surgery fever vaccine".split(),
    "legal": "contract statute plaintiff verdict lease".split(),
    "financial": "transfer mortgage account balance refund".split(),
}
TASK_WORDS = {
    "reading_qa": "according passage paragraph author".split(),
    "science_qa": "molecule energy orbit reaction".split(),
    "summarise": "summarise shorten gist headline".split(),
    "classify": "positive negative label category".split(),
}
EVERYDAY = "the cat sat near a warm window while it rained and we made tea for our friends in the garden".split()
HARD = "manifold eigenvalue homotopy theorem lemma integral".split()


def prompts(count: int, seed: int, words: list[str] | None = None) -> list[str]:
    """So many different prompts, of 5 to 60 words, each with a few of the words given."""
    draw = random.Random(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        body = draw.choices(EVERYDAY, k=draw.randint(5, 60)) + draw.choices(words or EVERYDAY, k=3)
        draw.shuffle(body)
        found[f"{' '.join(body).capitalize()} number {len(found)}?"] = None
    return list(found)


def write_data(folder: Path, seed: int = 0) -> Path:
    """Writes the files that training reads and returns their folder."""
    for split, each in (("train", seed), ("dev", seed + 1000)):
        (folder / split).mkdir(parents=True)
        routing = _routing(each)
        write_rows(folder / split / "routing.parquet", routing)
        write_rows(folder / split / "matrix.parquet", _matrix(routing))
        write_rows(folder / split / "stakes.parquet", _stakes(each))
        write_rows(folder / split / "tasktype.parquet", _tasks(each))
    return folder


def write_rows(path: Path, rows: list[dict[str, Any]]) -> None:
    """A parquet file of these rows."""
    pq.write_table(pa.Table.from_pylist(rows), path)


def _routing(seed: int) -> list[dict[str, Any]]:
    rows = []
    for hard, score in ((True, 0.0), (False, 1.0)):
        for i, prompt in enumerate(prompts(60, seed + hard, HARD if hard else EVERYDAY)):
            source = SOURCES[i % 3]
            task = "code_execution" if source == SOURCES[2] else "mcq_knowledge"
            subject = ("virology", "astronomy", "marketing", "jurisprudence")[i % 4]
            item = f"{seed}-{hard}-{i}"
            rows.append(
                {"item_id": item, "prompt": prompt, "source": source, "domain": subject, "task": task}
                | {"weak_score": score if i % 10 else 1.0 - score, "strong_score": 1.0}
            )
    return rows


def _matrix(routing: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"item_id": row["item_id"], "model": f"model-{n}", "score": row["weak_score"], "source": row["source"]}
        for row in routing[::2]
        for n in range(3)
    ]


def _stakes(seed: int) -> list[dict[str, Any]]:
    rows = [
        {"prompt": prompt, "source": f"{domain}/part", "stakes_domain": domain, "stakes_level": "high"}
        for i, (domain, words) in enumerate(DOMAIN_WORDS.items())
        for prompt in prompts(40, seed + 10 + i, words)
    ]
    low = prompts(80, seed + 20)
    return rows + [
        {"prompt": prompt, "source": "CLINC150", "stakes_domain": "general", "stakes_level": "low"} for prompt in low
    ]


def _tasks(seed: int) -> list[dict[str, Any]]:
    return [
        {"prompt": prompt, "source": "P3", "task": task}
        for i, (task, words) in enumerate(TASK_WORDS.items())
        for prompt in prompts(30, seed + 30 + i, words)
    ]
