"""The dashboards that ship: made of code, whole, and about every metric there is."""

import json
import re
from pathlib import Path

import pytest

from helm.boards.__main__ import BOARDS, FOLDER, compare, main, write
from helm.boards.board import Board, render
from router.telemetry import names

RULES = FOLDER.parent / "rules"
OF_THE_PROCESS = {names.TASKS, names.TRACES_LOST, names.DECISIONS_LOST, names.POLICY_HELD}
"""Read by people who look for something, on no dashboard."""

MADE_INTO_OTHERS = {names.REQUEST_DURATION, names.FIRST_BLOCK, names.ATTEMPTS, names.ATTEMPT_DURATION}
"""By the conventions' names, or by backend, these are on dashboards."""

each_board = pytest.mark.parametrize("board", BOARDS, ids=[board.name for board in BOARDS])


def test_the_files_are_what_the_code_makes() -> None:
    assert main(["--check"]) == 0


def test_a_dashboard_is_made_the_same_every_time() -> None:
    assert [render(board) for board in BOARDS] == [render(board) for board in BOARDS]


@each_board
def test_panels_are_told_apart_described_and_overlap_nowhere(board: Board) -> None:
    panels = json.loads(render(board))["panels"]

    assert len({panel["id"] for panel in panels}) == len({panel["title"] for panel in panels}) == len(panels)
    assert all(panel["description"] for panel in panels)
    cells = [
        (x, y)
        for at in (panel["gridPos"] for panel in panels)
        for x in range(at["x"], at["x"] + at["w"])
        for y in range(at["y"], at["y"] + at["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24


@each_board
def test_every_query_is_of_the_deployments_that_are_chosen_and_of_their_prometheus(board: Board) -> None:
    for panel in json.loads(render(board))["panels"]:
        for target in panel["targets"]:
            assert target["datasource"] == {"type": "prometheus", "uid": "${source}"}
            selectors = re.findall(r"[a-z][a-z0-9_:]*\{([^}]*)\}", target["expr"])
            assert selectors
            assert all('job=~"$job"' in each for each in selectors)


def test_every_metric_is_on_a_dashboard_or_in_a_rule() -> None:
    files = [*FOLDER.glob("*.json"), *RULES.glob("*.yaml")]
    asked = " ".join(path.read_text() for path in files)
    declared = {text for name, text in vars(names).items() if name.isupper() and isinstance(text, str)}

    missing = {name for name in declared if not re.search(rf"\b{name}(_total|_bucket|_count|_sum)?\b", asked)}

    assert missing == OF_THE_PROCESS | MADE_INTO_OTHERS


def test_every_metric_that_is_asked_for_is_one_of_ours() -> None:
    files = [*FOLDER.glob("*.json"), *RULES.glob("*.yaml")]
    told = {text for name, text in vars(names).items() if name.isupper() and isinstance(text, str)}
    asked = {found for path in files for found in re.findall(r"\b(?:router|gen_ai)_\w+(?=\{|\[)", path.read_text())}

    assert asked
    assert {each for each in asked if re.sub("_(total|bucket|count|sum)$", "", each) not in told} == set()


def test_what_is_out_of_date_missing_or_too_much_is_named_and_mended(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "overview.json").write_text("{}")
    (tmp_path / "cache.json").unlink()
    (tmp_path / "old.json").write_text("{}")

    assert compare(tmp_path) == ["cache.json", "old.json", "overview.json"]
    write(tmp_path)
    assert compare(tmp_path) == []
