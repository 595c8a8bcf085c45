"""What the checks of structure find: in JSON, code, tables, sums, kept matter. Each bad text has a good twin."""

import json
from itertools import pairwise
from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.checks import (
    arithmetic,
    calls,
    code_words,
    convergence,
    data_code,
    json_text,
    kept,
    openings,
    options,
    python_code,
    tables,
)
from router.core.checks.json_progress import JsonProgress
from router.core.checks.lead import Lead
from router.core.checks.table import NAMES, check_set, judge
from router.core.checks.written import Brief, Call, Passes, Written

JSON = Brief("Extract the person. Return JSON only, with keys name, age and city.")
TEXT = Brief("Rewrite this politely: Send Mr Whitman the 3 files for order A-20391 by friday, or call 555-0192!")


def reasons_of(text: str, brief: Brief | str = "Tell me.", **more: object) -> tuple[str, ...]:
    asked = Brief(brief) if isinstance(brief, str) else brief
    return judge(Written(asked, text, **more), check_set("standard")).reasons  # type: ignore[arg-type]


def fenced(language: str, code: str) -> str:
    return f"Here it is:\n\n```{language}\n{code}\n```\n"


@pytest.mark.parametrize(
    ("bad", "good", "reason"),
    [
        ('{"name": "Al", "age": 3, "city": "x"', '{"name": "Al", "age": 3, "city": "x"}', "json"),
        ('{"name": "Al, "age": 3, "city": "x"}', 'Sure:\n{"name": "Al", "age": 3, "city": "x"}', "json"),
        ('{"nmae": "Al", "age": 3, "city": "x"}', '{"Name": "Al", "age": 3, "city": "x"}', "json_keys"),
    ],
)
def test_json_that_was_asked_for_is_json_with_the_keys_that_were_named(bad: str, good: str, reason: str) -> None:
    assert reasons_of(bad, JSON) == (reason,)
    assert reasons_of(good, JSON) == ()


def test_a_block_after_which_an_answer_can_no_longer_become_json_is_rejected() -> None:
    before = '{"name": "A'
    lead = Lead().after(before)
    assert reasons_of('l", age', JSON, before=before, lead=lead, is_last=False) == ("json",)
    assert reasons_of('l", "ag', JSON, before=before, lead=lead, is_last=False) == ()


def test_a_fence_around_json_is_a_fault_only_where_a_parameter_asked_for_it() -> None:
    answer = '```json\n{"name": "Al", "age": 3, "city": "x"}\n```'
    assert reasons_of(answer, JSON) == ()
    assert reasons_of(answer, Brief("Al?", wants_json=True)) == ("json",)


def test_json_follows_its_schema() -> None:
    brief = Brief("Al?", json_schema={"type": "object", "required": ["age"]})
    assert reasons_of('{"name": "Al"}', brief) == ("json_schema",)
    assert reasons_of('{"age": 3}', brief) == ()


@pytest.mark.parametrize("call", [Call("fly", "{}"), Call("walk", '{"far": '), Call("walk", '{"far": "x"}')])
def test_a_call_names_a_tool_and_gives_what_it_takes(call: Call) -> None:
    brief = Brief("Walk!", tools={"walk": {"type": "object", "properties": {"far": {"type": "integer"}}}})
    assert reasons_of("", brief, calls=(call,)) == ("tool_call",)
    assert reasons_of("", brief, calls=(Call("walk", '{"far": 3}'),)) == ()


