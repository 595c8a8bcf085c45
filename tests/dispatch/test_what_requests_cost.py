"""What a request cost is on its record, with each attempt's part, once it was served."""

from router.core.errors import EngineFailed
from router.core.policy import Reads, Then
from router.core.price import Price, Prices
from tests.dispatch.scenes import Scene, asking, backend
from tests.dispatch.test_drafts_that_are_read import OTTERS, ROLE, says
from tests.doubles import DoubleReader, Ends, Fails, Says
from tests.examples import a_policy

PRICES = Prices({"fast-1": Price(engine_microusd_per_hour=3_600_000), "strong-1": Price(1_000_000, 4_000_000)})
"""A dollar for a thousand seconds, and a dollar for a million tokens of prompts and four for answers."""

READ = a_policy(otherwise=Then(("fast", "strong"), gate="block", verify="read", reads=Reads()))


def test_a_request_that_climbed_cost_what_both_tiers_did() -> None:
    fails, serves = (Fails(EngineFailed("no"), 2.0),), (Says(b"x", 1.0), Ends(tokens=30))
    scene = Scene(backend(*fails), backend(*serves), prices=PRICES)

    scene.play()

    record = scene.record
    assert [each.cost_microusd for each in record.attempts] == [2_000, 18 + 4 * 30]
    assert (record.cost_microusd, record.wasted_microusd) == (2_138, 2_000)
    assert record.tiers_microusd == {"fast": 2_000, "strong": 138}


def test_without_prices_a_record_says_nothing_of_money() -> None:
    scene = Scene(backend(Says(b"x", 1.0), Ends(tokens=30)), backend())

    scene.play()

    assert (scene.record.cost_microusd, scene.record.tiers_microusd) == (None, {})


def test_what_the_strong_tier_read_is_charged_to_it() -> None:
    prices = Prices(PRICES.backends, PRICES.backends["strong-1"])
    scene = Scene(backend(ROLE, says(OTTERS), Ends(tokens=30)), backend(), READ, prices=prices)
    scene.fleet.readers["strong"] = DoubleReader()

    scene.play(asking())

    record = scene.record
    assert record.tokens_read > 0
    assert record.tiers_microusd["strong"] == record.tokens_read


def test_a_caller_who_left_is_charged_what_the_engine_did() -> None:
    scene = Scene(backend(Says(b"x", 1.0), Says(b"y", 60.0)), backend(), prices=PRICES)

    scene.play_until(5.0)

    record = scene.record
    assert record.cost_microusd == record.wasted_microusd == 5_000
