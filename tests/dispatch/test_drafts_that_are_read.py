"""What the fast tier drafts is read by the strong one before the caller gets it: the good beginning goes out, and what
is wrong is written anew, to its end or to the end of a sentence."""

import json

import pytest

from router.core.errors import CannotRead, EngineFailed, Overloaded
from router.core.event_stream import event, payloads
from router.core.policy import Reads, Then
from router.core.reading.criteria import NAMES, criteria_of
from router.core.record import AttemptRecord
from router.core.values import Hints
from tests.dispatch.scenes import Scene, asking, backend
from tests.dispatch.test_every_climb import text_of
from tests.doubles import DoubleReader, Ends, Fails, Says, Step
from tests.examples import a_policy
from tests.vllm_wire import opening_events, text_events

READ = Then(("fast", "strong"), gate="block", verify="read", reads=Reads())
CONTINUES = a_policy(otherwise=READ)
REPAIRS = a_policy(otherwise=Then(("fast", "strong"), verify="read", reads=Reads(), on_reject="repair", max_repairs=2))
WHOLE = a_policy(otherwise=Then(("fast", "strong"), gate="whole", verify="read", reads=Reads()))
AT_STAKE = a_policy(otherwise=Then(("fast", "strong"), verify="read", reads=Reads(when="stakes", least="high")))
DOUBTED = a_policy(otherwise=Then(("fast", "strong"), verify="read", reads=Reads(when="doubt", above=0.5)))
ALONE = a_policy(otherwise=Then(("fast",), verify="read", reads=Reads()))

ROLE = Says(b"".join(opening_events("canvas", 1)), 0.5)

OTTERS = "Otters swim well, eat fish and sleep on their backs in the kelp. "
HANDS = "They hold hands while they sleep, so as not to drift apart at sea. "
WRONG = "They weigh ninety tons when they are grown and live among the stars. "
RIGHT = "They weigh thirty kilograms when they are grown. "
YOUNG = "Their young cannot dive at first, for the fur holds too much air. "


def says(text: str, after_s: float = 1.0, model: str = "canvas") -> Says:
    return Says(b"".join(text_events(model, text, 1)), after_s)


def ends_saying(text: str, tokens: int, model: str = "canvas") -> Ends:
    """As engines end an answer: with the last block of it."""
    return Ends(tokens, 1.0, b"".join(text_events(model, text, 1, "stop")))


def words(text: str, after_s: float = 0.1) -> list[Step]:
    """As an engine writes that goes word by word."""
    return [says(f" {word}", after_s, "strong") for word in text.split()]


def scene_of(
    fast: list[list[Step]], strong: list[list[Step]], reader: DoubleReader, policy: object = CONTINUES
) -> Scene:
    scene = Scene(backend(*fast[0]), backend(*(strong or [[]])[0]), policy)
    scene.fast._scripts = tuple(fast)
    scene.strong._scripts = tuple(strong)
    scene.fleet.readers["strong"] = reader
    return scene


def attempt_of(scene: Scene, number: int) -> AttemptRecord:
    return scene.record.attempts[number - 1]


# --- what is good ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("streamed", [True, False])
def test_a_draft_that_its_reader_accepts_reaches_the_caller_as_it_was_written(streamed: bool) -> None:
    reader = DoubleReader()
    scene = scene_of([[ROLE, says(OTTERS), says(HANDS), Ends(tokens=30)]], [], reader)

    scene.play(asking(streamed=streamed))

    assert text_of(scene.answer.released) == OTTERS + HANDS
    assert scene.opened == ["fast"]
    note = attempt_of(scene, 1).reading
    assert note is not None
    assert note.accepted_chars == len((OTTERS + HANDS).rstrip())
    assert not note.reasons


def test_a_block_is_read_while_the_next_one_is_written() -> None:
    reader = DoubleReader(each_s=0.8)
    scene = scene_of([[ROLE, says(OTTERS), says(HANDS), Ends(tokens=30)]], [], reader)

    scene.play()

    # 0.5 to the role, 1.0 for each block, and of the two reads only the last one comes on top.
    assert scene.record.elapsed_s == pytest.approx(0.5 + 1.0 + 1.0 + 0.8)


