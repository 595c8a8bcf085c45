"""A folder of recorded answers, generated: right ones are plain, wrong ones waver or have no end."""

import random
from pathlib import Path
from typing import Any

from tests.learn.generated import write_rows

MODELS = ("small", "tiny", "old")


def write_answers(folder: Path, seed: int = 0) -> Path:
    """Writes `train/answers.parquet` and `dev/answers.parquet` and returns their folder."""
    for split, each in (("train", seed), ("dev", seed + 1000)):
        (folder / split).mkdir(parents=True)
        write_rows(folder / split / "answers.parquet", answer_rows(each))
    return folder


def answer_rows(seed: int) -> list[dict[str, Any]]:
    """Answers of all models to questions of all closed kinds."""
    draw = random.Random(seed)
    return [
        _row(kind, f"{seed} {kind} {i}", model, draw)
        for kind in ("sum", "town", "code")
        for i in range(40)
        for model in MODELS
    ]


def _row(kind: str, item: str, model: str, draw: random.Random) -> dict[str, Any]:
    number = draw.randint(10, 99)
    prompt, final, told = _question(kind, number)
    right, strong, agrees = draw.random() < 0.5, draw.random() < 0.8, draw.random() < 0.6
    said = final if right else _other(kind, number + draw.randint(1, 9))
    answer = told.format(said) if right else f"Perhaps it might be so. However, I am not certain. {told.format(said)}"
    return {
        "item_id": item, "prompt": prompt, "task": kind, "source": f"source of {kind}", "model": model,
        "answer": answer, "correct": int(right), "strong_correct": int(strong),
        "alt_final": said if right == agrees else _other(kind, number + 11), "truncated_at_cap": False,
        "answer_full_len": len(answer),
        "has_final": True,
    }  # fmt: skip


def _question(kind: str, number: int) -> tuple[str, str, str]:
    if kind == "sum":
        return f"How many are {number} and 1 more?", str(number + 1), "We add them. The answer is {}."
    if kind == "town":
        return (
            f"Where is road {number}?\nA. Rome\nB. Paris\nC. Oslo",
            "ABC"[number % 3],
            "I looked. The answer is ({}).",
        )
    return (
        f"def f(x):\n    return x\nassert f({number}) == ??",
        str(number),
        '{{"reasoning": "It is.", "answer": "{}"}}',
    )


def _other(kind: str, number: int) -> str:
    return "ABC"[number % 3] if kind == "town" else str(number)
