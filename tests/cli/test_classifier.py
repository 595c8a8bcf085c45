"""`tandem classifier`: what it writes, what it prints, and how it ends."""

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.classifiers import SHIPPED
from tests.cli.commands import ended, errors, succeeded, tandem
from tests.learn.generated import write_data

TOOL = {"type": "function", "function": {"name": "delete_account", "description": "Deletes an account for good."}}
BODIES: list[dict[str, Any]] = [
    {"messages": [{"role": "user", "content": "Please clean up the accounts"}], "tools": [TOOL]},
    {"messages": [{"role": "user", "content": "Translate this letter into French: good morning, my dear friend"}]},
    {"prompt": "Delete all customer tables in production"},
]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Generated rows, with the grades of a strong model and with recorded answers."""
    folder = write_data(tmp_path_factory.mktemp("rows"))
    for split in ("train", "dev"):
        path = folder / split / "routing.parquet"
        rows = [row | {"strong_score": 1.0} for row in pq.read_table(path).to_pylist()]
        pq.write_table(pa.Table.from_pylist(rows), path)
        answers = [
            {
                "prompt": row["prompt"],
                "task": row["task"],
                "answer_full_len": 400,
                "model": "weak",
                "truncated_at_cap": False,
            }
            for row in rows
        ]
        pq.write_table(pa.Table.from_pylist(answers), folder / split / "answers.parquet")
    return folder


def write_lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return path


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_trained_classifier_can_be_evaluated_and_asked(data: Path, tmp_path: Path) -> None:
    trained = tmp_path / "trained"

    told = succeeded(tandem("classifier", "train", "--data", data, "--out", trained))
    found = json.loads(
        succeeded(tandem("classifier", "evaluate", "--data", data / "dev", "--classifier", trained, "--json"))
    )

    assert re.search(r"difficulty_auc: 0\.\d+", told)
    assert {row["source"] for row in found["difficulty"]} > {"macro"}
    assert {row["level"] for row in found["stakes"]} == {"high", "low"}
    assert {row["task"] for row in found["answer_tokens"]} == {"knowledge_quiz", "code_execution"}


def test_an_evaluation_is_told_source_by_source(data: Path) -> None:
    told = succeeded(tandem("classifier", "evaluate", "--data", data / "dev"))

    for each in ("RouteLLM MMLU", "macro", "APGR", "CPT80", "5% false alarms", "CLINC150", "p90"):
        assert each in told


def test_the_report_stands_alone(data: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"

    succeeded(tandem("classifier", "evaluate", "--data", data / "dev", "--out", page))

    text = page.read_text()
    assert text.count("<polyline") == 3
    assert "<circle" in text
    assert not re.search(r"<script|<link|<img|https?://|@import|url\(", text)
    HTMLParser().feed(text)


def test_a_folder_without_rows_cannot_be_evaluated(tmp_path: Path) -> None:
    result = ended(tandem("classifier", "evaluate", "--data", tmp_path), 1)

    assert errors(result) == [f"{tmp_path / 'stakes.parquet'}:1:1: cannot be read: No such file or directory"]


def test_robustness_is_told_by_perturbation_and_source(data: Path) -> None:
    asked = ("classifier", "robustness", "--data", data / "dev", "--rows", 1)

    told = succeeded(tandem(*asked))
    found = json.loads(succeeded(tandem(*asked, "--json")))

    for each in ("typos", "padding.around", "language.german", "benign, stakes: CLINC150", "goal: 97%"):
        assert each in told
    assert [each["perturbation"] for each in found["kinds"]] == ["benign", "language", "attack"]
    assert found["policy"] == "default"


def test_every_row_of_a_file_is_judged_in_order(tmp_path: Path) -> None:
    data, out = write_lines(tmp_path / "rows.jsonl", BODIES), tmp_path / "out.jsonl"

    told = succeeded(tandem("classifier", "score", "--data", data, "--out", out))

    lines = read_lines(out)
    assert told == f"{out}: 3 rows\n"
    assert [line["stakes_domain"] for line in lines][::2] == ["destructive", "destructive"]
    assert [line["task"] for line in lines[:2]] == ["", "translation"]


@pytest.mark.parametrize("as_text", [json.dumps, lambda value: value], ids=["text", "nested"])
def test_messages_in_parquet_are_judged_as_in_lines(tmp_path: Path, as_text: Any) -> None:
    lines, table = tmp_path / "lines.jsonl", tmp_path / "table.jsonl"
    rows = [
        {name: as_text(body[name]) if name in body else None for name in ("messages", "tools")}
        | {"prompt": body.get("prompt")}
        for body in BODIES
    ]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "rows.parquet")

    tandem("classifier", "score", "--data", write_lines(tmp_path / "rows.jsonl", BODIES), "--out", lines)
    succeeded(tandem("classifier", "score", "--data", tmp_path / "rows.parquet", "--out", table))

    assert read_lines(table) == read_lines(lines)


def test_a_row_that_is_no_request_has_its_line_and_ends_the_command_with_1(tmp_path: Path) -> None:
    data, out = write_lines(tmp_path / "rows.jsonl", [{"nothing": 1}, *BODIES]), tmp_path / "out.jsonl"

    result = ended(tandem("classifier", "score", "--data", data, "--out", out), 1)

    assert result.stdout == f"{out}: 4 rows, 1 of them no requests\n"
    assert read_lines(out)[0]["error"].startswith(f"{data}:1:1: is not a request")
    assert len(read_lines(out)) == 4


def test_a_file_of_no_known_kind_is_not_scored(tmp_path: Path) -> None:
    result = ended(tandem("classifier", "score", "--data", "rows.csv", "--out", tmp_path / "out.jsonl"), 1)

    assert errors(result) == ["rows.csv:1:1: is of no known kind; expected a file that ends in .txt, .jsonl, .parquet"]


def test_a_folder_without_a_classifier_is_named(tmp_path: Path) -> None:
    result = ended(tandem("classifier", "inspect", "--prompt", "Hello there", "--classifier", tmp_path), 1)

    assert errors(result)[0].startswith(f"{tmp_path / 'manifest.json'}:1:1: cannot be read")


def test_inspecting_names_the_rules_and_what_moved_the_heads() -> None:
    told = succeeded(
        tandem(
            "classifier", "inspect", "--prompt", "Explain this clause of the contract, then delete all customer tables"
        )
    )

    for each in ("destructive.delete_data", "log-odds of high stakes", "what moved `difficulty`", "'contract'"):
        assert each in told


def test_inspecting_a_body_tells_its_windows(tmp_path: Path) -> None:
    body = tmp_path / "body.json"
    body.write_text(json.dumps({"messages": [{"role": "user", "content": "the cat sat on the mat. " * 400}]}))

    found = json.loads(succeeded(tandem("classifier", "inspect", body, "--classifier", SHIPPED, "--json")))

    assert len(found["windows"]) > 1
    assert found["heads"][0]["head"] == "difficulty"
    assert found["judgement"]["stakes_band"] in ("low", "medium", "high")


def test_inspecting_nothing_is_a_mistake() -> None:
    assert "FILE or --prompt" in ended(tandem("classifier", "inspect"), 2).stderr


def test_scoring_loads_nothing_that_trains(tmp_path: Path) -> None:
    data, out = write_lines(tmp_path / "rows.jsonl", BODIES), tmp_path / "out.jsonl"
    told = (
        "import sys; from router.cli import app;"
        f"app(['classifier', 'score', '--data', {str(data)!r}, '--out', {str(out)!r}], standalone_mode=False);"
        "print(sorted({'sklearn', 'scipy', 'pyarrow'} & set(sys.modules)))"
    )

    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, env=os.environ, check=True)

    assert ran.stdout.splitlines()[-1] == "[]"
