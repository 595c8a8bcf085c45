"""`tandem log`: following, telling, adding up and compacting decisions."""

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from router.cli.log_upkeep import SCHEMA_FILE
from router.log.rows import row_of
from router.log.schema import json_schema, schema_text
from router.review.log_text import row_text
from tests.cli.commands import ended, errors, succeeded, tandem
from tests.log.records import NOON_S, a_mixed_log, a_served, an_escalated, lines_of, write_segment
from tests.patience import until

GOOD = "tiers: {fast: {backends: [{url: 'http://127.0.0.1:1', model: m, dialect: vllm, context_tokens: 9}]}}\n"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def log(here: Path) -> Path:
    """A log of six requests in three segments."""
    (here / "log").mkdir()
    return a_mixed_log(here / "log").relative_to(here)


def test_the_last_decisions_are_told_a_line_each(log: Path) -> None:
    said = succeeded(tandem("log", "tail", "--log", log, "--no-follow", "--lines", 2)).splitlines()

    assert len(said) == 2
    assert "served      200 fast" in said[0]
    assert "quick/code · up from fast: rejected · found: fences · over its 1000 ms" in said[1]


@pytest.mark.parametrize(
    ("options", "meant"),
    [
        (("--escalated",), [1, 5]),
        (("--tier", "fast", "--tenant", "globex"), [3]),
        (("--rule", "code", "--since", "2026-09-21T00:00+00:00"), [1, 5]),
        (("--policy", "careful", "--outcome", "served"), [0, 2, 3, 4]),
        (("--since", "1m"), []),
    ],
)
def test_only_what_is_meant_is_told(log: Path, options: tuple[str, ...], meant: list[int]) -> None:
    said = succeeded(tandem("log", "tail", "--log", log, "--no-follow", "--json", *options)).splitlines()

    assert [int(json.loads(line)["request_id"], 16) for line in said] == meant


def test_decisions_are_told_as_they_are_made(log: Path) -> None:
    command = [sys.executable, "-m", "router", "log", "tail", "--log", str(log.resolve()), "--lines", "1", "--json"]
    with (log.parent / "told").open("wb") as told:
        process = subprocess.Popen(command, stdout=told)
    try:
        until(lambda: (log.parent / "told").read_bytes().count(b"\n") == 1, 20.0)
        write_segment(log, NOON_S + 9, [a_served(9)])
        until(lambda: (log.parent / "told").read_bytes().count(b"\n") == 2)
    finally:
        process.terminate()
        process.wait(10)

    assert (log.parent / "told").read_bytes() == lines_of([an_escalated(5), a_served(9)])


def test_a_terminal_gets_colours_and_nothing_that_moves_its_cursor() -> None:
    console = Console(force_terminal=True, width=200, color_system="standard")
    with console.capture() as shown:
        console.print(row_text(row_of(lines_of([an_escalated(1)]).replace(b'"rule":"code"', b'"rule":"\\u001b[2J"'))))

    assert "\x1b[35mstrong" in shown.get()
    assert "\x1b[2J" not in shown.get()


def test_a_decision_is_told_so_that_a_newcomer_understands_it(log: Path) -> None:
    said = succeeded(tandem("log", "show", f"{5:032x}", "--log", log))

    assert "a whole answer was given (200)" in said
    assert "caller → fast: rejected → strong: served → caller" in said
    assert "attempt 1 at the gate: 2 blocks, the last was rejected by fences; 90 tokens discarded" in said
    assert "wasted   90 tokens" in said
    assert "engines  fast 0.400 s, strong 1.100 s" in said


def test_money_is_told_where_it_is_known(here: Path) -> None:
    served = a_served(0)
    paid = msgspec.structs.replace(
        served,
        attempts=(msgspec.structs.replace(served.attempts[0], cost_microusd=1_500),),
        cost_microusd=2_000,
        tiers_microusd={"fast": 1_500, "strong": 500},
        wasted_microusd=20,
        strong_alone_microusd=8_000,
    )
    Path("log.jsonl").write_bytes(lines_of([paid, a_served(1)]))

    said = succeeded(tandem("log", "show", f"{0:032x}", "--log", "log.jsonl"))
    free = succeeded(tandem("log", "show", f"{1:032x}", "--log", "log.jsonl"))

    assert "fast $0.001500, strong $0.000500" in said
    assert "$0.000020" in said
    assert "$0.008000 for as many tokens" in said
    assert "$" not in free


