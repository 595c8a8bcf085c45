"""Two policies over the same requests: what changes, by the rules and the ladders, and how often."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.errors import FileError
from router.review.circumstances import assume
from router.review.comparison import Comparison, DiffReport, Example, Fate, Flow, SettingChange, Side
from router.review.diff import compare
from router.review.intake import BAD_ROW, UNDECIDED, LeftOut, unloggable
from router.review.requests_file import Row, read_one, read_prompt
from tests.review.texts import BY_TENANT, CAREFUL, CODE, HARM, POEM, QUICK, a_policy_of, rows_of
from tests.usual import FIRST_REQUEST, USUAL

CAREFUL_POLICY, QUICK_POLICY = a_policy_of(CAREFUL), a_policy_of(QUICK)


def compared(*prompts: str) -> DiffReport:
    """What changes from the careful policy to the quick one."""
    return compare(CAREFUL_POLICY, QUICK_POLICY, rows_of(*prompts), "p.txt").reports[0]


def test_requests_of_the_same_fate_are_one_group_the_largest_first() -> None:
    report = compared(HARM, CODE, CODE + " Please.", POEM)

    assert [(group.fate, group.count) for group in report.groups] == [
        (
            Fate(
                Side("coding", ("strong",)),
                Side("otherwise", ("fast", "strong")),
                (SettingChange("timeout", "5s", "not set"),),
            ),
            2,
        ),
        (
            Fate(
                Side("high-stakes", ("strong",)),
                Side("high-stakes", ("strong",)),
                (SettingChange("commit_after", "10s", "3s"),),
            ),
            1,
        ),
    ]


def test_who_goes_another_way_who_gets_other_settings_and_who_stays_are_counted_apart() -> None:
    report = compared(HARM, CODE, CODE, POEM)

    assert (report.asked, report.moved, report.adjusted, report.unchanged) == (4, 2, 1, 1)
    assert report.share(report.moved) == 0.5


def test_a_group_shows_its_first_few_requests_by_their_lines() -> None:
    report = compared(POEM, *[f"{CODE} ({number})" for number in range(9)])

    assert report.groups[0].examples == tuple(Example(2 + at, f"{CODE} ({at})") for at in range(5))


def test_the_flows_hold_every_request_changed_or_not() -> None:
    report = compared(HARM, CODE, CODE, POEM, POEM, POEM)

    assert set(report.flows) == {
        Flow(("fast", "strong"), ("fast", "strong"), 3),
        Flow(("strong",), ("fast", "strong"), 2),
        Flow(("strong",), ("strong",), 1),
    }


def test_a_policy_compared_with_itself_changes_nothing() -> None:
    found = compare(CAREFUL_POLICY, CAREFUL_POLICY, rows_of(HARM, CODE, POEM), "p.txt")

    assert not found.changes
    assert found.reports[0].groups == ()


def test_a_rule_of_another_name_that_does_the_same_is_no_change() -> None:
    renamed = a_policy_of(CAREFUL.replace("high-stakes", "dangerous"))

    assert not compare(CAREFUL_POLICY, renamed, rows_of(HARM, CODE, POEM), "p.txt").changes


def test_a_request_that_would_be_refused_is_a_group_of_its_own() -> None:
    strong_only = a_policy_of("name: s\nrules: []\notherwise: {tier: strong}\n")
    question = read_prompt(POEM, assume(USUAL, "local", ("strong.configured=false",), None, escalated=False).question)

    (report,) = compare(CAREFUL_POLICY, strong_only, [Row(1, POEM, question)], "p.txt").reports

    (group,) = report.groups
    assert group.fate == Fate(Side("otherwise", ("fast",)), Side("otherwise", (), "NoTierAvailable"))
    assert report.moved == 1


def test_refused_by_both_for_the_same_reason_is_no_change() -> None:
    body = b'{"messages": [{"role": "user", "content": "Hi"}], "web_search_options": {}}'

    row = Row(1, "Hi", read_one("r.json", body, FIRST_REQUEST.question))
    found = compare(CAREFUL_POLICY, QUICK_POLICY, [row], "p.txt")

    assert not found.changes
    assert found.reports[0].flows == (Flow((), (), 1),)


def test_rows_that_could_not_be_asked_are_counted_by_what_they_are() -> None:
    bad = FileError("p.jsonl", 2, 1, "is not a request")
    rows = [*rows_of(POEM), bad, bad, Row(4, "r4", None, is_logged=True)]

    found = compare(CAREFUL_POLICY, QUICK_POLICY, rows, "p.jsonl")

    assert found.reports[0].asked == 1
    assert found.left_out == (LeftOut(2, BAD_ROW), LeftOut(1, UNDECIDED))


@pytest.mark.parametrize("sides", [(CAREFUL, BY_TENANT), (BY_TENANT, CAREFUL)])
def test_a_policy_that_looks_at_who_asks_is_not_asked_about_log_lines_which_do_not_say(sides: tuple[str, str]) -> None:
    before, after = map(a_policy_of, sides)
    question = read_prompt(POEM, FIRST_REQUEST.question)
    rows = [Row(1, "r1", question, is_logged=True), Row(2, POEM, question)]

    found = compare(before, after, rows, "log.jsonl")

    assert found.reports[0].asked == 1
    (left,) = found.left_out
    assert left.count == 1
    assert "looks at tenant.name, which a log does not hold" in left.which


def test_a_policy_that_looks_at_nobody_can_be_asked_about_anything() -> None:
    assert unloggable(CAREFUL_POLICY) == ""


PROMPTS = st.lists(st.sampled_from([HARM, CODE, POEM]), max_size=20)


@given(PROMPTS)
def test_whatever_is_asked_the_counts_add_up(prompts: list[str]) -> None:
    report = compared(*prompts)

    assert report.asked == len(prompts)
    assert sum(flow.count for flow in report.flows) == report.asked
    assert sum(group.count for group in report.groups) == report.moved + report.adjusted
    assert report.moved + report.adjusted + report.unchanged == report.asked
    assert all(0 < len(group.examples) <= group.count for group in report.groups)


def test_machines_are_told_counts_shares_and_every_group() -> None:
    found = compare(CAREFUL_POLICY, QUICK_POLICY, rows_of(HARM, CODE, POEM, POEM), "p.txt")

    told = found.as_dict()

    assert told["source"] == "p.txt"
    (report,) = told["reports"]
    assert (report["before"], report["after"]) == (CAREFUL_POLICY.version, QUICK_POLICY.version)
    assert [(group["count"], group["share"]) for group in report["groups"]] == [(1, 0.25), (1, 0.25)]


def test_nothing_compared_shares_nothing() -> None:
    assert Comparison("p.txt", (DiffReport("a@1", "b@2", 0, (), ()),), ()).reports[0].share(0) == 0.0
