"""Twenty requests that come to six different ends, and what a server that shows their traces must make of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.faults import answers, fails
from tests.router_process import RouterProcess
from tests.scripted_engine import Reply, ScriptedEngine
from tests.wire_client import Response, post, request_fields

CALLED = ("chain", "decision", "llm")
CALLED_TWICE = ("chain", "decision", "llm", "llm")
LOOKED_UP = ("chain", "decision", "retriever")

GOOD = answers("A short answer that is good.")
SPOILED = answers("A short answer that is spoiled <pad><pad>")
KEPT = "What is the capital of France?"
ALIKE = ("what is the capital of france", "What's the capital of France?", "Please, what is the capital of France?")


@dataclass(frozen=True)
class Expected:
    """What is to be seen of one request: the kinds of its spans, and the tokens of all of its calls."""

    trace_id: str
    kinds: tuple[str, ...]
    prompt_tokens: int
    completion_tokens: int


def play(router: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine) -> Sequence[Expected]:
    """Has them all served, and says what is to be seen of them."""
    strong.does(answers("An answer of the strong tier."))
    served = [_asked(router, fast, GOOD, f"Fast {at}?", "fast-only", CALLED) for at in range(3)]
    served += [_asked(router, fast, GOOD, f"Strong {at}?", "strong-only", CALLED) for at in range(4)]
    served += [_asked(router, fast, SPOILED, f"Escalated {at}?", "gated", CALLED_TWICE) for at in range(3)]
    served += [_asked(router, fast, GOOD, KEPT, "kept-alike", (*LOOKED_UP, "llm"))]
    served += [_asked(router, fast, GOOD, KEPT, "kept-alike", LOOKED_UP) for _ in range(3)]
    served += [_asked(router, fast, GOOD, alike, "kept-alike", LOOKED_UP) for alike in ALIKE]
    served += [_asked(router, fast, fails(500), f"Failed over {at}?", "default", ()) for at in range(3)]
    return served


def _asked(
    router: RouterProcess, fast: ScriptedEngine, reply: Reply, said: str, policy: str, kinds: tuple[str, ...]
) -> Expected:
    fast.does(reply)
    response = post(router.public, request_fields(said, model=f"auto:{policy}"))
    assert response.status == 200
    return _expected(response, router.await_record(response.header("x-request-id")), kinds)


def _expected(response: Response, record: dict[str, Any], kinds: tuple[str, ...]) -> Expected:
    """An engine that fails is asked again before another is, so that of those calls the record says how many."""
    usages = [each["usage"] for each in record["attempts"] if each["usage"] is not None]
    return Expected(
        response.header("x-trace-id") or "",
        kinds or ("chain", "decision", *["llm"] * len(record["attempts"])),
        sum(each["prompt_tokens"] for each in usages),
        sum(each["completion_tokens"] for each in usages),
    )
