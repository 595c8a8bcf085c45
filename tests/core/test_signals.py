"""What is measured about a request: estimates, counts, flags, and how much of a text is read."""

from time import perf_counter
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.passage import OCCURRENCES
from router.core.prompt_reader import (
    ASK_HEAD,
    ASK_TAIL,
    EARLIER_HEAD,
    EARLIER_MESSAGES,
    EARLIER_TAIL,
    IMAGE_TOKENS,
    MESSAGE_TOKENS,
    NAME_HEAD,
    SELF_CONTAINED_WORDS,
    SYSTEM_HEAD,
    SYSTEM_TAIL,
    TOOLS_READ,
    read_prompt,
)
from router.core.values import BANDS, ChatRequest, Message, Part
from tests.usual import measure

MEDICAL_TOOLS = [{"type": "function", "function": {"name": "prescribeDrug", "description": "Prescribes a drug."}}]


def turn(role: str, *parts: Part | str) -> Message:
    return Message(role, tuple(Part("text", part) if isinstance(part, str) else part for part in parts))


def chat(*messages: Message, **parameters: Any) -> ChatRequest:
    fields = {name: msgspec.Raw(msgspec.json.encode(value)) for name, value in parameters.items()}
    return ChatRequest("auto", messages, parameters, fields, 0)


def asking(text: str, **parameters: Any) -> ChatRequest:
    return chat(turn("user", text), **parameters)


def test_four_bytes_of_latin_text_make_a_token() -> None:
    assert measure(asking("abcd" * 100)).prompt_tokens == 100 + MESSAGE_TOKENS


@pytest.mark.parametrize(
    ("character", "least", "most"),
    [("汉", 0.5, 1.0), ("д", 0.3, 0.6), ("ह", 0.3, 0.6), ("ع", 0.3, 0.6), ("e", 0.2, 0.3)],
)
def test_a_character_counts_for_more_tokens_the_more_it_says(character: str, least: float, most: float) -> None:
    tokens = measure(asking(character * 1_000)).prompt_tokens
    assert least <= tokens / 1_000 <= most


def test_every_message_and_every_image_costs_tokens() -> None:
    image = Part("image_url", url="https://example.test/cat.png")
    one = measure(asking("Look at this."))
    two = measure(chat(turn("user", "Look at this."), turn("user", "", image, image)))
    assert two.prompt_tokens == one.prompt_tokens + MESSAGE_TOKENS + 2 * IMAGE_TOKENS


def test_the_definitions_of_tools_cost_tokens() -> None:
    tools = [{"type": "function", "function": {"name": "look_up", "description": "x" * 4_000}}]
    assert measure(asking("hi", tools=tools)).prompt_tokens > 1_000


def test_a_summary_is_shorter_than_its_text_and_a_rewrite_as_long() -> None:
    text = "Bees fly from flower to flower. " * 100
    tokens = len(text) // 4
    assert measure(asking("Summarise this: " + text)).answer_tokens < tokens / 2
    assert tokens <= measure(asking("Rephrase this: " + text)).answer_tokens < tokens * 1.1


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
def test_the_callers_cap_bounds_the_expected_answer(name: str) -> None:
    ask = "Write a detailed essay about bees."
    assert measure(asking(ask, **{name: 20})).answer_tokens == 20
    assert measure(asking(ask, **{name: 100_000})).answer_tokens < 2_000


@pytest.mark.parametrize("cap", [None, 0, -5, True, 1.5, "20", [], {}])
def test_a_cap_that_is_no_number_of_tokens_is_no_cap(cap: Any) -> None:
    assert measure(asking("Tell me about bees.", max_tokens=cap)).answer_tokens == 250


def test_the_writing_systems_are_those_of_the_ask() -> None:
    request = chat(turn("system", "Привет"), turn("user", "Hello 你好"))
    assert measure(request).scripts == ("han", "latin")


def test_turns_are_the_users_messages() -> None:
    request = chat(turn("system", "x"), turn("user", "a"), turn("assistant", "b"), turn("user", "c"), turn("tool", "d"))
    assert measure(request).turns == 2


@pytest.mark.parametrize(
    "ask",
    [
        "What does this do?\n```\nx = 1\n```",
        "def add(a, b):\n    return a + b",
        "Traceback (most recent call last):",
        "Please write a function that adds.",
        "Build it in Rust.",
    ],
)
def test_code_shown_or_asked_for_is_code(ask: str) -> None:
    assert measure(asking(ask)).code


