"""Cases: the circumstances of a request as a policy sees them, and what of a decision is not as expected."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.case import Case, Difference, Expectation, Setting, Usual, examine, measured_once, overridden, put
from router.core.grants import OWNER, Caller
from router.core.policy import Denoise, Policy, Then
from router.core.recall import Conversation
from router.core.scoring import BY_HAND
from router.core.values import (
    BANDS,
    TIERS,
    UNJUDGED,
    Band,
    ChatRequest,
    Hints,
    Message,
    Part,
    Score,
    Signals,
    TierState,
)
from tests.examples import FAST, HOSTED, LOW, STRONG, a_policy, a_rule, caller, chat_request, signals
from tests.usual import SCALE, measure

USUAL = Usual({"fast": FAST, "strong": STRONG}, measure, SCALE)

SCALES = {"stakes": BY_HAND, "difficulty": SCALE}
CHEAP_FIRST = Then(("fast", "strong"))
POLICY = a_policy(otherwise=CHEAP_FIRST)
POEM = chat_request(Message("user", (Part("text", "Write a short poem about autumn leaves."),)))


def a_case(
    request: ChatRequest = POEM,
    hints: Hints = Hints(),  # noqa: B008 - a frozen value
    by: Caller = OWNER,
    setting: Setting = Setting(),  # noqa: B008 - a frozen value
    **expected: Any,
) -> Case:
    return Case("one", request, hints, by, setting, Expectation(**expected))


def differences(policy: Policy, case: Case) -> dict[tuple[str, ...], str]:
    return {each.part: each.said for each in examine(policy, case, USUAL)}


# --- the circumstances ------------------------------------------------------------------------------------------


def test_a_case_meets_the_usual_tiers_idle_and_well() -> None:
    question = put(a_case(), USUAL)

    assert question.view.tiers == {"fast": TierState(True, 4_000), "strong": TierState(True, 8_000)}
    assert list(question.reach.configured) == ["fast", "strong"]
    assert question.view.conversation == Conversation()
    assert (question.view.escalated, question.pin) == (False, None)


def test_a_case_says_how_the_tiers_are_doing_instead() -> None:
    setting = Setting(tiers={"fast": {"in_flight": 3, "failures": 2, "context_tokens": 100}})

    question = put(a_case(setting=setting), USUAL)

    assert question.view.tiers["fast"] == TierState(True, 100, 3, 2)
    assert question.reach.configured["fast"].context_tokens == 100
    assert question.reach.configured["strong"] == STRONG


def test_a_tier_that_is_not_configured_is_not_there_at_all() -> None:
    question = put(a_case(setting=Setting(tiers={"strong": {"configured": False}})), USUAL)

    assert list(question.view.tiers) == list(question.reach.configured) == list(question.reach.tiers) == ["fast"]


def test_a_case_says_what_is_remembered() -> None:
    question = put(a_case(setting=Setting(conversation=Conversation("strong", 2), escalated=True)), USUAL)

    assert (question.view.conversation, question.view.escalated) == (Conversation("strong", 2), True)


def test_stakes_are_those_after_hint_and_floor() -> None:
    assert put(a_case(), USUAL).view.stakes.band == "low"
    assert put(a_case(hints=Hints(stakes="high")), USUAL).view.stakes.band == "high"
    assert put(a_case(by=caller(min_stakes="medium")), USUAL).view.stakes.band == "medium"


@pytest.mark.parametrize(
    ("hint", "granted", "reached", "limited_by"),
    [
        (None, "hosted", "hosted", "key"),
        ("strong", "hosted", "strong", "hint"),
        ("hosted", "fast", "fast", "key"),
        ("fast", "fast", "fast", "key"),
    ],
)
def test_a_case_reaches_as_high_as_key_and_hint_let_it(hint: Any, granted: Any, reached: str, limited_by: str) -> None:
    reach = put(a_case(hints=Hints(max_tier=hint), by=caller(max_tier=granted)), USUAL).reach

    assert (reach.max_tier, reach.limited_by) == (reached, limited_by)


@pytest.mark.parametrize(
    ("model", "pin"),
    [("auto", None), ("auto:other", None), ("fast", "fast"), ("strong", "strong"), ("hosted", "hosted")],
)
def test_the_name_of_a_tier_pins_it(model: str, pin: str | None) -> None:
    assert put(a_case(chat_request(model=model)), USUAL).pin == pin


@pytest.mark.parametrize(
    ("request_", "hints", "by", "error"),
    [
        (chat_request(model="gpt-4"), Hints(), OWNER, "ModelNotFound"),
        (chat_request(model="fast"), Hints(), caller(), "Forbidden"),
        (chat_request(model="auto"), Hints(), caller(models=("fast",)), "Forbidden"),
        (chat_request(model="auto"), Hints(stakes="high"), caller(hints="none"), "Forbidden"),
        (chat_request(model="auto"), Hints(policy="cheap"), caller(policies=("test",)), "Forbidden"),
        (chat_request(model="auto:cheap"), Hints(), caller(policies=("test",)), "Forbidden"),
    ],
)
def test_what_a_key_may_not_ask_is_refused_as_it_would_be_served(
    request_: ChatRequest, hints: Hints, by: Caller, error: str
) -> None:
    assert examine(POLICY, a_case(request_, hints, by, error=error), USUAL) == ()
    assert () in differences(POLICY, a_case(request_, hints, by))


# --- signals in the place of measured ones ----------------------------------------------------------------------


def test_a_request_that_many_cases_ask_is_measured_once() -> None:
    asked: list[ChatRequest] = []

    def measure_and_count(request: ChatRequest) -> Signals:
        asked.append(request)
        return measure(request)

    usual = measured_once(Usual(USUAL.tiers, measure_and_count, SCALE))
    with_tools = chat_request(*POEM.messages, tools=[{"type": "function", "function": {"name": "delete_user"}}])

    for request in (POEM, chat_request(*POEM.messages), with_tools, POEM):
        assert put(a_case(request), usual).view.signals == measure(request)
    assert asked == [POEM, with_tools]


def test_what_is_not_given_stays_as_it_was_measured() -> None:
    assert overridden(measure(POEM), {}, SCALE) == measure(POEM)


@pytest.mark.parametrize(
    ("name", "value"),
    [("prompt_tokens", 9), ("turns", 3), ("code", True), ("scripts", ("han",)), ("tools", 2), ("schema", True)],
)
def test_a_signal_takes_the_place_of_the_measured_one_and_of_no_other(name: str, value: Any) -> None:
    assert overridden(signals(), {name: value}, SCALE) == signals(**{name: value})


@pytest.mark.parametrize("scored", ["stakes", "difficulty"])
@pytest.mark.parametrize("band", BANDS)
def test_a_band_stands_for_a_score_in_its_middle(scored: str, band: Band) -> None:
    score = getattr(overridden(signals(), {scored: band}, SCALE), scored)

    assert score.band == SCALES[scored].band_of(score.score) == band


@pytest.mark.parametrize("scored", ["stakes", "difficulty"])
@given(score=st.floats(0, 1))
def test_a_score_has_the_band_it_lies_in(scored: str, score: float) -> None:
    found = overridden(signals(), {f"{scored}_score": score}, SCALE)

    assert getattr(found, scored) == Score(score, SCALES[scored].band_of(score))


def test_scores_that_are_not_judged_are_guesses() -> None:
    found = overridden(signals(), {"judged": False}, SCALE)

    assert found.stakes == Score(LOW.score, LOW.band, (UNJUDGED,))
    assert found.difficulty == Score(LOW.score, LOW.band, (UNJUDGED,))


def test_scores_that_are_judged_are_none() -> None:
    foreign = signals(stakes=Score(0.5, "medium", (UNJUDGED, "a")), difficulty=Score(0.5, "medium", ("b",)))

    found = overridden(foreign, {"judged": True}, SCALE)

    assert found.stakes == Score(0.5, "medium", ("a",))
    assert found.difficulty == Score(0.5, "medium", ("b",))


# --- what is not as expected ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "expected",
    [
        {},
        {"tier": "fast"},
        {"ladder": ("fast", "strong")},
        {"rule": "otherwise"},
        {"reason": "otherwise"},
        {"settings": {"sticky": "up", "timeout": None, "denoise": None, "annotate": {}}},
        {"tier": "fast", "ladder": ("fast", "strong"), "rule": "otherwise", "reason": "otherwise"},
    ],
)
def test_a_decision_as_expected_differs_in_nothing(expected: dict[str, Any]) -> None:
    assert examine(POLICY, a_case(**expected), USUAL) == ()


@pytest.mark.parametrize(
    ("expected", "part", "found", "wanted"),
    [
        ({"tier": "strong"}, ("tier",), "'fast'", "'strong'"),
        ({"ladder": ("fast",)}, ("ladder",), "[fast, strong]", "[fast]"),
        ({"ladder": ("strong", "fast")}, ("ladder",), "[fast, strong]", "[strong, fast]"),
        ({"rule": "careful"}, ("rule",), "'otherwise'", "'careful'"),
        ({"reason": "rule"}, ("reason",), "'otherwise'", "'rule'"),
        ({"settings": {"sticky": "off"}}, ("settings", "sticky"), "'up'", "'off'"),
        ({"settings": {"timeout": "2s"}}, ("settings", "timeout"), "not set", "'2s'"),
        ({"settings": {"thinking": "on"}}, ("settings", "thinking"), "not set", "'on'"),
        ({"settings": {"annotate": {"a": "b"}}}, ("settings", "annotate"), "not set", "{'a': 'b'}"),
        ({"fallback": ("fast",)}, ("fallback",), "[]", "[fast]"),
    ],
)
def test_a_difference_says_where_what_was_found_and_what_was_expected(
    expected: dict[str, Any], part: tuple[str, ...], found: str, wanted: str
) -> None:
    ((differing, said),) = differences(POLICY, a_case(**expected)).items()

    assert differing == part
    assert said.endswith(f"is {found}, expected {wanted}")


def test_every_part_that_differs_is_told() -> None:
    expected = {"tier": "strong", "rule": "careful", "settings": {"sticky": "off", "timeout": "2s", "thinking": None}}

    assert set(differences(POLICY, a_case(**expected))) == {
        ("tier",),
        ("rule",),
        ("settings", "sticky"),
        ("settings", "timeout"),
    }


def test_settings_are_those_of_the_rule_that_decides() -> None:
    then = Then(("fast",), denoise=Denoise(steps=8), annotate={"team": "a"}, thinking=False, commit_after_s=3.0)
    policy = a_policy(a_rule("one", then, holds=True), otherwise=CHEAP_FIRST)

    assert examine(policy, a_case(settings=then.settings()), USUAL) == ()
    assert set(differences(policy, a_case(settings=CHEAP_FIRST.settings()))) == {
        ("settings", name) for name in ("denoise", "annotate", "thinking", "commit_after")
    }


# --- errors -----------------------------------------------------------------------------------------------------

CAREFUL = a_policy(otherwise=Then(("strong",)))
WITHOUT_STRONG = Setting(tiers={"strong": {"configured": False}})


@pytest.mark.parametrize(
    ("case", "error"),
    [
        (a_case(setting=WITHOUT_STRONG), "NoTierAvailable"),
        (a_case(hints=Hints(max_tier="fast")), "InvalidRequest"),
        (a_case(by=caller(max_tier="fast")), "Forbidden"),
        (a_case(chat_request(audio={})), "UnsupportedParameter"),
    ],
)
def test_an_error_can_be_what_is_expected(case: Case, error: str) -> None:
    expecting = Case(case.name, case.request, case.hints, case.caller, case.setting, Expectation(error=error))

    assert examine(CAREFUL, expecting, USUAL) == ()
    ((part, said),) = differences(CAREFUL, case).items()
    assert part == ()
    assert said.startswith(f"the request is refused with {error}: ")


def test_another_error_than_the_expected_one_differs() -> None:
    case = a_case(setting=WITHOUT_STRONG, error="Forbidden")

    assert examine(CAREFUL, case, USUAL) == (
        Difference(("error",), "the error is NoTierAvailable, expected Forbidden"),
    )


def test_an_answer_instead_of_the_expected_error_differs() -> None:
    ((part, said),) = differences(POLICY, a_case(error="Forbidden")).items()

    assert part == ("error",)
    assert said == "expected the error Forbidden, but rule 'otherwise' sends it to fast, strong"


def test_cases_meet_whichever_tiers_they_are_run_among() -> None:
    everything = Then(TIERS)

    found = examine(
        a_policy(otherwise=everything), a_case(ladder=TIERS), Usual({**USUAL.tiers, "hosted": HOSTED}, measure, SCALE)
    )

    assert found == ()
