"""Which Redis the replicas share, as people write it. INVARIANT: no error here repeats an address, because it may hold
a user and a password."""

import re
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator

EXPECTED = (
    "expected redis://host:6379/0, or rediss:// with TLS; user:password@ may stand before the host "
    "(with / ? # % in them as %2F %3F %23 %25), and nothing behind the number of the database"
)

_DATABASE = re.compile(r"/?[0-9]{0,5}")


def _text(given: Any) -> Any:
    """pydantic's own words for what is no text would repeat it."""
    if not isinstance(given, str | SecretStr):
        raise ValueError(EXPECTED)
    return given


def _address(given: SecretStr) -> SecretStr:
    if not _is_address(given.get_secret_value()):
        raise ValueError(EXPECTED)
    return given


def _is_address(text: str) -> bool:
    try:
        split = urlsplit(text)
        has_place = bool(split.hostname) and split.port != 0
    except ValueError:
        return False
    is_plain = text.isprintable() and " " not in text and not split.query and not split.fragment
    is_redis = split.scheme in ("redis", "rediss") and _DATABASE.fullmatch(split.path) is not None
    return is_plain and has_place and is_redis


class RedisSpec(BaseModel):
    """The Redis that the replicas of this router share."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Annotated[SecretStr, BeforeValidator(_text), AfterValidator(_address)] = Field(
        description="its address, redis:// or rediss:// (TLS trusts whom the system trusts, or SSL_CERT_FILE)",
        examples=["redis://127.0.0.1:6379/0"],
    )
    prefix: str = Field(
        "tandem",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
        description="how its keys begin; routers with the same prefix are replicas of each other",
    )

    @model_validator(mode="before")
    @classmethod
    def _is_a_mapping(cls, given: Any) -> Any:
        """As `_text`: the address may stand here by mistake."""
        if not isinstance(given, Mapping | RedisSpec):
            raise ValueError(f"expected a mapping with `url`: {EXPECTED}")
        return given
