"""Reading the prompts of `--prompts FILE`, and the page that says how they were routed. No engine is needed."""

import json
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from tests.live.prompts_file import PromptsError, read_prompts
from tests.live.routing_report import Routed, routing_report

PROMPTS = ("Tell me about the sea.", "Et la marée ?")


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
        ("prompts.csv", b"prompt\nhello\n", "expected a file that ends in .jsonl or .parquet"),
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


def test_the_report_counts_every_prompt_under_each_heading() -> None:
    served = [{"tier": "fast", "outcome": "served"}]
    climbed = [{"tier": "fast", "outcome": "refused"}, {"tier": "strong", "outcome": "served"}]
    lines = routing_report([routed("fast", "otherwise", 0.2, served), routed("strong", "high-stakes", 0.4, climbed)])
    words = [line.split() for line in lines]
    assert ["fast", "1", "0.20", "s"] in words
    assert ["strong", "1", "0.40", "s"] in words
    assert ["high-stakes", "1"] in words
    assert ["low", "0", "2", "0"] in words
    assert ["escalated", "1", "of", "2"] in words
    assert any(line.endswith("-> strong, high-stakes") for line in lines)


def routed(tier: str, rule: str, elapsed_s: float, attempts: list[dict[str, str]]) -> Routed:
    record = {"tier": tier, "rule": rule, "reason": "rule", "stakes": "low", "difficulty": "medium"}
    return Routed("Tell me about the sea.", {**record, "elapsed_s": elapsed_s, "attempts": attempts})
