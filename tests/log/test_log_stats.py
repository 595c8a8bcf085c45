"""What a log adds up to, the same whatever form its segments have."""

from pathlib import Path

import msgspec
import pyarrow.parquet
import pytest
from rich.console import Console, RenderableType

from router.core.errors import FileError
from router.core.record import hash_tenant
from router.log.compaction import compact
from router.log.segments import segments_in
from router.log.selection import ALL, Selection
from router.log.stats import EVERY, USUAL, Stats, TierSpent, read_stats
from router.review.log_text import stats_text
from tests.log.records import NOON_S, a_mixed_log, a_served, an_escalated, lines_of, write_segment


def text_of(shown: RenderableType) -> str:
    with (console := Console(width=300)).capture() as captured:
        console.print(shown)
    return captured.get()


def added_up(log: Path, selection: Selection = ALL) -> Stats:
    return read_stats(log, selection, USUAL, 24)


def test_a_log_of_all_forms_is_added_up(tmp_path: Path) -> None:
    found = added_up(a_mixed_log(tmp_path))

    every = found.all
    assert (every.requests, every.served, every.escalated, every.budgeted, every.over_budget) == (6, 6, 2, 6, 2)
    assert (every.prompt_tokens, every.completion_tokens, every.wasted_tokens) == (120, 320, 180)
    assert (every.p50_s, every.p90_s) == (0.5, 1.5)
    assert every.engine_s == pytest.approx(5.0)
    assert (found.since_s, found.until_s) == (NOON_S, NOON_S + 5)
    assert found.tiers["fast"] == TierSpent(340, pytest.approx(2.8))
    assert (found.outcomes, found.statuses) == ({"served": 6}, {"200": 6})
    assert (found.escalations, found.checks) == ({"fast: rejected": 2}, {"fences": 2})
    assert (found.cache, found.other) == ({"miss": 4}, {"audit": 1})


def test_requests_are_grouped(tmp_path: Path) -> None:
    groups = read_stats(a_mixed_log(tmp_path), ALL, EVERY, 24).groups

    assert {each.key: each.requests for each in groups["tier"]} == {"fast": 4, "strong": 2}
    assert {each.key: each.p50_s for each in groups["rule"]} == {"otherwise": 0.5, "code": 1.5}
    assert {each.key: each.requests for each in groups["tenant"]} == {
        hash_tenant("acme"): 3,
        "": 2,
        hash_tenant("globex"): 1,
    }
    (hour,) = groups["hour"]
    assert (float(hour.key), hour.requests) == (NOON_S // 3600 * 3600, 6)


def test_the_largest_groups_are_kept_and_the_latest_hours(tmp_path: Path) -> None:
    write_segment(tmp_path, NOON_S, [a_served(n * 3600) for n in range(5)])

    (hour,) = read_stats(tmp_path, ALL, ("hour",), 1).groups["hour"]

    assert float(hour.key) > NOON_S + 3 * 3600


@pytest.mark.parametrize(
    ("selection", "requests"),
    [
        (Selection(tier="strong"), 2),
        (Selection(policy="careful"), 4),
        (Selection(policy="careful@0123456789ab"), 4),
        (Selection(rule="x' OR '1'='1"), 0),
        (Selection(tenant="globex"), 1),
        (Selection(tenant=hash_tenant("globex")), 1),
        (Selection(escalated=True, since_s=NOON_S + 2), 1),
        (Selection(until_s=NOON_S + 2, outcome="served"), 2),
    ],
)
def test_only_what_is_meant_is_added_up(tmp_path: Path, selection: Selection, requests: int) -> None:
    assert added_up(a_mixed_log(tmp_path), selection).all.requests == requests


def test_compacting_changes_nothing_of_it(tmp_path: Path) -> None:
    log = a_mixed_log(tmp_path)
    before = added_up(log).as_dict()

    list(compact(log))

    assert {each.form for each in segments_in(log)} == {"parquet"}
    assert added_up(log).as_dict() == before


def test_a_plain_file_is_added_up_and_its_bad_lines_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    path.write_bytes(lines_of([a_served(0)]) + b"no line\n")

    found = added_up(path)

    assert (found.all.requests, found.other) == (1, {"unreadable": 1})


def test_a_name_that_looks_like_a_pattern_is_a_name(tmp_path: Path) -> None:
    folder = tmp_path / "a[1]*"
    folder.mkdir()

    assert added_up(a_mixed_log(folder)).all.requests == 6


def test_a_log_without_requests_adds_up_to_nothing(tmp_path: Path) -> None:
    found = added_up(tmp_path)

    assert (found.all.requests, found.all.p50_s, found.since_s) == (0, None, None)
    assert msgspec.json.decode(msgspec.json.encode(found.as_dict()))["groups"]["tier"] == []


@pytest.mark.parametrize("suffix", [".jsonl.gz", ".parquet"])
def test_a_damaged_segment_is_an_error_that_names_it(tmp_path: Path, suffix: str) -> None:
    path = write_segment(tmp_path, NOON_S, [a_served(0)], suffix)
    path.write_bytes(path.read_bytes()[:-9])

    with pytest.raises(FileError, match=path.name):
        added_up(tmp_path)


def test_a_segment_of_an_older_version_may_lack_columns(tmp_path: Path) -> None:
    write_segment(tmp_path, NOON_S, [an_escalated(0), a_served(1)])
    list(compact(tmp_path))
    (path,) = tmp_path.iterdir()
    pyarrow.parquet.write_table(pyarrow.parquet.read_table(path).drop_columns(["checks", "tokens_read"]), path)

    found = added_up(tmp_path)

    assert (found.all.requests, found.all.tokens_read, found.checks) == (2, 0, {})


PAID = msgspec.structs.replace(
    a_served(0),
    cost_microusd=2_000,
    wasted_microusd=500,
    tiers_microusd={"fast": 1_500, "strong": 500},
    strong_alone_microusd=8_000,
)


@pytest.mark.parametrize("compacts", [False, True])
def test_money_is_added_up_where_it_is_known(tmp_path: Path, *, compacts: bool) -> None:
    alone_unknown = msgspec.structs.replace(PAID, strong_alone_microusd=None)
    write_segment(tmp_path, NOON_S, [PAID, alone_unknown, a_served(1)])
    if compacts:
        list(compact(tmp_path))

    found = added_up(tmp_path)

    every = found.all
    assert (every.cost_microusd, every.wasted_microusd) == (4_000, 1_000)
    assert (every.compared_microusd, every.strong_alone_microusd) == (2_000, 8_000)
    assert {tier: spent.cost_microusd for tier, spent in found.tiers.items()} == {"fast": 3_000, "strong": 1_000}


def test_where_no_cost_is_known_it_is_not_nothing(tmp_path: Path) -> None:
    found = added_up(a_mixed_log(tmp_path))

    assert (found.all.cost_microusd, found.tiers["fast"].cost_microusd) == (None, None)
    assert "$" not in text_of(stats_text(found))


def test_money_is_on_the_screen_with_what_was_saved(tmp_path: Path) -> None:
    write_segment(tmp_path, NOON_S, [PAID])

    said = text_of(stats_text(added_up(tmp_path)))

    assert "$0.002000, $0.000500 of it for nobody" in said
    assert "$0.008000 at the strong tier alone, for as many tokens: 75.0% saved" in said
