"""The process around the real litellm: its environment, its socket, its money, and what it refuses to start with."""

import json
import re
import stat
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.faults import answers, never_answers, waits_for
from tests.hosted_process import PROVIDER_KEY, ROOT, hosted_fields, hosted_settings, hosting, start
from tests.scripted_engine import ScriptedEngine
from tests.vllm_wire import PROMPT_TOKENS
from tests.wire_client import CHAT

MOST_MICROUSD = 6_000
"""A little more than what the small request may cost at most: 50 tokens of an answer, and its prompt."""


def refused(settings: dict[str, Any], folder: Path, environment: dict[str, str] | None = None) -> str:
    """What it says when it does not start."""
    process = start(settings, folder, environment or {})
    assert process.wait(60) == 1
    *_, said = (folder / "hosted.log").read_text().splitlines()
    assert said.startswith("error: ")
    return said.removeprefix("error: ")


def spending(**said: Any) -> dict[str, Any]:
    """The part of the settings about money."""
    return {"spending": {"cap_microusd": MOST_MICROUSD, **said}}


# --- what it sees and who sees it -----------------------------------------------------------------------------------


def test_litellm_sees_no_variable_but_those_it_needs_and_reaches_out_to_nobody(
    provider: ScriptedEngine, tmp_path: Path
) -> None:
    """A module of this name is what Python runs first of all: it looks at what litellm sees while it is imported."""
    (tmp_path / "sitecustomize.py").write_text(WATCHER)
    settings = hosted_settings(provider.url, environment=["AWS_REGION"])
    beside = {"DATABASE_URL": "postgres://canary", "OPENAI_API_KEY": "sk-of-somebody", "AWS_REGION": "eu"}
    path = {"PYTHONPATH": f"{tmp_path}:{ROOT}:{ROOT / 'serving'}", "WATCHED": str(tmp_path / "seen.jsonl")}
    with hosting(settings, tmp_path, {**beside, **path}):
        pass

    seen = [json.loads(line) for line in (tmp_path / "seen.jsonl").read_text().splitlines()]
    (variables,) = [each["variables"] for each in seen if "variables" in each]
    assert "AWS_REGION" in variables
    assert "LITELLM_LOCAL_MODEL_COST_MAP" in variables
    assert not {"DATABASE_URL", "OPENAI_API_KEY", "PROVIDER_KEY"} & set(variables)
    assert [each for each in seen if "event" in each] == []


WATCHER = """
import json, os, sys

def note(**said):
    with open(path, "a") as file:
        file.write(json.dumps(said) + "\\n")

def watch(event, arguments):
    if event == "import" and arguments[0] == "litellm" and not seen:
        seen.append(True)
        note(variables=list(os.environ))
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        note(event=event, arguments=repr(arguments))
    if event == "socket.connect" and not isinstance(arguments[1], (str, bytes)):
        note(event=event, arguments=repr(arguments))

path, seen = os.environ["WATCHED"], []
sys.addaudithook(watch)
"""


def test_only_its_user_and_group_may_open_the_socket(provider: ScriptedEngine, tmp_path: Path) -> None:
    with hosting(hosted_settings(provider.url), tmp_path) as process:
        mode = Path(process.url.removeprefix("unix://")).stat().st_mode

    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o660


def test_a_key_of_its_own_is_asked_for_where_one_is_set(provider: ScriptedEngine, tmp_path: Path) -> None:
    provider.does(answers("Hello"))
    listen = {"socket": "hosted.sock", "key_env": "HOSTED_KEY"}

    with hosting(hosted_settings(provider.url, listen=listen), tmp_path, {"HOSTED_KEY": "a key"}) as process:
        without, wrong = process.post(), process.post({"authorization": f"Bearer {PROVIDER_KEY}"})
        right = process.post({"authorization": "Bearer a key"})

    assert [each.status for each in (without, wrong, right)] == [401, 401, 200]
    assert len(provider.received) == 1


def test_sigterm_lets_calls_under_way_come_to_their_end(provider: ScriptedEngine, tmp_path: Path) -> None:
    gate = threading.Event()
    provider.does(waits_for(gate, answers("Hello")))

    with hosting(hosted_settings(provider.url), tmp_path) as process:
        said: list[int] = []
        asking = threading.Thread(target=lambda: said.append(process.post().status))
        asking.start()
        provider.await_received()
        process.ask_to_stop()
        time.sleep(0.2)
        gate.set()
        asking.join()

    assert said == [200]


# --- money ----------------------------------------------------------------------------------------------------------


def test_beyond_the_cap_nobody_is_called_and_a_restart_forgets_nothing(
    provider: ScriptedEngine, tmp_path: Path
) -> None:
    provider.does(answers(*["word"] * 40))
    settings = hosted_settings(provider.url, **spending())

    with hosting(settings, tmp_path) as process:
        first, second = process.post(), process.post()
        spent = process.spent()
    with hosting(settings, tmp_path) as process:
        third, after = process.post(stream=True), process.spent()

    assert (first.status, second.status, third.status) == (200, 429, 429)
    assert len(provider.received) == 1
    for each in (second, third):
        assert (each.error["type"], each.error["code"]) == ("insufficient_quota", "insufficient_quota")
        assert re.search(
            r"cap is reached: this call may cost up to \$0\.0\d+, .*left in the window 20\d\d-", each.error["message"]
        )
        assert 0 < int(each.header("retry-after") or 0) <= 86_400
    assert spent["spent_usd"] == pytest.approx(PROMPT_TOKENS * 10e-6 + 40 * 100e-6)
    assert after == spent