@pytest.mark.parametrize(
    ("bad", "good", "reason"),
    [
        ("```python\nx = 1\n", "````markdown\n```python\nx\n```\n````\n", "fence"),
        (fenced("js", "f({a: 1);"), fenced("js", "f({a: ':) ('}); // :)"), "brackets"),
        (fenced("python", "def f(x)\n    return x"), fenced("python", "def f(x):\n    ..."), "python"),
        (fenced("python", "x = [1, 2"), fenced("python", ">>> x = [1,\n... 2]\n[1, 2]"), "python"),
        (
            fenced("javascript", "fucntion f() { retrun 1; }"),
            fenced("javascript", "function f() { return 1; }"),
            "code_words",
        ),
        (fenced("json", '{"a": 1 "b": 2}'), fenced("json", '{"a": 1, // one\n "b": ...}'), "json_code"),
        (fenced("yaml", "a: [1, 2\nb: 3"), fenced("yaml", "a: [1, 2]\nb: 3"), "yaml"),
        (fenced("sql", "SELECT a FORM t WHERE b"), fenced("sql", "SELECT TOP 3 a FROM [t] WHERE b = :b"), "sql"),
        (
            fenced("sql", "UPDATE t\nSET a = lower(b\nWHERE c < 3;"),
            fenced("sql", "UPDATE t\nSET a = lower(b)\nWHERE c < 3;"),
            "sql",
        ),
        (
            fenced("yaml", "a:\n  b 15m\n  c: '{{ d }}'"),
            fenced("yaml", "a:\n  b: 15m\n  c: '{{ d }}'"),
            "yaml",
        ),
        (fenced("json", '{"a": 1 "b": 2}'), fenced("json", '{"a": [1, 2,],}'), "json_code"),
        ('{"type": "Point, "at": [1, 2]}', '{"type": "Point", "at": [1, 2]}', "json_code"),
        (fenced("lua", "-- one (\nprint((1)"), fenced("lua", "-- one (\nprint((1))"), "brackets"),
        (fenced("clojure", '(f \\" "a)'), fenced("clojure", '(f \\" "a")'), "brackets"),
        (fenced("toml", 'a = "b\nc = "d"'), fenced("toml", 'a = "b"\nc = "d" # "'), "brackets"),
        ("|a|b|\n|-|-|\n|1|2|\n|3|\n", "|a|b|\n|-|-|\n|1|`x\\|y`|\n", "table"),
        ("So 12 * 7 = 86.", "So 12 * 7 = 84.", "arithmetic"),
        ("17% of 250 is 45.", "17% of 250 is 42.5.", "arithmetic"),
        ("\\(12 \\times 7 = 86\\)", "2x + 3 = 9, and 10/3 ≈ 3.3", "arithmetic"),
        ("12 mal 7 ist 86.", "3,5 + 2,1 = 5,6", "arithmetic"),
        ("It costs $5.50 + $3.25 = $8.85.", '"2 + 2 = 5" is wrong.', "arithmetic"),
        ("The mean is (98 + 5 + 70) / 3 = 57.57.", "The mean is (98 + 5 + 70) / 3 = 57.67.", "arithmetic"),
        ("It needs 300 / 72 = 4.2666… hours.", "It needs 300 / 72 = 4.1666… hours.", "arithmetic"),
        ("So 12 * 1 = 13.", "So 4 * 12(1/2) = 50.", "arithmetic"),
        ("There are 7 + 5 = 13 of them.", "The area is \\(4 \\pi (0.6)^2 = 4.52\\).", "arithmetic"),
    ],
)
def test_what_is_broken_is_found_and_its_twin_is_left_alone(bad: str, good: str, reason: str) -> None:
    assert reason in reasons_of(bad)
    assert reasons_of(good) == ()


@pytest.mark.parametrize("slip", ["A-20931", "555-0129", "Mr Whitamn", "the 4 files"])
def test_what_had_to_be_kept_is_kept(slip: str) -> None:
    good = "Could you please send Mr Whitman the three files for order A-20391 by Friday, or call 555-0192?"
    right = {"A-20931": "A-20391", "555-0129": "555-0192", "Mr Whitamn": "Mr Whitman", "the 4 files": "the three files"}
    assert reasons_of(good, TEXT) == ()
    assert reasons_of(good.replace(right[slip], slip), TEXT) == ("kept",)


