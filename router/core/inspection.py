"""What drove the judgement of one request: the rules that were found, and what moved the heads. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct, to_builtins

from router.core.difficulty import BY_HEADS
from router.core.drivers import Driver, find_drivers
from router.core.features import cut_windows, read_window
from router.core.heads import DIFFICULTY, DOMAINS, HEADS, Heads, highest_margins, read_margins, seen_share
from router.core.judgement import Evidence, Judgement, gather_evidence, judge
from router.core.prompt_reader import read_prompt
from router.core.quoted import quote
from router.core.scoring import LEARNED
from router.core.stakes.domains import LEARNED_STAKES
from router.core.stakes.rule import Finding
from router.core.values import ChatRequest

MOST_DRIVERS: Final = 8
MOST_WORDS: Final = 3
WHOLE_WORDS: Final = frozenset(("word", "word_pair"))
EXCERPT: Final = 60
"""So many characters of a window are shown."""


class SeenWindow(Struct, frozen=True):
    """One window of a turn: how it begins, what share in 0..1 of its n-grams is known, and the log-odds of some heads,
    before calibration and thresholds."""

    turn: int
    begins: str
    characters: int
    known: float
    margins: dict[str, float]


class DrivenHead(Struct, frozen=True):
    """A head with what moved it most in the turn where its margin is highest."""

    head: str
    drivers: tuple[Driver, ...]


class Inspection(Struct, frozen=True):
    """A judgement with what led to it. `task_rule` is "" when none named the task. `words`: of the user's, those in
    which each reason was found, as far as there are any; of a head those that raised it most."""

    judgement: Judgement
    findings: tuple[Finding, ...]
    task_rule: str
    windows: tuple[SeenWindow, ...]
    heads: tuple[DrivenHead, ...]
    words: Mapping[str, tuple[str, ...]] = {}

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        found: dict[str, Any] = to_builtins(self)
        return {**found, "judgement": self.judgement.as_dict()}


def inspect_request(heads: Heads, request: ChatRequest) -> Inspection:
    """The judgement of a request, and what drove it."""
    evidence = gather_evidence(heads, read_prompt(request), request.max_tokens)
    rule = evidence.prompt.task_rule
    windows = [
        _look_at(heads, turn, piece)
        for turn, text in enumerate(evidence.prompt.turns, 1)
        for piece in cut_windows(text)
    ]
    judgement, driven = judge(evidence), [_drive(heads, evidence, head) for head in _heads_of_interest(evidence)]
    named = dict.fromkeys((*judgement.reasons, *(each.name for each in evidence.findings)))
    return Inspection(
        judgement=judgement,
        findings=evidence.findings,
        task_rule=rule.name if rule else "",
        windows=tuple(windows),
        heads=tuple(driven),
        words={**quote(request, named), **_words_of_heads(driven)},
    )


def _words_of_heads(driven: Sequence[DrivenHead]) -> dict[str, tuple[str, ...]]:
    """What raised each head most, by the reason that its name makes."""
    raised = {
        each.head: [one for one in each.drivers if one.log_odds > 0 and one.kind in WHOLE_WORDS] for each in driven
    }
    return {
        _reason_of(head): tuple([one.what for one in found[:MOST_WORDS]]) for head, found in raised.items() if found
    }


def _reason_of(head: str) -> str:
    """The reason that says that this head has spoken."""
    if head == DIFFICULTY:
        return BY_HEADS
    return f"{LEARNED_STAKES}{head}" if head in DOMAINS else f"{LEARNED}task.{head}"


def _look_at(heads: Heads, turn: int, piece: str) -> SeenWindow:
    window = read_window(piece)
    margins = dict(zip(HEADS, read_margins(heads, window).tolist(), strict=True))
    shown = {head: round(margins[head], 3) for head in (DIFFICULTY, *DOMAINS)}
    return SeenWindow(turn, " ".join(piece[:EXCERPT].split()), len(piece), seen_share(heads.seen, window), shown)


def _heads_of_interest(evidence: Evidence) -> list[str]:
    """Difficulty, the domain with the highest stakes, and the task that the heads think of."""
    domains = evidence.turns[-1].stakes
    likeliest = max(domains, key=lambda domain: domains[domain])
    return [DIFFICULTY, likeliest, *([evidence.turns[-1].task] if evidence.turns[-1].task else [])]


def _drive(heads: Heads, evidence: Evidence, head: str) -> DrivenHead:
    at = HEADS.index(head)
    turn = max(evidence.prompt.turns, key=lambda text: float(_margins_of(heads, text)[at]))
    return DrivenHead(head, find_drivers(heads, turn, head)[:MOST_DRIVERS])


def _margins_of(heads: Heads, text: str) -> Any:
    return highest_margins(heads, [read_window(piece) for piece in cut_windows(text)])
