"""What the backends charge, from the settings."""

from router.config.settings import Settings
from router.core.price import Price, Prices
from router.core.record import READER


def prices_of(settings: Settings) -> Prices:
    """Of every backend that has a price, or whose tier has one, by its name. What reading costs is the price of the
    tier that reads, or the one that all of its backends have."""
    found, readers = dict[str, Price](), set[Price | None]()
    for tier, spec in settings.tiers.items():
        for name, backend in spec.named(tier).items():
            given = backend.price or spec.price
            if given is not None:
                found[name] = given.price
            if tier == READER:
                readers.add(None if given is None else given.price)
    return Prices(found, readers.pop() if len(readers) == 1 else None)
