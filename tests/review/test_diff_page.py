"""The page of a comparison: it stands alone, tells everything, and holds no text that could act."""

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from router.review.comparison import Comparison, DiffReport, Example, Fate, Flow, Group, SettingChange, Side
from router.review.diff import compare
from router.review.flow import FLOWS_HEIGHT, THINNEST, draw_flows
from router.review.intake import LeftOut
from router.review.page import render_page
from tests.review.texts import CAREFUL, CODE, HARM, POEM, QUICK, a_policy_of, rows_of

NASTY = "<script>alert('x')</script> & \"quoted\""

VOID = frozenset(("meta", "link", "img", "br", "hr", "input"))


class Page(HTMLParser):
    """The elements of a page with their attributes, its words, and what was left open."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words += data

    def count(self, tag: str) -> int:
        return [name for name, _ in self.elements].count(tag)


def compared(*prompts: str) -> Comparison:
    return compare(a_policy_of(CAREFUL), a_policy_of(QUICK), rows_of(*prompts), "prompts.txt")


def page_of(comparison: Comparison) -> Page:
    return Page(render_page(comparison, "Policy diff"))


def test_every_element_is_closed() -> None:
    assert page_of(compared(HARM, CODE, POEM)).open == []


def test_nothing_is_fetched_and_nothing_runs() -> None:
    html = render_page(compared(HARM, CODE, POEM), "Policy diff")
    page = Page(html)

    assert {"script", "link", "img", "iframe", "object", "form"}.isdisjoint(name for name, _ in page.elements)
    loaded = {"src", "href", "action", "srcset", "data", "background"}
    assert all(loaded.isdisjoint(attributes) for _, attributes in page.elements)
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert "url(" not in html
    assert "@import" not in html
    assert "default-src 'none'" in html


def test_what_callers_wrote_is_shown_and_never_acts() -> None:
    page = page_of(compared(f"{CODE} {NASTY}"))

    assert page.count("script") == 0
    assert NASTY in page.words


def test_names_from_a_log_are_escaped_too() -> None:
    fate = Fate(Side(NASTY, ("fast",)), Side("r", (), NASTY), (SettingChange(NASTY, NASTY, NASTY),))
    group = Group(fate, 1, (Example(1, NASTY),))
    report = DiffReport(NASTY, NASTY, 1, (group,), (Flow(("fast",), (), 1),))

    page = page_of(Comparison(NASTY, (report,), (LeftOut(1, NASTY),)))

    assert page.count("script") == 0
    assert page.words.count(NASTY) == 10


def test_it_tells_versions_counts_shares_groups_and_examples() -> None:
    comparison = compared(HARM, CODE, CODE, POEM)
    (report,) = comparison.reports

    words = " ".join(page_of(comparison).words.split())

    for said in (
        report.before,
        report.after,
        "prompts.txt",
        "50.0 %",
        "25.0 %",
        "coding → otherwise",
        "timeout 5s → not set",
    ):
        assert said in words
    assert "line 2Write a Python" in words
    assert "2 examples" in words


def test_the_counts_of_the_tiles_add_up() -> None:
    page = render_page(compared(HARM, CODE, CODE, POEM), "Policy diff")

    asked, *parts = [int(each) for each in re.findall(r"<dd>(\d+)", page)]
    assert (asked, parts) == (4, [2, 1, 1])


def test_without_a_difference_it_says_so() -> None:
    assert "Nothing changes for any of these requests." in page_of(compared(POEM)).words


def test_what_was_left_out_stands_at_the_end() -> None:
    page = page_of(Comparison("p.jsonl", compared(POEM).reports, (LeftOut(1_234, "rows of something else"),)))

    assert "rows of something else (1,234)" in page.words


def test_each_candidate_of_a_log_has_its_section() -> None:
    reports = compared(HARM).reports * 2

    assert page_of(Comparison("log.jsonl", reports, ())).count("section") == 2


def test_it_can_be_read_in_the_dark() -> None:
    assert "prefers-color-scheme: dark" in render_page(compared(POEM), "Policy diff")


# --- the picture ------------------------------------------------------------------------------------------------


def a_report(*flows: Flow) -> DiffReport:
    return DiffReport("a@1", "b@2", sum(flow.count for flow in flows), (), flows)


STAY = Flow(("fast",), ("fast",), 70)
GO_UP = Flow(("fast",), ("strong",), 20)
REFUSED = Flow(("strong",), (), 10)


def test_the_bars_of_a_side_hold_every_request_and_do_not_overlap() -> None:
    picture = draw_flows(a_report(STAY, GO_UP, REFUSED))

    for side, ladders in ((picture.before, [("fast",), ("strong",)]), (picture.after, [("fast",), ("strong",), ()])):
        assert [node.ladder for node in side] == ladders
        assert sum(node.count for node in side) == 100
        assert sum(node.height for node in side) == pytest.approx(FLOWS_HEIGHT)
        assert all(one.y + one.height < other.y for one, other in pairwise(side))
        assert side[-1].y + side[-1].height < picture.height


def test_one_request_of_many_is_still_seen() -> None:
    picture = draw_flows(a_report(Flow(("fast",), ("fast",), 100_000), Flow(("strong",), ("fast",), 1)))

    assert picture.before[1].height == THINNEST


def test_each_flow_is_one_band() -> None:
    assert [band.flow for band in draw_flows(a_report(REFUSED, GO_UP, STAY)).bands] == [STAY, GO_UP, REFUSED]


def test_nothing_asked_draws_nothing() -> None:
    assert draw_flows(a_report()).bands == ()
