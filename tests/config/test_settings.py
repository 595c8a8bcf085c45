"""The settings file and the environment: every mistake is named where it was made, and nothing unsafe starts."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from router.config.settings import Settings, read_settings
from router.core.errors import FileError, SettingsError, TandemError
from router.core.escalation_budget import LEAST_A_S, SHARE

Write = Callable[[str | bytes], Path]

GOOD = """\
tiers:
  fast:
    backends:
      - url: http://127.0.0.1:8102
        model: tier1
        dialect: vllm_diffusion
        context_tokens: 4096
  strong:
    backends:
      - {url: "https://strong.internal:8101/", model: tier2, dialect: vllm, context_tokens: 8192, accepts: [image]}
"""


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing from outside says what a test does not say."""
    for name in [each for each in os.environ if each.upper().startswith("TANDEM_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a settings file and says where it is."""
    path = tmp_path / "tandem.yaml"

    def write_file(content: str | bytes) -> Path:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file


def refused(path: Path) -> str:
    """What is wrong with a file, from its line on."""
    with pytest.raises(FileError) as error:
        read_settings(path)
    return error.value.message.removeprefix(f"{path}:")


def refused_from_environment(path: Path) -> str:
    with pytest.raises(SettingsError) as error:
        read_settings(path)
    return error.value.message


# --- what is read -----------------------------------------------------------------------------------------------


def test_a_file_of_tiers_is_enough(write: Write) -> None:
    found = read_settings(write(GOOD))

    assert list(found.tiers) == ["fast", "strong"]
    assert found.tiers["fast"].backends[0].url == "http://127.0.0.1:8102"
    assert found.tiers["strong"].backends[0].accepts == ["image"]
    assert (found.public.host, found.public.port) == ("127.0.0.1", 8080)
    assert (found.admin.host, found.admin.port) == ("127.0.0.1", 8081)
    assert found.default_policy == "default"
    assert (found.policy_watch_s, found.policy_of_tenant) == (1.0, {})


def test_how_many_requests_may_climb_is_set_and_can_be_left_open(write: Write) -> None:
    usual = read_settings(write(GOOD)).escalations
    found = read_settings(write(GOOD + "escalations: {share: 0.5, least_a_s: 0, limited: false}\n")).escalations

    assert (usual.limited, usual.share, usual.least_a_s) == (True, SHARE, LEAST_A_S)
    assert (found.limited, found.share, found.least_a_s) == (False, 0.5, 0.0)


def test_a_tenant_is_given_a_policy(write: Write) -> None:
    assert read_settings(write(GOOD + "policy_of_tenant: {acme: cheap}\n")).policy_of_tenant == {"acme": "cheap"}


def test_a_tenant_is_given_a_policy_by_the_environment(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_POLICY_OF_TENANT", '{"acme": "cheap"}')

    assert read_settings(write(GOOD)).policy_of_tenant == {"acme": "cheap"}


def test_the_folder_of_policies_need_not_be_watched(write: Write) -> None:
    assert read_settings(write(GOOD + "policy_watch_s: 0\n")).policy_watch_s == 0


def test_paths_are_relative_to_the_file_and_not_to_where_one_stands(write: Write, tmp_path: Path) -> None:
    paths = "policies: rules\nkeys: secret/keys.json\ndecision_log: log.jsonl\npolicy_history: past\n"
    found = read_settings(write(GOOD + paths))

    assert found.policies == tmp_path / "rules"
    assert found.policy_history == tmp_path / "past"
    assert found.keys == tmp_path / "secret" / "keys.json"
    assert found.decision_log is not None
    assert found.decision_log.place == tmp_path / "log.jsonl"


def test_a_relative_path_to_the_file_gives_absolute_paths_too(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(GOOD + "keys: keys.json\n")
    monkeypatch.chdir(tmp_path)

    assert read_settings(Path("tandem.yaml")).keys == tmp_path / "keys.json"


def test_an_absolute_path_stays_as_it_is(write: Write) -> None:
    assert read_settings(write(GOOD + "keys: /etc/tandem/keys.json\n")).keys == Path("/etc/tandem/keys.json")


def test_a_path_that_is_not_given_stays_unset(write: Write) -> None:
    found = read_settings(write(GOOD))

    assert (found.policies, found.policy_history, found.keys, found.decision_log) == (None, None, None, None)


# --- what is wrong in the file ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("added", "said"),
    [
        ("pubic: {port: 1}", "11:1: pubic: is not a known setting; did you mean 'public'?"),
        ("public: {prot: 1}", "11:10: public.prot: is not a known setting; did you mean 'port'?"),
        ("zzz: 1", "11:1: zzz: is not a known setting"),
        ("public: {host: 127.0.0.1, port: 70000}", "11:33: public.port: Input should be less than or equal to 65535"),
        ("public: {port: -1}", "11:16: public.port: Input should be greater than or equal to 0"),
        ("public: {port: web}", "11:16: public.port: Input should be a valid integer"),
        ("public: {port: 1.5}", "11:16: public.port: Input should be a valid integer"),
        ("public: {port: [80]}", "11:10: public.port: Input should be a valid integer"),
        ("public: 8080", "11:9: public: Input should be a valid dictionary"),
        ("keep_alive_s: 0", "11:15: keep_alive_s: Input should be greater than 0"),
        ("keep_alive_s: soon", "11:15: keep_alive_s: Input should be a valid number"),
        ("stop_grace_s: -1", "11:15: stop_grace_s: Input should be greater than or equal to 0"),
        ("policy_watch_s: -1", "11:17: policy_watch_s: Input should be greater than or equal to 0"),
        ("policy_of_tenant: {acme: 5}", "11:26: policy_of_tenant.acme: Input should be a valid string"),
        ("policy_of_tenant: cheap", "11:19: policy_of_tenant: Input should be a valid dictionary"),
        ("policy_history: [a]", "11:1: policy_history: Input is not a valid path"),
        ("limits: {body_mb: 0}", "11:19: limits.body_mb: Input should be greater than 0"),
        ("limits:\n  mesages: 5", "12:3: limits.mesages: is not a known setting; did you mean 'messages'?"),
        ("limits: {media_hosts: [a, 5]}", "11:27: limits.media_hosts.1: Input should be a valid string"),
        ("limits: {media_hosts: a}", "11:23: limits.media_hosts: Input should be a valid list"),
        ("default_policy: [a]", "11:1: default_policy: Input should be a valid string"),
        ("8080: x", "11:1: 8080: is not a known setting"),
        ("true: x", "11:1: "),
        ("? [a, b]\n: x", "11:"),
        ("_env_file: x", "11:1: _env_file: is not a known setting"),
        ("_env_prefix: OTHER_", "11:1: _env_prefix: is not a known setting"),
        ("_cli_parse_args: true", "11:1: _cli_parse_args: is not a known setting"),
        ("__pydantic_self__: x", "11:1: __pydantic_self__: is not a known setting"),
        ("tiers: {}", '11:1: found duplicate key "tiers"'),
    ],
)
def test_a_mistake_in_the_file_is_refused_at_its_line_and_column(write: Write, added: str, said: str) -> None:
    assert refused(write(f"{GOOD}{added}\n")).startswith(said)


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ("  fats:", "  fast:", "2:3: tiers.fats: Input should be 'fast', 'strong' or 'hosted'"),
        ("    backend:\n      - url", "    backends:\n      - url", "3:5: tiers.fast.backend: is not a known setting"),
        ("url: 127.0.0.1:8102", "url: http://127.0.0.1:8102", "4:14: tiers.fast.backends.0.url: String should match"),
        ("url: ftp://a", "url: http://127.0.0.1:8102", "4:14: tiers.fast.backends.0.url: String should match"),
        ("url: http://", "url: http://127.0.0.1:8102", "4:14: tiers.fast.backends.0.url: String should match"),
        (
            "modle: tier1",
            "model: tier1",
            "5:9: tiers.fast.backends.0.modle: is not a known setting; did you mean 'model'?",
        ),
        ("model: ''", "model: tier1", "5:16: tiers.fast.backends.0.model: String should have at least 1 character"),
        ("model: 4", "model: tier1", "5:16: tiers.fast.backends.0.model: Input should be a valid string, found 4"),
        (
            "dialect: vllm_difusion",
            "dialect: vllm_diffusion",
            "6:18: tiers.fast.backends.0.dialect: Input should be 'vllm', 'vllm_diffusion', 'openai'",
        ),
        (
            "context_tokens: 0",
            "context_tokens: 4096",
            "7:25: tiers.fast.backends.0.context_tokens: Input should be greater",
        ),
        ("", "        context_tokens: 4096\n", "4:9: tiers.fast.backends.0.context_tokens: is required and missing"),
        ("accepts: [smell]", "accepts: [image]", "10:109: tiers.strong.backends.0.accepts.0: Input should be 'image'"),
    ],
)
def test_a_mistake_in_a_tier_is_refused_at_its_line_and_column(write: Write, wrong: str, right: str, said: str) -> None:
    assert GOOD.count(right) == 1

    assert refused(write(GOOD.replace(right, wrong))).startswith(said)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{}", "1:1: tiers: is required and missing"),
        ("tiers: {}", "1:1: tiers: Dictionary should have at least 1 item"),
        ("tiers: [fast]", "1:1: tiers: Input should be a valid dictionary"),
        ("tiers: {fast: {backends: []}}", "1:16: tiers.fast.backends: List should have at least 1 item"),
        ("tiers: {fast: {}}", "1:9: tiers.fast.backends: is required and missing"),
    ],
)
def test_tiers_must_be_there(write: Write, content: str, said: str) -> None:
    assert refused(write(content)).startswith(said)