def test_nothing_goes_out_before_it_was_read() -> None:
    reader = DoubleReader(each_s=0.8)
    scene = scene_of([[ROLE, says(OTTERS), says(HANDS), Ends(tokens=30)]], [], reader)

    scene.play()

    assert scene.answer.told[0].at_s == pytest.approx(0.5 + 1.0 + 0.8)


def test_each_read_goes_on_from_what_was_accepted() -> None:
    reader = DoubleReader()
    scene = scene_of([[ROLE, says(OTTERS), says(HANDS), Ends(tokens=30)]], [], reader)

    scene.play()

    assert all((OTTERS + HANDS).startswith(before + text) for before, text in reader.texts)
    assert reader.texts[-1][0] + reader.texts[-1][1] == OTTERS + HANDS


def test_a_word_that_a_block_cuts_in_two_is_read_once_it_is_whole() -> None:
    reader = DoubleReader()
    text = OTTERS + HANDS
    at = text.index("sleep, so") + 2
    scene = scene_of([[ROLE, says(text[:at]), says(text[at:]), Ends(tokens=30)]], [], reader)

    scene.play()

    assert text_of(scene.answer.released) == text
    assert reader.texts[1][1].startswith(" sleep,")


def test_the_reader_is_not_asked_to_think_and_is_told_how_long_it_is_waited_for() -> None:
    reader = DoubleReader()
    scene = scene_of([[ROLE, says(OTTERS), Ends(tokens=30)]], [], reader)

    scene.play()

    assert {each.thinking for each in reader.envelopes} == {False}
    assert {each.left_s for each in reader.envelopes} == {Reads().patience_s}


@pytest.mark.parametrize("streamed", [True, False])
def test_text_that_comes_with_the_end_of_the_answer_is_read_like_all_the_rest(streamed: bool) -> None:
    last = Ends(tokens=60, finish=b"".join(text_events("canvas", OTTERS + WRONG, 1, "stop")))
    scene = scene_of([[ROLE, last]], [[*words(RIGHT), Ends(tokens=8)]], DoubleReader("ninety"))

    scene.play(asking(streamed=streamed))

    assert "ninety" not in text_of(scene.answer.released)
    assert [each.outcome for each in scene.record.attempts] == ["rejected", "served"]


def test_an_answer_that_is_accepted_ends_as_its_engine_ended_it() -> None:
    last = Ends(tokens=30, finish=b"".join(text_events("canvas", OTTERS, 1, "length")))
    scene = scene_of([[ROLE, last]], [], DoubleReader())

    scene.play()

    assert text_of(scene.answer.released) == OTTERS
    ended = scene.answer.last.ended
    assert ended is not None
    assert text_of(ended.finish_event) == ""
    assert b'"finish_reason":"length"' in ended.finish_event


# --- what is cut ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("streamed", [True, False])
def test_the_strong_tier_goes_on_from_the_good_beginning(streamed: bool) -> None:
    scene = scene_of(
        [[ROLE, says(OTTERS), says(HANDS + WRONG), says(YOUNG)]],
        [[*words(RIGHT), *words(YOUNG), Ends(tokens=20)]],
        DoubleReader("ninety", "stars"),
    )

    scene.play(asking(streamed=streamed))

    ((_, envelope),) = scene.strong.asked
    assert envelope.continues is not None
    assert envelope.streams
    good = envelope.continues.text
    assert (OTTERS + HANDS + WRONG).startswith(good)
    assert "ninety" not in good
    assert text_of(scene.answer.released).split() == (good + " " + RIGHT + YOUNG).split()
    assert [each.outcome for each in scene.record.attempts] == ["rejected", "served"]
    note = attempt_of(scene, 1).reading
    assert note is not None
    assert note.reasons
    assert note.accepted_chars == len(good)


