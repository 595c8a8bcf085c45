"""What holds for every call."""

from collections.abc import Mapping

from msgspec import Struct


class Terms(Struct, frozen=True):
    """`key`: what callers must send (None: nothing). `body_bytes`: how large a request may be. `timeout_s`: how long a
    call may take, its whole answer included."""

    key: str | None
    body_bytes: int
    timeout_s: float

    def left_s(self, headers: Mapping[str, str]) -> float:
        """How long this call may take: less where the router says that it has less time."""
        said = headers.get("x-request-timeout-ms", "")
        return min(self.timeout_s, int(said[:9]) / 1000) if said.isdecimal() and said.isascii() else self.timeout_s

    def __repr__(self) -> str:
        return "Terms()"
