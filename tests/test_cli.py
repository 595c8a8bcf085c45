"""The `tandem` command: what it prints where, and with which exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from router import __version__
from router.cli import app
from router.config.keys_file import FileKeyring, read_keys
from router.core.facts import FACTS_AFTERWARDS
from router.core.grants import Grants

GOOD = """\
tiers:
  fast:
    backends:
      - {url: "http://127.0.0.1:1", model: tier1, dialect: vllm_diffusion, context_tokens: 4096}
  strong:
    backends:
      - {url: "http://127.0.0.1:2", model: tier2, dialect: vllm, context_tokens: 8192}
"""

POLICY = "name: p\nrules:\n  - name: one\n    when: signals.code\n    then: {tier: fast}\notherwise: {tier: strong}\n"


@pytest.fixture(autouse=True)
def inside_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing from outside says what a test does not say."""
    monkeypatch.chdir(tmp_path)
    for name in [each for each in os.environ if each.startswith("TANDEM_")]:
        monkeypatch.delenv(name)


def tandem(*arguments: Any) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


def succeeded(result: Result) -> str:
    assert (result.exit_code, result.exception) == (0, None), result.output
    return result.stdout


def failed(result: Result) -> str:
    """What a command that failed as it should said on stderr: one line and no traceback."""
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1
    return result.stderr.removeprefix("error: ").strip()


# --- version and help -------------------------------------------------------------------------------------------


def test_version_prints_the_version_and_nothing_else() -> None:
    assert succeeded(tandem("version")) == f"{__version__}\n"


def test_as_a_module_it_is_the_same_command() -> None:
    asked = subprocess.run([sys.executable, "-m", "router", "version"], capture_output=True, check=False, cwd=ROOT)

    assert (asked.returncode, asked.stdout, asked.stderr) == (0, f"{__version__}\n".encode(), b"")


ROOT = Path(__file__).parent.parent

HEAVY = ("aiohttp", "fastapi", "pydantic", "uvicorn", "cel_expr_python", "prometheus_client", "litellm")


def test_help_is_quick_because_nothing_heavy_is_imported_for_it() -> None:
    code = f"import sys, router.cli; print([name for name in {HEAVY!r} if name in sys.modules])"

    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, cwd=ROOT)

    assert (asked.stdout, asked.stderr) == (b"[]\n", b"")


@pytest.mark.parametrize("arguments", [(), ("keys",), ("policy",)])
def test_without_a_command_the_commands_are_shown(arguments: tuple[str, ...]) -> None:
    result = tandem(*arguments)

    assert "Usage" in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("command", ["serve", "check", "version", "keys", "policy"])
def test_every_command_has_help(command: str) -> None:
    assert "Usage" in succeeded(tandem(command, "--help"))


# --- check ------------------------------------------------------------------------------------------------------


def test_check_says_which_tiers_and_policies_it_found() -> None:
    Path("tandem.yaml").write_text(GOOD)

    said = succeeded(tandem("check"))

    assert said.startswith("tandem.yaml: tiers fast, strong; policies ")
    assert " default@" in said


def test_check_tells_machines_the_same() -> None:
    Path("other.yaml").write_text(GOOD)

    found = json.loads(succeeded(tandem("check", "--config", "other.yaml", "--json")))

    assert found["tiers"] == ["fast", "strong"]
    assert found["policies"]["default"].startswith("default@")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "tandem.yaml:1:1: cannot be read: No such file or directory"),
        ("", "tandem.yaml:1:1: expected a mapping of names to values"),
        (GOOD + "pubic: {port: 1}\n", "tandem.yaml:8:1: pubic: is not a known setting; did you mean 'public'?"),
        (GOOD.replace("4096", "0"), "tandem.yaml:4:92: tiers.fast.backends.0.context_tokens: Input should be greater"),
        (GOOD + "keys: missing.json\n", "missing.json:1:1: cannot be read: No such file or directory"),
        (GOOD + "policies: missing\n", "missing:1:1: is not a folder of policies"),
        (GOOD + "default_policy: cheep\n", "holds no policy named 'cheep', which is the default; there are: "),
        (GOOD.replace("tier2", "fast"), "tiers.strong: the model name 'fast' is taken"),
        (GOOD.replace("tier2", "tier1"), "tiers.strong: the model name 'tier1' is taken"),
        (GOOD.replace("tier2", "auto:x"), "tiers.strong: the model name 'auto:x' is taken"),
        (GOOD + "public: {host: 0.0.0.0, port: 1}\n", "tandem.yaml:1:1: public.host is 0.0.0.0 and there are no keys"),
    ],
)
def test_check_refuses_what_is_wrong_with_its_place(content: str | None, said: str) -> None:
    if content is not None:
        Path("tandem.yaml").write_text(content)

    assert said in failed(tandem("check"))


