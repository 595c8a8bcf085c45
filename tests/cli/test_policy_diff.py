"""`tandem policy diff`: two policies, or the shadow decisions of a log."""

import json
from pathlib import Path

import pytest

from router.core.record import ShadowDecision
from router.review.requests_file import read_prompt
from tests.cli.commands import ended, errors, succeeded, tandem
from tests.review.logs import a_log_line, a_refused_line
from tests.review.texts import BY_TENANT, CAREFUL, CODE, HARM, POEM, a_policy_of
from tests.usual import FIRST_REQUEST

DIFF = ("policy", "diff", "careful", "quick", "--requests")


@pytest.fixture
def prompts(policies: Path) -> Path:
    """A file of four prompts: one goes another way, one gets other settings."""
    path = Path("prompts.txt")
    path.write_text("\n".join([HARM, CODE, POEM, POEM]))
    return path


def test_it_says_how_many_requests_go_another_way_and_by_which_rules(prompts: Path) -> None:
    said = " ".join(succeeded(tandem(*DIFF, prompts)).split())

    assert "4 requests: 1 (25.0 %) go another way, 1 (25.0 %) get other settings only, 2 (50.0 %) as before" in said
    assert "coding → otherwise strong → fast, strong timeout 5s → not set" in said
    assert "commit_after 10s → 3s" in said
    assert "line 2: Write a Python function" in said
    assert said.endswith("page: policy-diff.html")


def test_it_writes_a_page(prompts: Path) -> None:
    succeeded(tandem(*DIFF, prompts))
    succeeded(tandem(*DIFF, prompts, "--out", "other.html"))

    assert Path("policy-diff.html").read_text() == Path("other.html").read_text()
    assert "<h1>Policy diff</h1>" in Path("other.html").read_text()


def test_a_policy_may_be_a_file_that_is_still_being_written(prompts: Path) -> None:
    Path("draft.yaml").write_text(CAREFUL.replace("timeout: 5s", "timeout: 6s"))

    told = json.loads(succeeded(tandem("policy", "diff", "careful", "draft.yaml", "--requests", prompts, "--json")))

    (report,) = told["reports"]
    assert (report["moved"], report["adjusted"]) == (0, 1)
    assert report["groups"][0]["settings"] == [{"name": "timeout", "before": "5s", "after": "6s"}]
    assert told["page"] == "policy-diff.html"


@pytest.mark.parametrize(("after", "code"), [("quick", 1), ("careful", 0)])
def test_the_exit_code_says_whether_anything_changes_when_asked_to(prompts: Path, after: str, code: int) -> None:
    result = tandem("policy", "diff", "careful", after, "--requests", prompts, "--exit-code")

    assert result.exit_code == code
    assert "page: policy-diff.html" in result.stdout


def test_past_decisions_are_compared_without_their_texts(policies: Path) -> None:
    lines = [
        a_log_line(read_prompt(each, FIRST_REQUEST.question), a_policy_of(CAREFUL), each[:3])
        for each in (HARM, CODE, POEM)
    ]
    Path("log.jsonl").write_bytes(b"\n".join([*lines, a_refused_line()]))

    told = json.loads(succeeded(tandem(*DIFF, "log.jsonl", "--json")))

    (report,) = told["reports"]
    assert (report["asked"], report["moved"], report["adjusted"]) == (3, 1, 1)
    assert told["left_out"] == [{"count": 1, "which": "logged requests that were refused before a policy was asked"}]


def test_nothing_is_guessed_of_a_policy_that_looks_at_what_a_log_does_not_hold(policies: Path) -> None:
    (policies / "by-tenant.yaml").write_text(BY_TENANT)
    Path("log.jsonl").write_bytes(a_log_line(read_prompt(POEM, FIRST_REQUEST.question), a_policy_of(CAREFUL)))

    result = ended(tandem("policy", "diff", "careful", "by-tenant", "--requests", "log.jsonl"), 2)

    (error,) = errors(result)
    assert error.startswith("log.jsonl:1:1: holds nothing to compare: log lines, because by-tenant@")
    assert "looks at tenant.name, which a log does not hold (1)" in error
    assert not Path("policy-diff.html").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("careful", "quik", "--requests", "prompts.txt"), "policies:1:1: holds no policy named 'quik'; did you mean"),
        (("careful", "quick", "--requests", "missing.txt"), "missing.txt:1:1: cannot be read"),
        (("careful", "quick", "--requests", "prompts.txt", "--out", "no/p.html"), "no/p.html:1:1: cannot be written"),
        (("--shadow", "prompts.txt"), "prompts.txt:1:1: is not a request: JSON is malformed"),
        (("--shadow", "missing.jsonl"), "missing.jsonl:1:1: cannot be read"),
    ],
)
def test_what_cannot_be_compared_ends_with_2(prompts: Path, arguments: tuple[str, ...], said: str) -> None:
    (error,) = errors(ended(tandem("policy", "diff", *arguments), 2))

    assert error.startswith(said)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("careful",),
        ("careful", "quick"),
        ("careful", "quick", "--shadow", "l"),
        ("--shadow", "l", "--requests", "p"),
    ],
)
def test_options_that_make_no_sense_are_refused(policies: Path, arguments: tuple[str, ...]) -> None:
    assert "Usage" in ended(tandem("policy", "diff", *arguments), 2).stderr


# --- shadow decisions -------------------------------------------------------------------------------------------


@pytest.fixture
def log(policies: Path) -> Path:
    """A decision log of three requests, two of which a candidate decided too."""
    in_force = a_policy_of(CAREFUL)
    other = ShadowDecision("quick@1", "otherwise", "otherwise", ("fast", "strong"), ("ladder", "timeout"))
    same = ShadowDecision("quick@1", "otherwise", "otherwise", ("fast", "strong"))
    lines = [
        a_log_line(read_prompt(CODE, FIRST_REQUEST.question), in_force, "req-1", other),
        a_log_line(read_prompt(POEM, FIRST_REQUEST.question), in_force, "req-2", same),
        a_log_line(read_prompt(POEM, FIRST_REQUEST.question), in_force, "req-3"),
    ]
    path = Path("log.jsonl")
    path.write_bytes(b"\n".join(lines))
    return path


def test_shadow_decisions_are_summarised_in_the_same_way(log: Path) -> None:
    said = " ".join(succeeded(tandem("policy", "diff", "--shadow", log, "--out", "s.html")).split())

    assert "→ quick@1 2 requests: 1 (50.0 %) go another way, 0 (0.0 %) get other settings only, 1 (50.0 %)" in said
    assert "coding → otherwise strong → fast, strong timeout changes line 1: req-1" in said
    assert "left out: logged requests that no candidate was asked about (1)" in said
    assert "<h1>Shadow decisions</h1>" in Path("s.html").read_text()


def test_a_log_without_shadow_decisions_holds_nothing_to_compare(log: Path) -> None:
    log.write_bytes(a_refused_line())

    assert errors(ended(tandem("policy", "diff", "--shadow", log), 2)) == [
        "log.jsonl:1:1: holds nothing to compare: logged requests that no candidate was asked about (1)"
    ]
