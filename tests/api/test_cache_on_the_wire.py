"""The cache of a router that runs: what is asked again costs no engine call, and who asks together shares one."""

import json
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from tests.conftest import BOTH_WAYS, FAST_TEXT, Routers, Way
from tests.router_process import RouterProcess
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import Response, ask, post, request_fields

TOGETHER = 40
_numbers = count()


@pytest.fixture
def question() -> str:
    """One that was not asked before, of whichever router is shared between tests."""
    return f"Say hi, for the {next(_numbers)}th time."


def asked(router: RouterProcess, question: str, way: Way, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return post(router.public, request_fields(question, model="auto:kept", **way), headers=named)


def text_of(response: Response, way: Way) -> str:
    if not way.get("stream"):
        text: str = json.loads(response.body)["choices"][0]["message"]["content"]
        return text
    lines = [line[6:] for line in response.body.decode().split("\n") if line.startswith("data: {")]
    choices = [choice for line in lines for choice in json.loads(line)["choices"]]
    return "".join([choice["delta"].get("content") or "" for choice in choices])


@BOTH_WAYS
def test_a_repeat_is_a_hit_and_says_so(router: RouterProcess, fast: ScriptedEngine, question: str, way: Way) -> None:
    first, again = asked(router, question, way), asked(router, question, way)

    assert (first.header("x-router-cache"), again.header("x-router-cache")) == ("miss", "hit")
    assert first.header("age") is None
    assert again.header("age") == "0"
    assert text_of(first, way) == text_of(again, way) == FAST_TEXT
    assert len(fast.received) == 1
    assert router.await_record(again.header("x-request-id"))["cache"] == "hit"


def test_a_streamed_answer_is_given_again_in_one_piece(
    router: RouterProcess, fast: ScriptedEngine, question: str
) -> None:
    asked(router, question, {"stream": True})
    again = asked(router, question, {"stream": False})

    assert again.header("x-router-cache") == "hit"
    assert text_of(again, {}) == FAST_TEXT


def test_a_plain_answer_is_given_again_as_a_stream_with_its_usage(
    router: RouterProcess, fast: ScriptedEngine, question: str
) -> None:
    way = {"stream": True, "stream_options": {"include_usage": True}}
    asked(router, question, {"stream": False})
    again = asked(router, question, way)

    assert again.header("x-router-cache") == "hit"
    assert text_of(again, way) == FAST_TEXT
    assert again.body.endswith(b"data: [DONE]\n\n")
    assert b'"total_tokens"' in again.body


def test_without_the_policy_nothing_is_kept(router: RouterProcess, fast: ScriptedEngine, question: str) -> None:
    answers = [post(router.public, request_fields(question)) for _ in range(2)]

    assert [each.header("x-router-cache") for each in answers] == [None, None]
    assert len(fast.received) == 2


@pytest.mark.parametrize(("said", "outcomes"), [("no-store", ["miss", "miss"]), ("no-cache", ["bypass", "bypass"])])
def test_cache_control_is_kept_to(
    router: RouterProcess, fast: ScriptedEngine, question: str, said: str, outcomes: list[str]
) -> None:
    answers = [asked(router, question, {}, cache_control=said) for _ in range(2)]

    assert [each.header("x-router-cache") for each in answers] == outcomes
    assert len(fast.received) == 2


@BOTH_WAYS
def test_who_asks_the_same_at_the_same_time_shares_one_engine_call(
    router: RouterProcess, fast: ScriptedEngine, question: str, way: Way
) -> None:
    with ThreadPoolExecutor(TOGETHER) as pool:
        answers = list(pool.map(lambda _: asked(router, question, way), range(TOGETHER)))

    assert len(fast.received) == 1
    assert {text_of(each, way) for each in answers} == {FAST_TEXT}
    assert {each.header("x-router-cache") for each in answers} <= {"miss", "shared", "hit"}


def test_what_is_kept_can_be_seen_and_forgotten_over_the_admin_listener(
    routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, question: str
) -> None:
    router = routers.serve(cache={"store": "memory", "max_mb": 8})
    asked(router, question, {})
    held = json.loads(ask(router.admin, "GET", "/cache").body)
    forgotten = json.loads(forget(router, {}).body)

    assert held["store"] == "memory"
    assert held["entries"] == forgotten["forgotten"] == 1
    assert json.loads(ask(router.admin, "GET", "/cache").body)["entries"] == 0
    assert asked(router, question, {}).header("x-router-cache") == "miss"


def test_of_another_tenant_or_policy_nothing_is_forgotten(
    routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, question: str
) -> None:
    router = routers.serve(cache={"store": "memory", "max_mb": 9})
    asked(router, question, {})

    for which in ({"tenant": "somebody-else"}, {"policy": "another"}, {"older_than_s": 3600}):
        assert json.loads(forget(router, which).body)["forgotten"] == 0
    assert asked(router, question, {}).header("x-router-cache") == "hit"


def test_what_is_to_be_forgotten_is_named_as_it_is_known(
    routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    router = routers.serve(cache={"store": "memory", "max_mb": 9})

    assert forget(router, {"tennant": "x"}).status in (400, 422)


def forget(router: RouterProcess, which: object) -> Response:
    body = json.dumps(which).encode()
    return ask(router.admin, "POST", "/cache/invalidate", body, {"content-type": "application/json"})


def entry_of(router: RouterProcess, question: str, way: Way, **beside: object) -> Response:
    request = request_fields(question, model="auto:kept", **way)
    body = json.dumps({"request": request, **beside}).encode()
    return ask(router.admin, "POST", "/cache/entry", body)


def test_what_is_kept_for_a_request_is_told_without_its_text(
    router: RouterProcess, fast: ScriptedEngine, question: str
) -> None:
    asked(router, question, {})
    told = entry_of(router, question, {"stream": True}).json

    assert {name: told[name] for name in ("found", "tier", "verified", "rule", "model")} == {
        "found": True,
        "tier": "fast",
        "verified": False,
        "rule": "otherwise",
        "model": "auto:kept",
    }
    assert told["policy"].startswith("kept@")
    assert 0 < told["left_s"] <= 3600
    assert FAST_TEXT not in json.dumps(told)


def test_the_text_of_what_is_kept_is_told_where_it_is_asked_for(
    router: RouterProcess, fast: ScriptedEngine, question: str
) -> None:
    asked(router, question, {"stream": True})

    assert entry_of(router, question, {}, text=True).json["texts"] == [FAST_TEXT]


def test_of_another_tenant_policy_or_question_nothing_is_kept(
    router: RouterProcess, fast: ScriptedEngine, question: str
) -> None:
    asked(router, question, {})
    others = [
        entry_of(router, question, {}, tenant="somebody-else"),
        entry_of(router, question, {}, policy="default"),
        entry_of(router, f"{question} Louder.", {}),
    ]

    assert [each.json["found"] for each in others] == [False, False, False]


@pytest.mark.parametrize("path", ["/cache/entry", "/cache/invalidate"])
@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"tennant": "x"}', b'{"tenant": "x", "request": {}}'])
def test_what_is_no_order_is_refused(router: RouterProcess, path: str, body: bytes) -> None:
    assert ask(router.admin, "POST", path, body).status == 400


@pytest.mark.parametrize("path", ["/cache/entry", "/cache/invalidate"])
def test_no_page_of_another_site_gives_orders_to_the_cache(router: RouterProcess, path: str) -> None:
    assert ask(router.admin, "POST", path, b"{}", {"origin": "https://evil.example"}).status == 400
