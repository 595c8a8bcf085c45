"""An answer that broke off, read from its released bytes, and another engine's words as the rest of its stream."""

import json
import random
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from router.core.chat_stream import fold
from router.core.continuation import MAX_KEPT_BYTES, SLAB_BYTES, Begun, Draft, Rest, read_begun
from router.core.event_stream import MalformedStream, event, payloads
from router.core.values import Usage

FIRST = {
    "id": "chatcmpl-1",
    "object": "chat.completion.chunk",
    "created": 1,
    "model": "canvas",
    "system_fingerprint": "a",
}
SECOND = {**FIRST, "id": "chatcmpl-2", "created": 2, "model": "strong", "system_fingerprint": "b"}
BEGUN = Begun("so far ", 2, {"id": "chatcmpl-1", "created": 1, "model": "canvas"})


def chunk(delta: Any, head: Any = FIRST, usage: Any = None, **beside: Any) -> bytes:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": None, **beside}
    return event(json.dumps({**head, "choices": [choice], **({"usage": usage} if usage else {})}).encode())


def stream(texts: Sequence[str], head: Any = FIRST) -> list[bytes]:
    return [chunk({"role": "assistant", "content": ""}, head), *[chunk({"content": text}, head) for text in texts]]


def begun(*texts: str) -> Begun:
    found = read_begun(b"".join(stream(texts)))
    assert found is not None
    return found


def rest_of(begun: Begun, *texts: str) -> str:
    """The text that another engine adds to what was begun by saying these."""
    rest = Rest(begun)
    run = b"".join([rest.events(each) for each in stream(texts, SECOND)])
    return "".join(json.loads(each)["choices"][0]["delta"]["content"] for each in payloads(run))


# --- what can be gone on with -------------------------------------------------------------------------------------


def test_what_was_released_is_read_with_the_names_of_its_stream() -> None:
    found = begun("so ", "far")

    assert found.text == "so far"
    assert found.head == {"id": "chatcmpl-1", "created": 1, "model": "canvas", "system_fingerprint": "a"}


def test_comments_and_blank_lines_say_nothing() -> None:
    assert read_begun(b": keep-alive\n\n" + b"".join(stream(["so far"])) + b"\n\n") == begun("so far")


def test_an_engine_that_gives_a_token_a_chunk_is_counted_by_its_chunks() -> None:
    assert begun("so", " ", "far", " it", " goes").tokens == 5


def test_an_engine_that_gives_a_canvas_a_chunk_is_measured_by_the_length_of_its_text() -> None:
    assert begun("a canvas " * 100, "and another " * 50).tokens == 375


def test_reasoning_takes_tokens_and_is_no_text() -> None:
    found = read_begun(chunk({"role": "assistant", "reasoning": "hm "}) + chunk({"content": "so far"}))

    assert found is not None
    assert (found.text, found.tokens) == ("so far", 2)


def test_an_engine_that_counts_as_it_goes_is_believed() -> None:
    usage = {"prompt_tokens": 18, "completion_tokens": 7, "total_tokens": 25}

    found = read_begun(chunk({"content": "so"}) + chunk({"content": " far"}, usage=usage))

    assert found is not None
    assert (found.tokens, found.prompt_tokens) == (7, 18)


@pytest.mark.parametrize(
    "released",
    [
        b"",
        chunk({"content": "so far"}, index=1),
        chunk({"content": "so far"}) + chunk({"content": "and"}, index=1),
        chunk({"content": "so far"}, finish_reason="stop"),
        chunk({"content": "so far"}, logprobs={"content": []}),
        chunk({"content": "so far"}) + chunk({"tool_calls": [{"index": 0}]}),
        chunk({"content": "so far"}) + chunk({"refusal": "no"}),
        chunk({"content": ["so far"]}),
        chunk({"content": "so far"}, usage={"prompt_tokens": "many"}),
        event(b'{"choices":[{"delta":3}]}'),
        event(b'{"choices":3}'),
        event(b"[]"),
        event(b"{"),
    ],
)
def test_what_is_more_or_less_than_the_text_of_one_choice_cannot_be_gone_on_with(released: bytes) -> None:
    assert read_begun(released) is None


@pytest.mark.parametrize(
    "released",
    [chunk({"role": "assistant", "content": ""}), chunk({"content": " \n"}), chunk({"reasoning": "hm"})],
    ids=["role", "blanks", "reasoning"],
)
def test_an_answer_whose_text_has_not_begun_is_to_be_written_afresh(released: bytes) -> None:
    begun = read_begun(released)

    assert begun is not None
    assert begun.prefix == ""


def test_who_writes_afresh_may_reason_once_more() -> None:
    begun = read_begun(chunk({"role": "assistant", "content": ""}) + chunk({"reasoning": "hm"}))
    assert begun is not None
    rest = Rest(begun)

    said = rest.events(chunk({"role": "assistant", "content": ""}) + chunk({"reasoning": "so"}))

    assert b'"reasoning":"so"' in said
    assert b'"role"' not in said
    assert not rest.is_lost


