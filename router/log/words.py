"""What the words of records mean, for whoever meets the router for the first time. Pure."""

from collections.abc import Mapping
from typing import Final

from router.core.price import MICROUSD

OUTCOMES: Final[Mapping[str, str]] = {
    "served": "a whole answer was given",
    "broken": "the answer broke off after its first bytes",
    "refused": "refused: the caller must change something",
    "failed": "failed: an error of ours or of the engines",
    "caller_left": "the caller left before the end",
}
CACHED: Final[Mapping[str, str]] = {
    "hit": "a kept answer to this question was given",
    "semantic": "the kept answer to another question that asks the same was given",
    "shared": "it shared an answer that was on its way",
    "miss": "nothing that is kept answers it",
    "bypass": "nothing was looked for",
}
REASONS: Final[Mapping[str, str]] = {
    "rule": "its condition held",
    "otherwise": "no rule's condition held, so what the policy says for all others was done",
    "pin": "the caller named a tier or a backend as the model",
    "conversation": "the conversation had reached this tier before and does not go back below it",
    "capability": "a tier that would have been asked first cannot serve such a request",
    "degraded": "none of the rule's tiers could be used, so another one was",
    "budget": "a tier that would have been asked first was not likely to be done within the latency budget",
    "spill": "the tier that would have been asked first was full",
    "condition_failed": "a condition could not be evaluated, so the careful choice was made",
}
ATTEMPTS: Final[Mapping[str, str]] = {
    "served": "its answer went to the caller",
    "abandoned": "given up from this side",
    "repaired": "it wrote what a draft was cut at, and the tier of the draft went on",
    "rejected": "what it wrote did not pass the checks",
    "unsure": "a second answer of the same tier was wanted before anybody got one",
    "unavailable": "nothing answered at its address",
    "overloaded": "it had too much to do",
    "timed_out": "it was silent for longer than it may",
    "failed": "it answered with an error",
    "malformed": "what it sent was no answer",
    "refused": "it refused the request",
    "spilled": "it was not asked: a tier above had a seat first",
    "not_admitted": "it was not asked: it is left alone because it kept failing, or too much was tried again",
    "turned_away": "no tier was asked: all were full, and the request could not wait any longer",
    "deadline_exceeded": "the request's time was over",
    "escalations_spent": "it was not asked: too many of this tenant's requests had gone up already",
    "cannot_read": "it could not read the draft",
}


def attempt_words(outcome: str) -> str:
    """What came of an attempt; of a word that is not known, the word."""
    return ATTEMPTS.get(outcome, outcome.replace("_", " "))


def money_words(microusd: int) -> str:
    """An amount in US dollars: to the cent where it is large, to the millionth where it is not."""
    return f"${microusd / MICROUSD:,.2f}" if microusd >= 100 * MICROUSD else f"${microusd / MICROUSD:.6f}"
