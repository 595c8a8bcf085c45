"""`tandem report value`: the verdict on the screen and as JSON, and a log that tells too little."""

import json
from pathlib import Path

import msgspec
import pytest

from tandem_serving.simulator.profile_file import FOLDERS, SUFFIX
from tests.cli.commands import ended, errors, succeeded, tandem
from tests.review.test_value import traffic


def find_file(profile: str) -> Path:
    return FOLDERS[1] / f"{profile}{SUFFIX}"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "decisions.jsonl"
    path.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in traffic(400, 60)))
    return path


def test_it_says_yes_or_no_against_a_stated_baseline(log: Path) -> None:
    said = " ".join(succeeded(tandem("report", "value", log, "--seats", "0.1")).split())
    assert "460 in 1.00 hours" in said
    assert "400, of which 100.0 % needed no other tier" in said
    assert "0.10 s and 10.00 ms a token: a line through 60 answers" in said
    assert "Yes: it saves more of the strong tier's GPUs than its own cost. Answers come" in said
    assert "Not by what it saves" in succeeded(tandem("report", "value", log, "--seats", "1000"))


def test_machines_are_told_the_same(log: Path) -> None:
    told = json.loads(succeeded(tandem("report", "value", log, "--json", "--price", "0.5", "--fast-gpus", "2")))
    assert told["terms"] == {"seats": 32.0, "fast_gpus": 2.0, "price": 0.5}
    assert told["saved_gpus"]["low"] <= told["saved_gpus"]["value"] <= told["saved_gpus"]["high"]
    assert told["net_gpus"]["value"] == pytest.approx(told["saved_gpus"]["value"] - 1.0)


def test_a_log_without_enough_of_either_tier_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    path.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in traffic(5, 3)))
    assert errors(ended(tandem("report", "value", path), 1)) == [
        f"{path}:1:1: holds 5 answers that were begun on the fast tier and 3 of the strong tier alone: "
        "a comparison takes one and 20, or --strong-priors"
    ]


def test_a_log_without_the_strong_tier_is_held_against_its_priors(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    path.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in traffic(50, 0)))
    priors = find_file("h200-fp8-strong")

    told = json.loads(succeeded(tandem("report", "value", path, "--strong-priors", priors, "--json")))

    assert told["baseline"] == {"fixed_s": 0.0, "token_s": 0.0047, "answers": 0}
    said = " ".join(succeeded(tandem("report", "value", path, "--strong-priors", priors)).split())
    assert "its priors, of a request alone" in said
