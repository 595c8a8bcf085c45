"""Example values for tests of what is pure: complete but for what a test is about."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Raw
from msgspec.structs import replace

from router.core.capabilities import Dialect, Row, TierFacts
from router.core.facts import View
from router.core.grants import OWNER, Caller, Grants
from router.core.policy import Policy, Rule, Then
from router.core.values import ChatRequest, Hints, Message, Part, Score, Signals

LOW = Score(0.1, "low")
HIGH = Score(0.9, "high")

SIGNALS = Signals(
    prompt_tokens=20,
    answer_tokens=250,
    turns=1,
    code=False,
    maths=False,
    scripts=("latin",),
    tools=0,
    schema=False,
    images=0,
    audio=0,
    stakes=LOW,
    difficulty=LOW,
)
"""A short and harmless question."""

HELLO = Message("user", (Part("text", "Say hello."),))


def chat_request(*messages: Message, model: str = "auto", **parameters: Any) -> ChatRequest:
    """A request with these parameters, its fields as JSON, as it would have been read off the wire."""
    fields = {name: Raw(json.dumps(value).encode()) for name, value in parameters.items()}
    fields |= {"model": Raw(json.dumps(model).encode()), "messages": Raw(b'[{"role":"user","content":"Say hello."}]')}
    size = sum(len(name) + len(raw) for name, raw in fields.items())
    return ChatRequest(model, messages or (HELLO,), parameters, fields, size)


def chat_body(content: Any = "Say hello.", **fields: Any) -> bytes:
    """The body of a request that says this, with these fields besides."""
    return json.dumps({"model": "auto", "messages": [{"role": "user", "content": content}], **fields}).encode()


def signals(**changes: Any) -> Signals:
    """The signals of a short and harmless question, but for these."""
    return replace(SIGNALS, **changes)


def caller(**grants: Any) -> Caller:
    """A caller whose key has these grants and otherwise the least."""
    return Caller("acme", "key-1", Grants(**grants))


def a_view(
    request: ChatRequest | None = None,
    measured: Signals = SIGNALS,
    hints: Hints = Hints(),  # noqa: B008 - a frozen value
    by: Caller = OWNER,
    stakes: Score | None = None,
    **known: Any,
) -> View:
    """What a decision looks at; the stakes are the measured ones unless said otherwise. `known`: the states of the
    tiers, and what is remembered of the conversation and of the question."""
    return View(request or chat_request(), measured, hints, by, stakes or measured.stakes, **known)


NARROW = Dialect(
    name="narrow",
    passes=frozenset(("max_tokens",)),
    drops={"temperature": Row("has no effect", lambda value: value != 1)},
    escalates={"seed": Row("asks for a repeatable answer")},
    refuses={"audio": Row("asks for spoken answers")},
    router_owned={"priority": Row("steers the engine itself")},
    continues=True,
    canvas_tokens=256,
)
"""A made-up engine that honours little: one row in each column."""

BROAD = Dialect(
    name="broad",
    passes=frozenset(("max_tokens", "temperature", "seed")),
    drops={},
    escalates={},
    refuses={"audio": Row("asks for spoken answers")},
    router_owned={"priority": Row("steers the engine itself")},
    continues=True,
)
"""A made-up engine that honours all but `audio`."""

FAST = TierFacts("fast", NARROW, context_tokens=4_000)
STRONG = TierFacts("strong", BROAD, context_tokens=8_000, accepts=frozenset(("image",)))
HOSTED = TierFacts("hosted", BROAD, context_tokens=32_000, accepts=frozenset(("image", "video")))


def a_rule(name: str, then: Then, *, holds: bool) -> Rule:
    """A rule that always holds, or never."""
    return Rule(name, str(holds).lower(), (), lambda _facts: holds, then)


def a_policy(*rules: Rule, otherwise: Then = Then(("fast", "strong"))) -> Policy:  # noqa: B008 - a frozen value
    """A policy of these rules, which reads the facts that they mention."""
    names = tuple(dict.fromkeys(name for rule in rules for name in rule.names))
    return Policy("test", "test@1", rules, otherwise, names, first_of(rules))


def first_of(rules: Sequence[Rule]) -> Callable[[Mapping[str, Any]], int | None]:
    """The position of the first of these rules that holds, found by asking each."""
    return lambda facts: next((at for at, rule in enumerate(rules) if rule.holds(facts)), None)
