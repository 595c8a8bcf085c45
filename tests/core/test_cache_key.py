"""Keys of kept answers: the same for the same question however it is written, another for every other one."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.caching.key import exact_key, why_varied
from router.core.caching.terms import Directives, read_directives
from router.core.chat_request import Limits, read_request
from router.core.values import ChatRequest

ASKED: dict[str, Any] = {
    "model": "auto",
    "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Say hello."}],
    "max_tokens": 50,
    "tools": [{"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}],
}


def request_of(body: Any) -> ChatRequest:
    request, _ = read_request(body if isinstance(body, bytes) else json.dumps(body).encode(), {}, Limits())
    return request


def key_of(**changes: Any) -> str:
    return exact_key(request_of({**ASKED, **changes}))


def test_a_key_is_a_whole_sha_256() -> None:
    assert len(key_of()) == 64


@pytest.mark.parametrize(
    "changes",
    [
        {"stream": True},
        {"stream_options": {"include_usage": True}},
        {"user": "u1"},
        {"metadata": {"team": "search"}},
        {"seed": None},
        {"router": {"stakes": "low"}},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_does_not_change_the_answer_does_not_change_the_key(changes: dict[str, Any]) -> None:
    assert key_of(**changes) == key_of()


@pytest.mark.parametrize(
    "changes",
    [
        {"model": "auto:batch"},
        {"messages": ASKED["messages"][1:]},
        {"messages": [*ASKED["messages"], {"role": "user", "content": ""}]},
        {"max_tokens": 51},
        {"seed": 0},
        {"temperature": 0},
        {"top_p": 0.5},
        {"stop": ["."]},
        {"tools": []},
        {"response_format": {"type": "json_object"}},
        {"chat_template_kwargs": {"enable_thinking": True}},
        {"a_parameter_of_tomorrow": 1},
    ],
    ids=lambda changes: json.dumps(changes)[:40],
)
def test_what_changes_the_answer_changes_the_key(changes: dict[str, Any]) -> None:
    assert key_of(**changes) != key_of()


def test_how_the_json_is_spaced_and_ordered_does_not_matter() -> None:
    spaced = json.dumps(dict(reversed(ASKED.items())), indent=3, sort_keys=False).encode()

    assert exact_key(request_of(spaced)) == key_of()


texts = st.text(max_size=30)


@given(texts, texts)
def test_two_texts_have_one_key_only_if_they_are_one(one: str, other: str) -> None:
    keys = [key_of(messages=[{"role": "user", "content": text}]) for text in (one, other)]

    assert (keys[0] == keys[1]) == (one == other)


@given(texts, texts)
def test_text_does_not_run_over_from_one_field_to_the_next(one: str, other: str) -> None:
    together = key_of(messages=[{"role": "user", "content": one + other}])
    apart = key_of(messages=[{"role": "user", "content": one}, {"role": "user", "content": other}])

    assert together != apart


@pytest.mark.parametrize(
    ("changes", "why"),
    [({}, ""), ({"temperature": 0}, ""), ({"temperature": 0.2}, "temperature"), ({"n": 1}, ""), ({"n": 2}, "n")],
)
def test_a_caller_who_wants_the_answer_to_vary_says_so(changes: dict[str, Any], why: str) -> None:
    assert why_varied(request_of({**ASKED, **changes})) == why


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("no-store", Directives(no_store=True)),
        ("No-Cache", Directives(no_cache=True)),
        ("max-age=60, private", Directives(max_age_s=60.0)),
        ('max-age="60"', Directives(max_age_s=60.0)),
        ("max-age=-1", Directives()),
        ("max-age=1e9", Directives()),
        ("", Directives()),
        ("no-store, no-cache, max-age=0", Directives(no_store=True, no_cache=True, max_age_s=0.0)),
    ],
)
def test_cache_control_is_read_as_it_is_written(header: str, said: Directives) -> None:
    assert read_directives(header) == said
