"""Where traces go, as people write it: what is missing is as usual, what is wrong is refused where it stands."""

from pathlib import Path

import pytest

from router.config.settings import read_settings
from router.config.tracing_settings import TracingSpec
from router.core.errors import FileError

TIERS = (
    "tiers: {fast: {backends: [{url: 'http://127.0.0.1:1', model: m, dialect: vllm_diffusion, context_tokens: 4096}]}}"
)


def tracing(tmp_path: Path, said: str) -> TracingSpec | None:
    path = tmp_path / "tandem.yaml"
    path.write_text(f"{TIERS}\ntracing: {said}\n")
    return read_settings(path).tracing


def refused(tmp_path: Path, said: str) -> str:
    with pytest.raises(FileError) as error:
        tracing(tmp_path, said)
    return error.value.message.partition("tandem.yaml:")[2]


def test_nothing_is_traced_unless_it_is_said_where_to(tmp_path: Path) -> None:
    assert tracing(tmp_path, "null") is None


def test_an_address_is_enough(tmp_path: Path) -> None:
    spec = tracing(tmp_path, "{endpoint: 'http://collector:4318'}")

    assert spec is not None
    assert (spec.protocol, spec.share, spec.content, spec.service) == ("http", 1.0, False, "tandem")
    assert (spec.keep.errors, spec.keep.escalations, spec.keep.slow_s) == (True, True, 30.0)


@pytest.mark.parametrize("path", ["", "/", "/v1/traces", "/public/otel/v1/traces/"])
def test_decisions_go_where_their_place_is_plain(tmp_path: Path, path: str) -> None:
    spec = tracing(tmp_path, f"{{endpoint: 'http://collector:4318{path}', decisions: true}}")

    assert spec is not None
    assert spec.decisions


def test_what_is_sent_along_is_not_shown(tmp_path: Path) -> None:
    spec = tracing(tmp_path, "{endpoint: 'http://collector:4318', headers: {x-key: sesame}}")

    assert spec is not None
    assert spec.headers["x-key"].get_secret_value() == "sesame"
    assert "sesame" not in repr(spec)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("{}", "endpoint"),
        ("{endpoint: collector}", "endpoint"),
        ("{endpoint: 'http://user:secret@collector'}", "endpoint"),
        ("{endpoint: 'http://collector', share: 2}", "share"),
        ("{endpoint: 'http://collector', keep: {slow_s: 0}}", "slow_s"),
        ("{endpoint: 'http://collector', redact: ['(']}", "is no regular expression"),
        ("{endpoint: 'http://collector/v1/traces', protocol: grpc}", "an address without a path"),
        ("{endpoint: 'http://collector', protocol: thrift}", "protocol"),
        ("{endpoint: 'http://collector/mine', decisions: true}", "no path, or one that ends in /v1/traces"),
        ("{endpoint: 'http://collector', sample: 1}", "sample"),
    ],
)
def test_a_mistake_is_named_where_it_was_made(tmp_path: Path, said: str, why: str) -> None:
    message = refused(tmp_path, said)

    assert message.startswith("2:")
    assert why in message
    assert "secret@" not in message
