"""What a virtual key may do, and what becomes of a caller's hints under it."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.errors import Forbidden
from router.core.grants import (
    OWNER,
    Grants,
    HintsGrant,
    allows_model,
    check_hints,
    check_model,
    check_policy,
    effective_max_tier,
    effective_stakes,
)
from router.core.values import BANDS, TIERS, Band, Hints, Score, Tier

bands = st.sampled_from(BANDS)
hints_grants: st.SearchStrategy[HintsGrant] = st.sampled_from(["full", "raise_only"])


@pytest.mark.parametrize(
    ("patterns", "model"),
    [
        (("*",), "anything at all"),
        (("auto",), "auto"),
        (("auto*",), "auto:cheap"),
        (("auto", "fast"), "fast"),
        (("gemma-?",), "gemma-4"),
    ],
)
def test_a_key_may_use_the_models_its_patterns_match(patterns: tuple[str, ...], model: str) -> None:
    check_model(Grants(models=patterns), model, pinned=False)

    assert allows_model(Grants(models=patterns), model)


@pytest.mark.parametrize(
    ("patterns", "model"),
    [
        (("auto",), "auto:cheap"),
        (("auto:*",), "auto"),
        (("auto",), "AUTO"),
        (("gemma-?",), "gemma-40"),
        ((), "auto"),
    ],
)
def test_a_key_may_use_no_model_that_its_patterns_do_not_match(patterns: tuple[str, ...], model: str) -> None:
    with pytest.raises(Forbidden) as forbidden:
        check_model(Grants(models=patterns), model, pinned=False)

    assert forbidden.value.grant == "models"
    assert not allows_model(Grants(models=patterns), model)


def test_a_key_pins_only_when_it_was_granted() -> None:
    check_model(Grants(pins=True), "strong", pinned=True)

    with pytest.raises(Forbidden) as forbidden:
        check_model(Grants(), "strong", pinned=True)

    assert forbidden.value.grant == "pins"


def test_the_grant_to_pin_does_not_widen_the_models_of_a_key() -> None:
    with pytest.raises(Forbidden) as forbidden:
        check_model(Grants(models=("auto",), pins=True), "strong", pinned=True)

    assert forbidden.value.grant == "models"


@pytest.mark.parametrize(
    "hints",
    [
        Hints(stakes="high"),
        Hints(latency_budget_ms=100),
        Hints(policy="cheap"),
        Hints(max_tier="fast"),
        Hints(conversation="c-1"),
    ],
)
def test_a_key_without_hints_may_give_none_of_them(hints: Hints) -> None:
    check_hints(Grants(hints="raise_only"), hints)
    check_hints(Grants(hints="full"), hints)

    with pytest.raises(Forbidden) as forbidden:
        check_hints(Grants(hints="none"), hints)

    assert forbidden.value.grant == "hints"


def test_a_key_without_hints_may_say_nothing() -> None:
    check_hints(Grants(hints="none"), Hints())


@pytest.mark.parametrize(("patterns", "policy"), [(("*",), "any"), (("team-*",), "team-a")])
def test_a_key_may_choose_the_policies_its_patterns_match(patterns: tuple[str, ...], policy: str) -> None:
    check_policy(Grants(policies=patterns), policy)


@pytest.mark.parametrize(("patterns", "policy"), [(("team-*",), "default"), ((), "default")])
def test_a_key_may_choose_no_policy_that_its_patterns_do_not_match(patterns: tuple[str, ...], policy: str) -> None:
    with pytest.raises(Forbidden) as forbidden:
        check_policy(Grants(policies=patterns), policy)

    assert forbidden.value.grant == "policies"


@pytest.mark.parametrize(
    ("may", "measured", "hint", "floor", "band", "reasons"),
    [
        ("raise_only", "medium", None, "low", "medium", ("m",)),
        ("raise_only", "medium", "medium", "low", "medium", ("m",)),
        ("raise_only", "medium", "high", "low", "high", ("m", "hint")),
        ("raise_only", "medium", "low", "low", "medium", ("m", "hint_ignored_raise_only")),
        ("full", "medium", "low", "low", "low", ("m", "hint")),
        ("full", "medium", "high", "low", "high", ("m", "hint")),
        ("raise_only", "low", None, "high", "high", ("m", "key_floor")),
        ("raise_only", "high", None, "medium", "high", ("m",)),
        ("full", "high", "low", "medium", "medium", ("m", "hint", "key_floor")),
        ("full", "low", "high", "medium", "high", ("m", "hint")),
        ("raise_only", "low", "medium", "high", "high", ("m", "hint", "key_floor")),
    ],
)
def test_stakes_are_the_measured_ones_moved_by_the_hint_as_far_as_the_key_allows(
    may: HintsGrant, measured: Band, hint: Band | None, floor: Band, band: Band, reasons: tuple[str, ...]
) -> None:
    stakes = effective_stakes(Grants(hints=may, min_stakes=floor), Score(0.4, measured, ("m",)), hint)

    assert stakes == Score(0.4, band, reasons)


@given(may=hints_grants, measured=bands, hint=st.none() | bands, floor=bands)
def test_no_hint_reaches_below_the_floor_of_a_key(
    may: HintsGrant, measured: Band, hint: Band | None, floor: Band
) -> None:
    stakes = effective_stakes(Grants(hints=may, min_stakes=floor), Score(0.4, measured), hint)

    assert BANDS.index(stakes.band) >= BANDS.index(floor)


@given(measured=bands, hint=st.none() | bands, floor=bands)
def test_a_key_that_may_only_raise_never_lowers_what_was_measured(
    measured: Band, hint: Band | None, floor: Band
) -> None:
    stakes = effective_stakes(Grants(hints="raise_only", min_stakes=floor), Score(0.4, measured), hint)

    assert BANDS.index(stakes.band) >= BANDS.index(measured)


@pytest.mark.parametrize("granted", TIERS)
@pytest.mark.parametrize("hint", TIERS)
def test_a_hint_lowers_the_highest_tier_and_never_raises_it(granted: Tier, hint: Tier) -> None:
    highest = effective_max_tier(Grants(max_tier=granted), hint)

    assert TIERS.index(highest) == min(TIERS.index(granted), TIERS.index(hint))


@pytest.mark.parametrize("granted", TIERS)
def test_without_a_hint_the_highest_tier_is_the_granted_one(granted: Tier) -> None:
    assert effective_max_tier(Grants(max_tier=granted), None) == granted


def test_a_key_is_granted_nothing_dangerous_unless_somebody_said_so() -> None:
    assert Grants() == Grants(hints="raise_only", pins=False, engine_parameters=False, min_stakes="low")


def test_without_keys_everyone_is_the_owner_and_may_do_everything() -> None:
    check_model(OWNER.grants, "strong", pinned=True)
    check_hints(OWNER.grants, Hints(stakes="low"))
    check_policy(OWNER.grants, "any")
    assert OWNER.grants.engine_parameters
    assert OWNER.grants.max_tier == TIERS[-1]


def test_a_right_that_is_not_known_is_no_right() -> None:
    with pytest.raises(msgspec.ValidationError, match="unknown field `pin`"):
        msgspec.convert({"pin": True}, Grants)


def test_a_key_may_have_a_policy_of_its_own_and_has_none_unless_somebody_said_so() -> None:
    assert Grants().policy is None
    assert msgspec.convert({"policy": "careful"}, Grants).policy == "careful"


def test_data_leaves_the_house_only_for_keys_that_were_granted_it() -> None:
    assert effective_max_tier(Grants(), None) == "strong"
    assert effective_max_tier(Grants(), "hosted") == "strong"
    assert effective_max_tier(Grants(max_tier="hosted"), None) == "hosted"
    assert effective_max_tier(OWNER.grants, None) == "hosted"
