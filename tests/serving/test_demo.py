"""The demo: what it expects of each request, the page it shows, and what it leaves behind. Engines are simulated."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path

import psutil
import pytest
from msgspec.structs import replace as replace_struct
from rich.console import Console

from router.core.gate import Assessment, BlockNote
from router.core.reading.reading import ReadingNote
from router.core.record import AttemptRecord, Record
from router.core.values import Usage
from router.core.verdict import ACCEPTED
from tandem_serving.demo.client import Client, Reply
from tandem_serving.demo.course import Course, differences
from tandem_serving.demo.installation import Installation, open_installation
from tandem_serving.demo.playing import Played, play_showcase
from tandem_serving.demo.processes import environment, pick_ports
from tandem_serving.demo.reasons import reasons
from tandem_serving.demo.showcase import AT_EASE, SHOWCASE, Asked
from tandem_serving.demo.snippets import snippets
from tandem_serving.demo.table import WIDTH, showcase_table
from tandem_serving.simulator.profile_file import SimulatedTier
from tests.patience import until
from tests.wire_client import Address, post

READY_WITHIN_S = 40.0
EASY = "Tell me about the sea and its tides."
CURL = re.compile(r"curl -si http://(127\.0\.0\.1):(\d+)/v1/chat/completions")
KEY = re.compile(r"Bearer (tdm-[\w-]+)")

SERVED = AttemptRecord(1, "fast", "fast-1", "served", 0.2)
RECORD = Record(
    "1",
    0.0,
    0.21,
    200,
    "served",
    rule="otherwise",
    reason="otherwise",
    tier="fast",
    stakes="low",
    difficulty="low",
    prompt_tokens_estimate=12,
    answer_tokens_estimate=250,
    attempts=(SERVED,),
)
REPLY = Reply("1", 200, 0.22)
ASKED = Asked("small talk", {"messages": [{"role": "user", "content": EASY}]}, AT_EASE)
PLAYED = Played(ASKED, REPLY, RECORD)

TWO_BLOCKS = Assessment("block", 2, ACCEPTED, 500, 250, 1412, (BlockNote(1000), BlockNote(980)))
CUT = AttemptRecord(
    1,
    "fast",
    "fast-1",
    "rejected",
    0.2,
    gate=TWO_BLOCKS,
    reading=ReadingNote(2, 700, 0.1, 1980, 1412, ("out_of_top", "worst_window")),
)
MEND = AttemptRecord(2, "strong", "strong-1", "repaired", 0.1, usage=Usage(300, 23))
RESUMED = AttemptRecord(3, "fast", "fast-1", "served", 0.1, reading=ReadingNote(1, 500, 0.1, 600, 600))
REST = AttemptRecord(2, "strong", "strong-1", "served", 0.9)
NOT_READ = AttemptRecord(1, "fast", "fast-1", "served", 0.2, reading=ReadingNote(2, 0, 2.0, 9, 9, unread="timed_out"))


# --- values ---------------------------------------------------------------------------------------------------


def test_no_two_requests_of_the_showcase_have_the_same_name() -> None:
    assert len({asked.name for asked in SHOWCASE}) == len(SHOWCASE) >= 12


def test_the_showcase_sees_an_engine_die_and_come_back_and_a_grant_refused() -> None:
    incidents = [asked.incident for asked in SHOWCASE if asked.incident != "none"]

    assert incidents == ["fast_dies_midway", "fast_is_back"]
    assert "grant_missing" in {asked.expected.code for asked in SHOWCASE}


def test_what_went_as_expected_has_no_surprises() -> None:
    assert PLAYED.surprises == ()


def test_a_surprise_says_what_came_and_what_should_have() -> None:
    seen = Course("hard", "rule", ("fast:refused", "strong:served"))

    assert differences(AT_EASE, seen) == (
        "rule is hard, not otherwise",
        "reason is rule, not otherwise",
        "attempts is fast:refused, strong:served, not fast:served",
    )


@pytest.mark.parametrize(
    ("played", "said"),
    [
        (PLAYED, "no rule asks for more"),
        (
            replace(PLAYED, record=Record("1", 0, 0, 200, "served", reason="rule", stakes="low", difficulty="low")),
            "the rule's condition holds",
        ),
        (
            replace(
                PLAYED,
                record=Record(
                    "1", 0, 0, 200, "served", reason="rule", stakes="high", stakes_reasons=("medical.dosage", "hint")
                ),
            ),
            "stakes: hint",
        ),
        (
            replace(PLAYED, record=Record("1", 0, 0.4, 200, "served", reason="otherwise", latency_budget_ms=300)),
            "no rule asks for more; longer than its 300 ms",
        ),
        (
            replace(PLAYED, record=Record("1", 0, 0, 200, "served", reason="otherwise", dropped=("temperature",))),
            "no rule asks for more; left out: temperature",
        ),
        (
            replace(
                PLAYED,
                record=Record("1", 0, 0, 200, "served", reason="capability"),
                exclusions=("fast: seed is not for it",),
            ),
            "fast: seed is not for it",
        ),
        (
            replace(PLAYED, record=replace_struct(RECORD, reason="otherwise", attempts=(CUT, MEND, RESUMED))),
            "no rule asks for more; block 2 read: cut at 412 of 980 characters (out_of_top); "
            "mended by strong in 23 tokens, fast resumed; read by strong once, 600 characters accepted",
        ),
        (
            replace(PLAYED, record=replace_struct(RECORD, reason="otherwise", attempts=(CUT, REST))),
            "no rule asks for more; block 2 read: cut at 412 of 980 characters (out_of_top), strong wrote the rest",
        ),
        (
            replace(PLAYED, record=replace_struct(RECORD, reason="otherwise", attempts=(NOT_READ,))),
            "no rule asks for more; read by strong 2 times, 9 characters accepted, then not read (timed_out)",
        ),
        (
            replace(PLAYED, record=replace_struct(RECORD, cache="semantic", attempts=())),
            "no rule asks for more; a question that asks the same was answered before: that answer, from the cache, "
            "no engine asked",
        ),
        (
            replace(PLAYED, reply=replace(REPLY, status=403, error_code="grant_missing", error="no pins")),
            "403, grant_missing: no pins",
        ),
        (
            replace(PLAYED, reply=replace(REPLY, blocks=1, error_code="upstream_error", error="it broke off")),
            "an error event, upstream_error: it broke off; 1 block, the first after 0.00 s",
        ),
    ],
)
def test_the_reasons_say_what_happened(played: Played, said: str) -> None:
    assert reasons(played) == said


def test_the_table_fits_its_page_and_names_every_attempt() -> None:
    failed = AttemptRecord(1, "fast", "fast-1", "unavailable", 0.0)
    attempts = (failed, AttemptRecord(2, "strong", "strong-1", "served", 1.0))
    record = Record("1", 0, 1, 200, "served", rule="very-short-answer", reason="rule", tier="strong", attempts=attempts)

    page = rendered(replace(PLAYED, record=record), PLAYED)

    assert max(map(len, page.splitlines())) <= WIDTH
    assert "fast:unavailable" in page
    assert "strong:served" in page
    assert "12+250" in page


def test_the_table_shows_what_was_unexpected() -> None:
    asked = replace(ASKED, expected=replace(AT_EASE, rule="hard"))

    assert "UNEXPECTED: rule is" in rendered(replace(PLAYED, asked=asked))


def test_the_snippets_are_ready_to_paste() -> None:
    pasted = snippets("http://127.0.0.1:8080/v1", "tdm-1")

    data = re.search(r"-d '(.*)'", pasted)
    assert data is not None
    assert json.loads(data[1])["model"] == "auto"
    compile(pasted.partition("From Python:")[2], "snippet", "exec")


def test_a_taken_port_is_left_alone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        first, second = pick_ports((number, 0))

    assert number not in (first, second)
    assert first != second


def test_processes_do_not_inherit_settings_meant_for_others() -> None:
    given = {"PATH": "/bin", "TANDEM_PUBLIC__PORT": "1", "VLLM_API_KEY": "secret"}

    assert environment(given) == {"PATH": "/bin"}


def rendered(*played: Played) -> str:
    page = StringIO()
    Console(file=page, width=WIDTH, markup=False, highlight=False).print(showcase_table(played))
    return page.getvalue()


# --- processes ------------------------------------------------------------------------------------------------


def test_a_request_that_goes_elsewhere_is_a_surprise() -> None:
    wrong = replace(ASKED, expected=Course("hard", "rule", ("strong:served",)))
    heard: list[str] = []

    with open_installation("h200-fp8", heard.append) as installation:
        as_expected, surprising = play_showcase((ASKED, wrong), installation, heard.append)

    assert as_expected.surprises == ()
    assert "rule is otherwise, not hard" in surprising.surprises
    assert any(said.startswith("the router is up after") for said in heard)


def test_of_drafts_that_are_read_nothing_wrong_reaches_the_caller() -> None:
    read = [asked for asked in SHOWCASE if ":read-and-" in asked.model]

    with open_installation("h200-fp8", lambda _: None) as installation:
        right = [asked_alone("strong", asked, installation) for asked in read]
        drafted = [asked_alone("fast", asked, installation) for asked in read]
        played = play_showcase(read, installation, lambda _: None)

    assert [each.surprises for each in played] == [(), (), ()]
    assert [each.reply.text for each in played] == right
    assert [said == wanted for said, wanted in zip(drafted, right, strict=True)] == [True, False, False]
    assert ["cut at" in reasons(each) for each in played] == [False, True, True]


def asked_alone(tier: SimulatedTier, asked: Asked, installation: Installation) -> str:
    """What an engine answers by itself."""
    layout = installation.layout
    return Client(layout.ports[tier], "").ask({**asked.body, "model": layout.profiles[tier].served_model}).text


def test_own_prompts_end_in_their_distribution(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text(f"{EASY}\nHow many mg of ibuprofen may a child of 20 kg take?\n")

    done = run(tmp_path, "--once", "--prompts", "mine.txt")

    words = [line.split() for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    assert ["high-stakes", "1"] in words
    assert ["otherwise", "1"] in words
    assert "sending 2 prompts" in done.stderr


def test_a_page_for_machines_holds_the_records(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text(EASY)

    done = run(tmp_path, "--once", "--prompts", "mine.txt", "--json")

    (routed,) = json.loads(done.stdout)
    assert routed["prompt"] == EASY
    assert routed["record"]["tier"] == "fast"


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_stays_up_until_stopped_and_leaves_nothing_behind(by: signal.Signals, tmp_path: Path) -> None:
    with staying_up(tmp_path) as demo:
        answer = post(demo.router, asking(), demo.key)
        demo.process.send_signal(by)
        code = demo.process.wait(20)

    assert (answer.status, answer.header("x-router-tier")) == (200, "fast")
    assert code == 0
    assert len(demo.children) == 3
    assert not any(child.is_running() for child in demo.children)
    assert list(tmp_path.glob("tandem-demo-*")) == []


def test_what_is_shown_to_be_pasted_works(tmp_path: Path) -> None:
    with staying_up(tmp_path) as demo:
        pasted = demo.said().partition("From Python:")[2].partition("The router's")[0]
        done = subprocess.run([sys.executable, "-c", pasted], capture_output=True, text=True, check=False, timeout=40)

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("strong high-stakes\n")


def test_stopped_while_it_starts_it_leaves_nothing_behind(tmp_path: Path) -> None:
    log = tmp_path / "demo.log"
    with log.open("wb") as out:
        process = subprocess.Popen(command(), cwd=tmp_path, env=environment_in(tmp_path), stdout=out, stderr=out)
    until(lambda: "engines" in log.read_text(), READY_WITHIN_S)
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)

    assert process.wait(20) == 130
    assert not any(child.is_running() for child in children)
    assert list(tmp_path.glob("tandem-demo-*")) == []


def test_an_engine_that_ends_by_itself_ends_the_demo(tmp_path: Path) -> None:
    with staying_up(tmp_path) as demo:
        demo.children[0].kill()
        code = demo.process.wait(20)

    assert code == 1
    assert "the fast engine ended with status -9" in demo.said()
    assert not any(child.is_running() for child in demo.children)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--profile", "abacus"), "there is no such profile"),
        (("--profile", "cpu-tiny"), "has a window of 4096 tokens"),
        (("--prompts", "missing.txt"), "No such file"),
    ],
)
def test_what_cannot_be_shown_says_why(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    done = run(tmp_path, "--once", *arguments)

    assert done.returncode == 1
    assert said in done.stderr


@dataclass(frozen=True)
class Demo:
    """A demo that stays up. `children` are the engines and the router."""

    process: subprocess.Popen[bytes]
    children: list[psutil.Process]
    router: Address
    key: str
    log: Path

    def said(self) -> str:
        """Everything so far."""
        return self.log.read_text()


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "tandem_serving.demo", *arguments]


def asking() -> dict[str, object]:
    return {"model": "auto", "messages": [{"role": "user", "content": EASY}]}


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*arguments), cwd=folder, capture_output=True, text=True, check=False, timeout=50)


@contextmanager
def staying_up(folder: Path) -> Iterator[Demo]:
    """A demo that has sent one prompt and waits to be stopped. Its temporary files are in `folder`."""
    (folder / "mine.txt").write_text(EASY)
    log = folder / "demo.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command("--prompts", "mine.txt"), cwd=folder, env=environment_in(folder), stdout=out, stderr=out
        )
    try:
        until(lambda: "Ctrl-C stops" in log.read_text() or process.poll() is not None, READY_WITHIN_S)
        place, key = CURL.search(log.read_text()), KEY.search(log.read_text())
        assert place is not None, log.read_text()
        assert key is not None
        children = sorted(psutil.Process(process.pid).children(recursive=True), key=lambda child: child.create_time())
        yield Demo(process, children, Address(place[1], int(place[2])), key[1], log)
    finally:
        process.terminate()
        process.wait(20)


def environment_in(folder: Path) -> dict[str, str]:
    return {**os.environ, "TMPDIR": str(folder)}
