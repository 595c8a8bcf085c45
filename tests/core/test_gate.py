"""The gate: what an engine writes goes out block by block, as it was judged, and of a rejected block nothing does."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from router.core.checks.written import Brief, Written
from router.core.event_stream import MalformedStream, payloads
from router.core.gate import MAX_HELD_BYTES, MAX_NOTES, BlockNote, Gate
from router.core.pending import BLOCK_CHARS, LEAST_CHARS, Orders
from router.core.values import Usage
from router.core.verdict import ACCEPTED, Finding, Verdict
from tests.vllm_wire import WEATHER_CALL, call_events, event, opening_events, text_events, usage

BAD = Verdict((Finding("bad", "it says BAD"),))


class Bench:
    """A judge who rejects what says BAD, and keeps what it was shown."""

    def __init__(self) -> None:
        self.shown: list[Written] = []

    def judge(self, written: Written) -> Verdict:
        self.shown.append(written)
        return BAD if "BAD" in written.text or "BAD" in written.reasoning else ACCEPTED


def a_gate(mode: Any = "block", canvas: int | None = 256, **more: Any) -> tuple[Gate, Bench]:
    bench = Bench()
    return Gate(Orders(mode, Brief("Tell me."), bench.judge, canvas, **{"least_chars": 1, **more})), bench


def said(text: str, choice: int = 0, finish: str | None = None, **more: Any) -> bytes:
    (found,) = text_events("tier1", text, 1, finish)
    chunk = json.loads(payloads(found)[0])
    chunk["choices"][0]["index"] = choice
    return event({**chunk, **more})


def thought(text: str) -> bytes:
    chunk = json.loads(payloads(said(""))[0])
    chunk["choices"][0]["delta"] = {"reasoning": text}
    return event(chunk)


ROLE = b"".join(opening_events("tier1", 1))
FINISH = said("", finish="stop")


def text_of(events: bytes) -> str:
    deltas = [choice["delta"] for data in payloads(events) for choice in json.loads(data)["choices"]]
    return "".join((each.get("reasoning") or "") + (each.get("content") or "") for each in deltas)


def test_nothing_goes_out_before_the_first_verdict_and_then_each_block_with_its_own() -> None:
    gate, _ = a_gate()

    assert gate.take(ROLE).released == b""
    assert gate.take(said("one ")).released == ROLE + said("one ")
    assert gate.take(said("two ")).released == said("two ")
    assert gate.end(FINISH).released == b""


def test_an_event_that_says_next_to_nothing_is_judged_with_the_next() -> None:
    gate, bench = a_gate(least_chars=LEAST_CHARS)

    assert gate.take(said("one ")).released == b""
    assert text_of(gate.take(said("two ".ljust(LEAST_CHARS))).released).startswith("one two ")
    assert len(bench.shown) == 1


def test_each_block_is_judged_in_its_place() -> None:
    gate, bench = a_gate(before="Once ")
    for text in ("upon ", "a "):
        gate.take(said(text))
    gate.end(said("time.", finish="length"))

    assert [(each.before, each.text, each.is_last, each.finish) for each in bench.shown] == [
        ("Once ", "upon ", False, ""),
        ("Once upon ", "a ", False, ""),
        ("Once upon a ", "time.", True, "length"),
    ]


def test_of_a_rejected_block_nothing_goes_out_nor_of_what_came_with_it() -> None:
    gate, _ = a_gate()

    ruling = gate.take(ROLE + said("good ") + said("BAD ") + said("more "))

    assert text_of(ruling.released) == "good "
    assert ruling.verdict == BAD


def test_a_rejected_end_goes_out_no_more_than_any_other_block() -> None:
    gate, _ = a_gate()
    gate.take(said("good "))

    assert gate.end(said("BAD", finish="stop")).verdict == BAD


def test_a_whole_answer_is_held_to_its_end_but_judged_as_it_comes() -> None:
    gate, bench = a_gate("whole")

    assert gate.take(ROLE + said("one ") + said("two ")).released == b""
    assert len(bench.shown) == 2
    assert gate.end(FINISH).released == ROLE + said("one ") + said("two ")


def test_after_a_good_first_block_the_rest_is_nobodys_business() -> None:
    gate, bench = a_gate("first")

    assert text_of(gate.take(ROLE + said("good ") + said("BAD ")).released) == "good BAD "
    assert gate.take(said("BAD ")).released == said("BAD ")
    assert gate.end(said("BAD", finish="stop")).verdict == ACCEPTED
    assert len(bench.shown) == 1


def test_reasoning_is_judged_before_it_is_shown() -> None:
    gate, _ = a_gate()

    assert text_of(gate.take(ROLE + thought("hm ")).released) == "hm "
    assert gate.take(thought("BAD")).verdict == BAD


def test_a_tool_call_is_held_to_its_end_and_judged_whole() -> None:
    gate, bench = a_gate()
    *pieces, finish = call_events("tier1", WEATHER_CALL)

    assert gate.take(ROLE + b"".join(pieces)).released == b""
    assert gate.end(finish).released == ROLE + b"".join(pieces)
    (call,) = bench.shown[-1].calls
    assert (call.name, call.arguments) == ("get_weather", '{"city": "Paris"}')


def test_of_several_choices_nothing_goes_out_before_all_are_good() -> None:
    gate, _ = a_gate(holds=True)

    assert gate.take(said("one", 0) + said("BAD", 1)).verdict == BAD
    assert gate.assessment().blocks == 2


def test_a_comment_waits_its_turn() -> None:
    gate, _ = a_gate()

    assert gate.take(b": ping\n\n" + said("one")).released == b": ping\n\n" + said("one")


@pytest.mark.parametrize("shows", [True, False])
def test_the_usage_of_each_block_is_counted_and_shown_to_those_who_want_it(shows: bool) -> None:
    gate, bench = a_gate(shows_usage=shows)
    counted = said("one", usage=usage(7))

    released = gate.take(counted).released

    assert bench.shown[0].tokens == 7
    assert gate.released_usage == Usage(18, 7)
    assert (b'"usage"' in released) == shows


def test_what_was_written_for_nobody_is_counted() -> None:
    gate, _ = a_gate()
    gate.take(said("good", usage=usage(6)))
    gate.take(said("BAD BAD BAD.", usage=usage(24)))

    found = gate.assessment()

    assert (found.blocks, found.written_tokens, found.discarded_tokens) == (2, 24, 18)
    assert found.verdict == BAD


def test_each_block_that_was_judged_is_noted_by_its_length_and_what_went_out_is_counted() -> None:
    gate, _ = a_gate()
    gate.take(ROLE + said("Otters ") + said("swim"))
    gate.take(said(" BAD"))

    found = gate.assessment()

    assert found.notes == (BlockNote(7), BlockNote(4), BlockNote(4))
    assert found.released_chars == 11


def test_the_notes_do_not_grow_with_the_answer() -> None:
    gate, _ = a_gate()
    gate.take(ROLE + said("x") * (MAX_NOTES + 10))

    found = gate.assessment()

    assert (found.blocks, len(found.notes)) == (MAX_NOTES + 10, MAX_NOTES)


def test_a_gate_that_is_opened_lets_out_what_it_held_and_all_that_follows() -> None:
    gate, _ = a_gate()
    ruling = gate.take(said("good ") + said("BAD ") + said("more "))

    assert text_of(ruling.released + gate.open()) == "good BAD more "
    assert gate.take(said("BAD ")).released == said("BAD ")


@pytest.mark.parametrize("data", [b"data: {\n\n", b"data: []\n\n", b'data: {"choices":[{"delta":3}]}\n\n'])
def test_what_is_no_chunk_does_not_pass(data: bytes) -> None:
    gate, _ = a_gate()

    with pytest.raises(MalformedStream):
        gate.take(data)


def test_no_more_is_held_than_an_answer_may_have() -> None:
    gate, _ = a_gate("whole")

    for _ in range(3):
        gate.take(said("x" * (MAX_HELD_BYTES // 4)))
    with pytest.raises(MalformedStream):
        gate.take(said("x" * (MAX_HELD_BYTES // 4)))


# --- wherever it is cut -----------------------------------------------------------------------------------------

texts = st.text(st.sampled_from("ab \nBAD漢é𝄞"), max_size=3 * BLOCK_CHARS)
cuts = st.lists(st.integers(1, BLOCK_CHARS), max_size=30)


def pieces_of(text: str, lengths: Sequence[int]) -> list[str]:
    """The text cut into pieces of these lengths, the rest last."""
    found = []
    for length in lengths:
        found.append(text[:length])
        text = text[length:]
    return [each for each in [*found, text] if each]


def through(gate: Gate, pieces: Sequence[str]) -> tuple[str, bool]:
    """What the caller gets of these pieces, and whether all was accepted."""
    out = b""
    for piece in pieces:
        ruling = gate.take(said(piece))
        out += ruling.released
        if not ruling.verdict.is_accepted:
            return text_of(out), False
    ruling = gate.end(FINISH)
    return text_of(out + ruling.released), ruling.verdict.is_accepted


@given(texts, cuts, st.sampled_from(["block", "whole", "first"]))
@example("a" * (BLOCK_CHARS + 3) + "BAD", [BLOCK_CHARS + 1], "block")
def test_what_is_written_token_by_token_is_judged_alike_wherever_it_was_cut(
    text: str, lengths: list[int], mode: str
) -> None:
    """INVARIANT: the result does not depend on how the text was cut; what goes out is a prefix of it that holds no
    rejected character."""
    whole = through(a_gate(mode, canvas=None)[0], [text] if text else [])

    cut = through(a_gate(mode, canvas=None)[0], pieces_of(text, lengths))

    assert cut == whole
    shown, accepted = cut
    assert text.startswith(shown)
    assert accepted <= (shown == text)
    if mode != "first":
        assert "BAD" not in shown


@given(st.lists(texts.filter(bool), max_size=6), st.data())
def test_wherever_the_network_cuts_the_same_blocks_go_out(blocks: list[str], data: st.DataObject) -> None:
    events = [said(each) for each in blocks]
    one_by_one, _ = a_gate()
    alone = [one_by_one.take(each) for each in events]

    gate, _ = a_gate()
    at = data.draw(st.integers(0, len(events)))
    runs = [gate.take(b"".join(part)) for part in (events[:at], events[at:])]

    def shown(rulings: Sequence[Any]) -> str:
        kept = []
        for each in rulings:
            kept.append(each.released)
            if not each.verdict.is_accepted:
                break
        return text_of(b"".join(kept))

    assert shown(runs) == shown(alone)


@given(texts, cuts)
def test_a_gate_loses_nothing_that_it_accepts(text: str, lengths: list[int]) -> None:
    gate, _ = a_gate(canvas=None)
    good = text.replace("B", "b")

    assert through(gate, pieces_of(good, lengths)) == (good, True)


# --- at the end -------------------------------------------------------------------------------------------------


def ended_after_all_was_out(reason: str) -> Verdict:
    """What becomes of an answer of which all is out when its end is found wanting."""
    found = Verdict((Finding(reason, "at the end"),))
    gate = Gate(
        Orders("block", Brief("Tell me."), lambda written: found if written.is_last else ACCEPTED, 256, least_chars=1)
    )
    gate.take(said("all of it"))
    verdict = gate.end(FINISH).verdict
    assert gate.assessment().verdict == found
    return verdict


def test_an_answer_of_which_all_is_out_is_rejected_only_where_going_on_can_mend_it() -> None:
    assert ended_after_all_was_out("reject_when").is_accepted
    assert ended_after_all_was_out("cut_off").reasons == ("cut_off",)