def test_the_block_that_is_being_written_is_given_up_at_once() -> None:
    scene = scene_of(
        [[ROLE, says(WRONG), says(YOUNG, after_s=60.0), Ends(tokens=9)]],
        [[*words(RIGHT), Ends(tokens=8)]],
        DoubleReader("ninety", each_s=0.3),
    )

    scene.play()

    assert scene.record.elapsed_s == pytest.approx(0.5 + 1.0 + 0.3 + 0.1 * len(RIGHT.split()))
    assert [stream.closed for stream in scene.fast.streams] == [1]


def test_where_nothing_is_good_the_strong_tier_writes_all_of_it() -> None:
    scene = scene_of(
        [[ROLE, says("Ninety " + WRONG), Ends(tokens=9)]],
        [[*words(RIGHT), Ends(tokens=8)]],
        DoubleReader("Ninety"),
    )

    scene.play()

    assert text_of(scene.answer.released).split() == RIGHT.split()
    ((_, envelope),) = scene.strong.asked
    assert envelope.continues is None


def test_an_answer_that_is_whole_before_it_was_read_is_cut_all_the_same() -> None:
    scene = scene_of(
        [[ROLE, says(OTTERS + WRONG), Ends(tokens=30)]],
        [[*words(RIGHT), Ends(tokens=8)]],
        DoubleReader("ninety", each_s=0.5),
    )

    scene.play()

    assert text_of(scene.answer.released).strip().endswith(RIGHT.strip())
    assert "ninety" not in text_of(scene.answer.released)
    assert attempt_of(scene, 1).outcome == "rejected"


@pytest.mark.parametrize("streamed", [True, False])
def test_the_block_that_ends_the_answer_is_read_like_the_others(streamed: bool) -> None:
    reader = DoubleReader("ninety")
    scene = scene_of([[ROLE, says(OTTERS), ends_saying(HANDS + WRONG, 45)]], [[*words(RIGHT), Ends(tokens=8)]], reader)

    scene.play(asking(streamed=streamed))

    assert text_of(scene.answer.released).split() == (OTTERS + HANDS + RIGHT).split()
    assert [each.outcome for each in scene.record.attempts] == ["rejected", "served"]


@pytest.mark.parametrize("streamed", [True, False])
def test_a_good_block_that_ends_the_answer_reaches_the_caller_once(streamed: bool) -> None:
    scene = scene_of([[ROLE, says(OTTERS), ends_saying(HANDS, 30)]], [], DoubleReader())

    scene.play(asking(streamed=streamed))

    ended = scene.answer.last.ended
    assert ended is not None
    assert text_of(scene.answer.released + ended.finish_event) == OTTERS + HANDS
    assert b'"finish_reason":"stop"' in ended.finish_event
    note = attempt_of(scene, 1).reading
    assert note is not None
    assert note.accepted_chars == len(OTTERS + HANDS)


def test_what_was_resumed_and_read_to_its_end_counts_what_all_of_it_took() -> None:
    scene = scene_of(
        [[ROLE, says(OTTERS + WRONG), Ends(tokens=60)], [ROLE, ends_saying(" " + YOUNG, 15)]],
        [[*words(RIGHT + "And on."), Ends(tokens=20)]],
        DoubleReader("ninety"),
        REPAIRS,
    )

    scene.play()

    assert [each.outcome for each in scene.record.attempts] == ["rejected", "repaired", "served"]
    assert scene.record.usage is not None
    assert scene.record.usage.completion_tokens > 15


def test_no_blank_goes_out_before_a_word_that_may_be_cut() -> None:
    text = OTTERS + WRONG
    at = text.index("ninety")
    scene = scene_of(
        [[ROLE, says(text[:at] + "nine"), says("ty " + text[at + 7 :]), Ends(tokens=30)]],
        [[says(", well,", model="strong"), Ends(tokens=8)]],
        DoubleReader("ninety"),
    )

    scene.play()

    assert (
        text_of(scene.answer.released)
        == "Otters swim well, eat fish and sleep on their backs in the kelp. They weigh, well,"
    )


