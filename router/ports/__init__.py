"""What the router needs from the outside, as promises. Each is kept by an adapter and by a double in the tests."""

from router.ports.answers import Answer, Asked, Head
from router.ports.around import AuditLog, Board, Clock, DecisionLog, Keyring, Policies, UpgradeLog
from router.ports.engines import WARMTHS, Backend, Envelope, Errand, Fleet, Reader, Seat, Transcriber, Warmer, Warmth
from router.ports.kept import (
    Cache,
    Embedder,
    Escalations,
    Latencies,
    Lease,
    Leases,
    Lengths,
    Memory,
    Questions,
    Seeker,
    Sought,
)

__all__ = [
    "WARMTHS",
    "Answer",
    "Asked",
    "AuditLog",
    "Backend",
    "Board",
    "Cache",
    "Clock",
    "DecisionLog",
    "Embedder",
    "Envelope",
    "Errand",
    "Escalations",
    "Fleet",
    "Head",
    "Keyring",
    "Latencies",
    "Lease",
    "Leases",
    "Lengths",
    "Memory",
    "Policies",
    "Questions",
    "Reader",
    "Seat",
    "Seeker",
    "Sought",
    "Transcriber",
    "UpgradeLog",
    "Warmer",
    "Warmth",
]
