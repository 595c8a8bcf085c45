"""`tandem engine probe` on simulated engines: what it finds, the file it writes, and the router that loads it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commands import ended, errors, succeeded, tandem
from tests.serving.simulated_engine import SimulatedEngine, simulated

SPEED = "40"
KEY = "the engine's own key"


def address(engine: SimulatedEngine) -> str:
    return f"http://{engine.address.host}:{engine.address.port}"


def probed(engine: SimulatedEngine, *options: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(succeeded(tandem("engine", "probe", address(engine), "--json", *options)))
    return found


@pytest.fixture(scope="module")
def fast(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedEngine]:
    folder = tmp_path_factory.mktemp("fast")
    with simulated(folder, "fast", "--profile", "cpu-tiny", "--speed", SPEED, "--tells-passes") as engine:
        yield engine


@pytest.fixture(scope="module")
def strong(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedEngine]:
    folder = tmp_path_factory.mktemp("strong")
    with simulated(folder, "strong", "--profile", "cpu-tiny", "--speed", SPEED, "--api-key", KEY) as engine:
        yield engine


def outcomes(found: dict[str, Any], part: str) -> dict[str, str]:
    return {name: each["outcome"] for name, each in found[part].items()}


@pytest.mark.timeout(120)
def test_a_diffusion_engine_is_known_for_one_and_its_dials_turn(fast: SimulatedEngine) -> None:
    found = probed(fast)

    assert (found["engine"], found["version"], found["dialect"]) == ("vllm", "0.32.0", "vllm_diffusion")
    assert (found["context_tokens"], found["canvas_tokens"], found["model"]) == (4096, 256, "tier1")
    assert outcomes(found, "dials")["denoise.steps"] == "honoured"
    assert outcomes(found, "dials")["denoise.canvas"] == "honoured"
    assert found["features"]["passes"] == {"outcome": "honoured", "why": "told with each block, by the plug-in"}
    assert outcomes(found, "features")["reads"] == "untried"
    parameters = outcomes(found, "parameters")
    refused = ("temperature", "seed", "min_p", "min_tokens", "logit_bias", "bad_words", "response_format")
    assert {parameters[name] for name in refused} == {"refused"}
    assert (parameters["prompt_logprobs"], parameters["echo"]) == ("untried", "untried")


@pytest.mark.timeout(120)
def test_an_engine_that_asks_for_a_key_gets_the_one_it_was_given(strong: SimulatedEngine) -> None:
    said = errors(ended(tandem("engine", "probe", address(strong)), 1))
    assert said == [f"{address(strong)} asks for a key: give its own with --key or TANDEM_ENGINE_KEY"]

    found = probed(strong, "--key", KEY)

    assert found["dialect"] == "vllm"
    assert found["features"]["auth"] == {"outcome": "honoured", "why": "asks for a key"}
    assert outcomes(found, "features")["reads"] == "honoured"
    assert outcomes(found, "features")["continues"] == "honoured"
    assert outcomes(found, "parameters")["response_format"] == "honoured"


@pytest.mark.timeout(120)
def test_the_file_it_writes_is_one_that_the_router_loads(fast: SimulatedEngine, here: Path) -> None:
    said = succeeded(tandem("engine", "probe", address(fast), "--out", "fast.capabilities.yaml"))
    assert "denoise.steps" in said
    assert "written to fast.capabilities.yaml" in said
    backend = f"url: '{address(fast)}', model: tier1, dialect: vllm_diffusion, context_tokens: 4096"
    settings = "tiers: {{fast: {{backends: [{{{}, capabilities: {}}}]}}}}\n"
    (here / "tandem.yaml").write_text(settings.format(backend, "fast.capabilities.yaml"))
    assert "tiers fast" in succeeded(tandem("check"))

    (here / "tandem.yaml").write_text(settings.format(backend, "other.yaml"))
    assert errors(ended(tandem("check"), 1)) == [
        f"{here / 'other.yaml'}:1:1: cannot be read: No such file or directory"
    ]


@pytest.mark.timeout(120)
def test_what_ends_an_engine_is_tried_only_where_that_is_wanted_and_comes_last(tmp_path: Path) -> None:
    with simulated(tmp_path, "fast", "--profile", "cpu-tiny", "--speed", SPEED) as engine:
        found = probed(engine, "--dangerous", "--return-within", "0")

    parameters = found["parameters"]
    assert parameters["temperature"]["outcome"] == "refused"
    assert parameters["prompt_logprobs"] == {"outcome": "fatal", "why": "the engine died of it"}
    assert parameters["echo"] == {"outcome": "untried", "why": "the engine is gone"}


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("localhost:8000", "'localhost:8000' is no address of an engine: write it as http://HOST:PORT"),
        ("http://127.0.0.1:9", "http://127.0.0.1:9 does not answer"),
    ],
)
def test_an_address_where_no_engine_is_says_what_to_do(url: str, said: str) -> None:
    assert errors(ended(tandem("engine", "probe", url), 1))[0].startswith(said)


def test_a_model_that_is_not_there_is_told_with_those_that_are(fast: SimulatedEngine) -> None:
    said = errors(ended(tandem("engine", "probe", address(fast), "--model", "other"), 1))
    assert said == [f"{address(fast)} serves no model 'other'; there is: tier1. Name one with --model"]
