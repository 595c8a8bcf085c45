"""`tandem policy explain`: one request, or many."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commands import ended, errors, succeeded, tandem
from tests.review.texts import BY_TENANT, CODE, HARM, POEM

BODY = json.dumps({"messages": [{"role": "user", "content": CODE}]})


def explained(*options: str, given: str | None = None) -> dict[str, Any]:
    """What machines are told of one request, by the careful policy unless said otherwise."""
    policy = () if "--policy" in options else ("--policy", "careful")
    found: dict[str, Any] = json.loads(succeeded(tandem("policy", "explain", "--json", *policy, *options, given=given)))
    return found


# --- one request ------------------------------------------------------------------------------------------------


def test_a_prompt_is_explained_from_its_signals_to_what_was_assumed(policies: Path) -> None:
    said = succeeded(tandem("policy", "explain", "--policy", "careful", "--prompt", CODE))

    assert said.startswith("careful@")
    sections = [line for line in said.splitlines()[1:] if line and not line.startswith(" ")]
    assert [section.strip() for section in sections] == ["signals", "rules", "decision", "settings", "assumed"]
    assert "signals.code is true" in said
    assert "timeout  5s" in said
    assert "\x1b" not in said


def test_all_settings_are_shown_when_asked_for(policies: Path) -> None:
    shown = ("policy", "explain", "--policy", "careful", "--prompt", CODE)

    assert "commit_after" not in succeeded(tandem(*shown))
    assert "commit_after" in succeeded(tandem(*shown, "-v"))


def test_how_canvases_are_denoised_is_explained(policies: Path) -> None:
    Path("spends.yaml").write_text("name: spends\nrules: []\notherwise: {ladder: [fast, strong], denoise: auto}\n")
    hurried = {"max_tokens": 200, "router": {"latency_budget_ms": 900}}
    Path("r.json").write_text(json.dumps({**json.loads(BODY), **hurried}))
    asked = ("--policy", "spends.yaml", "--tier", "fast.canvas_tokens=256", "--tier", "fast.pass_ms=48.5", "r.json")

    said = succeeded(tandem("policy", "explain", *asked))

    assert "on fast: steps 17: 0.9 s left for 1 canvas at 48.5 ms a pass" in " ".join(said.split())
    assert explained(*asked)["denoise"]["fast"]["steps"] == 17


@pytest.mark.parametrize("options", [(), ("-",)])
def test_a_body_may_come_from_standard_input(policies: Path, options: tuple[str, ...]) -> None:
    assert explained(*options, given=BODY)["rule"] == "coding"


def test_a_body_may_come_from_a_file(policies: Path) -> None:
    Path("r.json").write_text(BODY)

    assert explained("r.json")["rule"] == "coding"


def test_the_policy_is_the_one_that_the_request_asks_for(policies: Path) -> None:
    Path("r.json").write_text(json.dumps({**json.loads(BODY), "model": "auto:quick"}))

    told = json.loads(succeeded(tandem("policy", "explain", "r.json", "--json")))

    assert told["policy"].startswith("quick@")


def test_a_policy_may_be_a_file_that_is_still_being_written(policies: Path) -> None:
    draft = Path("draft.yaml")
    draft.write_text((policies / "quick.yaml").read_text().replace("name: quick", "name: draft"))

    assert explained("--policy", "draft.yaml", "--prompt", HARM)["policy"].startswith("draft@")


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        (("--tier", "fast.in_flight=4"), "crowded"),
        (("--tier", "fast.in_flight=3"), "otherwise"),
        (("--tier", "fast.in_flight=4", "--tier", "strong.configured=false"), "crowded"),
    ],
)
def test_tiers_may_be_assumed_to_do_otherwise(policies: Path, options: tuple[str, ...], rule: str) -> None:
    assert explained("--prompt", POEM, *options)["rule"] == rule


def test_conversations_tenants_and_escalations_may_be_assumed(policies: Path) -> None:
    (policies / "by-tenant.yaml").write_text(BY_TENANT)

    told = explained("--prompt", POEM, "--conversation-tier", "strong", "--escalated", "--tenant", "acme")

    assert (told["ladder"], told["reason"]) == (["strong"], "conversation")
    assert (told["tenant"], told["escalated"]) == ("acme", True)
    assert explained("--prompt", POEM, "--policy", "by-tenant", "--tenant", "acme")["rule"] == "acme"


def test_a_request_that_would_be_refused_is_explained_all_the_same(policies: Path) -> None:
    told = explained("--prompt", HARM, "--tier", "strong.configured=false")

    assert told["error"]["type"] == "NoTierAvailable"


def test_without_a_folder_of_policies_those_that_ship_are_asked(here: Path) -> None:
    told = json.loads(succeeded(tandem("policy", "explain", "--prompt", POEM, "--json")))

    assert told["policy"].startswith("default@")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"messages": [\n  {"role": "user",, }]}', "<stdin>:2:19: is not a request: JSON is malformed"),
        ("", "<stdin>:1:1: is not a request: Input data was truncated"),
    ],
)
def test_what_is_no_request_is_refused_at_its_line_and_column(policies: Path, body: str, said: str) -> None:
    (error,) = errors(ended(tandem("policy", "explain", "-", given=body), 1))

    assert error.startswith(said)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("missing.json",), "missing.json:1:1: cannot be read: No such file or directory"),
        (("--prompt", "x", "--policy", "carefull"), "policies:1:1: holds no policy named 'carefull'; did you mean"),
        (("--prompt", "x", "--policy", "missing.yaml"), "missing.yaml:1:1: cannot be read: No such file or directory"),
        (("--prompt", "x"), "policies:1:1: holds no policy named 'default'; there are: careful, quick"),
        (("--requests", "p.csv", "--policy", "careful"), "p.csv:1:1: is of no known kind; expected a file that ends"),
    ],
)
def test_what_is_not_there_is_an_error(policies: Path, options: tuple[str, ...], said: str) -> None:
    (error,) = errors(ended(tandem("policy", "explain", *options), 1))

    assert error.startswith(said)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--prompt", "x", "--tier", "fst.in_flight=1"), "there is no tier 'fst'; there are: fast, strong"),
        (("--prompt", "x", "--out", "o.jsonl"), "goes with --requests"),
        (("--prompt", "x", "r.json"), "in one way"),
        (("--prompt", "x", "--requests", "p.txt"), "in one way"),
    ],
)
def test_options_that_make_no_sense_are_refused(policies: Path, options: tuple[str, ...], said: str) -> None:
    assert said in ended(tandem("policy", "explain", *options), 2).stderr


# --- many requests ----------------------------------------------------------------------------------------------


@pytest.fixture
def prompts(policies: Path) -> Path:
    """A file of four prompts."""
    path = Path("prompts.txt")
    path.write_text("\n".join([HARM, CODE, POEM, POEM]))
    return path


MANY = ("policy", "explain", "--policy", "careful", "--requests")


def test_many_requests_are_counted_by_tier_and_rule(prompts: Path) -> None:
    lines = [line.split() for line in succeeded(tandem(*MANY, prompts)).splitlines()]

    assert ["fast", "otherwise", "2", "50.0", "%"] in lines
    assert ["strong", "coding", "1", "25.0", "%"] in lines
    assert ["strong", "high-stakes", "1", "25.0", "%"] in lines


def test_machines_are_told_counts_and_shares(prompts: Path) -> None:
    told = json.loads(succeeded(tandem(*MANY, prompts, "--json")))

    assert told["asked"] == 4
    assert told["parts"][0] == {"tier": "fast", "rule": "otherwise", "count": 2, "share": 0.5}
    assert sum(part["count"] for part in told["parts"]) == 4


def test_each_decision_may_be_kept_as_a_line_of_json(prompts: Path) -> None:
    succeeded(tandem(*MANY, prompts, "--out", "o.jsonl"))

    lines = [json.loads(line) for line in Path("o.jsonl").read_text().splitlines()]
    assert [(line["number"], line["label"], line["rule"]) for line in lines] == [
        (1, HARM, "high-stakes"),
        (2, CODE, "coding"),
        (3, POEM, "otherwise"),
        (4, POEM, "otherwise"),
    ]


def test_a_file_that_cannot_be_written_is_an_error(prompts: Path) -> None:
    assert errors(ended(tandem(*MANY, prompts, "--out", "missing/o.jsonl"), 1)) == [
        "missing/o.jsonl:1:1: cannot be written: No such file or directory"
    ]


def test_a_bad_row_stops_the_command_unless_it_is_to_be_skipped(policies: Path) -> None:
    Path("p.jsonl").write_text('{"prompt": "Hi"}\n{"prmpt": "Hi"}\n')

    (error,) = errors(ended(tandem(*MANY, "p.jsonl"), 1))

    assert error.startswith("p.jsonl:2:1: is not a request: expected an object with")
    assert "left out: rows that are not requests (1)" in succeeded(tandem(*MANY, "p.jsonl", "--skip-bad"))


def run_on_a_terminal(*arguments: str) -> str:
    """What the command shows on standard error when that is a terminal."""
    terminal, screen = pty.openpty()
    try:
        command = [sys.executable, "-m", "router", *arguments]
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=screen, check=True, timeout=50)
        os.close(screen)
        return _read_all(terminal)
    finally:
        os.close(terminal)


def _read_all(terminal: int) -> str:
    shown = b""
    try:
        while more := os.read(terminal, 65_536):
            shown += more
    except OSError:
        """Linux says so that nobody writes any more."""
    return shown.decode()


def test_on_a_terminal_a_bar_shows_how_many_have_gone_by(prompts: Path) -> None:
    assert "deciding" in run_on_a_terminal(*MANY, str(prompts))