def test_calls_at_once_cannot_spend_together_what_each_might_alone(provider: ScriptedEngine, tmp_path: Path) -> None:
    gate = threading.Event()
    provider.does(waits_for(gate, answers("Hello")))
    statuses: list[int] = []

    with hosting(hosted_settings(provider.url, **spending(cap_microusd=3 * MOST_MICROUSD)), tmp_path) as process:
        asking = [threading.Thread(target=lambda: statuses.append(process.post().status)) for _ in range(20)]
        for each in asking:
            each.start()
        while len(statuses) < 17:
            time.sleep(0.01)
        gate.set()
        for each in asking:
            each.join()

    assert sorted(statuses) == [200] * 3 + [429] * 17
    assert len(provider.received) == 3


def test_what_was_under_way_when_it_was_killed_counts_as_spent(provider: ScriptedEngine, tmp_path: Path) -> None:
    provider.does(never_answers())
    settings = hosted_settings(provider.url, **spending(cap_microusd=1_000_000))

    with hosting(settings, tmp_path) as process:
        connection = process.connect()
        connection.request("POST", CHAT, json.dumps(hosted_fields()))
        provider.await_received()
        held = process.spent()["held_usd"]
        process.kill()
        connection.close()
    with hosting(settings, tmp_path) as process:
        after = process.spent()

    assert held > 0
    assert (after["spent_usd"], after["held_usd"]) == (held, 0)


def test_litellms_own_table_prices_what_the_settings_do_not(provider: ScriptedEngine, tmp_path: Path) -> None:
    provider.does(answers("Hello", " there"))
    settings = hosted_settings(provider.url)
    settings["models"][0] |= {"model": "openai/gpt-4o", "price": None}

    with hosting(settings, tmp_path) as process:
        usage = process.post().json["usage"]

    assert usage["cost"] == pytest.approx(PROMPT_TOKENS * 2.5e-6 + 2 * 10e-6, rel=0.05)


# --- what it does not start with --------------------------------------------------------------------------------------


def test_a_model_of_no_known_price_is_refused(provider: ScriptedEngine, tmp_path: Path) -> None:
    settings = hosted_settings(provider.url)
    settings["models"][0]["price"] = None

    said = refused(settings, tmp_path)

    assert re.fullmatch(
        r"models: litellm \S+ knows no price of openai/gpt-any, so no cap could hold; give the model 'best' a `price`",
        said,
    )


def test_two_processes_do_not_keep_one_ledger(provider: ScriptedEngine, tmp_path: Path) -> None:
    beside = {"listen": {"port": 0}, "spending": {"cap_microusd": 1_000_000, "file": str(tmp_path / "spent.json")}}
    settings, second = hosted_settings(provider.url, **beside), tmp_path / "second"
    second.mkdir()

    with hosting({**settings, "listen": {"socket": "hosted.sock"}}, tmp_path):
        said = refused(settings, second)

    assert said.endswith("spent.json; is `tandem hosted` running?")


def test_a_socket_that_is_in_use_is_not_taken_away(provider: ScriptedEngine, tmp_path: Path) -> None:
    provider.does(answers("Hello"))
    second = tmp_path / "second"
    second.mkdir()

    with hosting(hosted_settings(provider.url), tmp_path) as process:
        settings = hosted_settings(provider.url, listen={"socket": str(tmp_path / "hosted.sock")})
        said = refused(settings, second)
        after = process.post()

    assert said.endswith("hosted.sock; is `tandem hosted` running?")
    assert after.status == 200


def test_a_ledger_that_is_damaged_is_not_taken_for_an_empty_one(provider: ScriptedEngine, tmp_path: Path) -> None:
    (tmp_path / "hosted-spent.json").write_text('{"spent_mic')

    assert "is damaged: what was spent is not known" in refused(hosted_settings(provider.url), tmp_path)


@pytest.fixture
def other_release(tmp_path: Path) -> Path:
    """A folder in which Python finds another release of litellm first."""
    (tmp_path / "litellm").mkdir()
    (tmp_path / "litellm" / "__init__.py").write_text("raise SystemExit('litellm was imported')")
    return tmp_path


@pytest.mark.parametrize(
    ("version", "said"),
    [("1.82.8", "is a compromised release that steals keys"), ("1.83.14", "1.84.0 or later is needed")],
)
def test_a_release_that_may_not_run_is_not_even_imported(
    provider: ScriptedEngine, other_release: Path, version: str, said: str
) -> None:
    facts = other_release / f"litellm-{version}.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: litellm\nVersion: {version}\n")

    path = {"PYTHONPATH": f"{other_release}:{ROOT}:{ROOT / 'serving'}"}

    assert said in refused(hosted_settings(provider.url), other_release, path)
