"""Two samples of an answer: what of them is the first, and what the caller is told of what they took."""

import json

from hypothesis import given
from hypothesis import strategies as st

from router.core.chat_stream import fold
from router.core.event_stream import each_event, payloads
from router.core.twins import Twins
from router.core.values import Usage
from tests.vllm_wire import event, opening_events, text_events, usage


def chunk(choice: int, text: str, finish: str | None = None, tokens: int = 0) -> bytes:
    (said,) = text_events("tier1", text, 1, finish)
    found = json.loads(payloads(said)[0])
    found["choices"][0]["index"] = choice
    return event(found | {"usage": usage(tokens)})


ROLES = b"".join(opening_events("tier1", 2))


def text_of(events: bytes) -> list[str | None]:
    return [choice["message"]["content"] for choice in fold(map(json.loads, payloads(events)))["choices"]]


def test_only_the_first_goes_on_and_its_end_is_kept_back() -> None:
    twins = Twins()

    kept = twins.first_of(ROLES + chunk(1, "no") + chunk(0, "yes", "stop") + chunk(1, "!", "stop"))

    assert text_of(kept + twins.finish) == ["yes"]
    assert b'"finish_reason":"stop"' in twins.finish
    assert b'"finish_reason":"stop"' not in kept
    assert twins.texts == ["yes", "no!"]


def test_a_chunk_of_both_is_cut_down_to_the_first() -> None:
    both = json.loads(payloads(chunk(0, "yes"))[0])
    both["choices"].append({**both["choices"][0], "index": 1, "delta": {"content": "no"}})
    twins = Twins()

    assert text_of(twins.first_of(event(both))) == ["yes"]
    assert twins.texts == ["yes", "no"]


def test_the_caller_is_told_of_the_tokens_it_was_given() -> None:
    twins = Twins()
    twins.first_of(chunk(0, "yes", tokens=3) + chunk(1, "no", tokens=5))

    assert twins.usage_of_first(Usage(18, 8)) == Usage(18, 3)
    assert twins.usage_of_first(None) is None
    assert Twins().usage_of_first(Usage(18, 8)) == Usage(18, 8)


@given(st.lists(st.tuples(st.integers(0, 1), st.text("ab", min_size=1, max_size=3)), max_size=8), st.data())
def test_however_they_are_mixed_and_cut_the_samples_are_told_apart(
    said: list[tuple[int, str]], data: st.DataObject
) -> None:
    events = [chunk(choice, text) for choice, text in said]
    at = data.draw(st.integers(0, len(events)))
    twins = Twins()

    kept = twins.first_of(b"".join(events[:at])) + twins.first_of(b"".join(events[at:]))

    assert twins.texts == ["".join(text for choice, text in said if choice == which) for which in (0, 1)]
    assert len(each_event(kept)) == sum(choice == 0 for choice, _ in said)