def test_a_sum_that_the_prompt_states_may_be_talked_about() -> None:
    said = "Your line has 12 × 12 = 142."  # noqa: RUF001
    assert reasons_of(said) == ("arithmetic",)
    assert reasons_of(said, "Correct my sum: 12 x 12 = 142") == ()


MINUTES = (
    "Extract who comes and when: Ingrid Moe (chair) and Samuel Osei arrive on 3 May 2025 from 203.0.113.77, room 12."
)


@pytest.mark.parametrize(
    "slip", ["3 March 2025", "Samuel Dunmore", "Samule Osei", "Samuel Osie", "203.0.113.78", "room 21", "3 May 025"]
)
def test_names_months_and_machines_that_had_to_be_kept_are_kept(slip: str) -> None:
    good = "- Ingrid Moe (chair) and Samuel Osei\n- 3 May 2025, room 12, 203.0.113.77"
    right = {
        "3 March 2025": "3 May 2025", "Samuel Dunmore": "Samuel Osei", "Samule Osei": "Samuel Osei",
        "Samuel Osie": "Samuel Osei", "203.0.113.78": "203.0.113.77", "room 21": "room 12", "3 May 025": "3 May 2025",
    }  # fmt: skip
    assert reasons_of(good, MINUTES) == ()
    assert reasons_of(good.replace(right[slip], slip), MINUTES) == ("kept",)


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        (
            "Translate: She was born in nineteen eighty-four, at half past two in the afternoon.",
            "Nacida en 1984, 14:30.",
        ),
        (
            "Translate to English: 三千五百台机器, 营业额约为1.2亿元, 增长百分之十五。",
            "3,500 machines, 120 million, 15%.",
        ),
        (
            "Translate to English: 오후 세 시에 이십오 명이 왔습니다. 회비는 만오천 원입니다.",
            "25 people at 3 p.m. for 15,000.",
        ),
        (
            "Rewrite as a list: bring 2 1/2 cups of flour, 3 dozen eggs; call (040) 555-01823",
            "2.5 cups, 36, 040 55501823",
        ),
        ("Summarize this: Sales grew from 200 units in May to 250 units in June.", "Sales rose by 25% to 250 in June."),
        ("How would you rewrite history if print had come early? A sketch", "By 1100 there would be presses."),
    ],
)
def test_numbers_may_be_kept_in_another_form(prompt: str, answer: str) -> None:
    assert reasons_of(answer, prompt) == ()


INLINE = "Which gas do plants take in? a) oxygen b) carbon dioxide c) helium"


@pytest.mark.parametrize(
    ("bad", "good", "question"),
    [
        ("K", "B", "Which swims? A) otter B) stone C) chair"),
        ("The answer is k.", "The answer is b.", INLINE),
        ("Réponse : E", "Réponse : C", "Quelle est la capitale ? A) Toronto B) Montréal C) Ottawa"),
        ("They bind carbon dioxide.\n\nAnswer: c", "They bind carbon dioxide.\n\nAnswer: b", INLINE),
        (
            "Otters swim. That is option A.\n\nAnswer: B",
            "Otters swim. That is option A.\n\nAnswer: A",
            "? A) x B) y C) z",
        ),
        ("So 8 - 3 leaves 5.\nAnswer: A", "So 8 - 3 leaves 5.\nAnswer: B", "8 - 3?\nA. 4\nB. 5\nC. 6"),
        ("(Z)", "(D) follows.", "Pick one: A Sydney B Melbourne C Canberra D Perth"),
        ("F", "2", "What does 429 mean? 1) not found 2) too many requests 3) gone"),
    ],
)
def test_an_option_may_be_written_in_many_ways(bad: str, good: str, question: str) -> None:
    assert "option" in reasons_of(bad, question)
    assert "option" not in reasons_of(good, question)


