"""What checks find in a block, and what they leave alone."""

import pytest

from router.core.checks.table import CHECKS, check_set, judge
from router.core.checks.written import Brief, Written
from router.core.verdict import ACCEPTED, Finding, Verdict, without_text


def reasons_of(text: str, prompt: str = "Tell me about otters.", **more: object) -> tuple[str, ...]:
    return judge(Written(Brief(prompt), text, **more), check_set("standard")).reasons  # type: ignore[arg-type]


def test_every_check_has_a_name_of_its_own() -> None:
    assert len({check.name for check in CHECKS}) == len(CHECKS)


def test_an_answer_of_blanks_is_empty() -> None:
    assert reasons_of(" \n\n ") == ("empty",)


def test_a_blank_block_within_an_answer_is_not_empty() -> None:
    assert reasons_of("\n", before="Otters swim.", is_last=False) == ()


@pytest.mark.parametrize("token", ["<pad>", "<mask>", "<unused7>", "<end_of_turn>", "<|mask|>", "</s>"])
def test_a_special_token_is_never_shown(token: str) -> None:
    assert reasons_of(f"Otters {token} swim.") == ("special_tokens",)


def test_a_good_answer_is_accepted() -> None:
    assert judge(Written(Brief("Tell me about otters."), "Otters swim well."), check_set("strict")).is_accepted


def test_a_record_has_no_text_of_an_answer() -> None:
    quoting, counting = Finding("kept", "j.doe@example.com"), Finding("non_convergence", "48 of at most 48 passes")

    told = without_text(Verdict((quoting, counting), 0.4))

    assert told == Verdict((Finding("kept", ""), counting), 0.4)
    assert without_text(ACCEPTED) is ACCEPTED
