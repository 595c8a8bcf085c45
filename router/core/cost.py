"""What requests cost, in millionths of a US dollar: as providers state it, else by the prices of the backends. Pure.

A provider's word comes first. By the token, an attempt costs the tokens that its engine took in and wrote. By the hour
it costs its share of the engine's time: as long as it took, divided among itself and those that it found open there.
Where requests come independently of each other, that adds up to the time in which the engine had anything to do; the
time in which it idled is nobody's. What is not known costs None and not nothing: sums are of what is known.
"""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from router.core.price import Price, Prices
from router.core.reading.reading import ReadingNote
from router.core.record import READER, REPAIRED, AttemptRecord, written_tokens
from router.core.values import Tier, Usage


class Costs(Struct, frozen=True):
    """What a request cost, as its record has it. `cost_microusd`: all that is known of its attempts, reading included
    (None: nothing is); `tiers_microusd`: the same by the tier that it was spent at; `wasted_microusd`: the part of it
    that wrote what nobody got, for which see `wasted`. `strong_alone_microusd`: see `strong_alone`."""

    attempts: tuple[AttemptRecord, ...] = ()
    cost_microusd: int | None = None
    wasted_microusd: int | None = None
    tiers_microusd: Mapping[Tier, int] = {}
    strong_alone_microusd: int | None = None


def costs_of(attempts: Sequence[AttemptRecord], prices: Prices, prompt_tokens: int, served: Usage | None) -> Costs:
    """What these attempts cost, with the attempts that say so. `prompt_tokens`: about how long the prompt is, for
    engines that did not get to count it; `served`: what the caller got, where that was a whole answer."""
    if not prices.backends and not any(each.usage is not None and _is_stated(each.usage) for each in attempts):
        return Costs(tuple(attempts))
    priced = tuple([_priced(each, prices, prompt_tokens) for each in attempts])
    tiers = _by_tier(priced)
    if not tiers:
        return Costs(priced)
    alone = strong_alone(priced, prices.reader, served)
    return Costs(priced, sum(tiers.values()), sum(map(wasted, priced)), tiers, alone)


def cost_of(attempt: AttemptRecord, price: Price | None, prompt_tokens: int) -> int | None:
    """What writing cost. None: there is no price, or nobody counted what was written. Who was not asked, or failed
    before a word of an answer, charges no tokens; of what broke off, the length of the prompt is an estimate."""
    usage = attempt.usage
    if usage is not None and usage.cost_microusd is not None:
        return usage.cost_microusd
    if price is None:
        return None
    if not price.is_by_tokens:
        return price.of_time(attempt.elapsed_s / ((attempt.others or 0) + 1))
    if usage is None and attempt.first_block_s is None:
        return 0
    if usage is None and attempt.gate is None:
        return None
    return price.of_tokens(prompt_tokens if usage is None else usage.prompt_tokens, written_tokens(attempt))


def wasted(attempt: AttemptRecord) -> int:
    """The part of an attempt's cost that wrote what nobody got: all of it where nobody got anything, prompt included.
    Reading is no waste, whatever it finds."""
    cost, written = attempt.cost_microusd or 0, written_tokens(attempt)
    if attempt.gate is not None and written:
        return cost * min(attempt.gate.discarded_tokens, written) // written
    return 0 if attempt.outcome in ("served", REPAIRED) else cost


def strong_alone(attempts: Iterable[AttemptRecord], price: Price | None, served: Usage | None) -> int | None:
    """What the strong tier would have charged for the same prompt and an answer of the same length, had it been asked
    at once. None: it does not charge by the token, engines gave no whole answer, or what some attempt cost is not
    known, so that there is nothing to compare."""
    if price is None or not price.is_by_tokens or served is None:
        return None
    if any(each.cost_microusd is None for each in attempts):
        return None
    return price.of_tokens(served.prompt_tokens, served.completion_tokens)


def _is_stated(usage: Usage) -> bool:
    return usage.cost_microusd is not None


def _priced(attempt: AttemptRecord, prices: Prices, prompt_tokens: int) -> AttemptRecord:
    # Where nobody was asked, nobody charges.
    price = prices.backends.get(attempt.backend) if attempt.backend else Price()
    cost, reading = cost_of(attempt, price, prompt_tokens), attempt.reading
    if reading is not None and prices.reader is not None:
        reading = replace(reading, cost_microusd=_of_reading(reading, prices.reader))
    return replace(attempt, cost_microusd=cost, reading=reading)


def _of_reading(reading: ReadingNote, price: Price) -> int:
    return price.of_tokens(reading.tokens_read, 0) if price.is_by_tokens else price.of_time(reading.shared_s)


def _by_tier(attempts: Iterable[AttemptRecord]) -> Mapping[Tier, int]:
    """What is known, by the tier that it was spent at."""
    found: dict[Tier, int] = {}
    for attempt in attempts:
        if attempt.cost_microusd is not None:
            found[attempt.tier] = found.get(attempt.tier, 0) + attempt.cost_microusd
        if attempt.reading is not None and attempt.reading.cost_microusd is not None:
            found[READER] = found.get(READER, 0) + attempt.reading.cost_microusd
    return found
