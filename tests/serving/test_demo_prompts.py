"""Reading the prompts of `--prompts FILE`, and the page that says how they were routed. No engine is needed."""

import json
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from router.core.record import AttemptRecord, Record
from router.core.values import Tier
from tandem_serving.demo.distribution import Routed, distribution
from tandem_serving.demo.prompts import PromptsError, read_prompts

PROMPTS = ("Tell me about the sea.", "Et la marée ?")


def test_prompts_are_the_lines_of_a_text_that_are_not_empty(tmp_path: Path) -> None:
    file = tmp_path / "prompts.txt"
    file.write_text("\n\n".join(PROMPTS), encoding="utf-8")
    assert read_prompts(file) == PROMPTS


def test_prompts_are_read_from_json_lines(tmp_path: Path) -> None:
    file = tmp_path / "prompts.jsonl"
    file.write_text("".join(json.dumps({"prompt": prompt, "id": 1}) + "\n\n" for prompt in PROMPTS))
    assert read_prompts(file) == PROMPTS


def test_prompts_are_read_from_parquet(tmp_path: Path) -> None:
    file = tmp_path / "prompts.parquet"
    pyarrow.parquet.write_table(pyarrow.table({"id": [1, 2], "prompt": list(PROMPTS)}), file)
    assert read_prompts(file) == PROMPTS


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("prompts.csv", b"prompt\nhello\n", "expected a file that ends in .txt, .jsonl, .parquet"),
        ("prompts.txt", b"\n \n", "holds no prompts"),
        ("prompts.txt", b"\xff\xfe", "not UTF-8"),
        ("prompts.jsonl", b"", "holds no prompts"),
        ("prompts.jsonl", b'{"prompt": "a"}\n{"prompt": ', "line 2: not JSON"),
        ("prompts.jsonl", b'{"text": "a"}\n', "line 1: 'prompt' must hold a text"),
        ("prompts.jsonl", b'{"prompt": 7}\n', "line 1: 'prompt' must hold a text"),
        ("prompts.jsonl", b'["prompt"]\n', "line 1: 'prompt' must hold a text"),
        ("prompts.jsonl", b"\xff\xfe", "not UTF-8"),
        ("prompts.parquet", b"PAR0", "not a Parquet file"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(name: str, content: bytes, said: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(PromptsError, match=said):
        read_prompts(file)


def test_a_parquet_file_without_the_column_says_which_there_are(tmp_path: Path) -> None:
    file = tmp_path / "prompts.parquet"
    pyarrow.parquet.write_table(pyarrow.table({"id": [1], "text": ["a"]}), file)
    with pytest.raises(PromptsError, match="no column 'prompt'; there are: id, text"):
        read_prompts(file)


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(PromptsError, match="No such file"):
        read_prompts(tmp_path / "prompts.jsonl")


def test_the_page_counts_every_prompt_under_each_heading() -> None:
    climbed = (
        AttemptRecord(1, "fast", "fast-1", "refused", 0.1),
        AttemptRecord(2, "strong", "strong-1", "served", 0.3),
    )
    served = (AttemptRecord(1, "fast", "fast-1", "served", 0.2),)
    lines = distribution([routed("fast", "otherwise", 0.2, served), routed("strong", "high-stakes", 0.4, climbed)])
    words = [line.split() for line in lines]
    assert ["fast", "1", "0.20", "s"] in words
    assert ["strong", "1", "0.40", "s"] in words
    assert ["high-stakes", "1"] in words
    assert ["served", "2"] in words
    assert ["low", "0", "2", "0"] in words
    assert ["escalated", "1", "of", "2"] in words
    assert any(line.endswith("-> strong, high-stakes") for line in lines)


def test_the_page_counts_prompts_that_were_refused_before_any_decision() -> None:
    lines = distribution([Routed("Tell me.", Record("1", 0.0, 0.01, 400, "refused", error="too large"))])
    words = [line.split() for line in lines]
    assert ["none", "1", "0.01", "s"] in words
    assert ["refused", "1"] in words


def routed(tier: Tier, rule: str, elapsed_s: float, attempts: tuple[AttemptRecord, ...]) -> Routed:
    record = Record(
        "1",
        0.0,
        elapsed_s,
        200,
        "served",
        rule=rule,
        reason="rule",
        tier=tier,
        stakes="low",
        difficulty="medium",
        attempts=attempts,
    )
    return Routed("Tell me about the sea.", record)
