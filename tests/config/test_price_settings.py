"""Prices, as people write them: in whole millionths of a dollar, by the token or by the hour."""

from pathlib import Path

import pytest

from router.assembly.prices import prices_of
from router.config.settings import read_settings
from router.core.errors import FileError
from router.core.price import Price, Prices

BY_TOKENS = "{input_microusd_per_mtok: 150000, output_microusd_per_mtok: 600000}"
BY_HOUR = "{engine_microusd_per_hour: 2500000}"
CHEAP, OWNED = Price(150_000, 600_000), Price(engine_microusd_per_hour=2_500_000)


def written(folder: Path, **prices: str) -> Path:
    """A settings file in which tiers (`fast`, `strong`), and the second backend of the strong one (`second`), have
    these prices."""
    backend = "dialect: vllm, context_tokens: 4096"
    own = f", price: {prices['second']}" if "second" in prices else ""
    of_tier = {tier: f"    price: {prices[tier]}\n" if tier in prices else "" for tier in ("fast", "strong")}
    path = folder / "tandem.yaml"
    path.write_text(
        "tiers:\n"
        f"  fast:\n{of_tier['fast']}    backends:\n"
        f"      - {{url: 'http://a:1', model: small, {backend}}}\n"
        f"  strong:\n{of_tier['strong']}    backends:\n"
        f"      - {{url: 'http://b:1', model: large, {backend}}}\n"
        f"      - {{url: 'http://c:1', model: large, {backend}{own}}}\n"
    )
    return path


def prices_in(path: Path) -> Prices:
    return prices_of(read_settings(path))


def refused(path: Path) -> str:
    with pytest.raises(FileError) as error:
        read_settings(path)
    return error.value.message


def test_a_tiers_price_is_that_of_its_backends(tmp_path: Path) -> None:
    found = prices_in(written(tmp_path, fast=BY_HOUR, strong=BY_TOKENS))

    assert found == Prices({"fast-1": OWNED, "strong-1": CHEAP, "strong-2": CHEAP}, CHEAP)


def test_a_backend_may_have_a_price_of_its_own_and_then_reading_has_none(tmp_path: Path) -> None:
    found = prices_in(written(tmp_path, strong=BY_TOKENS, second=BY_HOUR))

    assert found == Prices({"strong-1": CHEAP, "strong-2": OWNED}, None)


def test_without_prices_nothing_is_known(tmp_path: Path) -> None:
    assert prices_in(written(tmp_path)) == Prices()


def test_whoever_writes_dollars_is_told_what_that_is(tmp_path: Path) -> None:
    wrong = "{input_microusd_per_mtok: 0.15, output_microusd_per_mtok: 600000}"

    assert "millionths of a US dollar: 0.15 dollars are 150000" in refused(written(tmp_path, fast=wrong))


@pytest.mark.parametrize(
    "wrong",
    ["{}", "{input_microusd_per_mtok: 1}", "{output_microusd_per_mtok: 1}", f"{BY_TOKENS[:-1]}, {BY_HOUR[1:]}"],
    ids=["neither", "no price of answers", "no price of prompts", "both"],
)
def test_a_price_is_by_the_token_or_by_the_hour_and_whole(tmp_path: Path, wrong: str) -> None:
    expected = "expected input_microusd_per_mtok and output_microusd_per_mtok, or engine_microusd_per_hour alone"

    assert expected in refused(written(tmp_path, strong=wrong))


@pytest.mark.parametrize("wrong", ["-1", "cheap", "1.0e+30"])
def test_a_price_that_cannot_be_is_refused_with_its_line(tmp_path: Path, wrong: str) -> None:
    path = written(tmp_path, fast=f"{{engine_microusd_per_hour: {wrong}}}")

    assert refused(path).startswith(f"{path}:3:")
