"""Shadow decisions of a log, summarised: what each candidate would have changed."""

from pathlib import Path

from router.core.errors import FileError
from router.core.record import ShadowDecision
from router.review.comparison import Comparison, Example, Fate, SettingChange, Side
from router.review.intake import BAD_ROW, LeftOut
from router.review.requests_file import read_prompt
from router.review.shadow import UNSHADOWED, read_shadows, summarise
from tests.review.logs import a_log_line, a_refused_line
from tests.review.texts import CAREFUL, HARM, POEM, a_policy_of
from tests.usual import FIRST_REQUEST

IN_FORCE = a_policy_of(CAREFUL)

FASTER = ShadowDecision("quick@1", "otherwise", "otherwise", ("fast", "strong"), ("ladder", "timeout"))
SAME = ShadowDecision("quick@1", "otherwise", "otherwise", ("fast", "strong"))
REFUSING = ShadowDecision("quick@1", changed=("ladder",), error="unavailable: this request needs the tier hosted")
ANOTHER = ShadowDecision("slow@2", "always", "rule", ("strong",), ("ladder",))


def summarised(tmp_path: Path, *lines: bytes) -> Comparison:
    log = tmp_path / "log.jsonl"
    log.write_bytes(b"\n".join(lines))
    return summarise(read_shadows(log), "log.jsonl")


def line(prompt: str, request_id: str, shadow: ShadowDecision | None) -> bytes:
    return a_log_line(read_prompt(prompt, FIRST_REQUEST.question), IN_FORCE, request_id, shadow)


def test_each_candidate_has_a_report_the_one_asked_most_first(tmp_path: Path) -> None:
    found = summarised(tmp_path, line(POEM, "a", ANOTHER), line(HARM, "b", FASTER), line(POEM, "c", SAME))

    assert [(each.before, each.after, each.asked) for each in found.reports] == [
        (IN_FORCE.version, "quick@1", 2),
        (IN_FORCE.version, "slow@2", 1),
    ]


def test_what_differs_is_grouped_by_rule_and_ladder_and_known_by_its_request(tmp_path: Path) -> None:
    found = summarised(tmp_path, line(HARM, "a", FASTER), line(POEM, "b", SAME), line(HARM, "c", FASTER))

    (report,) = found.reports
    (group,) = report.groups
    before, after = Side("high-stakes", ("strong",)), Side("otherwise", ("fast", "strong"))
    assert group.fate == Fate(before, after, (SettingChange("timeout"),))
    assert group.examples == (Example(1, "a"), Example(3, "c"))
    assert (report.asked, report.moved, report.unchanged) == (3, 2, 1)


def test_a_candidate_that_would_have_refused_is_said_to_with_what(tmp_path: Path) -> None:
    (report,) = summarised(tmp_path, line(POEM, "a", REFUSING)).reports

    assert report.groups[0].fate.after == Side("", (), "unavailable")


def test_lines_without_a_candidate_and_lines_of_something_else_are_counted(tmp_path: Path) -> None:
    found = summarised(tmp_path, line(POEM, "a", None), a_refused_line(), b"not a line", line(POEM, "b", SAME))

    assert found.left_out == (LeftOut(2, UNSHADOWED), LeftOut(1, BAD_ROW))
    assert found.reports[0].asked == 1


def test_a_line_of_something_else_is_an_error_at_its_place(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_bytes(a_refused_line() + b'\n{"prompt": "x"}\n')

    (error,) = [each for each in read_shadows(log) if isinstance(each, FileError)]

    assert error.message.startswith(f"{log}:2:1: is not a request: Object missing required field")
