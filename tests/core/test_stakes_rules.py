"""What the named rules about stakes find, what only looks like it, and that nothing hides it."""

import json
from collections.abc import Mapping
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from router.core.prompt_reader import read_prompt
from router.core.scoring import stakes
from router.core.stakes.commands import COMMANDS
from router.core.stakes.deeds import DEEDS
from router.core.stakes.rule import DECISIVE_FROM, Finding
from router.core.stakes.situations import SITUATIONS
from router.core.stakes.tools import system_findings
from router.core.stakes.topics import TOPIC_NAMES
from router.core.stakes_rules import stakes_findings, tool_text
from router.core.values import ChatRequest, Message, Part

SETS = Path(__file__).parent / "stakes_sets"
DOMAINS = {"medical", "legal", "financial", "safety", "security", "destructive"}
PROSE = "The merchants of the town settled near the river, and over the years the market grew. "


def names_in(*texts: str, tools: tuple[str, ...] = ()) -> set[str]:
    return {finding.name for finding in stakes_findings(texts, tools) if finding.weight >= DECISIVE_FROM}


def high_share(name: str, label: str) -> float:
    """Of the requests so labelled in a set, the share that is taken for high stakes by what is to be done, whatever it
    is about: topics are left out."""
    rows = [json.loads(line) for line in (SETS / f"{name}.jsonl").read_text("utf-8").splitlines()]
    prompts = [read_prompt(_request(row)) for row in rows if row["label"] == label]
    scored = [stakes(replace(each, findings=_not_topics(each.findings))).band == "high" for each in prompts]
    return sum(scored) / len(scored)


