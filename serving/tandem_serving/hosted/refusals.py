"""How the hosted process says no: errors in OpenAI's shape, which name no address and no key."""

from collections.abc import Mapping

import orjson

Headers = tuple[tuple[bytes, bytes], ...]


class Refusal(Exception):
    """An answer that is an error. `retry_after_s`: when asking again may help (None: that is not known)."""

    def __init__(
        self, status: int, message: str, code: str, param: str | None = None, retry_after_s: float | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.param = param
        self.retry_after_s = retry_after_s

    @property
    def headers(self) -> Headers:
        """What goes with it."""
        return () if self.retry_after_s is None else ((b"retry-after", b"%d" % max(1, round(self.retry_after_s))),)

    def as_body(self) -> bytes:
        """The body of an answer with `status`."""
        return orjson.dumps({"error": self._error(self.code)})

    def as_event(self) -> bytes:
        """The end of a stream that has already said 200. The code is the status, as engines have it."""
        return b"data: " + orjson.dumps({"error": self._error(self.status)}) + b"\n\n"

    def _error(self, code: str | int) -> Mapping[str, str | int | None]:
        kind = _KINDS.get(self.status, "api_error" if self.status >= 500 else "invalid_request_error")
        kind = self.code if self.code == SPENT else kind
        return {"message": self.message, "type": kind, "param": self.param, "code": code}


SPENT = "insufficient_quota"
"""OpenAI's own word for money that is spent: not a rate that is too high, so that waiting a little does not help."""

_KINDS: Mapping[int, str] = {401: "authentication_error", 404: "not_found_error", 429: "rate_limit_error"}


def bad_request(message: str, param: str | None = None, code: str = "invalid_value") -> Refusal:
    """A 400: the caller must change something."""
    return Refusal(400, message, code, param)
