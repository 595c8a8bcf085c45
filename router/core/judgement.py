"""What named rules and learned heads say about a request together, and where neither can tell. Pure.

A rule that was found stands by itself. A head may raise the stakes, and abstains on text that is unlike what it learned
from: then difficulty is unknown, which is not the same as low.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from router.core.answer_length import Quantiles, expected
from router.core.heads import FEWEST_WORDS, Heads, LearnedScores, score_text
from router.core.scoring import HIGH_FROM, Prompt, band_of, stakes
from router.core.signals import IMAGE_KINDS, read_prompt
from router.core.stakes.rule import Finding
from router.core.task_rules import find_task_rule
from router.core.task_words import TaskRule
from router.core.values import SYSTEM_ROLES, Band, ChatRequest, Score

TURNS_READ: Final = 3
"""So many of the user's last turns are shown to the heads; the rules read all of them."""

LEARNED: Final = "learned."
"""What the reasons of a head begin with."""


class Evidence(Struct, frozen=True):
    """Everything that a judgement rests on, rules and heads apart.

    `named` are the stakes by the rules and the cues, `findings` the rules found in what the user said and in the tools
    on offer, `scored` the user's last turns that the heads were shown, the latest last, `turns` what they say about
    each, and `rule` the one that names the task. `max_tokens` is the caller's cap on the answer (0: none).
    """

    prompt: Prompt
    named: Score
    findings: tuple[Finding, ...]
    scored: tuple[str, ...]
    turns: tuple[LearnedScores, ...]
    rule: TaskRule | None
    max_tokens: int

    @property
    def known(self) -> tuple[LearnedScores, ...]:
        """The scores that may be used: none when the latest turn is unlike what the heads learned from."""
        return () if self.turns[-1].unknown else tuple([turn for turn in self.turns if not turn.unknown])

    @property
    def learned_stakes(self) -> dict[str, float]:
        """The highest stakes of each domain over the turns, on the scale of the bands; empty: the heads abstain."""
        highest: dict[str, float] = {}
        for turn in self.known:
            for domain, share in turn.stakes.items():
                highest[domain] = max(highest.get(domain, 0.0), place_on_bands(share))
        return highest


class Judgement(Struct, frozen=True):
    """What is thought of a request. `difficulty` is the probability that a weak model fails, None when unknown;
    `stakes` are in 0..1 and `stakes_domain` is "" where nothing raised them; `task` is "" when none is recognised.
    `abstained` names the signals without an opinion, `reasons` what led to the others."""

    difficulty: float | None
    stakes: float
    stakes_band: Band
    stakes_domain: str
    task: str
    answer_tokens: Quantiles
    abstained: tuple[str, ...]
    reasons: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "difficulty": self.difficulty,
            "stakes": self.stakes,
            "stakes_band": self.stakes_band,
            "stakes_domain": self.stakes_domain,
            "task": self.task,
            "answer_tokens": {"p50": self.answer_tokens.p50, "p90": self.answer_tokens.p90},
            "abstained": list(self.abstained),
            "reasons": list(self.reasons),
        }


def judge(heads: Heads, request: ChatRequest) -> Judgement:
    """What the rules and these heads think of a request. It never raises."""
    return combine(gather_evidence(heads, request))


def gather_evidence(heads: Heads, request: ChatRequest) -> Evidence:
    """All that rules and heads say about a request."""
    asked = _texts_of(request, frozenset(("user",)))
    system = "\n".join(_texts_of(request, SYSTEM_ROLES))
    scored = _turns_to_score(asked)
    prompt = read_prompt(request, _count_images(request))
    return Evidence(
        prompt=prompt,
        named=stakes(prompt),
        findings=prompt.findings + prompt.offered,
        scored=scored,
        turns=tuple([score_text(heads, text) for text in scored]),
        rule=find_task_rule(asked[-1] if asked else "", system, bool(request.parameters.get("tools"))),
        max_tokens=request.max_tokens,
    )


def combine(evidence: Evidence) -> Judgement:
    """The judgement that evidence leads to."""
    known, learned = evidence.known, evidence.learned_stakes
    score = max(evidence.named.score, *learned.values()) if learned else evidence.named.score
    task = _task_of(evidence)
    lengths = expected(evidence.prompt.ask, evidence.prompt.ask_tokens, task, evidence.max_tokens or None)
    return Judgement(
        difficulty=max([turn.difficulty for turn in known]) if known else None,
        stakes=score,
        stakes_band=band_of(score),
        stakes_domain=_domain_of(evidence, learned),
        task=task,
        answer_tokens=lengths,
        abstained=_abstained(evidence, task),
        reasons=_reasons(evidence, learned, lengths),
    )


def place_on_bands(share: float) -> float:
    """A head's stakes, which are high from 0.5, on the scale of the rules, which are high from HIGH_FROM."""
    return share * HIGH_FROM / (share * HIGH_FROM + (1.0 - share) * (1.0 - HIGH_FROM))


def _texts_of(request: ChatRequest, roles: frozenset[str]) -> list[str]:
    return [
        "\n".join([part.text for part in message.parts if part.text])
        for message in request.messages
        if message.role in roles
    ]


def _turns_to_score(asked: Sequence[str]) -> tuple[str, ...]:
    """The last turns of a user; one such as "yes" says nothing beside those before it."""
    last = asked[-TURNS_READ:]
    return tuple([text for text in last if len(text.split()) >= FEWEST_WORDS] or last[-1:] or [""])


def _count_images(request: ChatRequest) -> int:
    return sum([part.kind in IMAGE_KINDS for message in request.messages for part in message.parts])


def _task_of(evidence: Evidence) -> str:
    if evidence.rule is not None:
        return evidence.rule.task
    return evidence.turns[-1].task if evidence.known else ""


def _domain_of(evidence: Evidence, learned: Mapping[str, float]) -> str:
    """The domain of what raised the stakes the most: a finding before a head, and nothing where they are low."""
    if evidence.findings and band_of(evidence.named.score) != "low":
        return evidence.findings[0].domain
    domain = max(learned, key=lambda each: learned[each], default="")
    return domain if domain and band_of(learned[domain]) != "low" else ""


def _abstained(evidence: Evidence, task: str) -> tuple[str, ...]:
    """A rule about stakes that was found has an opinion whatever the heads say."""
    unknown = () if evidence.known else ("difficulty",) if evidence.named.band == "high" else ("difficulty", "stakes")
    return unknown if task else (*unknown, "task")


def _reasons(evidence: Evidence, learned: Mapping[str, float], lengths: Quantiles) -> tuple[str, ...]:
    raised = sorted((each for each in learned if band_of(learned[each]) != "low"), key=lambda each: -learned[each])
    heads = [f"{LEARNED}stakes.{domain}" for domain in raised]
    rules = [evidence.rule.name] if evidence.rule else []
    tasks = [] if rules or not (task := _task_of(evidence)) else [f"{LEARNED}task.{task}"]
    return (*evidence.named.reasons, *heads, *rules, *tasks, f"length.{lengths.why}")
