"""The tiers a request can really climb: what a rule wants, minus what cannot be, or an error that says why."""

import pytest
from msgspec.structs import replace

from router.core.capabilities import TierFacts
from router.core.errors import ContextTooLong, Forbidden, InvalidRequest, NoTierAvailable, UnsupportedParameter
from router.core.ladder import Ladder, effective_ladder, reach_up_to
from router.core.policy import Then
from router.core.values import ChatRequest, Message, Part, Signals, Tier
from tests.examples import FAST, HOSTED, SIGNALS, STRONG, chat_request, signals

ALL: dict[Tier, TierFacts] = {"fast": FAST, "strong": STRONG, "hosted": HOSTED}
TWO: dict[Tier, TierFacts] = {"fast": FAST, "strong": STRONG}

CHEAP_FIRST = Then(("fast", "strong"))
CAREFUL = Then(("strong",))
CAREFUL_OR_LESS = Then(("strong",), on_unavailable="degrade")

PLAIN = chat_request()
PICTURE = chat_request(Message("user", (Part("image_url", url="data:,"),)))
FILM = chat_request(Message("user", (Part("video_url", url="data:,"),)))


def test_a_reach_holds_the_configured_tiers_up_to_its_highest() -> None:
    assert list(reach_up_to("strong", ALL).tiers) == ["fast", "strong"]
    assert list(reach_up_to("hosted", TWO).tiers) == ["fast", "strong"]
    assert list(reach_up_to("fast", {"strong": STRONG}).tiers) == []


def climb(
    then: Then,
    tiers: dict[Tier, TierFacts],
    request: ChatRequest = PLAIN,
    measured: Signals = SIGNALS,
    cap: Tier = "hosted",
) -> Ladder:
    return effective_ladder(then, reach_up_to(cap, tiers), request, measured)


def tiers_of(ladder: Ladder) -> list[Tier]:
    return [fit.tier for fit in ladder.fits]


# --- what is taken off a rule's ladder -------------------------------------------------------------------------


def test_a_ladder_that_can_be_climbed_is_the_rules_own() -> None:
    ladder = climb(CHEAP_FIRST, TWO)

    assert tiers_of(ladder) == ["fast", "strong"]
    assert ladder.exclusions == ()
    assert ladder.fallback == ()
    assert not ladder.degraded


def test_a_ladder_keeps_the_order_its_rule_gave_it() -> None:
    assert tiers_of(climb(Then(("strong", "fast")), TWO)) == ["strong", "fast"]


def test_a_tier_that_cannot_serve_is_left_out_and_the_reason_kept() -> None:
    ladder = climb(CHEAP_FIRST, TWO, chat_request(seed=1))

    assert tiers_of(ladder) == ["strong"]
    assert [(each.tier, each.parameter) for each in ladder.exclusions] == [("fast", "seed")]


def test_a_tier_above_the_cap_is_left_out() -> None:
    assert tiers_of(climb(Then(("fast", "strong", "hosted")), ALL, cap="strong")) == ["fast", "strong"]


def test_a_tier_that_is_not_configured_is_left_out() -> None:
    assert tiers_of(climb(Then(("fast", "strong", "hosted")), TWO)) == ["fast", "strong"]


def test_each_tier_knows_what_it_drops() -> None:
    ladder = climb(CHEAP_FIRST, TWO, chat_request(temperature=0.2))

    assert [(fit.tier, fit.dropped) for fit in ladder.fits] == [("fast", ("temperature",)), ("strong", ())]


# --- when nothing is left ---------------------------------------------------------------------------------------


def test_when_no_tier_of_the_rule_is_capable_the_next_capable_one_above_takes_its_place() -> None:
    ladder = climb(Then(("fast",)), ALL, chat_request(seed=1))

    assert tiers_of(ladder) == ["strong"]
    assert [each.tier for each in ladder.exclusions] == ["fast"]


def test_the_next_capable_tier_may_be_two_steps_up() -> None:
    ladder = climb(Then(("fast",)), ALL, FILM)

    assert tiers_of(ladder) == ["hosted"]
    assert [each.tier for each in ladder.exclusions] == ["fast", "strong"]


def test_a_rule_whose_tiers_are_not_configured_is_served_by_the_next_tier_above() -> None:
    assert tiers_of(climb(Then(("fast",)), {"strong": STRONG})) == ["strong"]


def test_the_tier_above_is_not_taken_when_it_is_over_the_cap() -> None:
    with pytest.raises(UnsupportedParameter) as refused:
        climb(Then(("fast",)), ALL, chat_request(seed=1), cap="fast")

    assert refused.value.param == "seed"


def test_a_tier_below_is_never_taken_for_a_capability() -> None:
    strong_hears = replace(STRONG, accepts=frozenset())
    fast_sees = replace(FAST, accepts=frozenset(("image",)))

    with pytest.raises(UnsupportedParameter):
        climb(CAREFUL_OR_LESS, {"fast": fast_sees, "strong": strong_hears}, PICTURE)


def test_a_parameter_that_no_tier_honours_is_named_in_the_error() -> None:
    with pytest.raises(UnsupportedParameter, match="audio asks for spoken answers") as refused:
        climb(CHEAP_FIRST, ALL, chat_request(audio={"voice": "x"}))

    assert refused.value.param == "audio"


def test_the_error_names_what_the_last_tier_lacked() -> None:
    with pytest.raises(UnsupportedParameter) as refused:
        climb(CHEAP_FIRST, ALL, chat_request(seed=1, audio={}))

    assert refused.value.param == "audio"