def test_check_leaves_no_trace_in_the_history_of_policies() -> None:
    Path("tandem.yaml").write_text(GOOD + "policy_history: past\n")

    succeeded(tandem("check"))

    assert not Path("past").exists()


def test_check_looks_into_the_policies_and_the_keys() -> None:
    Path("rules").mkdir()
    Path("rules/p.yaml").write_text(POLICY.replace("signals.code", "signals.cod"))
    Path("tandem.yaml").write_text(GOOD + "policies: rules\n")

    assert "p.yaml:4:11: 'signals.cod' is not a known name; did you mean 'signals.code'?" in failed(tandem("check"))


def test_check_names_a_mistake_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("tandem.yaml").write_text(GOOD)
    monkeypatch.setenv("TANDEM_PUBLIC__PORT", "web")

    assert failed(tandem("check")).startswith("the environment variable TANDEM_PUBLIC__PORT: ")


def test_check_writes_nothing() -> None:
    Path("tandem.yaml").write_text(GOOD + "decision_log: log.jsonl\n")

    succeeded(tandem("check"))

    assert [each.name for each in Path().iterdir() if each.name != "tandem.yaml"] == []


def test_serve_refuses_what_check_refuses() -> None:
    Path("tandem.yaml").write_text(GOOD + "pubic: {port: 1}\n")

    assert "tandem.yaml:8:1: pubic: is not a known setting" in failed(tandem("serve"))


# --- keys -------------------------------------------------------------------------------------------------------


def test_create_prints_the_key_alone_so_that_it_can_be_piped() -> None:
    result = tandem("keys", "create", "--tenant", "acme")

    secret = succeeded(result).strip()
    assert FileKeyring(read_keys(Path("keys.json"))).caller(secret).tenant == "acme"
    assert secret not in result.stderr
    assert "shown only now" in result.stderr


def test_create_grants_what_it_is_told_to() -> None:
    secret = succeeded(
        tandem(
            *("keys", "create", "--tenant", "acme", "--keys", "k.json"),
            *("--models", "auto", "--models", "auto:*", "--policies", "team-*"),
            *("--max-tier", "strong", "--min-stakes", "medium", "--hints", "full", "--pins", "--engine-parameters"),
        )
    ).strip()

    assert FileKeyring(read_keys(Path("k.json"))).caller(secret).grants == Grants(
        models=("auto", "auto:*"),
        policies=("team-*",),
        max_tier="strong",
        min_stakes="medium",
        hints="full",
        pins=True,
        engine_parameters=True,
    )


def test_create_grants_nothing_that_it_is_not_told_to() -> None:
    secret = succeeded(tandem("keys", "create", "--tenant", "acme")).strip()

    assert FileKeyring(read_keys(Path("keys.json"))).caller(secret).grants == Grants()


@pytest.mark.parametrize(
    ("options", "policies"),
    [((), ("team-a",)), (("--policies", "team-*"), ("team-*",)), (("--policies", "*"), ("*",))],
)
def test_a_key_with_a_policy_of_its_own_may_ask_for_no_other_unless_told(
    options: tuple[str, ...], policies: tuple[str, ...]
) -> None:
    secret = succeeded(tandem("keys", "create", "--tenant", "acme", "--policy", "team-a", *options)).strip()

    assert FileKeyring(read_keys(Path("keys.json"))).caller(secret).grants == Grants(policies=policies, policy="team-a")


