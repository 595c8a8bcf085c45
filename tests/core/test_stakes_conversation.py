"""What an ask means after what was said before it, and when tools on offer count."""

import pytest

from router.core.stakes.conversation import agreed_findings, leads_to_a_deed


def names_agreed(ask: str, proposal: str) -> set[str]:
    return {finding.name for finding in agreed_findings(ask, proposal)}


@pytest.mark.parametrize("ask", ["yes", "Yes, do it.", "go ahead", "sure", "Confirmed, proceed.", "y", "ya drop it"])
def test_a_yes_to_a_proposed_deed_is_that_deed(ask: str) -> None:
    assert "destructive.drop" in names_agreed(ask, "The table orders is unused. Shall I drop the table?")


@pytest.mark.parametrize("ask", ["no", "No thanks.", "not yet", "wait, why?", "leave it", "What would that do?"])
def test_anything_but_a_yes_leaves_a_proposed_deed_undone(ask: str) -> None:
    assert names_agreed(ask, "The table orders is unused. Shall I drop the table?") == set()


def test_naming_the_proposed_deed_is_a_yes() -> None:
    assert "destructive.agreed_deed" in names_agreed("Drop it.", "It has 4 million rows. Should I drop it?")


def test_what_was_done_may_be_asked_for_again() -> None:
    done = "I have deleted the first 50 customer records."
    assert "destructive.delete_data" in names_agreed("Now do the remaining ones.", done)


def test_a_yes_to_an_explanation_is_no_deed() -> None:
    assert names_agreed("yes, go ahead", "Would you like me to explain how a deleted table is restored?") == set()


@pytest.mark.parametrize(
    "ask",
    [
        "Ben left the company.",
        "Let him in.",
        "Do it for Bob.",
        "The ones from last year can go.",
        "Explain the flag, then run it.",
        "Could you cancel the order?",
        "It is too cold in the nursery.",
    ],
)
def test_an_ask_that_is_no_talk_may_lead_to_the_use_of_a_tool(ask: str) -> None:
    assert leads_to_a_deed(ask, "")


@pytest.mark.parametrize(
    "ask",
    [
        "Will it rain this afternoon?",
        "Show me the branches. Don't remove any of them.",
        "Plan only, no apply.",
        "brilliant, thanks!",
        "Tell my daughter a story about a robot.",
        "I'm wondering whether it is wise to give interns access.",
        "Could you check whether the order was refunded?",
        "Quick one: what's 17.5% of 2,940?",
        "Draft a reply to Anna, do not send it.",
    ],
)
def test_talk_leads_to_the_use_of_no_tool(ask: str) -> None:
    assert not leads_to_a_deed(ask, "")


def test_a_yes_leads_where_the_proposal_leads() -> None:
    assert leads_to_a_deed("yes", "Shall I cancel the membership?")
    assert not leads_to_a_deed("yes", "Shall I show the log lines?")
