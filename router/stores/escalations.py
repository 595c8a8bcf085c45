"""How often tenants' requests have climbed lately, in this process: bounded, forgetting the longest unheard first."""

from collections import OrderedDict

from router.core.escalation_budget import LEAST_A_S, SHARE, EscalationBudget
from router.ports import Clock

MAX_TENANTS = 10_000
"""Tenants that are known at once: at most about 25 MB. One that was forgotten begins with a full budget."""


class LocalEscalations:
    """The port `Escalations`, for this replica alone: of several, each grants `least_a_s` by itself."""

    def __init__(
        self, clock: Clock, share: float = SHARE, least_a_s: float = LEAST_A_S, max_tenants: int = MAX_TENANTS
    ) -> None:
        self._clock = clock
        self._share = share
        self._least_a_s = least_a_s
        self._max_tenants = max_tenants
        self._budgets: OrderedDict[str, EscalationBudget] = OrderedDict()

    def asked(self, tenant: str) -> None:
        """See `ports.Escalations`."""
        budget = self._budgets.get(tenant)
        if budget is None:
            budget = self._budgets[tenant] = EscalationBudget(self._share, self._least_a_s)
            if len(self._budgets) > self._max_tenants:
                self._budgets.popitem(last=False)
        self._budgets.move_to_end(tenant)
        budget.asked(self._clock.now_s())

    def has_left(self, tenant: str) -> bool:
        """See `ports.Escalations`."""
        budget = self._budgets.get(tenant)
        return budget is None or budget.has_left(self._clock.now_s())

    def take(self, tenant: str) -> bool:
        """See `ports.Escalations`."""
        budget = self._budgets.get(tenant)
        return budget is None or budget.take(self._clock.now_s())


class UnlimitedEscalations:
    """The port `Escalations`, where nothing limits them."""

    def asked(self, tenant: str) -> None:
        """See `ports.Escalations`."""

    def has_left(self, tenant: str) -> bool:
        """See `ports.Escalations`."""
        return True

    def take(self, tenant: str) -> bool:
        """See `ports.Escalations`."""
        return True
