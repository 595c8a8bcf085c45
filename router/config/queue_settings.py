"""How many requests may wait for a seat where tiers are full, and for how long."""

from pydantic import BaseModel, ConfigDict, Field

from router.core.waiting import Bounds


class QueueSpec(BaseModel):
    """Who may wait. Priorities have a queue each, so that none fills that of another."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    waiting: int = Field(256, gt=0, description="requests that may wait at each priority; beyond, a 503")
    waiting_per_tenant: int = Field(64, gt=0, description="of these, so many of one tenant; beyond, it gets a 429")
    longest_s: float = Field(30.0, gt=0, description="seconds that a request waits at most")

    def bounds(self) -> Bounds:
        """As the queue takes them."""
        return Bounds(self.waiting, min(self.waiting_per_tenant, self.waiting), self.longest_s)