# --- tiers of several backends ----------------------------------------------------------------------------------


def of_two(**second: Any) -> str:
    """Settings of a tier of two backends, of which the second says this besides, or instead."""
    usual = {"url": "http://a", "model": "m", "dialect": "vllm", "context_tokens": 100, "accepts": ["image", "audio"]}
    return json.dumps({"tiers": {"fast": {"backends": [usual, usual | second]}}})


def test_backends_are_numbered_unless_they_are_named(write: Write) -> None:
    found = read_settings(write(of_two(name="spare-box"))).tiers["fast"]

    assert list(found.named("fast")) == ["fast-1", "spare-box"]


def test_a_tier_takes_what_each_of_its_backends_takes(write: Write) -> None:
    found = read_settings(write(of_two(context_tokens=50, accepts=["video", "image"]))).tiers["fast"]

    assert (found.context_tokens, found.accepts) == (50, {"image"})


@pytest.mark.parametrize(
    ("differs", "said"),
    [
        (
            {"dialect": "vllm_diffusion"},
            "backends.1.dialect is vllm_diffusion, that of backends.0 vllm: what is decided",
        ),
        ({"denoising": {"max_steps": 9}}, "backends.1.denoising is"),
    ],
)
def test_backends_that_decisions_could_not_take_for_each_other_are_refused(
    write: Write, differs: dict[str, Any], said: str
) -> None:
    assert said in refused(write(of_two(**differs)))


