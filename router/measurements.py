"""What was measured of requests a moment ago. Measuring is most of what a decision costs, and who asks again, or is
given a kept answer, need not pay for it twice."""

from collections import OrderedDict
from hashlib import blake2b
from typing import Final

from router.core.values import ChatRequest, Measure, Signals

REMEMBERED: Final = 2048
"""Requests. Signals hold no text, and take a kilobyte or two."""

NOT_MEASURED: Final = ("stream", "stream_options")
"""What of a request no signal depends on, and what differs when the same is asked for in another form."""


class Measurements:
    """Signals of the latest requests of each tenant. INVARIANT: a request is looked for among those of its own tenant
    alone, so that nobody learns from the time it takes what others have asked."""

    def __init__(self, measure: Measure) -> None:
        self._measure = measure
        self._known: OrderedDict[bytes, Signals] = OrderedDict()

    def of(self, tenant: str, request: ChatRequest) -> Signals:
        """What is measured of a request."""
        key = _key(tenant, request)
        signals = self._known.get(key)
        if signals is not None:
            self._known.move_to_end(key)
            return signals
        signals = self._known[key] = self._measure(request)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return signals


def _key(tenant: str, request: ChatRequest) -> bytes:
    """Of the tenant and every field as it was sent, each preceded by its length."""
    digest = blake2b(digest_size=16)
    for name, raw in (("", tenant.encode("utf-8", "surrogatepass")), *request.fields.items()):
        if name not in NOT_MEASURED:
            field = name.encode("utf-8", "surrogatepass")
            digest.update(b"%d:%b%d:%b" % (len(field), field, len(raw), bytes(raw)))
    return digest.digest()
