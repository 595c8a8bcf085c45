"""Everything that keeps policies from going live is found at once."""

from pathlib import Path

import pytest

from router.review.inspection import Inspection, inspect_paths
from tests.review.texts import CASES, QUICK, write_policies
from tests.usual import USUAL

WRONG = """\
nmae: a
rules:
  - name: One
    when: signals.cod
    then: {tire: fast, timeout: 2x}
  - name: two
    when: signals.tools
    then: {ladder: []}
otherwise: {tier: fast, ladder: [fast]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of two policies, one with cases."""
    return write_policies(tmp_path / "policies")


def places(found: Inspection, folder: Path) -> list[str]:
    """Where each error is."""
    return [f"{Path(each.file).relative_to(folder)}:{each.line}:{each.column}" for each in found.errors]


def versions(found: Inspection) -> list[str]:
    return [each.policy.name for each in found.policies]


def test_a_folder_that_is_right_is_loaded_and_policies_without_cases_are_pointed_out(folder: Path) -> None:
    found = inspect_paths([folder], USUAL)

    assert versions(found) == ["careful", "quick"]
    assert found.errors == ()
    (warning,) = found.warnings
    assert warning.message.startswith(f"{folder}/quick.yaml:1:7: has no cases")
    assert warning.message.endswith(f"write {folder}/cases/quick.yaml")


def test_all_that_is_wrong_with_a_file_is_told_in_the_order_of_its_lines(tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text(WRONG)

    found = inspect_paths([tmp_path / "wrong.yaml"], USUAL)

    assert [each.message.partition("wrong.yaml:")[2] for each in found.errors] == [
        "1:1: name: is required and missing",
        "1:1: nmae: is not a known setting; did you mean 'name'?",
        "3:11: rules.0.name: String should match pattern '^[a-z0-9][a-z0-9_-]{0,63}$', found 'One'",
        "4:11: 'signals.cod' is not a known name; did you mean 'signals.code'?",
        "5:12: rules.0.then.tire: is not a known setting; did you mean 'tier'?",
        "5:33: rules.0.then.timeout: expected a duration such as 500ms, 2s or 1m, found '2x'",
        "7:11: a condition must be true or false (bool), this one is of type int",
        "8:12: rules.1.then.ladder: List should have at least 1 item after validation, not 0, found []",
        "9:1: otherwise: expected exactly one of `tier` and `ladder`",
    ]


def test_one_bad_file_of_a_folder_hides_neither_the_others_faults_nor_the_good_ones(folder: Path) -> None:
    (folder / "wrong.yaml").write_text(WRONG)
    (folder / "broken.yaml").write_text("name: [\n")
    (folder / "cases" / "quick.yaml").write_text("policy: quick\ncases: []\n")

    found = inspect_paths([folder], USUAL)

    assert {place.partition(":")[0] for place in places(found, folder)} == {
        "wrong.yaml",
        "broken.yaml",
        "cases/quick.yaml",
    }
    assert len(found.errors) == 9 + 1 + 1
    assert "careful" in versions(found)


def test_cases_that_fail_are_found_at_what_they_expect(folder: Path) -> None:
    (folder / "cases" / "careful.yaml").write_text(CASES.replace("timeout: 5s", "timeout: 6s"))

    found = inspect_paths([folder], USUAL)

    assert places(found, folder) == ["cases/careful.yaml:8:48"]


def test_cases_beside_a_single_file_are_run_too(folder: Path) -> None:
    (folder / "cases" / "careful.yaml").write_text(CASES.replace("rule: otherwise", "rule: coding"))

    found = inspect_paths([folder / "careful.yaml"], USUAL)

    assert places(found, folder) == ["cases/careful.yaml:10:20"]
    assert versions(found) == ["careful"]


def test_a_wrong_policy_does_not_hide_what_is_wrong_with_its_cases(folder: Path) -> None:
    (folder / "careful.yaml").write_text("name: careful\nrules: []\n")
    (folder / "cases" / "careful.yaml").write_text("policy: careful\ncases: []\n")

    found = inspect_paths([folder / "careful.yaml"], USUAL)

    assert places(found, folder) == ["careful.yaml:1:1", "cases/careful.yaml:2:1"]


def test_a_file_of_cases_is_looked_at_with_its_policy(folder: Path) -> None:
    found = inspect_paths([folder / "cases" / "careful.yaml"], USUAL)

    assert versions(found) == ["careful"]


@pytest.mark.parametrize(
    ("rollouts", "place"),
    [
        ("rollouts:\n  - {policy: quick, candidate: missing, mode: shadow}\n", "rollouts.yaml:2:32"),
        ("rollouts:\n  - {policy: quick, candidate: careful, mode: canary}\n", "rollouts.yaml:2:5"),
    ],
)
def test_rollouts_are_looked_at_with_the_folder_they_are_in(folder: Path, rollouts: str, place: str) -> None:
    (folder / "rollouts.yaml").write_text(rollouts)

    for path in (folder, folder / "rollouts.yaml"):
        found = inspect_paths([path], USUAL)
        assert places(found, folder) == [place]
        assert versions(found) == ["careful", "quick"]


def test_two_policies_of_one_name_are_refused(folder: Path) -> None:
    (folder / "also.yaml").write_text(QUICK)

    assert places(inspect_paths([folder], USUAL), folder) == ["quick.yaml:1:7"]


def test_what_is_named_twice_is_looked_at_once(folder: Path) -> None:
    (folder / "quick.yaml").write_text("name: quick\n")

    found = inspect_paths([folder, folder / "quick.yaml", folder / "careful.yaml"], USUAL)

    assert versions(found) == ["careful"]
    assert len(found.errors) == len({error.message for error in found.errors}) == 2


def test_what_is_not_there_is_an_error(tmp_path: Path) -> None:
    found = inspect_paths([tmp_path / "missing.yaml"], USUAL)

    assert [each.said for each in found.errors] == ["cannot be read: No such file or directory"]
