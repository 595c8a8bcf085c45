"""The body an engine is sent: the caller's own bytes, field by field, with the few the router sets itself."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Raw

from router.core.capabilities import Dialect, DialName
from router.core.continuation import Begun
from router.core.errors import CannotRead
from router.core.policy import Denoise
from router.core.reading.alignment import WHOLE, Extent, sent_text
from router.core.reading.reading import Excerpt
from router.core.values import ChatRequest
from router.ports import Envelope

_TOKEN_LIMITS = {"max_tokens": 1, "max_completion_tokens": 1, "min_tokens": 0}
"""What limits the length of an answer, with the least that engines take."""

_READ_ONLY = {"max_tokens": Raw(b"1"), "temperature": Raw(b"0"), "prompt_logprobs": Raw(b"1")}
"""Engines do not read without writing a token. More than the likeliest alternative would be a multiple of the bytes,
and still no more than a bound on the entropy."""

_ONLY_USAGE = Raw(b'{"include_usage":true}')
_AS_STARTED = Denoise()
_OF_EACH_BLOCK = "continuous_usage_stats"
_TRUE, _FALSE, _NULL = Raw(b"true"), Raw(b"false"), b"null"
_LIST = msgspec.json.Decoder(list[Raw])
_OBJECT = msgspec.json.Decoder(dict[str, Raw] | None)


class BodyWriter:
    """Writes request bodies for one backend. `secret` keys the tenants' cache salts: engines share cached
    prefixes only between requests of equal salt, so no tenant can time another one's prompts."""

    def __init__(self, model: str, dialect: Dialect, secret: bytes) -> None:
        self._model = Raw(msgspec.json.encode(model))
        self._dialect = dialect
        self._idiom = dialect.idiom
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
        if envelope.streams:
            fields["stream"] = _TRUE
            fields["stream_options"] = self._stream_options(envelope)
        if envelope.samples > 1 and self._dialect.honours("n", envelope.samples):
            fields["n"] = Raw(msgspec.json.encode(envelope.samples))
        if envelope.tells_logprobs and self._dialect.honours("logprobs", True):  # noqa: FBT003 - the value of the field
            fields["logprobs"] = _TRUE
        if self._idiom.salts:
            fields["cache_salt"] = self._salt(envelope.tenant)
        if envelope.denoise is not None or envelope.thinking is not None:
            self._turn_dials(fields, envelope)
        if envelope.continues is not None:
            self._go_on(fields, request, envelope.continues)
        return msgspec.json.encode(self._put(fields))

    @property
    def reads(self) -> bool:
        """Whether the engine may be asked to read: see `Dialect`."""
        return self._dialect.reads

    def write_read(self, envelope: Envelope, excerpt: Excerpt, extent: Extent) -> bytes:
        """The JSON body that has the engine read what answers this request, up to the end of the excerpt, and say how
        likely each token was of so many at the end; of all of them where it cannot tell ends apart. Raises CannotRead
        for an engine that must not be asked."""
        if not self.reads:
            raise CannotRead(f"engines of the kind {self._dialect.name} do not read")
        prompt = self._dialect.prompt
        fields = {name: said for name, said in envelope.request.fields.items() if name in prompt}
        fields["model"] = self._model
        if self._idiom.salts:
            fields["cache_salt"] = self._salt(envelope.tenant)
        self._turn_dials(fields, envelope)
        self._append(fields, sent_text(excerpt))
        return msgspec.json.encode(fields | _READ_ONLY | self._only_last(extent))

    def _only_last(self, extent: Extent) -> dict[str, Raw]:
        dial = self._dialect.reads_last
        return {} if dial is None or extent == WHOLE else {dial.field: Raw(msgspec.json.encode({dial.key: extent}))}

    def _turn_dials(self, fields: dict[str, Raw], envelope: Envelope) -> None:
        """Adds what the policy sets to what the caller sent in the same objects. In a field that is the router's
        own the caller's words count: it may send the field only because it was granted to steer the engine."""
        for field, turned in self._turned(envelope).items():
            if not isinstance(turned, Mapping):
                self._turn_field(fields, field, turned)
                continue
            try:
                said = _OBJECT.decode(fields[field]) if field in fields else None
            except msgspec.ValidationError:
                continue  # not an object: the engine, which knows what it should be, is the one to refuse it
            sent = {**turned, **(said or {})} if field in self._dialect.router_owned else {**(said or {}), **turned}
            fields[field] = Raw(msgspec.json.encode(sent))

    def _turn_field(self, fields: dict[str, Raw], field: str, turned: Any) -> None:
        if field not in self._dialect.router_owned or field not in fields:
            fields[field] = Raw(msgspec.json.encode(turned))

    def _turned(self, envelope: Envelope) -> Mapping[str, Any]:
        """The dials that this engine has and the policy sets, object by object; those that are fields of their own with
        their value."""
        turned: dict[str, Any] = {}
        for name, value in _settings(envelope).items():
            dial = self._dialect.dials.get(name)
            if dial is not None and value is not None:
                if dial.key is None:
                    turned[dial.field] = value
                else:
                    turned.setdefault(dial.field, {})[dial.key] = value
        return turned

    def _stream_options(self, envelope: Envelope) -> Raw:
        """The engine is always asked for usage; whether the caller sees it is decided on the way back. One that does
        not count as it goes knows no such option."""
        said, counts = envelope.request.parameters.get("stream_options") or {}, self._dialect.counts_blocks
        if counts and envelope.is_judged:
            said = {**said, _OF_EACH_BLOCK: True}
        elif not counts and _OF_EACH_BLOCK in said:
            said = {name: value for name, value in said.items() if name != _OF_EACH_BLOCK}
        return Raw(msgspec.json.encode({**said, "include_usage": True})) if said else _ONLY_USAGE

    def _go_on(self, fields: dict[str, Raw], request: ChatRequest, begun: Begun) -> None:
        """Has the engine go on with what was begun: its text stands as the last message, whose turn is not over, and
        what it took is taken off the limits."""
        if begun.prefix:
            self._append(fields, begun.prefix)
        for name, least in _TOKEN_LIMITS.items():
            limit = request.parameters.get(name)
            if type(limit) is int and name in fields:
                fields[name] = Raw(msgspec.json.encode(max(limit - begun.tokens, least)))

    def _append(self, fields: dict[str, Raw], text: str) -> None:
        """Has a text stand as the last message, whose turn is not over."""
        last = Raw(msgspec.json.encode({"role": "assistant", "content": text}))
        fields["messages"] = Raw(msgspec.json.encode([*_LIST.decode(fields["messages"]), last]))
        fields.update({name: _TRUE if said else _FALSE for name, said in self._idiom.goes_on_with.items()})

    def _put(self, fields: dict[str, Raw]) -> dict[str, Raw]:
        """The same as this engine wants it said."""
        idiom = self._idiom
        for name, theirs in idiom.renames.items():
            if name in fields:
                mine = fields.pop(name)
                if theirs not in fields or bytes(fields[theirs]) == _NULL:
                    fields[theirs] = mine
        for name in idiom.leaves_out.intersection(fields):
            del fields[name]
        return fields if idiom.takes_null else {name: said for name, said in fields.items() if bytes(said) != _NULL}

    def _salt(self, tenant: str) -> Raw:
        salt = self._salts.get(tenant)
        if salt is None:
            digest = hmac.new(self._secret, tenant.encode(), hashlib.sha256).hexdigest()
            salt = self._salts[tenant] = Raw(msgspec.json.encode(digest[:32]))
        return salt


def _settings(envelope: Envelope) -> Mapping[DialName, Any]:
    denoise = envelope.denoise or _AS_STARTED
    return {"denoise.steps": denoise.steps, "denoise.canvas": denoise.canvas, "thinking": envelope.thinking}