def test_two_backends_of_one_name_are_refused(write: Write) -> None:
    assert "two backends are called 'fast-1'" in refused(write(of_two(name="fast-1")))
    assert "two backends are called 'fast-1'" in refused(write(GOOD.replace("model: tier2", "model: t, name: fast-1")))


def test_backends_may_differ_in_what_no_decision_rests_on(write: Write) -> None:
    found = read_settings(write(of_two(idle_s=5, model="m2"))).tiers["fast"]

    assert len(found.backends) == 2


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "tandem.yaml") == "1:1: cannot be read: No such file or directory"


# --- what would be unsafe ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "10.0.0.5", "router.internal", "localhost.evil.example", "", "127.0.0.1.nip.io"]
)
def test_a_router_without_keys_does_not_listen_to_others(write: Write, host: str) -> None:
    assert "there are no keys" in refused(write(GOOD + f"public: {{host: '{host}', port: 8080}}\n"))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_a_router_without_keys_listens_to_its_own_machine(write: Write, host: str) -> None:
    assert read_settings(write(GOOD + f"public: {{host: '{host}', port: 8080}}\n")).public.host == host


def test_a_router_with_keys_listens_to_whom_it_is_told(write: Write) -> None:
    found = read_settings(write(GOOD + "keys: keys.json\npublic: {host: 0.0.0.0, port: 8080}\n"))

    assert found.public.host == "0.0.0.0"


def test_the_admin_listener_needs_a_key_of_its_own_to_listen_to_others(write: Write) -> None:
    exposed = GOOD + "keys: keys.json\nadmin: {host: 0.0.0.0, port: 8081}\n"

    assert "needs admin.key" in refused(write(exposed))
    assert read_settings(write(exposed.replace("8081", "8081, key: long-and-secret"))).admin.key is not None


@pytest.mark.parametrize("key", ["''", "' '"])
def test_an_empty_admin_key_is_no_key(write: Write, key: str) -> None:
    with pytest.raises(TandemError):
        read_settings(write(GOOD + f"keys: keys.json\nadmin: {{host: 0.0.0.0, port: 8081, key: {key}}}\n"))