def test_code_shown_before_a_short_ask_is_code() -> None:
    assert measure(chat(turn("user", "```\nx = 1\n```"), turn("assistant", "Ok."), turn("user", "Why?"))).code


@pytest.mark.parametrize("ask", ["What is the function of the heart?", "The class begins at nine.", "hi"])
def test_prose_is_no_code(ask: str) -> None:
    assert not measure(asking(ask)).code


@pytest.mark.parametrize(
    "ask", [r"Evaluate $\frac{1}{2}$.", "Solve x^2 = 4.", "Find the remainder of 17 by 3.", "Prove the lemma."]
)
def test_formulas_and_problems_are_maths(ask: str) -> None:
    assert measure(asking(ask)).maths


@pytest.mark.parametrize("ask", ["What is for dinner?", "It costs $5 and tastes of $nothing."])
def test_prose_is_no_maths(ask: str) -> None:
    assert not measure(asking(ask)).maths


@pytest.mark.parametrize(
    "ask",
    [
        "Wie viel Paracetamol darf mein Kind nehmen?",
        "¿Cuál es la capital de Perú?",
        "Сколько стоит доллар?",
        "今天天气怎么样",
        "请解释这段代码 def open(list): return list.get",
        "मुझे बुखार है",
        "?",
        "1 + 1",
        "Paris",
        "",
    ],
)
def test_what_the_cues_cannot_judge_fails_expensive(ask: str) -> None:
    measured = measure(asking(ask))
    for score in (measured.stakes, measured.difficulty):
        assert score.band != "low"
        assert score.reasons[0] == "unjudged"


def test_a_request_without_a_user_turn_fails_expensive() -> None:
    measured = measure(chat(turn("system", "You are helpful.")))
    assert measured.stakes.band == "medium"
    assert measured.turns == 0


def test_the_last_user_turn_is_judged_even_if_tools_answered_since() -> None:
    request = chat(turn("user", "Prove the lemma."), turn("assistant", ""), turn("tool", "42"))
    assert "maths.proof" in measure(request).difficulty.reasons


def test_what_the_assistant_proposed_is_part_of_a_yes() -> None:
    request = chat(
        turn("user", "Clean up."),
        turn("assistant", "Sure. " * 500 + "Shall I drop the users table?"),
        turn("user", "Yes, please."),
    )
    assert measure(request).stakes.band == "high"


def test_developer_and_system_messages_are_the_system_prompt() -> None:
    for role in ("system", "developer"):
        prompt = read_prompt(chat(turn(role, "You are a nurse."), turn("user", "hi")))
        assert [cue.name for cue in prompt.system.cues] == ["medical.clinical_setting"]


def test_an_ask_that_speaks_for_itself_is_judged_without_what_came_before() -> None:
    earlier = turn("user", "Drop the users table.")
    short, long = "So it is.", "So it is. " * SELF_CONTAINED_WORDS
    assert read_prompt(chat(earlier, turn("user", short))).earlier.cues
    assert not read_prompt(chat(earlier, turn("user", long))).earlier.cues


def test_tools_are_counted_and_read_in_both_shapes() -> None:
    flat = [{"type": "function", "name": "prescribeDrug", "description": "Prescribes a drug."}]
    for tools in (MEDICAL_TOOLS, flat):
        measured = measure(asking("What about Bob?", tools=tools))
        assert measured.tools == 1
        assert "medical.tool_treats" in measured.stakes.reasons


@pytest.mark.parametrize("tools", [None, {}, "delete", [None], [[]], [{"function": "x"}], [{"function": {"name": 5}}]])
def test_malformed_tools_are_no_evidence(tools: Any) -> None:
    assert measure(asking("What about Bob?", tools=tools)).stakes.reasons == ()


@pytest.mark.parametrize(
    "parameters",
    [
        {"response_format": {"type": "json_object"}},
        {"response_format": {"type": "json_schema", "json_schema": {}}},
        {"structured_outputs": {"regex": "a+"}},
        {"guided_json": {}},
        {"guided_regex": "a+"},
        {"guided_choice": ["a", "b"]},
        {"guided_grammar": "root ::= x"},
    ],
)
def test_structured_output_is_noticed(parameters: dict[str, Any]) -> None:
    assert measure(asking("hi", **parameters)).schema


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"response_format": None},
        {"response_format": {"type": "text"}},
        {"response_format": {"type": ["json_object"]}},
        {"response_format": "json_object"},
        {"guided_json": None},
    ],
)
def test_other_formats_are_no_structured_output(parameters: dict[str, Any]) -> None:
    assert not measure(asking("hi", **parameters)).schema


