"""What records hold of the text that was rejected: what whoever quotes makes of it, and that is mostly nothing."""

import pytest

from router.core.policy import Policy
from tests.dispatch.scenes import Scene, asking, backend
from tests.dispatch.test_rejected_blocks import (
    AGREEING,
    FIRST_SAMPLE,
    GATED,
    ROLE,
    SUM,
    WHOLE,
    WORST,
    WRITES,
    doubted,
    one_after_the_other,
    samples,
    says,
)
from tests.doubles import Ends, ScriptedBackend

GOOD, BAD = "A first block that is good enough for anybody to see, whoever asks.", "A second one that is not <pad><pad>"
OTHER = "There are 94 pens. The answer is 94."


def quoted(fast: ScriptedBackend, policy: Policy, likely: float = 0.1) -> list[str]:
    """What records hold of each attempt at the gate, where all of it may be told."""
    scene = Scene(fast, backend(*WRITES), policy, scorers=doubted(likely), quote=str.upper)
    scene.play(asking(said=SUM))
    return [each.gate.rejected for each in scene.record.attempts if each.gate is not None]


def test_of_blocks_the_one_that_was_rejected_is_quoted() -> None:
    assert quoted(backend(ROLE, says(GOOD), says(BAD), Ends(tokens=9)), GATED) == [BAD.upper()]


def test_of_an_answer_that_is_judged_whole_too() -> None:
    assert quoted(backend(ROLE, says(BAD), Ends(tokens=9)), WHOLE) == [BAD.upper()]


def test_of_two_samples_that_differ_the_first_is_quoted() -> None:
    assert quoted(backend(ROLE, samples(FIRST_SAMPLE, OTHER), Ends(tokens=9)), AGREEING) == [FIRST_SAMPLE.upper()]


def test_of_samples_one_after_the_other_both_are() -> None:
    both = [FIRST_SAMPLE.upper(), OTHER.upper()]

    assert quoted(one_after_the_other(FIRST_SAMPLE, OTHER), WORST, likely=0.8) == both


@pytest.mark.parametrize("policy", [GATED, WHOLE])
def test_of_what_was_accepted_nothing_is(policy: Policy) -> None:
    assert quoted(backend(ROLE, says(GOOD), Ends(tokens=9)), policy) == [""]


def test_nothing_is_quoted_unless_somebody_wants_it() -> None:
    scene = Scene(backend(ROLE, says(BAD), Ends(tokens=9)), backend(*WRITES), GATED)

    scene.play(asking(said=SUM))

    gate = scene.record.attempts[0].gate
    assert gate is not None
    assert not gate.verdict.is_accepted
    assert gate.rejected == ""