def test_an_admin_key_that_came_out_empty_in_the_environment_is_no_key(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TANDEM_ADMIN__KEY", "")

    with pytest.raises(TandemError):
        read_settings(write(GOOD + "keys: keys.json\nadmin: {host: 0.0.0.0, port: 8081}\n"))


def test_an_empty_secret_behind_the_cache_salts_is_refused(write: Write) -> None:
    assert refused(write(GOOD + "cache_salt_secret: ''\n")).startswith("11:20: cache_salt_secret: ")


SECRETS = [
    "admin: {port: 8081, key: canary-123}",
    "cache_salt_secret: canary-123",
    "tiers: {fast: {backends: [{url: http://a, model: m, dialect: vllm, context_tokens: 1, api_key: canary-123}]}}",
]


@pytest.mark.parametrize("added", SECRETS)
def test_a_secret_is_not_shown_when_settings_are(write: Write, added: str) -> None:
    content = f"{added}\n" if added.startswith("tiers") else f"{GOOD}{added}\n"

    assert "canary" not in repr(read_settings(write(content)))


@pytest.mark.parametrize("added", SECRETS)
@pytest.mark.parametrize("secret", ["90021090021", "[90021090021]", "{a: 90021090021}"])
def test_a_secret_of_the_wrong_type_is_not_repeated_in_the_error(write: Write, added: str, secret: str) -> None:
    added = added.replace("canary-123", secret)
    content = f"{added}\n" if added.startswith("tiers") else f"{GOOD}{added}\n"

    assert "90021" not in refused(write(content))


# --- the environment --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variable", "value", "read"),
    [
        ("TANDEM_PUBLIC__PORT", "9000", lambda found: found.public.port == 9000),
        ("TANDEM_DEFAULT_POLICY", "cheap", lambda found: found.default_policy == "cheap"),
        ("TANDEM_STOP_GRACE_S", "2.5", lambda found: found.stop_grace_s == 2.5),
        ("TANDEM_LIMITS__BODY_MB", "3", lambda found: found.limits.body_mb == 3),
        ("TANDEM_LIMITS__MEDIA_HOSTS", '["a.example"]', lambda found: found.limits.media_hosts == ["a.example"]),
        ("TANDEM_CACHE_SALT_SECRET", "s", lambda found: found.cache_salt_secret.get_secret_value() == "s"),
        ("TANDEM_ADMIN__KEY", "k", lambda found: found.admin.key.get_secret_value() == "k"),
        ("TANDEM_CACHE__ENCRYPTION_KEYS", f"{'A' * 43}=", lambda found: found.cache.keys == (bytes(32),)),
    ],
)
def test_the_environment_counts_before_the_file(
    write: Write, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, read: Callable[[Settings], Any]
) -> None:
    monkeypatch.setenv(variable, value)
    file = (
        "public: {host: 127.0.0.1, port: 1}\nadmin: {port: 2}\ndefault_policy: other\nstop_grace_s: 9\n"
        "limits: {body_mb: 9}\n"
    )

    assert read(read_settings(write(GOOD + file)))


def test_what_the_environment_does_not_say_the_file_still_does(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_PUBLIC__PORT", "9000")

    found = read_settings(write(GOOD + "public: {host: '::1', port: 1}\n"))

    assert (found.public.host, found.public.port) == ("::1", 9000)


def test_a_path_from_the_environment_is_relative_to_the_file_as_well(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TANDEM_KEYS", "keys.json")

    assert read_settings(write(GOOD)).keys == tmp_path / "keys.json"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("TANDEM_PUBLIC__PORT", "web"),
        ("TANDEM_PUBLIC__PORT", "70000"),
        ("TANDEM_PUBLIC__PROT", "1"),
        ("TANDEM_STOP_GRACE_S", "-1"),
        ("TANDEM_PUBLIC", '{"port": "web"}'),
        ("TANDEM_PUBLIC", "8080"),
        ("TANDEM_PUBLIC", "garbage"),
        ("TANDEM_TIERS", "garbage"),
        ("TANDEM_TIERS__FAST__BACKENDS", '[{"url": "nope"}]'),
        ("TANDEM_LIMITS__MEDIA_HOSTS", "a.example"),
        ("tandem_public__port", "web"),
    ],
)
def test_a_mistake_in_the_environment_names_its_variable_and_no_line_of_the_file(
    write: Write, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)

    assert variable.upper() in refused_from_environment(write(GOOD)).upper()


