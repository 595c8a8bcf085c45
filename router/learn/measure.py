"""The few figures that go into a manifest: what heads reach on rows that they were not fitted on."""

from collections import defaultdict

import numpy as np
from sklearn.metrics import f1_score, roc_auc_score

from router.core.heads import TASKS, Heads, score_text
from router.core.learned import LearnedScores
from router.learn.calibrate import FREE_FORM
from router.learn.rows import Rows

HIGH_FROM = 0.5
BINS = 10
DIGITS = 4


def measure_heads(heads: Heads, dev: Rows) -> dict[str, float]:
    """Difficulty: AUC of failing and calibration error, over all rows. Stakes: recall of high rows and false alarms
    of low ones, the mean over sources. Tasks: macro F1 over the classes, without and with free-form requests.
    Abstained: the share of the rows on stakes that the heads call unknown."""
    found = {**_measure_difficulty(heads, dev), **_measure_stakes(heads, dev), **_measure_tasks(heads, dev)}
    return {name: round(float(value), DIGITS) for name, value in found.items()}


def _measure_difficulty(heads: Heads, dev: Rows) -> dict[str, float]:
    likely = np.array([score_text(heads, row.prompt).difficulty for row in dev.graded])
    failed = np.array([row.failed for row in dev.graded])
    bins = np.array_split(np.argsort(likely, kind="stable"), BINS)
    error = sum(len(each) * abs(likely[each].mean() - failed[each].mean()) for each in bins if len(each)) / len(failed)
    return {"difficulty_auc": roc_auc_score(failed > HIGH_FROM, likely), "difficulty_calibration_error": error}


def _measure_stakes(heads: Heads, dev: Rows) -> dict[str, float]:
    scores = [score_text(heads, row.prompt) for row in dev.staked]
    flagged: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for row, score in zip(dev.staked, scores, strict=True):
        flagged[row.level, row.source].append(_is_high(score))
    means = {
        level: [np.mean(its) for (other, _), its in flagged.items() if other == level] for level in ("high", "low")
    }
    return {
        "stakes_recall": float(np.mean(means["high"])),
        "stakes_false_alarms": float(np.mean(means["low"])),
        "abstained": float(np.mean([score.unknown for score in scores])),
    }


def _measure_tasks(heads: Heads, dev: Rows) -> dict[str, float]:
    guesses = [score_text(heads, row.prompt).task for row in dev.tasked]
    truths = [row.task for row in dev.tasked]
    usual = [i for i, row in enumerate(dev.tasked) if not row.source.startswith(FREE_FORM)]
    return {
        "task_macro_f1": _macro_f1([truths[i] for i in usual], [guesses[i] for i in usual]),
        "task_macro_f1_with_free_form": _macro_f1(truths, guesses),
    }


def _macro_f1(truths: list[str], guesses: list[str]) -> float:
    labels = [task for task in TASKS if task in set(truths)]
    return float(f1_score(truths, guesses, labels=labels, average="macro", zero_division=0))


def _is_high(score: LearnedScores) -> bool:
    return max(score.stakes.values()) > HIGH_FROM
