"""Under which key the answer to a request is kept, and whether it may be kept at all. Pure."""

from functools import lru_cache
from hashlib import sha256
from typing import Final

import orjson

from router.core.values import ChatRequest

NOT_PART: Final = frozenset(
    "stream stream_options user metadata safety_identifier prompt_cache_key prompt_cache_options service_tier store "
    "router simulate".split()
)
"""Fields that do not change what is answered."""


@lru_cache(4096)
def tenant_key(tenant: str) -> str:
    """A tenant as caches know it: the whole of what records show the beginning of (see `record.hash_tenant`), so that
    no two tenants are one."""
    return sha256(tenant.encode("utf-8", "surrogatepass")).hexdigest()


def exact_key(request: ChatRequest) -> str:
    """The key of exactly this question: SHA-256 over the model asked for and every field that changes the answer, each
    name and each value preceded by its length, values in canonical JSON. Nothing is cut short. A field that is null
    says nothing."""
    fields = [request.model.encode("utf-8", "surrogatepass")]
    for name in sorted(request.fields.keys() - NOT_PART - {"model"}):
        value = bytes(request.fields[name])
        if value != b"null":
            fields += (name.encode("utf-8", "surrogatepass"), _canonical(value))
    return digest(fields)


def digest(fields: list[bytes]) -> str:
    """SHA-256 over these, each preceded by its length."""
    return sha256(b"".join([b"%d:%b" % (len(field), field) for field in fields])).hexdigest()


def why_varied(request: ChatRequest) -> str:
    """Why the caller wants another answer each time; empty: it does not say so."""
    if request.choices > 1:
        return "n"
    temperature = request.parameters.get("temperature")
    return "temperature" if isinstance(temperature, int | float) and temperature > 0 else ""


def _canonical(value: bytes) -> bytes:
    """The same bytes however the JSON was spaced and its keys were ordered. What the canonical form cannot hold (a lone
    surrogate, a number too large) stands as it was sent."""
    try:
        return orjson.dumps(orjson.loads(value), option=orjson.OPT_SORT_KEYS)
    except ValueError:
        return value