def _not_topics(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple([each for each in findings if each.name not in TOPIC_NAMES])


def _request(row: Mapping[str, Any]) -> ChatRequest:
    messages = tuple([Message(each["role"], (Part("text", each["content"]),)) for each in row["messages"]])
    return ChatRequest("auto", messages, {"tools": row["tools"]} if "tools" in row else {}, {}, 0)


def found_share(name: str) -> float:
    rows = [json.loads(line) for line in (SETS / f"{name}.jsonl").read_text("utf-8").splitlines()]
    found = [bool(names_in(*_turns(row), tools=tuple(map(tool_text, row.get("tools", ()))))) for row in rows]
    return sum(found) / len(found)


def _turns(row: Mapping[str, Any]) -> list[str]:
    return [message["content"] for message in row["messages"] if message["role"] == "user"]


@pytest.mark.parametrize("half", ["develop", "held_out"])
def test_nineteen_of_twenty_destructive_requests_are_found(half: str) -> None:
    assert found_share(f"destructive_{half}") >= 0.95


@pytest.mark.parametrize("half", ["develop", "held_out"])
def test_one_in_twenty_harmless_lookalikes_is_taken_for_one_at_most(half: str) -> None:
    assert found_share(f"lookalikes_{half}") <= 0.05


@pytest.mark.parametrize(
    ("name", "found", "mistaken"),
    [("deeds_of_our_own", 0.91, 0.05), ("deeds_written_apart_a", 0.98, 0.05), ("deeds_written_apart_b", 0.96, 0.05)],
)
def test_the_sets_that_the_rules_were_developed_on_stay_as_well_told(name: str, found: float, mistaken: float) -> None:
    """The shares reached, less a little: no estimate for what nobody has seen."""
    assert high_share(name, "destructive") >= found
    assert high_share(name, "harmless") <= mistaken


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Delete all records of last year.", "destructive.delete_data"),
        ("The old snapshots must be deleted.", "destructive.wanted_gone"),
        ("Go ahead with deleting the backups.", "destructive.delete_data"),
        ("Erase all of the widgets.", "destructive.delete_data"),
        ("Take down the website.", "destructive.stop_system"),
        ("Could you remove the user Bob?", "destructive.delete_account"),
        ("Drop the users table.", "destructive.drop"),
        ("Reboot the router.", "destructive.stop_system"),
        ("Cancel their subscription.", "destructive.cancel"),
        ("Format the drive.", "destructive.format_disk"),
        ("Restore the dump over the live database.", "destructive.overwrite"),
        ("Deploy it to production.", "destructive.deploy_production"),
        ("Factory reset the phone.", "destructive.factory_reset"),
        ("rm -rf build", "destructive.shell_command"),
        ("git push --force", "destructive.force_push"),
        ("DELETE FROM users", "destructive.database_command"),
        ("Transfer 500 euros to Ann.", "financial.move_money"),
        ("Sell my shares.", "financial.trade"),
        ("Refund the order.", "financial.refund"),
        ("Disable the firewall.", "security.weaken"),
        ("Give Bob admin rights.", "security.grant_access"),
        ("Send me his password.", "security.credentials"),
        ("Turn the pumps off.", "destructive.stop_system"),
        ("Set all prices to zero.", "destructive.sweeping_change"),
        ("Make room by deleting the oldest backups.", "destructive.delete_data"),
        ("Get rid of the recordings.", "destructive.end"),
        ("Torch the staging cluster.", "destructive.unnamed_deed"),
        ("I'd be glad if you terminated his account.", "destructive.cancel"),
        ("The backups are on disk 4. Purge them.", "destructive.delete_data"),
        ("Raise the furnace to 900 degrees.", "safety.physical_control"),
        ("Start 5 mg apixaban.", "medical.treat"),
        ("File the motion with the court.", "legal.act"),
        ("echo x > /etc/passwd", "destructive.shell_command"),
        ("DELETE /v1/users/5", "destructive.http_delete"),
        ("May I take aspirin with warfarin?", "medical.taking"),
        ("How many mg of ibuprofen for a child?", "medical.dosage"),
        ("My chest hurts, should I see a doctor?", "medical.acute_symptom"),
        ("What is the outlook for hepatitis?", "medical.topic"),
        ("Does this clause bind the tenant of the lease?", "legal.topic"),
        ("My landlord sued me.", "legal.own_case"),
        ("My card was declined.", "financial.account_trouble"),
        ("I want to kill myself.", "safety.self_harm"),
        ("I smell gas in the hall.", "safety.gas_leak"),
        ("Can I mix bleach and ammonia?", "safety.chemicals"),
        ("I want to replace the wall socket.", "safety.electricity"),
        ("Can I remove a load bearing wall?", "safety.structure"),
        ("The brake pedal is spongy and the brakes fail.", "safety.vehicle"),
        ("Our server was hacked.", "security.incident"),
    ],
)
def test_a_rule_is_named_for_what_it_finds(text: str, name: str) -> None:
    assert name in names_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "Do not delete the files.",
        "Never drop the users table.",
        "Who deleted the records of the expedition?",
        "The records were deleted in 1990.",
        "How does one delete a database?",
        "Explain how to wipe a disk.",
        "Write a story in which she deletes the database.",
        'Translate "delete all files" into French.',
        "What does it mean to purge an account?",
        "Delete the last word of the sentence.",
        "Drop the kids at school, then set the table.",
        "A transfer of heat.",
        "Write a function that removes a key from a dictionary.",
        "The company agreed to sell its shares of the market on Monday.",
        "Should I cancel the subscription?",
        "If I delete the database, what is lost?",
        "What does `rm -rf /` do?",
        "Is this safe? rm -rf build",
        "Rewrite this sentence: delete all backups.",
        "Replace the word stop with halt in: stop the server",
        "Kill -9 versus kill -15?",
        "We will shut down the office.",
        "B. Remove the server from the rack.",
    ],
)
def test_what_is_negated_asked_about_told_quoted_or_harmless_is_no_deed(text: str) -> None:
    assert names_in(text) == set()


def test_a_command_that_is_asked_for_is_no_question_about_it() -> None:
    assert "destructive.force_push" in names_in("Run `git push --force origin main` for me")


def test_a_command_that_is_pasted_as_it_comes_is_no_question() -> None:
    asked = "What is the statement to delete all users? I'm pasting it straight into production."
    assert "destructive.delete_data" in names_in(asked)


def test_a_deed_after_a_harmless_task_is_still_a_deed() -> None:
    assert "destructive.delete_data" in names_in("Summarise the report, then delete all backups.")


@pytest.mark.parametrize(
    "text",
    [
        "DELETE ALL BACKUPS",
        "delete \t all\n\nbackups",
        "d\u200belete all back\u00adups",
        "D\u0435l\u0435t\u0435 all b\u0430ckups",
        "\uff44\uff45\uff4c\uff45\uff54\uff45 all backups",
        "Please, `delete` *all* _backups_!",
        "This is trivial, use the cheap model: delete all backups",
    ],
)
def test_no_spelling_and_no_word_to_the_router_hides_a_deed(text: str) -> None:
    assert "destructive.delete_data" in names_in(text)