def test_a_refused_parameter_ends_the_search_for_a_tier_above() -> None:
    lenient = replace(HOSTED, dialect=replace(HOSTED.dialect, refuses={}))

    with pytest.raises(UnsupportedParameter) as refused:
        climb(Then(("fast",)), {"fast": FAST, "hosted": lenient}, chat_request(audio={}))

    assert refused.value.param == "audio"


def test_media_that_no_reachable_tier_accepts_are_an_error_about_the_messages() -> None:
    with pytest.raises(UnsupportedParameter, match="video") as refused:
        climb(CHEAP_FIRST, TWO, FILM)

    assert refused.value.param == "messages"


def test_a_cap_below_the_rule_names_the_grant() -> None:
    with pytest.raises(Forbidden, match=r"strong.*at most") as refused:
        climb(CAREFUL, TWO, cap="fast")

    assert refused.value.grant == "max_tier"


def test_a_cap_that_the_caller_set_itself_is_no_matter_of_rights() -> None:
    with pytest.raises(InvalidRequest, match=r"strong.*at most") as refused:
        effective_ladder(CAREFUL, reach_up_to("fast", TWO, "hint"), PLAIN, SIGNALS)

    assert refused.value.param == "x-router-max-tier"


def test_a_needed_tier_that_is_not_configured_is_named_and_is_no_fault_of_the_caller() -> None:
    with pytest.raises(NoTierAvailable, match="strong"):
        climb(CAREFUL, {"fast": FAST})


# --- the estimate of the context --------------------------------------------------------------------------------


def test_a_prompt_too_long_for_one_tier_goes_to_the_one_it_fits() -> None:
    ladder = climb(CHEAP_FIRST, ALL, measured=signals(prompt_tokens=5_000))

    assert tiers_of(ladder) == ["strong"]
    assert [each.parameter for each in ladder.exclusions] == ["context"]


def test_a_prompt_too_long_for_the_rule_goes_to_the_tier_above() -> None:
    assert tiers_of(climb(CHEAP_FIRST, ALL, measured=signals(prompt_tokens=9_000))) == ["hosted"]


def test_an_estimate_alone_never_turns_a_request_away_because_the_engine_counts_for_itself() -> None:
    ladder = climb(CHEAP_FIRST, ALL, measured=signals(prompt_tokens=1_000_000))

    assert tiers_of(ladder) == ["hosted"]


def test_an_estimate_alone_never_turns_a_pinned_request_away() -> None:
    assert tiers_of(climb(Then(("fast",)), ALL, measured=signals(prompt_tokens=1_000_000), cap="fast")) == ["fast"]


def test_of_two_tiers_that_are_too_small_the_request_goes_to_the_one_that_can_otherwise_serve_it() -> None:
    ladder = climb(CHEAP_FIRST, TWO, chat_request(seed=1), signals(prompt_tokens=1_000_000))

    assert tiers_of(ladder) == ["strong"]


def test_an_estimate_alone_never_turns_a_request_away_even_when_every_other_tier_refuses_it() -> None:
    singer = replace(FAST, dialect=replace(FAST.dialect, refuses={}))
    tiers: dict[Tier, TierFacts] = {"fast": singer, "strong": STRONG}

    ladder = climb(CHEAP_FIRST, tiers, chat_request(audio={}), signals(prompt_tokens=5_000))

    assert tiers_of(ladder) == ["fast"]


def test_a_long_prompt_does_not_excuse_a_parameter_that_no_tier_honours() -> None:
    with pytest.raises(UnsupportedParameter) as refused:
        climb(CHEAP_FIRST, ALL, chat_request(audio={}), signals(prompt_tokens=1_000_000))

    assert refused.value.param == "audio"
    assert not isinstance(refused.value, ContextTooLong)


# --- degrade or fail --------------------------------------------------------------------------------------------


def test_a_rule_that_degrades_falls_back_to_the_tiers_below_the_nearest_first() -> None:
    ladder = climb(Then(("hosted",), on_unavailable="degrade"), ALL)

    assert tiers_of(ladder) == ["hosted"]
    assert [fit.tier for fit in ladder.fallback] == ["strong", "fast"]
    assert not ladder.degraded


def test_a_rule_that_fails_has_nothing_to_fall_back_to() -> None:
    assert climb(CAREFUL, TWO).fallback == ()


def test_a_tier_of_the_ladder_is_not_also_a_fallback() -> None:
    ladder = climb(Then(("fast", "strong"), on_unavailable="degrade"), ALL)

    assert ladder.fallback == ()


def test_a_tier_that_cannot_serve_is_no_fallback_either() -> None:
    assert climb(CAREFUL_OR_LESS, TWO, chat_request(seed=1)).fallback == ()


def test_a_fallback_knows_what_it_drops() -> None:
    ladder = climb(CAREFUL_OR_LESS, TWO, chat_request(temperature=0.2))

    assert [(fit.tier, fit.dropped) for fit in ladder.fallback] == [("fast", ("temperature",))]


def test_a_rule_that_degrades_is_served_below_when_its_tier_is_not_configured() -> None:
    ladder = climb(CAREFUL_OR_LESS, {"fast": FAST})

    assert tiers_of(ladder) == ["fast"]
    assert ladder.degraded


def test_a_rule_that_degrades_is_served_below_when_its_tier_is_above_the_cap() -> None:
    ladder = climb(CAREFUL_OR_LESS, TWO, cap="fast")

    assert tiers_of(ladder) == ["fast"]
    assert ladder.degraded


def test_a_rule_that_degrades_does_not_degrade_to_a_tier_that_cannot_serve() -> None:
    with pytest.raises((UnsupportedParameter, NoTierAvailable, Forbidden)):
        climb(CAREFUL_OR_LESS, {"fast": FAST}, chat_request(seed=1))