@pytest.mark.parametrize("option", [("--max-tier", "best"), ("--hints", "some"), ("--min-stakes", "huge")])
def test_create_refuses_a_grant_that_does_not_exist(option: tuple[str, str]) -> None:
    result = tandem("keys", "create", "--tenant", "acme", *option)

    assert result.exit_code == 2
    assert not Path("keys.json").exists()


def test_create_leaves_a_wrong_file_alone() -> None:
    Path("keys.json").write_text("not keys")

    assert failed(tandem("keys", "create", "--tenant", "acme")).startswith("keys.json:1:1: is not a keys file")
    assert Path("keys.json").read_text() == "not keys"


def test_create_in_a_folder_that_is_not_there_fails_in_one_line() -> None:
    assert "No such file or directory" in failed(
        tandem("keys", "create", "--tenant", "acme", "--keys", "missing/keys.json")
    )


def test_list_shows_ids_tenants_and_grants_and_no_secret_or_hash() -> None:
    secret = succeeded(tandem("keys", "create", "--tenant", "acme", "--pins")).strip()
    (entry,) = read_keys(Path("keys.json"))

    for shown in (succeeded(tandem("keys", "list")), succeeded(tandem("keys", "list", "--json"))):
        assert entry.id in shown
        assert "acme" in shown
        for hidden in (secret.split("-", 2)[2], entry.hash, entry.salt):
            assert hidden not in shown


def test_list_tells_machines_everything_about_a_key_but_its_secret() -> None:
    succeeded(tandem("keys", "create", "--tenant", "acme"))
    (entry,) = read_keys(Path("keys.json"))

    assert json.loads(succeeded(tandem("keys", "list", "--json"))) == [
        {
            "id": entry.id,
            "tenant": "acme",
            "models": ["*"],
            "policies": ["*"],
            "policy": None,
            "max_tier": "strong",
            "min_stakes": "low",
            "hints": "raise_only",
            "pins": False,
            "engine_parameters": False,
            "latency_budget_ms": None,
            "max_priority": "default",
            "weight": 1.0,
        }
    ]


def test_list_refuses_a_file_that_is_not_there() -> None:
    assert failed(tandem("keys", "list")) == "keys.json:1:1: cannot be read: No such file or directory"


# --- policies ---------------------------------------------------------------------------------------------------


def test_policy_check_says_the_version_of_each_file() -> None:
    Path("a.yaml").write_text(POLICY)
    Path("b.yaml").write_text(POLICY.replace("name: p\n", "name: q\n"))

    first, second = succeeded(tandem("policy", "check", "a.yaml", "b.yaml")).splitlines()

    assert first.startswith("a.yaml: p@")
    assert second.startswith("b.yaml: q@")


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ("signals.cod", "signals.code", "a.yaml:4:11: 'signals.cod' is not a known name; did you mean 'signals.code'?"),
        ("tier: quick", "tier: fast", "a.yaml:5:18: rules.0.then.tier: Input should be 'fast', 'strong' or 'hosted'"),
        ("", "    then: {tier: fast}\n", "a.yaml:3:5: rules.0.then: is required and missing"),
    ],
)
def test_policy_check_refuses_what_is_wrong_with_its_place(wrong: str, right: str, said: str) -> None:
    Path("a.yaml").write_text(POLICY.replace(right, wrong))

    assert said in failed(tandem("policy", "check", "a.yaml"))


def test_policy_check_refuses_a_file_that_is_not_there() -> None:
    assert failed(tandem("policy", "check", "a.yaml")) == "a.yaml:1:1: cannot be read: No such file or directory"


def test_policy_names_lists_every_name_a_condition_may_use() -> None:
    listed = succeeded(tandem("policy", "names")).splitlines()

    assert [line.split()[0] for line in listed] == list(FACTS_AFTERWARDS)


def test_policy_names_tells_machines_the_same() -> None:
    told = json.loads(succeeded(tandem("policy", "names", "--json")))

    assert told == [
        {"name": each.name, "type": each.type, "meaning": each.meaning} for each in FACTS_AFTERWARDS.values()
    ]