@pytest.mark.parametrize("answer", ["The answer is A, B and D.", "The answer is x = 4.", "The answer is I think A."])
def test_what_only_looks_like_an_option_is_none(answer: str) -> None:
    assert reasons_of(answer, "Which?\nA. otter\nB. stone") == ()


def test_a_final_option_is_one_that_is_offered_and_the_one_reasoned_for() -> None:
    question = "Which swims?\nA. otter\nB. stone\nC. chair"
    assert reasons_of("Otters swim, so A is correct. The answer is (B).", question) == ("option",)
    assert reasons_of("The answer is (E).", question) == ("option",)
    assert reasons_of("So B is correct. Wait, stones sink. The answer is (A).", question) == ()


@pytest.mark.parametrize(
    ("passes", "is_rejected"),
    [
        (Passes(48, 48, "exact"), True),
        (Passes(8, 8, "exact"), False),
        (Passes(48, 48, "spacing", 0.5), True),
        (Passes(47.2, 48, "spacing", 0.5), True),
        (Passes(46, 48, "spacing", 0.5), False),
        (Passes(39, 48, "spacing", 5.0), False),
        (Passes(48, 48, "average"), False),
    ],
)
def test_a_canvas_that_ran_into_a_cap_that_it_should_stay_under_did_not_converge(
    passes: Passes, is_rejected: bool
) -> None:
    assert reasons_of("Otters swim.", passes=passes) == (("non_convergence",) if is_rejected else ())


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


@given(VALUES, st.lists(st.integers(0, 200), max_size=6))
def test_how_json_is_cut_makes_no_difference(value: object, cuts: list[int]) -> None:
    text = json.dumps(value) + " "
    places = sorted({0, len(text), *[min(cut, len(text)) for cut in cuts]})
    progress = JsonProgress()
    for start, end in pairwise(places):
        progress = progress.after(text[start:end])
    assert progress == JsonProgress().after(text)
    assert progress.is_whole
    assert not progress.fault


@given(st.text("`~a\n >", max_size=60), st.integers(0, 60))
def test_how_an_answer_is_cut_makes_no_difference_to_what_is_open(text: str, cut: int) -> None:
    cut_up, whole = Lead().after(text[:cut]).after(text[cut:]), Lead().after(text)
    assert (cut_up.fences, cut_up.line, cut_up.length) == (whole.fences, whole.line, whole.length)
    assert bool(cut_up.json.fault) == bool(whole.json.fault)


HOSTILE = [
    "[",
    "1 = ",
    "5 is ",
    "'\\",
    '{"a":',
    "twenty ",
    "三千",
    "3 May ",
    "A) x B) y ",
    "AB-12 ",
    "a@a.",
    '"',
    "Abcde ",
]
PLACES = {
    "JSON": lambda text: Written(JSON, text),
    "code": lambda text: Written(Brief("Write it."), f"```js\n{text}\n```"),
    "an extraction": lambda text: Written(Brief(f"Extract all names: {text}", task="extraction"), text),
    "a choice": lambda text: Written(Brief(f"Which? A) x B) y {text}"), f"{text}\nAnswer: C"),
}


MODULES = (
    arithmetic, calls, code_words, convergence, data_code, json_text, kept, openings, options, python_code, tables,
)  # fmt: skip
STRUCTURE = check_set("standard", without=NAMES - {row.name for module in MODULES for row in module.ROWS})


def seconds_for(place: str, text: str) -> float:
    """The fastest of three times that the checks of structure take."""
    times = []
    for _ in range(3):
        written = PLACES[place](text)
        started = thread_time()
        judge(written, STRUCTURE)
        times.append(thread_time() - started)
    return min(times)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("unit", HOSTILE)
def test_ten_times_the_text_takes_no_more_than_twenty_times_as_long(unit: str, place: str) -> None:
    short, long = (seconds_for(place, (unit * size)[:size]) for size in (10_240, 102_400))
    assert long <= max(20 * short, 0.1)
