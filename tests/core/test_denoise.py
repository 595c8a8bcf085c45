"""How the time left becomes passes: within the policy's limits, never more than fit, and with a reason."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from router.core.capabilities import Dial, DialName, TierFacts
from router.core.denoise import FIXED, NO_BUDGET, NOT_KNOWN, Chosen, Spending, spend, spending_of
from router.core.latency import COMMIT, Course, canvases_of
from router.core.policy import AUTO, Denoise, DenoiseWithin, Range
from router.core.values import NOTHING_TOLD, Quantiles, TierState
from tests.examples import BROAD, FAST, NARROW, STRONG, a_view, chat_request, signals

COURSE = Course(before_ms=0.0, pass_ms=10.0, canvas_tokens=256)
LONG = Quantiles(200, 500, "generation")
"""Up to two canvases."""

SHORT = Quantiles(20, 60, "generation")
GUESS = Quantiles(20, 60, NOTHING_TOLD)

DIALS: dict[DialName, Dial] = {
    "denoise.steps": Dial("engine", "max_steps"),
    "denoise.canvas": Dial("engine", "canvas"),
}
DIALLED = replace(FAST, dialect=replace(NARROW, dials=DIALS, router_owned={"engine": NARROW.router_owned["priority"]}))
STATE = TierState(
    True, 4_000, predicted_p50_ms=300, predicted_p90_ms=800, seen_answers=40, canvas_tokens=256, pass_ms=10.0
)
TIERS: dict = {"fast": DIALLED, "strong": STRONG}

ranges = st.tuples(st.integers(1, 60), st.integers(1, 60)).map(lambda ends: Range(min(ends), max(ends)))
widths = st.tuples(st.integers(1, 512), st.integers(1, 512)).map(lambda ends: Range(min(ends), max(ends)))
limits = st.builds(DenoiseWithin, ranges, st.none() | widths)
courses = st.builds(Course, st.floats(0, 1e4), st.floats(0.01, 1e3), st.sampled_from((64, 256)))
lengths = st.builds(Quantiles, st.integers(0, 5_000), st.integers(0, 9_000), st.sampled_from(("task", NOTHING_TOLD)))
times = st.floats(0, 1e6)


def spending(
    said: Denoise | DenoiseWithin, budget_ms: float | None, tokens: Quantiles = LONG, **parameters
) -> Spending | None:
    measured = signals(answer_tokens=tokens.p50, answer_tokens_p90=tokens.p90, answer_base=tokens)
    view = a_view(chat_request(**parameters), measured, tiers={"fast": STATE, "strong": TierState(True, 8_000)})
    return spending_of(said, view, TIERS, budget_ms)


def chosen(said, budget_ms: float | None = 500.0, spent_ms: float = 0.0, **about) -> Chosen:
    found = spending(said, budget_ms, **about)
    assert found is not None
    choice = found.choice("fast", spent_ms)
    assert choice is not None
    return choice


# --- passes and canvases ----------------------------------------------------------------------------------------


@given(limits, courses, lengths, times)
def test_no_pass_below_the_floor_or_above_the_ceiling_and_no_canvas_wider_than_the_engines(
    within: DenoiseWithin, course: Course, tokens: Quantiles, left_ms: float
) -> None:
    asked = spend(within, course, tokens, left_ms)

    assert asked.steps is not None
    assert within.steps.floor <= asked.steps <= within.steps.ceiling
    if asked.canvas is not None:
        assert within.canvas is not None
        assert min(within.canvas.floor, course.canvas_tokens) <= asked.canvas <= within.canvas.ceiling
        assert asked.canvas < course.canvas_tokens


@given(limits, courses, lengths, times, times)
def test_with_more_time_there_are_never_fewer_passes(
    within: DenoiseWithin, course: Course, tokens: Quantiles, one_ms: float, other_ms: float
) -> None:
    less, more = (spend(within, course, tokens, left_ms).steps for left_ms in sorted((one_ms, other_ms)))

    assert less is not None
    assert more is not None
    assert less <= more


@given(limits, courses, lengths, times)
def test_above_the_floor_every_canvas_may_take_its_cap_and_be_in_time(
    within: DenoiseWithin, course: Course, tokens: Quantiles, left_ms: float
) -> None:
    asked = spend(within, course, tokens, left_ms)

    assert asked.steps is not None
    canvases = canvases_of(max(tokens.p50, tokens.p90), asked.canvas or course.canvas_tokens)
    takes_ms = course.before_ms + canvases * (asked.steps + COMMIT) * course.pass_ms
    assert asked.steps == within.steps.floor or takes_ms <= left_ms * (1 + 1e-9) + 1e-6


def test_what_comes_before_the_first_pass_is_not_spent_on_passes() -> None:
    later = replace(COURSE, before_ms=100.0)

    assert spend(AUTO, COURSE, LONG, 500.0).steps == 24
    assert spend(AUTO, later, LONG, 500.0).steps == 19


def test_a_short_answer_gets_the_narrowest_canvas_that_it_is_likely_to_fit_where_time_is_short() -> None:
    assert spend(AUTO, COURSE, SHORT, 300.0) == Denoise(29, 64)
    assert spend(AUTO, COURSE, replace(SHORT, p90=65), 300.0) == Denoise(29, 128)
    assert spend(AUTO, COURSE, LONG, 300.0) == Denoise(14, None)


def test_a_canvas_stays_whole_where_there_is_time_or_the_length_is_a_guess_or_the_policy_says_nothing_of_it() -> None:
    assert spend(AUTO, COURSE, SHORT, 5_000.0) == Denoise(48, None)
    assert spend(AUTO, COURSE, GUESS, 300.0) == Denoise(29, None)
    assert spend(DenoiseWithin(Range(8, 48)), COURSE, SHORT, 300.0) == Denoise(29, None)


def test_a_ceiling_below_the_engines_own_width_holds_and_more_canvases_are_paid_for() -> None:
    assert spend(DenoiseWithin(Range(8, 48), Range(64, 128)), COURSE, LONG, 500.0) == Denoise(11, 128)


# --- what is told, and why --------------------------------------------------------------------------------------


def test_the_reason_tells_the_time_the_canvases_and_the_pass() -> None:
    assert chosen(AUTO) == Chosen(24, None, "0.5 s left for 2 canvases at 10 ms a pass")
    assert chosen(AUTO, tokens=SHORT, budget_ms=300.0).why == "0.3 s left for 1 canvas at 10 ms a pass"


def test_the_reason_tells_which_limit_holds() -> None:
    assert chosen(AUTO, budget_ms=100.0).why.endswith("a pass: too little for the floor of 8 passes")
    assert chosen(AUTO, budget_ms=9_000.0).why.endswith("a pass: enough for the ceiling of 48 passes")


def test_what_was_spent_of_the_budget_is_not_left() -> None:
    assert chosen(AUTO, spent_ms=200.0) == Chosen(14, None, "0.3 s left for 2 canvases at 10 ms a pass")
    assert chosen(AUTO, spent_ms=9_000.0).steps == 8


def test_what_of_the_answer_is_there_has_not_to_be_written_again() -> None:
    whole = spending(AUTO, 500.0)
    assert whole is not None

    rest = whole.choice("fast", 200.0, written_tokens=256)

    assert rest == Chosen(29, None, "0.3 s left for 1 canvas at 10 ms a pass")


def test_without_a_budget_or_a_known_pass_the_engine_is_left_as_it_was_started() -> None:
    unknown = spending_of(AUTO, a_view(), TIERS, 500.0)
    assert unknown is not None

    assert chosen(AUTO, budget_ms=None) == Chosen(None, None, NO_BUDGET)
    assert unknown.choice("fast") == Chosen(None, None, NOT_KNOWN)


def test_what_a_policy_fixes_is_told_whatever_is_left() -> None:
    assert chosen(Denoise(6, 64), budget_ms=None) == Chosen(6, 64, FIXED)
    assert chosen(DenoiseWithin(Range(6, 6), Range(64, 256)), budget_ms=None) == Chosen(6, None, NO_BUDGET)


def test_engines_without_the_dials_are_left_alone() -> None:
    only_strong: dict = {"strong": TierFacts("strong", BROAD, 8_000)}

    assert spending_of(AUTO, a_view(), only_strong, 500.0) is None
    found = spending(AUTO, 500.0)
    assert found is not None
    assert found.choice("strong") is None


def test_a_dial_that_the_caller_may_turn_and_turned_is_left_to_it() -> None:
    assert chosen(AUTO, engine={"max_steps": 3}).steps is None
    assert chosen(AUTO, engine={"canvas": 32}, tokens=SHORT, budget_ms=300.0) == Chosen(
        29, None, "0.3 s left for 1 canvas at 10 ms a pass"
    )
    assert spending(AUTO, 500.0, engine={"max_steps": 3, "canvas": 32}) is None


# --- what is predicted ------------------------------------------------------------------------------------------


@given(limits, st.integers(1, 100_000), lengths)
def test_a_tier_whose_passes_follow_the_budget_keeps_it_unless_the_floor_does_not(
    within: DenoiseWithin, budget_ms: int, tokens: Quantiles
) -> None:
    found = spending(within, budget_ms, tokens)
    assert found is not None

    foreseen, choice = found.foreseen("fast", STATE), found.choice("fast")

    assert choice is not None
    assert foreseen.predicted_p50_ms <= foreseen.predicted_p90_ms <= STATE.predicted_p90_ms
    assert choice.steps == within.steps.floor or foreseen.predicted_p90_ms <= budget_ms


def test_without_a_budget_what_is_predicted_stays() -> None:
    found = spending(AUTO, None)
    assert found is not None

    assert found.foreseen("fast", STATE) == STATE


def test_a_fixed_cap_counts_in_what_is_predicted() -> None:
    found = spending(Denoise(steps=4), None)
    assert found is not None

    foreseen = found.foreseen("fast", STATE)

    assert (foreseen.predicted_p50_ms, foreseen.predicted_p90_ms) == (50, 100)
