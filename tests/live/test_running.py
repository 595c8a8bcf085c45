"""The process itself: whether it is well, what it serves where, and how it stops."""

import json
from pathlib import Path

import openai
import pytest
from openai import OpenAI

from tests.live.asking import PROMPT, ask, openai_client
from tests.live.engines import LiveEngine
from tests.live.pages import fetch
from tests.live.routers import Router, running_router
from tests.patience import until


def test_a_router_whose_engines_answer_is_ready(open_router: Router, owner: OpenAI) -> None:
    page = fetch(f"{open_router.admin}/readyz")
    assert page.status == 200
    report = json.loads(page.text)
    assert report["status"] == "ready"
    assert all(tier["reachable"] for tier in report["tiers"].values())
    assert report["policies"]["default"] == ask(owner).headers["x-router-policy"]


def test_the_public_address_says_that_it_is_alive_and_nothing_more(open_router: Router) -> None:
    assert fetch(f"{open_router.address}/healthz").status == 200
    assert fetch(f"{open_router.address}/metrics").status == 404
    assert fetch(f"{open_router.address}/readyz").status == 404


def test_the_openai_client_finds_a_model_by_its_name(owner: OpenAI) -> None:
    assert owner.models.retrieve("auto").id == "auto"
    with pytest.raises(openai.NotFoundError):
        owner.models.retrieve("gpt-9")


def test_a_router_that_is_stopped_finishes_what_it_has_begun(
    slow_engine: LiveEngine, strong_engine: LiveEngine, policies: Path, tmp_path: Path
) -> None:
    until(slow_engine.is_idle, 30.0)
    settings = {"policies": str(policies), "stop_grace_s": 30}
    with (
        running_router(tmp_path, slow_engine, strong_engine, **settings) as router,
        openai_client(router.address) as client,
    ):
        asked = {"messages": [{"role": "user", "content": PROMPT}], "extra_body": {"ignore_eos": True}}
        with client.chat.completions.create(model="auto:hasty", max_tokens=40, stream=True, **asked) as stream:
            next(stream)
            router.ask_to_stop()
            until(lambda: "stopping" in fetch(f"{router.admin}/readyz").text, 5.0)
            chunks = list(stream)
        assert chunks[-1].choices[0].finish_reason == "length"
        assert router.exit_status() == 0
        assert fetch(f"{router.address}/healthz").status == 0
        assert router.records()[-1]["outcome"] == "served"
