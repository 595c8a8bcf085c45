"""The escalations of tenants: apart from each other, and no more of them than there is room for."""

from router.stores.escalations import LocalEscalations, UnlimitedEscalations
from tests.doubles import HandClock


def spend(escalations: LocalEscalations, tenant: str) -> int:
    """Takes until there are none left; how many there were."""
    granted = 0
    while escalations.take(tenant):
        granted += 1
    return granted


def test_one_tenant_does_not_spend_what_is_anothers() -> None:
    escalations = LocalEscalations(HandClock())
    for tenant in ("acme", "other"):
        escalations.asked(tenant)

    assert spend(escalations, "acme") == 60
    assert not escalations.has_left("acme")
    assert escalations.has_left("other")


def test_what_was_spent_comes_back_with_time() -> None:
    clock = HandClock()
    escalations = LocalEscalations(clock)
    escalations.asked("acme")
    spend(escalations, "acme")

    clock.pass_s(60)

    assert escalations.take("acme")


def test_the_tenant_longest_unheard_of_is_forgotten_and_begins_anew() -> None:
    escalations = LocalEscalations(HandClock(), share=0, least_a_s=0, max_tenants=2)
    for tenant in ("a", "b", "a", "c"):
        escalations.asked(tenant)

    assert [escalations.has_left(each) for each in "abc"] == [False, True, False]
    assert escalations.take("b")


def test_where_nothing_is_limited_everything_is_granted() -> None:
    escalations = UnlimitedEscalations()
    escalations.asked("acme")

    assert all(escalations.has_left("acme") and escalations.take("acme") for _ in range(1_000))
