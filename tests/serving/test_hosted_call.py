"""What the hosted process makes of a request before anybody is called, of its settings, and of litellm's releases."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.errors import FileError, SettingsError
from router.engines.dialects.openai import OPENAI
from tandem_serving.hosted.call import FIELDS, LABELS, Call, Model, read_call
from tandem_serving.hosted.environment import KEPT, leave_only, read_keys
from tandem_serving.hosted.refusals import Refusal
from tandem_serving.hosted.releases import refuse_release
from tandem_serving.hosted.settings import HostedSettings, read_hosted

BEST = Model("best", "openai/gpt-any", 100, 10.0, 100.0, frozenset(("user",)))
ASKED: dict[str, Any] = {"model": "best", "messages": [{"role": "user", "content": "Say hi."}]}


def read(**beside: Any) -> Call:
    """The call that a small request is, with this beside it."""
    return read_call(json.dumps({**ASKED, **beside}).encode(), {"best": BEST})


def refusal(**beside: Any) -> Refusal:
    """Why such a request is refused."""
    with pytest.raises(Refusal) as refused:
        read(**beside)
    return refused.value


# --- requests ---------------------------------------------------------------------------------------------------


def test_a_request_goes_out_with_what_was_asked_and_a_length() -> None:
    call = read(temperature=0.5, stream=True, stream_options={"include_usage": True}, user="u", service_tier="flex")

    assert call.fields == {"messages": ASKED["messages"], "temperature": 0.5, "user": "u", "max_tokens": 100}
    assert (call.streams, call.shows_usage) == (True, True)


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ({"max_tokens": 7}, {"max_tokens": 7}),
        ({"max_tokens": 700}, {"max_tokens": 100}),
        ({"max_completion_tokens": 700}, {"max_completion_tokens": 100}),
        ({}, {"max_tokens": 100}),
    ],
)
def test_no_answer_may_be_longer_than_was_reckoned_with(asked: dict[str, int], sent: dict[str, int]) -> None:
    call = read(**asked)

    assert {name: value for name, value in call.fields.items() if name.startswith("max")} == sent
    assert call.most_microusd >= 100.0 * next(iter(sent.values()))


def test_several_answers_cost_as_often() -> None:
    assert read(n=3).most_microusd - read().most_microusd == 2 * 100 * 100


def test_a_prompt_is_not_thought_cheaper_than_it_is() -> None:
    """No tokenizer in use makes more tokens of a text than half its bytes, but of noise."""
    text = "The quick brown fox jumps over the lazy dog. " * 100

    assert read(messages=[{"role": "user", "content": text}]).prompt_tokens > 2 * 10 * 100


def test_an_image_counts_by_the_piece_and_not_by_its_bytes() -> None:
    part = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 1_000_000}}

    tokens = read(messages=[{"role": "user", "content": [part, {"type": "text", "text": "What is it?"}]}]).prompt_tokens

    assert 2_000 <= tokens < 2_200


def test_what_broke_off_cost_its_prompt_and_what_was_written() -> None:
    call = read()

    assert 0 < call.cost_so_far_microusd(0) < call.cost_so_far_microusd(20) < call.most_microusd
    assert call.cost_so_far_microusd(1_000_000) == call.most_microusd


def test_all_that_the_router_sends_of_its_own_accord_is_let_through() -> None:
    """But for `moderation`, which litellm does not know."""
    assert OPENAI.passes - {"moderation"} <= FIELDS | LABELS


@given(st.text(min_size=1, max_size=30), st.one_of(st.none(), st.text(), st.integers(), st.booleans()))
def test_a_field_that_is_not_listed_is_refused(name: str, value: Any) -> None:
    if name in FIELDS | LABELS | {"model"}:
        return

    assert refusal(**{name: value}).code == "unsupported_parameter"


@given(st.binary(max_size=200))
def test_whatever_the_body_holds_it_is_read_or_refused(body: bytes) -> None:
    with pytest.raises(Refusal):
        read_call(body, {"best": BEST})


def test_an_error_is_openais_with_all_four_keys() -> None:
    error = json.loads(refusal(model="other").as_body())

    assert error == {
        "error": {
            "message": "there is no such model; there are: best",
            "type": "not_found_error",
            "param": "model",
            "code": "model_not_found",
        }
    }


# --- settings ---------------------------------------------------------------------------------------------------

GOOD = """\
models:
  - {name: best, model: anthropic/claude-sonnet-4-5, key_env: ANTHROPIC_API_KEY}
