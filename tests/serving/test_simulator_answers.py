"""What a simulated engine says: plausible, the same for the same prompt, bounded as asked, open about itself."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from tandem_serving.simulator.answer import END, Answer, Traits, read_and_answer, with_garbage
from tandem_serving.simulator.ask import Ask, read_chat
from tandem_serving.simulator.json_text import instance_of
from tandem_serving.simulator.logprobs import content_logprobs, prompt_logprobs
from tandem_serving.simulator.profile_file import find_profile
from tandem_serving.simulator.task import read_task
from tandem_serving.simulator.text import GARBAGE, NOTICE, compose, go_on
from tandem_serving.simulator.tokens import token_id, tokens_of

PROFILE = find_profile("strong", "h200-fp8")
TRAITS = Traits(parsers=True, vocabulary=262144, end_of_turn=106)
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


def ask_for(content: str, **beside: Any) -> Ask:
    fields = {"messages": [{"role": "user", "content": content}], **beside}
    return read_chat(fields, PROFILE, 4096)


def answer_to(content: str, traits: Traits = TRAITS, **beside: Any) -> Answer:
    return read_and_answer(ask_for(content, **beside), traits)[1][0]


@pytest.mark.parametrize(
    ("prompt", "kind", "tells"),
    [
        ("What is a good name for a cat?", "chat", NOTICE),
        ("Summarize this text: bridges carry roads over rivers and valleys.", "summary", NOTICE),
        ("Write a Python function that parses dates.", "code", "```python"),
        ("Find the largest prime factor of 91 and prove it.", "maths", "\\boxed{"),
        ("List five facts about bridges.", "list", "- bridges"),
        ("Translate to French: good morning, dear friends of the bridge.", "translation", NOTICE),
    ],
)
def test_the_text_fits_the_task_and_says_that_it_is_simulated(prompt: str, kind: str, tells: str) -> None:
    task = read_task([{"role": "user", "content": prompt}])

    text = compose(task)

    assert task.kind == kind
    assert tells in text
    assert "simulated" in text
    assert text == compose(task)


def test_a_hard_looking_prompt_is_known_as_one() -> None:
    hard = "Prove that for all integers n the polynomial n^5 - n is divisible by 30, by induction."

    assert read_task([{"role": "user", "content": "hi"}]).difficulty == "low"
    assert read_task([{"role": "user", "content": hard}]).difficulty == "high"


def test_choices_differ() -> None:
    _, answers = read_and_answer(ask_for("Tell me about bridges and rivers in detail, please.", n=3), TRAITS)

    assert len({answer.text for answer in answers}) == 3


def test_one_tier_goes_on_where_the_other_left_off() -> None:
    task = read_task([{"role": "user", "content": "Tell me about bridges."}])
    whole = compose(task)

    assert whole[:100] + go_on(whole, whole[:100]) == whole
    assert go_on(whole, "Something else entirely.")


def test_nothing_follows_an_answer_that_is_whole() -> None:
    task = read_task([{"role": "user", "content": "Tell me about bridges."}])
    begun = {"role": "assistant", "content": compose(task)}
    asked = [{"role": "user", "content": "Tell me about bridges."}, begun]
    ask = read_chat({"messages": asked, "continue_final_message": True, "add_generation_prompt": False}, PROFILE, 4096)

    assert read_and_answer(ask, TRAITS)[1][0].tokens == (END,)


def test_a_long_text_puts_its_subjects_in_another_order_before_it_says_them_again() -> None:
    task = structs.replace(
        read_task([{"role": "user", "content": "Tell me about barges, canals, locks."}]), tokens=3000
    )

    openings = [each for each in compose(task).split(". ") if each.startswith("The short version")]

    assert len(openings) > 6
    assert len(set(openings[:6])) == 6
    assert all(a != b for a, b in pairwise(openings))


@given(text=st.text())
def test_tokens_joined_are_the_text(text: str) -> None:
    assert "".join(tokens_of(text)) == text


@given(token=st.text(), vocabulary=st.integers(512, 300_000))
def test_the_id_of_a_token_is_within_the_vocabulary(token: str, vocabulary: int) -> None:
    assert 256 <= token_id(token, vocabulary) < vocabulary


@pytest.mark.parametrize("wanted", [1, 2, 40])
def test_max_tokens_cuts_and_says_so(wanted: int) -> None:
    answer = answer_to("Tell me about bridges.", max_tokens=wanted)

    assert (len(answer.tokens), answer.finish, answer.stop_reason) == (wanted, "length", None)


def test_an_answer_that_ends_by_itself_ends_with_the_end_of_the_turn() -> None:
    answer = answer_to("hi")

    assert (answer.finish, answer.stop_reason, answer.tokens[-1]) == ("stop", 106, END)


def test_ignoring_the_end_fills_the_room() -> None:
    answer = answer_to("hi", max_tokens=700, ignore_eos=True)

    assert (len(answer.tokens), answer.finish) == (700, "length")
    assert END not in answer.tokens


def test_a_stop_string_ends_the_answer_before_it_however_it_is_cut_into_tokens() -> None:
    whole = answer_to("Tell me about bridges.")
    stop = whole.text[70:85]

    answer = answer_to("Tell me about bridges.", stop=[stop, "never said"])

    assert answer.text == whole.text[: whole.text.index(stop)]
    assert (answer.finish, answer.stop_reason) == ("stop", stop)
    assert len(answer.tokens) < len(whole.tokens)


def test_ignoring_the_end_does_not_ignore_the_stops_of_the_caller() -> None:
    answer = answer_to("Tell me about bridges.", max_tokens=300, ignore_eos=True, stop=["e"])

    assert (answer.finish, answer.stop_reason) == ("stop", "e")
    assert "e" not in answer.text


def test_who_speaks_is_who_spoke_last_when_no_turn_is_begun() -> None:
    begun, closed = ask_for("hi"), ask_for("hi", add_generation_prompt=False, echo=True)
    opened = ask_for("hi", add_generation_prompt=False, continue_final_message=True)

    assert [ask.role for ask in (begun, closed, opened)] == ["assistant", "user", "user"]
    assert [ask.echoed for ask in (begun, closed, opened)] == ["", "hi", ""]
    assert begun.prompt_tokens > closed.prompt_tokens > opened.prompt_tokens


def test_a_conversation_may_be_nothing_but_a_beginning_even_with_tools_on_offer() -> None:
    fields = {"messages": [{"role": "assistant", "content": "Well"}], "tools": [WEATHER]}
    ask = read_chat({**fields, "continue_final_message": True, "add_generation_prompt": False}, PROFILE, 4096)

    (answer,) = read_and_answer(ask, TRAITS)[1]

    assert (ask.begun, answer.call) == ("Well", None)


def test_a_stop_token_ends_the_answer() -> None:
    whole = answer_to("Tell me about bridges.")
    stop = token_id(whole.tokens[10], TRAITS.vocabulary)

    answer = answer_to("Tell me about bridges.", stop_token_ids=[stop])

    assert (answer.finish, answer.stop_reason) == ("stop", stop)
    assert answer.text == "".join(whole.tokens[:10])


def test_thinking_comes_first_and_apart_where_there_is_a_parser() -> None:
    thinks = {"chat_template_kwargs": {"enable_thinking": True}}

    parsed = answer_to("Tell me about bridges.", **thinks)
    raw = answer_to("Tell me about bridges.", Traits(parsers=False, vocabulary=262144, end_of_turn=106), **thinks)

    assert (parsed.reasoning or "").startswith("Simulated thinking.")
    assert parsed.text.startswith(NOTICE)
    assert raw.reasoning is None
    assert raw.text == (parsed.reasoning or "") + parsed.text


@pytest.mark.parametrize(
    ("choice", "finish", "beside"),
    [("required", "tool_calls", ""), ({"type": "function", "function": {"name": "get_weather"}}, "stop", "")],
)
def test_a_tool_that_must_be_called_is_called(choice: object, finish: str, beside: str) -> None:
    answer = answer_to("hi", tools=[WEATHER], tool_choice=choice)

    assert (answer.call, answer.finish, answer.beside_call) == ("get_weather", finish, beside)
    assert json.loads("".join(answer.tokens[1:])) == {"city": "simulated"}


def test_a_tool_is_called_by_itself_only_when_the_prompt_speaks_of_it() -> None:
    assert answer_to("What is the weather in Rome", tools=[WEATHER]).call == "get_weather"
    assert answer_to("Tell me a joke", tools=[WEATHER]).call is None
    assert answer_to("What is the weather in Rome", tools=[WEATHER], tool_choice="none").call is None


SCHEMAS: list[tuple[dict[str, Any], Any]] = [
    ({"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}, {"a": 0}),
    ({"type": "array", "items": {"type": "boolean"}, "minItems": 2}, [True, True]),
    ({"enum": ["x", "y"]}, "x"),
    ({"const": 7}, 7),
    ({"type": "string", "format": "date"}, "2026-01-01"),
    ({"type": "integer", "minimum": 5, "multipleOf": 4}, 8),
    ({"type": ["null", "string"]}, "simulated"),
    ({"anyOf": [{"type": "null"}, {"type": "number", "minimum": 2}]}, 2),
    ({"$defs": {"n": {"type": "integer"}}, "properties": {"m": {"$ref": "#/$defs/n"}}}, {"m": 0}),
    ({"allOf": [{"properties": {"b": {"const": 1}}, "required": ["b"]}], "type": "object"}, {"b": 1}),
    ({"type": "object"}, {"note": "simulated"}),
]


@pytest.mark.parametrize(("schema", "instance"), SCHEMAS)
def test_structured_output_matches_its_schema(schema: dict[str, Any], instance: object) -> None:
    assert instance_of(schema) == instance


def test_a_schema_that_refers_to_itself_comes_to_an_end() -> None:
    node = {"$defs": {"n": {"properties": {"next": {"$ref": "#/$defs/n"}}, "required": ["next"]}}, "$ref": "#/$defs/n"}

    assert json.dumps(instance_of(node))


def test_a_choice_is_one_of_those_offered() -> None:
    answer = answer_to("Is it?", structured_outputs={"choice": ["yes", "no"]})

    assert answer.text == "yes"


def test_garbage_fills_its_block_and_nothing_else() -> None:
    answer = answer_to("Tell me about bridges.", max_tokens=300, ignore_eos=True)

    spoilt = with_garbage(answer, 256, 512)

    assert spoilt.tokens[:256] == answer.tokens[:256]
    assert set(spoilt.tokens[256:]) <= set(GARBAGE)
    assert len(spoilt.tokens) == 300


def test_a_settled_canvas_is_nearly_certain_and_noise_is_not() -> None:
    fast = content_logprobs([" bridge", GARBAGE[0]], 2, "fast")["content"]

    assert fast[0]["logprob"] > -0.01
    assert fast[1]["logprob"] < -5
    assert [len(entry["top_logprobs"]) for entry in fast] == [2, 2]


def test_a_reader_ranks_noise_far_down() -> None:
    read = prompt_logprobs(["<bos>", " bridge", GARBAGE[2]], [None, None, None], 1, 262144)
    own = token_id(GARBAGE[2], 262144)

    assert read[0] is None
    assert read[2] is not None
    assert read[2][str(own)]["rank"] > 1000
    assert len(read[2]) == 2
