"""*Try it* in the console: what would happen to a request that somebody makes up."""

import json
import re
from typing import Any

import pytest

from tests.conftest import Routers
from tests.console_visitor import TOKEN, Visitor, words_of
from tests.router_process import RouterProcess
from tests.scripted_engine import ScriptedEngine

EASY = "Shorten: the meeting has been moved to Tuesday at ten."
SCRIPT = {"hx-request": "true"}


@pytest.fixture
def visitor(router: RouterProcess) -> Visitor:
    """Somebody at the console."""
    return Visitor(router.admin)


def tried(visitor: Visitor, text: str = EASY, **fields: Any) -> str:
    """What would happen to this, as the page says it."""
    response = visitor.order("/try", "/try", {"text": text, **fields})
    assert response.status == 200
    return words_of(response.body.decode()).partition("Decide ")[2]


def test_an_example_is_decided_as_soon_as_the_page_is_there(visitor: Visitor) -> None:
    assert "It would go to" in words_of(visitor.text("/try"))


def test_another_hint_makes_another_decision(visitor: Visitor) -> None:
    assert "It would go to fast → strong Rule otherwise" in tried(visitor)
    assert "It would go to strong Rule high" in tried(visitor, stakes="high")
    assert "It would go to fast Rule otherwise" in tried(visitor, max_tier="fast")


def test_another_policy_makes_another_decision(visitor: Visitor) -> None:
    assert "It would go to strong Rule otherwise of strong-only@" in tried(visitor, policy="strong-only")


def test_a_full_tier_makes_another_decision(visitor: Visitor) -> None:
    assert "Rule full" not in tried(visitor, policy="not-when-full")
    assert "It would go to strong Rule full" in tried(visitor, policy="not-when-full", full_fast="yes")


def test_every_other_policy_is_asked_too(router: RouterProcess, visitor: Visitor) -> None:
    others = tried(visitor).partition("Under the other policies")[2]

    names = {each["name"] for each in router.policies()["policies"]}
    assert all(name in others for name in names - {"default"})


def test_a_whole_request_is_read_as_callers_send_it(visitor: Visitor) -> None:
    request = {"model": "auto:fast-only", "messages": [{"role": "user", "content": EASY}], "router": {"stakes": "high"}}

    assert "of fast-only@" in tried(visitor, json.dumps(request))


def test_the_words_that_drove_it_are_shown(visitor: Visitor) -> None:
    said = tried(visitor, "What dose of warfarin may I give my mother?")

    assert re.search(r"Stakes high \S+ .*?medical\.dosage dose … warfarin", said) is not None
    assert "Words that drove it" in said


@pytest.mark.parametrize("text", ['{"model": 1}', "{", '{"model": "nobody", "messages": []}'])
def test_what_would_be_refused_is_told_why(visitor: Visitor, text: str) -> None:
    assert "It would be refused" in tried(visitor, text)


@pytest.mark.parametrize("fields", [{"stakes": "huge"}, {"latency_budget_ms": "soon"}, {"policy": "nobody"}])
def test_a_hint_that_is_none_is_told(visitor: Visitor, fields: dict[str, str]) -> None:
    assert "It would be refused" in tried(visitor, **fields)


def test_markup_in_a_prompt_stays_text(visitor: Visitor) -> None:
    markup = "</textarea><script>alert(1)</script><img src=x onerror=alert(2)> warfarin {{ 7 * 7 }}"

    page = visitor.order("/try", "/try", {"text": markup}).body.decode()

    assert "<script>alert" not in page
    assert "<img" not in page
    assert "&lt;/textarea&gt;&lt;script&gt;" in page
    assert "{{ 7 * 7 }}" in page


def test_a_script_gets_only_what_would_happen(visitor: Visitor) -> None:
    found = TOKEN.search(visitor.text("/try"))
    assert found is not None

    page = visitor.send("/try", {"form_token": found[1], "text": EASY}, SCRIPT).body.decode()

    assert "<html" not in page
    assert "It would go to" in words_of(page)


def test_no_engine_is_asked_and_nothing_is_recorded(
    router: RouterProcess, visitor: Visitor, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    known, asked = router.settled(), len(fast.received) + len(strong.received)

    tried(visitor)

    assert router.settled() == known + 1  # the marker of the second settling itself
    assert len(fast.received) + len(strong.received) == asked


def test_nothing_is_tried_for_a_page_that_is_not_ours(visitor: Visitor) -> None:
    assert visitor.send("/try", {"text": EASY}).status == 400


def slid(visitor: Visitor, text: str = EASY, **moved: int) -> str:
    """The same, with sliders moved from where the page has them: of backends by their tier, `waiting_` of queues."""
    page = visitor.text("/try")
    fields = dict(re.findall(r'name="(was:[^"]+)" value="(\d+)"', page))
    names = {each.removeprefix("was:") for each in fields}
    fields |= {name: fields[f"was:{name}"] for name in names}
    for tier, value in moved.items():
        sought = f"waiting:{tier.removeprefix('waiting_')}" if tier.startswith("waiting_") else f"in_flight:{tier}"
        fields |= {name: str(value) for name in names if name.startswith(sought)}
    return tried(visitor, text, **fields)


def predicted_ms(said: str, tier: str) -> tuple[str, ...]:
    """What is said of a tier: in flight, bears, waiting, and what is predicted."""
    found = re.search(rf"9 in 10 .*?{tier} (\d+) (\S+(?: known)?) (\d+) (\S+ \S+)", said)
    assert found is not None, said
    return found.groups()


@pytest.fixture
def narrow(routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine) -> Visitor:
    """Somebody at the console of a router whose backends bear four attempts each."""
    return Visitor(routers.serve(backend={"concurrency": 4}).admin)


def test_sliders_that_nobody_moved_change_nothing(narrow: Visitor) -> None:
    assert slid(narrow) == tried(narrow)


def test_a_backend_past_its_limit_makes_another_decision(narrow: Visitor) -> None:
    assert "It would go to fast" in slid(narrow, fast=3)

    said = slid(narrow, fast=20)

    assert "It would go to strong" in said
    assert "The tier fast is full" in said
    assert predicted_ms(said, "fast")[:2] == ("20", "4")


def test_what_is_predicted_changes_with_the_load(narrow: Visitor) -> None:
    idle, busy, queued = (
        predicted_ms(slid(narrow, **moved), "strong") for moved in ({}, {"strong": 8}, {"waiting_strong": 8})
    )

    assert idle[:3] == ("0", "4", "0")
    assert busy[:3] == ("8", "4", "0")
    assert queued[:3] == ("0", "4", "8")
    assert len({idle[3], busy[3]}) == 2
    assert busy[3] == queued[3]


def test_a_full_tier_is_predicted_as_full(narrow: Visitor) -> None:
    assert predicted_ms(tried(narrow, full_fast="yes"), "fast")[:2] == ("4", "4")


@pytest.mark.parametrize("value", ["", "-1", "many", "1" * 30, "\u00b2"])
def test_a_load_that_is_none_is_told(visitor: Visitor, value: str) -> None:
    name = re.findall(r'name="(in_flight:[^"]+)"', visitor.text("/try"))[0]

    assert f"It would be refused: {name}: expected a number" in tried(visitor, **{name: value})
