"""What one tenant has kept no other ever gets, however alike their names and their questions are."""

import asyncio

from tests.isolation import CONTROLS, Crowd

PAIRS = 4_000
"""`tests.bench.cache_isolation` has a hundred thousand."""


def test_nobody_gets_what_another_tenant_has_kept_in_the_same_words_or_in_other_ones() -> None:
    got = asyncio.run(Crowd(seed=1).cross(PAIRS))

    print(got)
    assert (got.foreign_exact, got.foreign_semantic) == (0, 0)
    assert got.own_exact >= PAIRS // CONTROLS
    assert got.own_semantic > PAIRS // CONTROLS / 3