def test_usage_counts_what_the_caller_received() -> None:
    scene = scene_of(
        [[ROLE, says(OTTERS + HANDS + WRONG), Ends(tokens=60)]],
        [[*words(RIGHT), Ends(tokens=8)]],
        DoubleReader("ninety"),
    )

    scene.play()

    assert scene.record.usage is not None
    words_of_the_draft = len(text_of(scene.answer.released).split()) - len(RIGHT.split())
    assert abs(scene.record.usage.completion_tokens - 8 - words_of_the_draft) <= words_of_the_draft


def test_where_nobody_could_go_on_a_cut_answer_is_an_error() -> None:
    scene = scene_of([[ROLE, says("Ninety " + WRONG), Ends(tokens=9)]], [], DoubleReader("Ninety"), ALONE)

    scene.play()

    # Nobody above means that nobody reads.
    assert scene.record.outcome == "served"
    assert attempt_of(scene, 1).reading is None


# --- what is mended -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("streamed", [True, False])
def test_a_wrong_sentence_is_written_by_the_strong_tier_and_the_rest_by_the_fast_one(streamed: bool) -> None:
    scene = scene_of(
        [[ROLE, says(OTTERS + HANDS + WRONG + YOUNG), Ends(tokens=60)], [says(" " + YOUNG), Ends(tokens=15)]],
        [[*words(RIGHT + "And they never stop talking about it, for hours."), Ends(tokens=20)]],
        DoubleReader("ninety", "stars"),
        REPAIRS,
    )

    scene.play(asking(streamed=streamed))

    said = text_of(scene.answer.released)
    assert said.split() == (OTTERS + HANDS + RIGHT + YOUNG).split()
    assert [each.tier for each in scene.record.attempts] == ["fast", "strong", "fast"]
    assert [each.outcome for each in scene.record.attempts] == ["rejected", "repaired", "served"]
    assert [stream.closed for stream in scene.strong.streams] == [1]
    assert scene.record.outcome == "served"


def test_a_draft_that_is_wrong_from_its_first_word_is_mended_too() -> None:
    scene = scene_of(
        [[ROLE, says("Ninety " + WRONG), Ends(tokens=60)], [says(" " + YOUNG), Ends(tokens=15)]],
        [[*words(RIGHT + "And they never stop."), Ends(tokens=20)]],
        DoubleReader("Ninety"),
        REPAIRS,
    )

    scene.play()

    assert text_of(scene.answer.released).split() == (RIGHT + YOUNG).split()


def test_what_is_resumed_is_read_as_well() -> None:
    reader = DoubleReader("ninety", "stars")
    scene = scene_of(
        [[ROLE, says(OTTERS + WRONG), Ends(tokens=60)], [says(" " + YOUNG), Ends(tokens=15)]],
        [[*words(RIGHT + "And on."), Ends(tokens=20)]],
        reader,
        REPAIRS,
    )

    scene.play()

    assert reader.texts[-1][1].strip() == YOUNG.strip()
    assert attempt_of(scene, 3).reading is not None


def test_after_as_many_repairs_as_are_allowed_the_strong_tier_writes_the_rest() -> None:
    scene = scene_of(
        [[ROLE, says(WRONG), Ends(tokens=60)]],
        [
            [*words(RIGHT + "And on."), Ends(tokens=20)],
            [*words(RIGHT + "And on."), Ends(tokens=20)],
            [*words(YOUNG), Ends(tokens=20)],
        ],
        DoubleReader("They weigh ninety", "ninety"),
        REPAIRS,
    )

    scene.play()

    outcomes = [(each.tier, each.outcome) for each in scene.record.attempts]
    assert outcomes == [
        ("fast", "rejected"),
        ("strong", "repaired"),
        ("fast", "rejected"),
        ("strong", "repaired"),
        ("fast", "rejected"),
        ("strong", "served"),
    ]
    assert text_of(scene.answer.released).strip().endswith(YOUNG.strip())


def test_a_mend_that_ends_the_answer_ends_it() -> None:
    scene = scene_of(
        [[ROLE, says(OTTERS + WRONG), Ends(tokens=60)]],
        [[*words("They weigh thirty kilograms"), Ends(tokens=4)]],
        DoubleReader("ninety"),
        REPAIRS,
    )

    scene.play()

    assert [each.outcome for each in scene.record.attempts] == ["rejected", "served"]