def test_a_mistake_in_the_file_is_not_blamed_on_the_environment(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_PUBLIC__PORT", "9000")

    assert refused(write(GOOD + "keep_alive_s: 0\n")).startswith("11:15: keep_alive_s: ")


def test_a_secret_from_the_environment_is_not_repeated_in_an_error(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TANDEM_ADMIN", '{"port": 1, "key": {"a": "canary"}}')

    with pytest.raises(TandemError) as error:
        read_settings(write(GOOD))

    assert "canary" not in error.value.message


def test_a_bad_key_from_the_environment_names_its_variable_and_is_not_repeated(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TANDEM_CACHE__ENCRYPTION_KEYS", "canary")

    said = refused_from_environment(write(GOOD + "cache: {max_mb: 9}\n"))

    assert "TANDEM_CACHE__ENCRYPTION_KEYS" in said
    assert "openssl rand -base64 32" in said
    assert "canary" not in said


def test_a_file_named_env_beside_it_is_not_read(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("TANDEM_PUBLIC__PORT=9000\n")
    monkeypatch.chdir(tmp_path)

    assert read_settings(write(GOOD)).public.port == 8080


# --- the model itself -------------------------------------------------------------------------------------------


def models_within(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    yield model
    for field in model.model_fields.values():
        for inner in types_within(field.annotation):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                yield from models_within(inner)


def types_within(annotation: Any) -> Iterator[Any]:
    yield annotation
    for inner in get_args(annotation):
        yield from types_within(inner)


FIELDS = [(model, name) for model in dict.fromkeys(models_within(Settings)) for name in model.model_fields]


@pytest.mark.parametrize(("model", "name"), FIELDS, ids=lambda value: getattr(value, "__name__", value))
def test_every_setting_is_described_where_it_is_declared(model: type[BaseModel], name: str) -> None:
    assert model.model_fields[name].description


@pytest.mark.parametrize("model", list(dict.fromkeys(models_within(Settings))), ids=lambda model: model.__name__)
def test_no_setting_is_taken_that_is_not_declared(model: type[BaseModel]) -> None:
    assert model.model_config.get("extra") == "forbid"


def test_settings_cannot_be_changed_while_the_router_runs(write: Write) -> None:
    found = read_settings(write(GOOD))

    with pytest.raises(ValueError, match="frozen"):
        found.default_policy = "other"


# --- anything at all --------------------------------------------------------------------------------------------


def test_a_name_that_is_null_is_refused_at_its_place(write: Write) -> None:
    with pytest.raises(FileError, match=r":\d+:\d+: tiers\.None"):
        read_settings(write(GOOD.replace("  fast:", "  null:", 1)))


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_damage_to_good_settings_raises_anything_but_an_error_of_ours(write: Write, data: st.DataObject) -> None:
    content = list(GOOD + "public: {host: 127.0.0.1, port: 1}\nlimits: {parts: 5}\nkeys: k.json\n")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] = data.draw(st.sampled_from([*"{}[]:-#&*!|>'\"%@`,? \n\t0a.é_", ""]))

    try:
        read_settings(write("".join(content)))
    except TandemError:
        return


@pytest.mark.parametrize("kind", ["openay", "hashed", "openai"])
def test_no_error_about_embeddings_repeats_the_key(write: Write, kind: str) -> None:
    said = refused(write(GOOD + f"cache: {{embeddings: {{kind: {kind}, api_key: canary}}}}\n"))

    assert "cache.embeddings" in said
    assert "canary" not in said


@pytest.mark.parametrize("written", ["measured", "auto", 6])
def test_how_many_requests_a_backend_is_worth_is_measured_found_or_given(write: Write, written: str | int) -> None:
    path = write(GOOD.replace("context_tokens: 4096", f"context_tokens: 4096\n        concurrency: {written}"))

    assert read_settings(path).tiers["fast"].backends[0].concurrency == written


@pytest.mark.parametrize("written", ["0", "-1", "1.5", "much", "[]"])
def test_anything_else_is_no_concurrency(write: Write, written: str) -> None:
    said = refused(write(GOOD.replace("context_tokens: 4096", f"context_tokens: 4096\n        concurrency: {written}")))

    assert "tiers.fast.backends.0.concurrency" in said


def test_slots_are_shared_through_a_redis_that_is_named(write: Write) -> None:
    shared = GOOD.replace("context_tokens: 4096", "context_tokens: 4096\n        shared_as: gpu-7")

    assert "`redis` does not say" in refused(write(shared))
    settings = read_settings(write(shared + "redis: {url: 'redis://redis'}\n"))
    assert settings.tiers["fast"].backends[0].shared_as == "gpu-7"


def test_a_shared_name_is_that_of_one_backend(write: Write) -> None:
    shared = GOOD.replace("context_tokens: 4096", "context_tokens: 4096\n        shared_as: gpu-7")
    twice = shared.replace("accepts: [image]", "accepts: [image], shared_as: gpu-7")

    assert "same shared_as" in refused(write(twice + "redis: {url: 'redis://redis'}\n"))


def test_a_shared_name_can_stand_in_a_key(write: Write) -> None:
    shared = GOOD.replace("context_tokens: 4096", "context_tokens: 4096\n        shared_as: a key {of} ours")

    assert "shared_as" in refused(write(shared))
