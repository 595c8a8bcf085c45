"""How urgent a request is where requests wait. Pure."""

from router.core.grants import Grants
from router.core.policy import Then
from router.core.values import PRIORITIES, Priority


def priority_of(then: Then, grants: Grants, service_tier: str) -> Priority:
    """What the rule says; else what the caller asked for by `service_tier`, though no more than its key may have. The
    wire's other words (`auto`, `scale`) mean the usual one."""
    if then.priority is not None:
        return then.priority
    asked: Priority = next((each for each in PRIORITIES if each == service_tier), "default")
    return PRIORITIES[max(PRIORITIES.index(asked), PRIORITIES.index(grants.max_priority))]