def test_what_was_done_behind_the_callers_back_is_told_with_it(log: Path) -> None:
    told = json.loads(succeeded(tandem("log", "show", f"{0:032x}", "--log", log, "--json")))

    assert told["record"]["request_id"] == f"{0:032x}"
    assert [each["kind"] for each in told["beside"]] == ["audit"]
    assert "afterwards: audit" in succeeded(tandem("log", "show", f"{0:032x}", "--log", log))


def test_a_record_of_another_router_is_told_as_it_stands(here: Path) -> None:
    Path("log.jsonl").write_text('{"request_id": "r1", "attempts": "none"}\n')

    assert json.loads(succeeded(tandem("log", "show", "r1", "--log", "log.jsonl")))["record"]["attempts"] == "none"


def test_a_request_that_is_not_there_is_an_error(log: Path) -> None:
    (error,) = errors(ended(tandem("log", "show", "nobody", "--log", log), 1))

    assert error.startswith("log:1:1: holds no request 'nobody'")


def test_a_log_is_added_up_as_tables_and_as_json(log: Path) -> None:
    said = succeeded(tandem("log", "stats", "--log", log))
    told = json.loads(
        succeeded(tandem("log", "stats", "--log", log, "--by", "rule", "--json", "--until", "2100-01-01"))
    )

    assert said.startswith("6 requests from ")
    assert "went up from       fast: rejected 2" in said
    assert told["all"]["requests"] == 6
    assert {each["key"]: each["requests"] for each in told["groups"]["rule"]} == {"otherwise": 4, "code": 2}
    assert list(told["groups"]) == ["rule"]


def test_a_log_is_compacted_once(log: Path) -> None:
    first, again = tandem("log", "compact", "--log", log), tandem("log", "compact", "--log", log)

    assert len(succeeded(first).splitlines()) == 2
    assert succeeded(again) == ""
    assert {each.suffix for each in log.iterdir()} == {".parquet"}


def test_the_settings_say_where_the_log_is(log: Path) -> None:
    Path("tandem.yaml").write_text(GOOD + "decision_log: {folder: log}\n")

    assert len(succeeded(tandem("log", "tail", "--no-follow")).splitlines()) == 6


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("stats", "--log", "nowhere"), 1, "nowhere:1:1: cannot be read: there is no such log yet"),
        (("compact", "--log", "file.jsonl"), 1, "file.jsonl:1:1: is one file; only the segments of a folder"),
        (("tail", "--no-follow"), 1, "sets no `decision_log`; say --log"),
        (("stats", "--log", "log", "--by", "mood"), 2, "'mood' is none of tier, rule"),
        (("tail", "--log", "log", "--since", "soon"), 2, "'soon' is neither an age nor a time"),
    ],
)
def test_what_is_wrong_is_said(log: Path, arguments: tuple[str, ...], code: int, said: str) -> None:
    Path("file.jsonl").write_text("")
    Path("tandem.yaml").write_text(GOOD)

    assert said in " ".join(ended(tandem("log", *arguments), code).stderr.replace("│", " ").split())


def test_the_documented_schema_is_that_of_what_is_written() -> None:
    assert (ROOT / SCHEMA_FILE).read_text("utf-8") == schema_text() == succeeded(tandem("log", "schema"))
    assert json.loads(succeeded(tandem("log", "schema", "--json"))) == json.loads(msgspec.json.encode(json_schema()))


def test_a_stale_schema_is_noticed_and_written_anew(here: Path) -> None:
    (here / SCHEMA_FILE).parent.mkdir(parents=True)
    assert "is stale" in ended(tandem("log", "schema", "--check"), 1).stderr

    succeeded(tandem("log", "schema", "--write"))

    succeeded(tandem("log", "schema", "--check"))