@given(st.lists(st.integers(1, SLAB_BYTES), max_size=8))
def test_a_draft_keeps_all_that_was_released(sizes: list[int]) -> None:
    draft, texts = Draft(), [str(size % 10) * size for size in sizes]
    for block in stream(texts):
        draft.keep(block)

    assert draft.begun() == read_begun(b"".join(stream(texts)))


@pytest.mark.parametrize(
    "texts", [["x" * (MAX_KEPT_BYTES + 1)], [random.Random(n).randbytes(4000).hex() for n in range(80)]]
)
def test_a_draft_that_grows_too_long_is_kept_no_further(texts: list[str]) -> None:
    draft = Draft()
    for block in stream(texts) + stream(["some"] * 1000):
        draft.keep(block)

    assert draft.begun() is None


def test_a_long_answer_is_kept_whole() -> None:
    draft = Draft()
    for number in range(10_000):
        draft.keep(chunk({"content": f"{number * 7919 % 10_007:x} "}))

    found = draft.begun()
    assert found is not None
    assert found.tokens == 10_000


# --- the rest of it -----------------------------------------------------------------------------------------------


def test_the_rest_goes_out_under_the_names_of_what_was_begun_and_without_a_second_role() -> None:
    rest = Rest(BEGUN)

    run = rest.events(b"".join(stream(["and on"], SECOND)))

    (said,) = [json.loads(each) for each in payloads(run)]
    assert [said[key] for key in ("id", "created", "model")] == ["chatcmpl-1", 1, "canvas"]
    assert said["choices"][0]["delta"] == {"content": "and on"}
    assert rest.named(SECOND)["id"] == "chatcmpl-1"


def test_a_finish_is_kept_though_it_says_no_text() -> None:
    run = Rest(BEGUN).events(chunk({"content": ""}, SECOND, finish_reason="length"))

    assert b'"finish_reason":"length"' in run


def test_reasoning_has_no_place_after_a_text_has_begun() -> None:
    assert Rest(BEGUN).events(chunk({"reasoning": "hm", "reasoning_content": "hm"}, SECOND)) == b""


@pytest.mark.parametrize(
    ("said", "is_lost"),
    [
        ([], False),
        ([{"content": ""}], False),
        ([{"reasoning": "hm"}], True),
        ([{"reasoning_content": "hm"}, {"content": ""}], True),
        ([{"reasoning": "hm"}, {"content": "and on"}], False),
        ([{"reasoning": "hm"}, {"tool_calls": [{"index": 0}]}], False),
    ],
)
def test_an_engine_that_did_nothing_but_reason_has_not_gone_on(said: list[dict[str, Any]], is_lost: bool) -> None:
    rest = Rest(BEGUN)
    for delta in said:
        rest.events(chunk(delta, SECOND))

    assert rest.is_lost is is_lost


@pytest.mark.parametrize(
    ("out", "said", "added"),
    [
        ("so", [" far"], " far"),
        ("so ", [" far"], "far"),
        ("so ", ["far"], "far"),
        ("so\n", ["\n\nfar"], "\nfar"),
        ("so\n\n", ["\n", "\n", "\nfar"], "\nfar"),
        ("so \n", [" far"], "far"),
        ("so ", ["", " ", " far"], " far"),
    ],
)
def test_blanks_that_are_out_are_not_said_again(out: str, said: list[str], added: str) -> None:
    assert rest_of(begun(out), *said) == added


def test_what_is_not_a_chunk_is_no_rest() -> None:
    with pytest.raises(MalformedStream):
        Rest(BEGUN).events(event(b"{"))


def test_comments_pass() -> None:
    assert Rest(BEGUN).events(b": still here\n\n") == b": still here\n\n"


def test_the_prompt_is_counted_once_and_every_token_that_was_given() -> None:
    assert BEGUN.counted_with(Usage(20, 5)) == Usage(18, 7)


def test_a_prompt_that_the_first_engine_counted_is_as_long_as_that_one_said() -> None:
    assert Begun("so far", 2, {}, 30).counted_with(Usage(20, 5)) == Usage(30, 7)


texts = st.text(st.characters(codec="utf-8"), max_size=8)


@given(st.lists(texts, min_size=1, max_size=8), st.data())
def test_wherever_a_stream_is_cut_its_two_parts_fold_to_the_whole(pieces: list[str], data: st.DataObject) -> None:
    whole, cut = "".join(pieces), data.draw(st.integers(1, len(pieces)))
    out = stream(pieces[:cut])
    found = read_begun(b"".join(out))
    assume(found is not None)
    assert found is not None
    left = whole[len(found.prefix) :]
    at = data.draw(st.integers(0, len(left)))
    rest = Rest(found)

    run = out + [rest.events(each) for each in stream([left[:at], left[at:]], SECOND)]

    chunks = [json.loads(each) for each in payloads(b"".join(run))]
    assert fold(chunks)["choices"][0]["message"] == {"role": "assistant", "content": whole}
    assert {each["id"] for each in chunks} == {"chatcmpl-1"}
