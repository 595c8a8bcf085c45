"""A situation that went through a log: the same policy decides the same again, without the text."""

import msgspec
import pytest

from router.core.case import Case, put
from router.core.errors import CallerError
from router.core.situation import Question, Situation, note, reopen
from router.review.explanation import explain
from router.review.intake import unloggable
from tests.policies.shipped import RESULTS, SHIPPED
from tests.usual import USUAL


def asked(case: Case) -> Question | None:
    """The question that a case asks; None when its key may not ask it."""
    try:
        return put(case, USUAL)
    except CallerError:
        return None


QUESTIONS = {name: question for name, result in RESULTS.items() if (question := asked(result.case)) is not None}


def logged(question: Question) -> Question:
    """The question as it is read back from a log."""
    line = msgspec.json.encode(note(question))
    return reopen(msgspec.json.decode(line, type=Situation))


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_shipped_policy_decides_a_logged_case_as_it_decides_the_case(name: str) -> None:
    question = QUESTIONS[name]
    reopened = logged(question)

    for loaded in SHIPPED.values():
        before, after = explain(loaded.policy, question), explain(loaded.policy, reopened)
        assert (after.match.rule, after.tiers, after.then) == (before.match.rule, before.tiers, before.then)
        assert type(after.error) is type(before.error)


def test_no_shipped_policy_looks_at_what_a_log_does_not_hold() -> None:
    assert {name: unloggable(loaded.policy) for name, loaded in SHIPPED.items()} == dict.fromkeys(SHIPPED, "")