def test_images_and_audio_are_counted_by_their_kinds() -> None:
    parts = [Part(kind) for kind in ("image_url", "image", "input_image", "input_audio", "audio_url", "file")]
    measured = measure(chat(turn("user", "What is this?", *parts)))
    assert (measured.images, measured.audio) == (3, 2)


def test_reasoning_effort_and_service_tier_are_kept_if_they_are_words() -> None:
    measured = measure(asking("hi", reasoning_effort="high", service_tier="flex"))
    assert (measured.reasoning_effort, measured.service_tier) == ("high", "flex")
    measured = measure(asking("hi", reasoning_effort=None, service_tier=3))
    assert (measured.reasoning_effort, measured.service_tier) == ("", "")


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from(
    """tools max_tokens max_completion_tokens response_format guided_json structured_outputs reasoning_effort
    service_tier temperature""".split()
)
any_text = st.text(st.characters(), max_size=60) | st.sampled_from(["\ud800", "\x00", "```", "\nB. ", "$" * 9])
kinds = st.sampled_from(["text", "image_url", "input_audio", "refusal"]) | st.text(max_size=6)
parts = st.lists(st.builds(Part, kinds, any_text, any_text), max_size=3).map(tuple)
roles = st.sampled_from(["system", "developer", "user", "assistant", "tool"]) | st.text(max_size=6)
messages = st.lists(st.builds(Message, roles, parts), max_size=6).map(tuple)


@given(messages, st.dictionaries(names, json, max_size=5))
def test_measuring_never_raises(messages: tuple[Message, ...], parameters: dict[str, Any]) -> None:
    measured = measure(ChatRequest("auto", messages, parameters, {}, 0))
    assert measured.stakes.band in BANDS
    assert measured.difficulty.band in BANDS
    assert measured.answer_tokens >= 1
    assert measured.prompt_tokens >= 0


@pytest.mark.parametrize(
    "text", ["drop the table ", "a ", "汉", "\nB) ", "one one sentence ", "500mg", "delete\n", "\\frac $x$ ", "\ud800"]
)
def test_a_flood_of_text_is_read_in_part_and_in_little_time(text: str) -> None:
    flood = text * (200_000 // len(text))
    tools = [{"name": "delete" * 10_000, "description": flood}] * 1_000
    began_s = perf_counter()
    prompt = read_prompt(ChatRequest("auto", (turn("system", flood), turn("user", flood)), {"tools": tools}, {}, 0))
    assert perf_counter() - began_s < 1.0
    assert len(prompt.ask.text) <= ASK_HEAD + ASK_TAIL + 1
    assert len(prompt.system.text) <= SYSTEM_HEAD + SYSTEM_TAIL + 1
    assert len(prompt.tools.text) <= TOOLS_READ * 4 * NAME_HEAD


def test_of_many_earlier_messages_only_glimpses_of_the_latest_are_read() -> None:
    flood = [turn("user", "drop the table " * 1_000) for _ in range(50)]
    prompt = read_prompt(chat(*flood, turn("user", "Why?")))
    assert len(prompt.earlier.text) <= EARLIER_MESSAGES * (EARLIER_HEAD + EARLIER_TAIL + 2)


def test_both_ends_of_a_long_ask_are_read() -> None:
    filling = "The bees fly from flower to flower. " * 500
    for ask in (f"Drop the users table. {filling}", f"{filling} Drop the users table."):
        assert measure(asking(ask)).stakes.band == "high"


def test_a_deed_is_found_however_often_its_verb_stood_there_harmlessly() -> None:
    assert measure(asking("drop a a a a a a. " * OCCURRENCES * 2 + "drop the users table")).stakes.band == "high"


@pytest.mark.parametrize("name", ["reasoning_effort", "service_tier"])
def test_a_word_that_the_caller_chose_freely_is_not_kept_whole_however_long_it_is(name: str) -> None:
    measured = getattr(measure(asking("hi", **{name: "x" * 1_000_000})), name)

    assert measured.startswith("x" * 20)
    assert len(measured) <= 1_000