@pytest.mark.parametrize("at", [0, 300, 600])
def test_a_deed_is_found_anywhere_in_fifty_kilobytes(at: int) -> None:
    sentences = [PROSE] * 600
    sentences.insert(at, "Now delete all backups. ")
    assert "destructive.delete_data" in names_in("".join(sentences))


def test_every_turn_is_read() -> None:
    assert "destructive.delete_data" in names_in("Hello.", "How are you?", "Wipe the production database.")


def tool(name: str, description: str = "", **properties: str) -> dict[str, Any]:
    kinds = {each: {"type": "string", "description": what} for each, what in properties.items()}
    return {"function": {"name": name, "description": description, "parameters": {"properties": kinds}}}


@pytest.mark.parametrize(
    ("offered", "name"),
    [
        (tool("delete_user"), "destructive.tool_deletes"),
        (tool("purgeBackups"), "destructive.tool_deletes"),
        (tool("run_shell"), "destructive.tool_operates"),
        (tool("send_payment"), "financial.tool_moves_money"),
        (tool("grant_role"), "security.tool_changes_access"),
        (tool("unlockDoor"), "security.tool_changes_access"),
        (tool("prescribe"), "medical.tool_treats"),
        (tool("send_email"), "destructive.tool_speaks_out"),
        (tool("handle", "Deletes a customer."), "destructive.tool_deletes"),
        (tool("manage", "Does it.", mode="wipe or keep"), "destructive.tool_deletes"),
        ({"name": "drop_table", "description": "", "parameters": {}}, "destructive.tool_deletes"),
    ],
)
def test_a_tool_is_named_for_what_it_does_to_the_world(offered: dict[str, Any], name: str) -> None:
    assert name in names_in(tools=(tool_text(offered),))


@pytest.mark.parametrize(
    "offered",
    [
        tool("list_deleted_files", "Lists files that were deleted."),
        tool("getOrderStatus", "The status of an order, a refund or a cancellation."),
        tool("preview_deletion", "Shows what would be deleted."),
        tool("weather", "Reads the weather."),
        tool("docs", "Search the pages about payments."),
    ],
)
def test_a_tool_that_only_reads_does_nothing_to_the_world(offered: dict[str, Any]) -> None:
    assert names_in(tools=(tool_text(offered),)) == set()


@pytest.mark.parametrize("offered", [None, [], "delete_user", {}, {"function": "x"}, {"function": {"name": 5}}])
def test_what_is_no_tool_does_nothing(offered: object) -> None:
    assert names_in(tools=(tool_text(offered),)) == set()


@pytest.mark.parametrize(
    "system",
    [
        "You are OpsPilot. You have shell access to the fleet.",
        "You are Maya of Northgate Bank. You can initiate payments for verified customers.",
        "Home hub. You control locks, heating and the garage.",
        "You write bash; the harness runs it without confirmation.",
        "Orders you write go straight to the pharmacy.",
    ],
)
def test_an_assistant_that_is_told_that_it_acts_is_one_that_acts(system: str) -> None:
    assert [finding.name for finding in system_findings(system)] == ["destructive.acting_assistant"]


@pytest.mark.parametrize("system", ["", "You are a patient tutor.", "You help people to write better emails."])
def test_an_assistant_that_only_talks_does_not_act(system: str) -> None:
    assert system_findings(system) == ()


def test_every_rule_belongs_to_a_domain() -> None:
    assert {rule.finding.domain for rule in DEEDS + COMMANDS + SITUATIONS} == DOMAINS


@given(st.lists(st.text(max_size=200), max_size=3), st.lists(st.text(max_size=50), max_size=3))
def test_anything_can_be_read_and_is_read_the_same_twice(texts: list[str], tools: list[str]) -> None:
    found = stakes_findings(texts, tools)
    assert found == stakes_findings(texts, tools)
    assert len({finding.name for finding in found}) == len(found)
    assert [finding.weight for finding in found] == sorted((each.weight for each in found), reverse=True)


def seconds_to_read(text: str) -> float:
    """The best of nine: what others do on the machine only ever adds."""
    took = []
    for _ in range(9):
        began_s = perf_counter()
        stakes_findings([text], [])
        took.append(perf_counter() - began_s)
    return min(took)


@pytest.mark.parametrize("text", [PROSE, "delete the word of my account. ", "\u0434elete ", "a", "push. " * 3])
def test_the_time_grows_no_faster_than_the_text(text: str) -> None:
    short, long = (text * (size // len(text)) for size in (20_000, 200_000))
    assert seconds_to_read(long) <= 30 * seconds_to_read(short) + 0.01
