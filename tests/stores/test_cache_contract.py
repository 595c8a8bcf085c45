"""What every cache promises: one suite, over the memory of the process, a file and a real Redis, with encryption and
without."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from msgspec.structs import replace

from router.core.caching.entry import Entry, Place, Which
from router.core.caching.value import MAX_ENTRY_BYTES
from router.core.values import TIERS
from router.ports import Cache
from router.stores.encryption import Cipher
from router.stores.losses import Losses
from router.stores.redis_cache import FRONT_S
from router.stores.shelf import MIB, Bounds
from tests.cached import DIGEST, KEY, ROOMY, TTL_S, Opens, entry, in_file, in_memory, in_redis, place
from tests.doubles import EPOCH_S, HandClock
from tests.stores.conftest import Run

STORES = ("memory", "sqlite", "redis", "sqlite, encrypted", "redis, encrypted")
TIGHT = Bounds(max_bytes=20_000, max_entries=6, tenant_max_bytes=12_000)


@pytest.fixture(params=STORES)
def opens(request: pytest.FixtureRequest, tmp_path: Path) -> Opens:
    """Opens one of the stores."""
    kind, _, is_encrypted = request.param.partition(", ")
    seal = Cipher([KEY]) if is_encrypted else DIGEST
    if kind == "redis":
        return in_redis(request.getfixturevalue("redis"), seal=seal)
    return in_memory() if kind == "memory" else in_file(tmp_path / "cache.sqlite3", seal=seal)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


def with_cache(opens: Opens, clock: HandClock, work: Callable[[Cache], Awaitable[Any]], **options: Any) -> Any:
    """What `work` makes of a cache."""

    async def open_and_work() -> Any:
        async with opens(clock, **options) as cache:
            return await work(cache)

    return asyncio.run(open_and_work())


# --- keeping and giving ---------------------------------------------------------------------------------------


def test_what_was_put_is_got_and_nothing_else_is_there(opens: Opens, run: Run[Any]) -> None:
    async def put_and_get() -> list[Any]:
        async with opens(HandClock()) as cache:
            before = await cache.get(place())
            await cache.put(place(), entry())
            return [before, await cache.get(place()), await cache.latest(place()), await cache.get(place(1))]

    assert run(put_and_get()) == [None, entry(), entry(), None]


@pytest.mark.parametrize(
    "kept",
    [
        entry(""),
        entry("\x00\r\n$5\r\nna\u00efve \U0001f9ed"),
        entry("x" * 300_000),
        entry(usage=None),
        entry(tier="hosted", verified=True, policy="", rule="r" * 5_000, model="a/b:c"),
    ],
    ids=["empty", "odd characters", "long", "usage unknown", "long words"],
)
def test_an_entry_comes_back_as_it_was(opens: Opens, kept: Entry, clock: HandClock) -> None:
    async def put_and_get(cache: Cache) -> Entry | None:
        await cache.put(place(), kept)
        clock.pass_s(FRONT_S)
        return await cache.get(place())

    assert with_cache(opens, clock, put_and_get) == kept


@pytest.mark.parametrize(
    "other", [place(tenant="bob"), place(policy="other"), place(1)], ids=["tenant", "policy", "key"]
)
def test_what_one_keeps_no_other_finds(opens: Opens, other: Place, clock: HandClock) -> None:
    async def put_and_look_elsewhere(cache: Cache) -> Entry | None:
        await cache.put(place(), entry())
        return await cache.get(other)

    assert with_cache(opens, clock, put_and_look_elsewhere) is None


def test_an_entry_is_given_until_its_time_is_over_and_not_after(opens: Opens, clock: HandClock) -> None:
    async def put_and_wait(cache: Cache) -> list[Any]:
        await cache.put(place(), entry())
        clock.pass_s(TTL_S - 0.5)
        just_before = await cache.get(place())
        clock.pass_s(0.5)
        return [just_before, await cache.get(place())]

    assert with_cache(opens, clock, put_and_wait) == [entry(), None]


def test_what_is_over_its_time_already_is_not_kept(opens: Opens, clock: HandClock) -> None:
    async def put_too_late(cache: Cache) -> list[Any]:
        await cache.put(place(), entry("old", until_s=EPOCH_S))
        return [await cache.get(place()), (await cache.holding()).entries]

    assert with_cache(opens, clock, put_too_late) == [None, 0]


# --- better and worse answers ---------------------------------------------------------------------------------


RANKED = [entry(f"{tier} {verified}", tier, verified=verified) for tier in TIERS for verified in (False, True)]


@pytest.mark.parametrize("first", RANKED, ids=lambda each: f"{each.tier}-{each.verified}")
def test_an_entry_gives_way_to_its_equals_and_betters_and_never_to_a_lesser_one(
    opens: Opens, first: Entry, clock: HandClock
) -> None:
    async def put_after(cache: Cache) -> list[Entry | None]:
        found = []
        for number, second in enumerate(RANKED):
            await cache.put(place(number), first)
            await cache.put(place(number), second)
            found.append(await cache.get(place(number)))
        clock.pass_s(FRONT_S)
        assert found == [await cache.get(place(number)) for number in range(len(RANKED))]
        return found

    expected = [second if second.rank >= first.rank else first for second in RANKED]
    assert with_cache(opens, clock, put_after) == expected


def test_an_entry_that_is_over_gives_way_to_any(opens: Opens, clock: HandClock) -> None:
    async def outlive(cache: Cache) -> Entry | None:
        await cache.put(place(), entry("strong", "strong", until_s=EPOCH_S + 1))
        clock.pass_s(1.5)
        await asyncio.sleep(1.1)  # for Redis, which goes by its own clock
        await cache.put(place(), entry("fast"))
        return await cache.get(place())

    assert with_cache(opens, clock, outlive) == entry("fast")


# --- forgetting -----------------------------------------------------------------------------------------------


KEPT = [(tenant, policy, made_s) for tenant in ("alice", "bob") for policy in ("default", "other") for made_s in (1, 2)]


@pytest.mark.parametrize(
    "which",
    [
        Which(),
        Which(tenant="alice"),
        Which(policy="other"),
        Which(made_before_s=EPOCH_S + 2),
        Which("bob", "default", EPOCH_S + 2),
        Which(tenant="nobody"),
        Which(policy="*"),
        Which(tenant="[ab]*"),
    ],
    ids=str,
)
def test_what_is_meant_is_forgotten_and_counted_and_the_rest_stays(
    opens: Opens, which: Which, clock: HandClock
) -> None:
    kept = {
        place(number, tenant, policy): entry(made_s=EPOCH_S + made_s)
        for number, (tenant, policy, made_s) in enumerate(KEPT)
    }

    async def forget(cache: Cache) -> tuple[int, set[Place]]:
        for where, what in kept.items():
            await cache.put(where, what)
        count = await cache.forget(which)
        return count, {where for where in kept if await cache.get(where) is not None}

    meant = {where for where, what in kept.items() if is_meant(which, where, what)}
    assert with_cache(opens, clock, forget) == (len(meant), set(kept) - meant)


def is_meant(which: Which, where: Place, what: Entry) -> bool:
    """What `Which` says, said again."""
    return all(
        [
            which.tenant is None or which.tenant == where.tenant,
            which.policy is None or which.policy == where.policy,
            which.made_before_s is None or what.made_s < which.made_before_s,
        ]
    )


def test_thousands_are_forgotten_while_others_are_served(opens: Opens, clock: HandClock) -> None:
    async def forget_much(cache: Cache) -> list[Any]:
        for number in range(0, 1_200, 20):
            await asyncio.gather(*(cache.put(place(each), entry()) for each in range(number, number + 20)))
        await cache.put(place(tenant="bob"), entry())
        await cache.holding()
        count, found = await asyncio.gather(cache.forget(Which(tenant="alice")), cache.get(place(tenant="bob")))
        return [count, found, (await cache.holding()).entries]

    assert with_cache(opens, clock, forget_much) == [1_200, entry(), 1]


# --- bounds ---------------------------------------------------------------------------------------------------


def test_a_tenant_keeps_no_more_than_is_its_due_and_takes_nothing_from_others(opens: Opens, clock: HandClock) -> None:
    bounds = Bounds(max_bytes=MIB, max_entries=1_000, tenant_max_bytes=20_000)

    async def put_much(cache: Cache) -> tuple[int, int]:
        await cache.put(place(tenant="bob"), entry())
        for number in range(50):
            await cache.put(place(number), entry("x" * 2_000))
        clock.pass_s(FRONT_S)
        held = [await cache.get(place(number)) for number in range(50)]
        assert await cache.get(place(tenant="bob")) == entry()
        return sum(each is not None for each in held), (await cache.holding()).size_bytes

    count, size = with_cache(opens, clock, put_much, bounds=bounds)
    assert 5 <= count <= 10
    assert size <= 21_100


def test_an_entry_too_large_to_be_kept_is_counted_and_moves_nothing_out(opens: Opens, clock: HandClock) -> None:
    losses = Losses()

    async def put_too_large(cache: Cache) -> list[Any]:
        await cache.put(place(), entry())
        await cache.put(place(1), entry(incompressible(20_000)))
        clock.pass_s(FRONT_S)
        return [await cache.get(place()), await cache.get(place(1))]

    assert with_cache(opens, clock, put_too_large, bounds=TIGHT, losses=losses) == [entry(), None]
    assert losses.dropped == 1


def incompressible(size: int) -> str:
    """A text that compression does not make smaller by much."""
    state, letters = 1, []
    for _ in range(size):
        state = state * 6364136223846793005 + 1442695040888963407 & (1 << 64) - 1
        letters.append(chr(0x4E00 + (state >> 40) % 0x4000))
    return "".join(letters)


@pytest.mark.parametrize("size", [MAX_ENTRY_BYTES - 1_000, MAX_ENTRY_BYTES + 1])
def test_a_very_large_entry_is_kept_whole_or_not_at_all(opens: Opens, size: int, clock: HandClock) -> None:
    losses = Losses()

    async def put_and_get(cache: Cache) -> Entry | None:
        await cache.put(place(), entry("x" * size))
        clock.pass_s(FRONT_S)
        return await cache.get(place())

    found = with_cache(opens, clock, put_and_get, losses=losses)
    assert found == (None if losses.dropped else entry("x" * size))
    assert size > MAX_ENTRY_BYTES or losses.dropped == 0


# --- everything at once ---------------------------------------------------------------------------------------


def test_many_at_once_each_get_their_own(opens: Opens, run: Run[Any]) -> None:
    async def use_at_once() -> list[bool]:
        async with opens(HandClock()) as cache:

            async def put_and_get(number: int) -> bool:
                own = entry(f"for {number}")
                await cache.put(place(number), own)
                return await cache.get(place(number)) == own

            return await asyncio.gather(*(put_and_get(number) for number in range(100)))

    assert all(run(use_at_once()))


PLACES = st.builds(place, st.integers(0, 3), st.sampled_from(["alice", "bob"]), st.sampled_from(["default", "other"]))
ENTRIES = st.builds(
    lambda text, tier, verified, made_s, ttl_s: entry(
        text, tier, verified=verified, made_s=EPOCH_S + made_s, until_s=EPOCH_S + ttl_s
    ),
    st.text("abc\x00\u00e9", max_size=5_000),
    st.sampled_from(TIERS),
    st.booleans(),
    st.integers(0, 50),
    st.integers(1, 50),
)
WHICH = st.builds(
    Which,
    st.sampled_from([None, "alice", "bob"]),
    st.sampled_from([None, "default", "other"]),
    st.sampled_from([None, EPOCH_S + 10, EPOCH_S + 30]),
)


class Both(RuleBasedStateMachine):
    """A cache and a dict that say the same; with tight bounds, the cache may have forgotten what the dict has."""

    def __init__(self, opens: Opens, bounds: Bounds, lasting_s: float) -> None:
        super().__init__()
        self.lasting_s = lasting_s
        self.bounds = bounds
        self.clock = HandClock()
        self.model: dict[Place, Entry] = {}
        self.runner = asyncio.Runner()
        self.opened = opens(self.clock, bounds)
        self.cache = self.runner.run(self.opened.__aenter__())
        self.runner.run(self.cache.forget(Which()))

    @property
    def is_roomy(self) -> bool:
        return self.bounds is ROOMY

    @rule(where=PLACES, what=ENTRIES)
    def put(self, where: Place, what: Entry) -> None:
        what = replace(what, until_s=what.until_s + self.clock.now_s() + self.lasting_s)
        if not self.is_roomy:
            self.notice(where)
        self.runner.run(self.cache.put(where, what))
        there = self.model.get(where)
        if there is None or there.rank <= what.rank:
            self.model[where] = what

    @rule(where=PLACES)
    def get(self, where: Place) -> None:
        found = self.runner.run(self.cache.get(where))
        assert found == self.model.get(where) or (found is None and not self.is_roomy)

    @rule(which=WHICH)
    def forget(self, which: Which) -> None:
        meant = {where for where, what in self.model.items() if is_meant(which, where, what)}
        count = self.runner.run(self.cache.forget(which))
        assert count >= len(meant) or not self.is_roomy
        self.model = {where: what for where, what in self.model.items() if where not in meant}

    @rule(seconds=st.floats(0.1, 20))
    def time_passes(self, seconds: float) -> None:
        self.clock.pass_s(seconds)
        now_s = self.clock.unix_s()
        self.model = {where: what for where, what in self.model.items() if what.until_s > now_s}

    @invariant()
    def what_is_held_is_within_its_bounds(self) -> None:
        held = self.runner.run(self.cache.holding())
        assert not held.is_degraded
        assert held.size_bytes <= 2 * self.bounds.tenant_max_bytes
        assert (held.entries == 0) == (held.size_bytes == 0)
        assert held.entries >= len(self.model) or not self.is_roomy

    def notice(self, where: Place) -> None:
        """The cache may have forgotten what is there, and so does the dict."""
        if self.runner.run(self.cache.get(where)) is None:
            self.model.pop(where, None)

    def teardown(self) -> None:
        self.runner.run(self.opened.__aexit__(None, None, None))
        self.runner.close()


@pytest.mark.parametrize("bounds", [ROOMY, TIGHT], ids=["roomy", "tight"])
def test_a_cache_is_a_dict_that_forgets(opens: Opens, bounds: Bounds, request: pytest.FixtureRequest) -> None:
    goes_by_its_own_clock = "redis" in request.node.callspec.id
    lasting_s = 10_000.0 if goes_by_its_own_clock else 0.0
    run_state_machine_as_test(
        lambda: Both(opens, bounds, lasting_s),
        settings=settings(
            max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
