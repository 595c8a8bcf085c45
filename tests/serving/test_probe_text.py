"""What a probe says to people: where the router will do otherwise than assumed, and what to see to."""

from collections.abc import Mapping
from typing import Any

import pytest
from rich.console import Console

from router.core.probed import Found, Probed
from tandem_serving.probe.identity import OPEN, Identity, is_loopback
from tandem_serving.probe.text import differing, probe_text, warnings_of


def probed(dialect: str = "vllm", **found: Mapping[str, Found]) -> Probed:
    return Probed("vllm", "0.32.0", "2026-11-21T10:00:00+00:00", "m", dialect, 4096, **found)  # type: ignore[arg-type]


def shown(found: Probed) -> str:
    console = Console(width=140)
    with console.capture() as said:
        console.print(probe_text(found))
    return said.get()


def test_what_the_router_will_do_otherwise_is_said() -> None:
    found = probed(parameters={"top_k": Found("refused", "no"), "seed": Found("honoured"), "stop": Found("taken")})
    assert list(differing(found)) == ["top_k: goes up, not sent on as assumed (refused)"]
    assert "top_k: goes up, not sent on as assumed (refused)" in shown(found)


def test_an_engine_that_is_open_to_others_is_warned_of() -> None:
    is_open = probed(features={"auth": Found("ignored", OPEN)})
    assert warnings_of(is_open) == (f"the engine is {OPEN}",)
    assert "warning: the engine is OPEN" in shown(is_open)
    assert warnings_of(probed(features={"auth": Found("ignored", "open, on this machine alone")})) == ()


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://[::1]:8000", True),
        ("http://localhost:8000", True),
        ("http://10.0.0.7:8000", False),
        ("https://engine.internal", False),
    ],
)
def test_only_addresses_of_this_machine_are_its_own(url: str, loopback: bool) -> None:
    assert is_loopback(url) is loopback


@pytest.mark.parametrize(
    ("version", "dialect", "survives"),
    [
        ("0.29.1", "vllm_diffusion", False),
        ("0.30.0", "vllm_diffusion", True),
        ("1.0", "vllm_diffusion", True),
        ("", "vllm_diffusion", False),
        ("0.19.1", "vllm", True),
    ],
)
def test_images_are_kept_from_diffusion_engines_that_may_die_of_them(
    version: str, dialect: str, survives: bool
) -> None:
    known: dict[str, Any] = {"engine": "vllm", "model": "m", "context_tokens": None, "auth": Found("ignored")}
    assert Identity(version=version, dialect=dialect, **known).survives_images is survives
