"""The body an engine is sent: the caller's own bytes, field by field, with the few the router sets itself."""

import hashlib
import hmac
from typing import Any

import msgspec
from msgspec import Raw

from router.core.capabilities import Dialect
from router.ports import Envelope

_ONLY_USAGE = Raw(b'{"include_usage":true}')


class BodyWriter:
    """Writes request bodies for one backend. `secret` keys the tenants' cache salts: engines share cached
    prefixes only between requests of equal salt, so no tenant can time another one's prompts."""

    def __init__(self, model: str, dialect: Dialect, secret: bytes) -> None:
        self._model = Raw(msgspec.json.encode(model))
        self._salted = "cache_salt" in dialect.router_owned
        self._secret = secret
        self._salts: dict[str, Raw] = {}

    def write(self, envelope: Envelope) -> bytes:
        """The JSON body for this request, without what the dialect drops and what is the router's own."""
        request = envelope.request
        fields = dict(request.fields)
        fields.pop("router", None)
        for name in envelope.dropped:
            fields.pop(name, None)
        fields["model"] = self._model
        if request.streamed:
            fields["stream_options"] = _with_usage(request.parameters.get("stream_options"))
        if self._salted:
            fields["cache_salt"] = self._salt(envelope.tenant)
        return msgspec.json.encode(fields)

    def _salt(self, tenant: str) -> Raw:
        salt = self._salts.get(tenant)
        if salt is None:
            digest = hmac.new(self._secret, tenant.encode(), hashlib.sha256).hexdigest()
            salt = self._salts[tenant] = Raw(msgspec.json.encode(digest[:32]))
        return salt


def _with_usage(options: Any) -> Raw:
    """The engine is always asked for usage; whether the caller sees it is decided on the way back."""
    if not options:
        return _ONLY_USAGE
    return Raw(msgspec.json.encode({**options, "include_usage": True}))