spending: {cap_microusd: 20000000}
"""


def settings(folder: Path, content: str = GOOD) -> HostedSettings:
    """The settings in a file of this content."""
    (folder / "hosted.yaml").write_text(content)
    return read_hosted(folder / "hosted.yaml")


def test_a_model_and_a_cap_are_enough(tmp_path: Path) -> None:
    found = settings(tmp_path)

    assert (found.listen.host, found.listen.port, found.listen.socket) == ("127.0.0.1", 8110, None)
    assert (found.spending.cap_microusd, found.spending.window) == (20_000_000, "day")
    assert found.spending.file == tmp_path / "hosted-spent.json"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (GOOD.replace("spending: {cap_microusd: 20000000}", ""), "1:1: spending: is required and missing"),
        (GOOD + "listen: {host: 0.0.0.0}", "4:1: listen: host is 0.0.0.0; only loopback may be listened on"),
        (GOOD + "listen: {hst: x}", "4:10: listen.hst: is not a known setting; did you mean 'host'?"),
        (GOOD.replace("anthropic/", ""), "2:25: models.0.model: String should match pattern"),
        (GOOD.replace("20000000}", "0}"), "3:26: spending.cap_microusd: Input should be greater than 0"),
        (GOOD.replace("key_env: A", "key_file: k, key_env: A"), "2:5: models.0: has key_env and key_file"),
        (GOOD.replace("spending", "  - {name: best, model: a/b}\nspending"), "1:1: two models are called 'best'"),
    ],
)
def test_a_mistake_is_named_where_it_was_made(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(FileError) as error:
        settings(tmp_path, content)

    assert error.value.message.removeprefix(f"{tmp_path / 'hosted.yaml'}:").startswith(said)


def test_a_key_that_is_not_there_is_said_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(
        SettingsError, match="the key_env of the model 'best' is ANTHROPIC_API_KEY, and the environment"
    ):
        read_keys(settings(tmp_path), {})


def test_a_key_may_be_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "k").write_text("sk-1\n")

    keys = read_keys(settings(tmp_path, GOOD.replace("key_env: ANTHROPIC_API_KEY", "key_file: k")), {})

    assert keys.of_models == {"best": "sk-1"}
    assert "sk-1" not in repr(keys)


def test_of_the_environment_next_to_nothing_stays() -> None:
    environment = {
        "PATH": "/bin",
        "AWS_REGION": "eu",
        "OPENAI_API_KEY": "sk",
        "LITELLM_LOG": "DEBUG",
        "PGPASSWORD": "p",
    }

    leave_only(frozenset(("AWS_REGION",)), environment)

    assert environment.keys() - KEPT == {"AWS_REGION", *[name for name in environment if name.startswith("LITELLM_")]}
    assert "LITELLM_LOG" not in environment
    assert environment["LITELLM_LOCAL_MODEL_COST_MAP"] == "True"


# --- releases ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["1.84.0", "1.84.0rc1", "1.106.2", "2.0", "1.85.0.post1", "1.90.1+local"])
def test_releases_from_the_floor_on_may_run(version: str) -> None:
    refuse_release(version)


@pytest.mark.parametrize("version", ["1.83.99", "1.9.0", "0.1", "1.82.9", "nonsense"])
def test_older_ones_may_not(version: str) -> None:
    with pytest.raises(SettingsError, match=r"1\.84\.0 or later is needed"):
        refuse_release(version)


@pytest.mark.parametrize("version", ["1.82.7", "1.82.8", "1.82.8.post1"])
def test_those_that_steal_keys_may_not_and_it_says_what_to_do(version: str) -> None:
    with pytest.raises(SettingsError, match="replace every key"):
        refuse_release(version)