def test_a_fast_tier_that_cannot_resume_leaves_the_rest_to_the_strong_one() -> None:
    scene = scene_of(
        [[ROLE, says(OTTERS + WRONG), Ends(tokens=60)], [Fails(EngineFailed("the engine died"), 0.1)]],
        [[*words(RIGHT + "And on."), Ends(tokens=20)], [*words(YOUNG), Ends(tokens=20)]],
        DoubleReader("ninety"),
        REPAIRS,
    )

    scene.play()

    assert [each.outcome for each in scene.record.attempts] == ["rejected", "repaired", "failed", "served"]
    assert text_of(scene.answer.released).split()[-len(YOUNG.split()) :] == YOUNG.split()


# --- who cannot read ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [CannotRead("no"), Overloaded("busy"), EngineFailed("500")])
def test_what_nobody_can_read_passes_by_the_checks_alone(error: Exception) -> None:
    reader = DoubleReader("ninety", error=error)  # type: ignore[arg-type]
    scene = scene_of([[ROLE, says(OTTERS + WRONG), says(YOUNG), Ends(tokens=30)]], [], reader)

    scene.play()

    assert text_of(scene.answer.released) == OTTERS + WRONG + YOUNG
    note = attempt_of(scene, 1).reading
    assert note is not None
    assert note.unread == error.outcome  # type: ignore[attr-defined]
    assert len(reader.texts) == 1, "who failed once is not asked again for the same answer"


def test_a_reader_that_takes_too_long_is_waited_for_no_longer() -> None:
    reader = DoubleReader("ninety", each_s=600.0)
    scene = scene_of([[ROLE, says(OTTERS + WRONG), Ends(tokens=30)]], [], reader)

    scene.play()

    assert text_of(scene.answer.released) == OTTERS + WRONG
    assert scene.record.elapsed_s == pytest.approx(1.5 + Reads().patience_s)
    assert reader.given_up == 1
    note = attempt_of(scene, 1).reading
    assert note is not None
    assert note.unread == "timed_out"


def test_a_tier_that_has_no_reader_lets_everything_pass() -> None:
    scene = scene_of([[ROLE, says(OTTERS + WRONG), Ends(tokens=30)]], [], DoubleReader())
    scene.fleet.readers.clear()

    scene.play()

    assert text_of(scene.answer.released) == OTTERS + WRONG
    note = attempt_of(scene, 1).reading
    assert note is not None
    assert note.unread == "cannot_read"


def test_a_strong_tier_that_is_left_alone_is_not_asked_to_read() -> None:
    reader = DoubleReader("ninety")
    scene = scene_of([[ROLE, says(OTTERS + WRONG), Ends(tokens=30)]], [], reader)
    scene.fleet.left_alone.add("strong")

    scene.play()

    assert text_of(scene.answer.released) == OTTERS + WRONG
    assert not reader.texts


def test_reading_that_would_miss_the_deadline_is_given_up_before_it() -> None:
    reader = DoubleReader("ninety", each_s=1.5)
    scene = scene_of([[ROLE, says(OTTERS + WRONG), Ends(tokens=30)]], [], reader)

    scene.play(asking(hints=Hints(latency_budget_ms=2500)))

    assert scene.record.outcome == "served"
    assert text_of(scene.answer.released) == OTTERS + WRONG


def test_an_engine_that_fails_while_it_is_read_has_what_was_good_gone_on_with() -> None:
    scene = scene_of(
        [[ROLE, says(OTTERS), Fails(EngineFailed("the engine died"), 0.1)]],
        [[*words(YOUNG), Ends(tokens=20)]],
        DoubleReader(each_s=0.5),
    )

    scene.play()

    assert text_of(scene.answer.released).split() == (OTTERS + YOUNG).split()
    assert [each.outcome for each in scene.record.attempts] == ["failed", "served"]


