"""Engines whose answers are no answers, or odd ones: faults 13 to 16 and 18 to 21."""

from tests.conftest import FAST_TEXT, STRONG_TEXT, Way
from tests.faults import (
    answers,
    ends_early,
    finishes_without_done,
    opens_and_then,
    sends,
    sends_half_a_chunk,
    sends_html,
    sends_truncated_json,
)
from tests.framings import FRAMINGS
from tests.odd_answers import (
    answers_framed,
    answers_twice,
    counts_again_and_again,
    promises,
    says_all_in_one_chunk,
    sends_a_gzip_bomb,
)
from tests.patience import until
from tests.router_process import RouterProcess
from tests.scripted_engine import Reply, ScriptedEngine
from tests.upstream.fault import ALONE, BREAKS_OFF, ask, upstream_fault
from tests.vllm_wire import usage

MEGABYTE = 1024 * 1024
HTML = b"<html>\n\n<body>\n\n<h1>Welcome</h1>\n\n</body></html>\n\n"
TEXTS = ("Zoë says: ", "漢字 ✓ ", 'a "quoted" line\n', "data: and the end.")


def assert_no_answer(router: RouterProcess, engine: ScriptedEngine, way: Way, *replies: Reply) -> None:
    """Each of these is a 502 where nobody else may answer, without another try; where somebody may, they do."""
    for reply in replies:
        engine.does(reply)
        alone = ask(router, way, ALONE)
        assert (alone.status, alone.code, alone.attempts) == (502, "upstream_error", "fast:malformed")
        assert len(engine.received) == 1
        climbed = ask(router, way)
        assert (climbed.text, climbed.attempts[:16]) == (STRONG_TEXT, "fast:malformed, ")
        record = router.await_record(alone.headers["x-request-id"])
        assert (record["outcome"], record["status"]) == ("failed", 502)


@upstream_fault(13)
def test_a_page_in_place_of_an_answer_is_a_502(tandem: RouterProcess, fast: ScriptedEngine, way: Way) -> None:
    assert_no_answer(tandem, fast, way, sends_html(), sends(200, HTML, kind="text/event-stream"))


@upstream_fault(14)
def test_half_the_json_of_an_answer_is_a_502(tandem: RouterProcess, fast: ScriptedEngine, way: Way) -> None:
    assert_no_answer(tandem, fast, way, sends_truncated_json(), opens_and_then(then=sends_half_a_chunk))


@upstream_fault(15)
def test_a_stream_in_an_odd_framing_says_the_same(tandem: RouterProcess, fast: ScriptedEngine, way: Way) -> None:
    for framing in FRAMINGS:
        fast.does(answers_framed(framing, *TEXTS))

        told = ask(tandem, way, ALONE)

        assert (told.text, told.whole, told.usages) == ("".join(TEXTS), True, [usage(len(TEXTS))]), framing.__name__


@upstream_fault(16)
def test_a_line_of_ten_megabytes_is_held_no_further_than_its_cap_and_is_a_502(
    tandem: RouterProcess, fast: ScriptedEngine, way: Way
) -> None:
    before_bytes = tandem.memory_bytes()

    assert_no_answer(tandem, fast, way, says_all_in_one_chunk("x" * 10 * MEGABYTE))

    assert tandem.memory_bytes() - before_bytes < 64 * MEGABYTE


@upstream_fault(18)
def test_a_missing_done_is_added_to_an_answer_that_has_finished_and_an_error_for_one_that_has_not(
    tandem: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine, way: Way
) -> None:
    fast.does(opens_and_then("all ", "of it", then=finishes_without_done))
    told = ask(tandem, way, ALONE)
    assert (told.status, told.text, told.whole) == (200, "all of it", True)

    fast.does(opens_and_then("some ", "of it", then=ends_early))
    told = ask(tandem, way, BREAKS_OFF)
    if way:
        assert (told.status, told.text, told.whole, told.code) == (200, "some of it", False, "upstream_error")
        assert not strong.received
    else:
        assert (told.text, told.attempts) == (STRONG_TEXT, "fast:malformed, strong:served")
        assert ask(tandem, way, ALONE).status == 502


@upstream_fault(19)
def test_however_often_and_late_an_engine_counts_its_tokens_the_caller_is_told_once(
    tandem: RouterProcess, fast: ScriptedEngine, way: Way
) -> None:
    fast.does(counts_again_and_again("one ", "two ", "three"))

    told = ask(tandem, way, ALONE)

    assert (told.text, told.whole, told.usages) == ("one two three", True, [usage(3)])
    assert tandem.await_record(told.headers["x-request-id"])["usage"]["completion_tokens"] == 3


@upstream_fault(20)
def test_a_wrong_content_length_neither_shortens_an_answer_unsaid_nor_spills_into_the_next(
    tandem: RouterProcess, fast: ScriptedEngine, way: Way
) -> None:
    fast.does(promises(100))
    told = ask(tandem, way, ALONE)
    assert (told.whole, told.code, len(fast.received)) == (False, "upstream_error", 1)

    fast.does(promises(-100), answers(FAST_TEXT))
    told = ask(tandem, way, ALONE)
    assert (told.whole, told.code, len(fast.received)) == (False, "upstream_error", 1)
    assert ask(tandem, way, ALONE).text == FAST_TEXT

    for pause_s in (0.0, 0.1):
        fast.does(answers_twice("mine", "another's", pause_s), answers(FAST_TEXT))
        assert ask(tandem, way, ALONE).text == "mine"
        until(lambda: fast.exchanges[0].is_over)
        assert ask(tandem, way, ALONE).text == FAST_TEXT


@upstream_fault(21)
def test_what_is_compressed_is_never_unpacked_and_is_a_502(
    tandem: RouterProcess, fast: ScriptedEngine, way: Way
) -> None:
    before_bytes = tandem.memory_bytes()

    assert_no_answer(tandem, fast, way, sends_a_gzip_bomb(20 * MEGABYTE))

    assert tandem.memory_bytes() - before_bytes < 10 * MEGABYTE