def test_a_caller_who_leaves_while_something_is_read_has_the_read_given_up() -> None:
    reader = DoubleReader(each_s=5.0)
    scene = scene_of([[ROLE, says(OTTERS), Ends(tokens=30)]], [], reader)

    assert scene.play_until(2.0)

    assert reader.given_up == 1
    assert scene.record.outcome == "caller_left"


# --- what the writer thought itself ---------------------------------------------------------------------------


def sure_of(text: str) -> Says:
    """A block whose engine found each word all but certain."""
    said = json.loads(next(iter(payloads(says(text).data))))
    told = [{"token": word, "logprob": -0.01} for word in text.split()]
    said["choices"][0]["logprobs"] = {"content": told}
    return Says(event(json.dumps(said).encode()), 1.0)


def test_where_it_is_weighed_the_engine_is_asked_how_likely_its_words_were_and_the_caller_not_told() -> None:
    reads = Reads(criteria=criteria_of({**dict.fromkeys(NAMES, "off"), "likelihood_ratio": 0.05}))
    policy = a_policy(otherwise=Then(("fast", "strong"), verify="read", reads=reads))
    draft = [ROLE, sure_of(OTTERS + HANDS), Ends(tokens=30)]
    scene = scene_of([draft], [[*words(YOUNG), Ends()]], DoubleReader(), policy)

    scene.play()

    ((_, envelope), *_) = scene.fast.asked
    assert envelope.tells_logprobs
    assert b'"logprob"' not in scene.answer.released
    note = attempt_of(scene, 1).reading
    assert note is not None
    assert note.reasons == ("likelihood_ratio",)


def test_else_it_is_not_asked() -> None:
    scene = scene_of([[ROLE, says(OTTERS), Ends(tokens=30)]], [], DoubleReader())

    scene.play()

    ((_, envelope), *_) = scene.fast.asked
    assert not envelope.tells_logprobs


# --- what is read ---------------------------------------------------------------------------------------------


def test_where_it_depends_on_stakes_little_is_at_stake_and_nothing_read() -> None:
    reader = DoubleReader("ninety")
    scene = scene_of([[ROLE, says(OTTERS + WRONG), Ends(tokens=30)]], [], reader, AT_STAKE)

    scene.play(asking(hints=Hints(stakes="low")))

    assert not reader.texts
    assert text_of(scene.answer.released) == OTTERS + WRONG


def test_where_it_depends_on_stakes_and_much_is_at_stake_it_is_read() -> None:
    reader = DoubleReader()
    scene = scene_of([[ROLE, says(OTTERS), Ends(tokens=30)]], [], reader, AT_STAKE)

    scene.play(asking(hints=Hints(stakes="high")))

    assert reader.texts


@pytest.mark.parametrize("end", [[says(WRONG), Ends(tokens=30)], [ends_saying(WRONG, 30)]])
def test_where_it_depends_on_doubt_an_answer_that_nobody_doubts_is_not_read(end: list[Step]) -> None:
    reader = DoubleReader("ninety")
    scene = scene_of([[ROLE, says(OTTERS), *end]], [], reader, DOUBTED)

    scene.play()

    assert not reader.texts
    assert text_of(scene.answer.released) == OTTERS + WRONG


@pytest.mark.parametrize("end", [[says(HANDS), Ends(tokens=30)], [ends_saying(HANDS, 30)]])
def test_a_whole_answer_is_read_in_one_go(end: list[Step]) -> None:
    reader = DoubleReader()
    scene = scene_of([[ROLE, says(OTTERS), *end]], [], reader, WHOLE)

    scene.play()

    assert reader.texts == [("", OTTERS + HANDS)]


@pytest.mark.parametrize("about", [{"n": 2}, {"tools": [{"type": "function", "function": {"name": "look"}}]}])
def test_answers_that_are_not_one_text_are_not_read(about: dict[str, object]) -> None:
    reader = DoubleReader("ninety")
    scene = scene_of([[ROLE, says(OTTERS), Ends(tokens=30)]], [], reader)

    scene.play(asking(parameters=about))

    assert not reader.texts
