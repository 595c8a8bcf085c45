"""The keys that encrypt what is kept, as people write them. INVARIANT: no error here repeats any of them."""

from base64 import b64decode
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, SecretStr

KEY_BYTES: Final = 32

EXPECTED: Final = (
    f"expected {KEY_BYTES} random bytes in base64, as `openssl rand -base64 {KEY_BYTES}` makes them; "
    "or several such keys with commas between them, of which the first encrypts"
)


def keys_in(given: SecretStr) -> tuple[bytes, ...]:
    """Keys, in their order. Raises ValueError."""
    texts = given.get_secret_value().split(",")
    return tuple(_key(text.strip(), f"key {number} of {len(texts)}") for number, text in enumerate(texts, start=1))


def _key(text: str, which: str) -> bytes:
    try:
        key = b64decode(text, validate=True)
    except ValueError:
        raise ValueError(f"{which} is not base64: {EXPECTED}") from None
    if len(key) != KEY_BYTES:
        raise ValueError(f"{which} is of {len(key)} bytes: {EXPECTED}")
    return key


def _text(given: Any) -> Any:
    """pydantic's own words for what is no text would repeat it."""
    if not isinstance(given, str | SecretStr):
        raise ValueError(EXPECTED)
    return given


def _checked(given: SecretStr) -> SecretStr:
    keys_in(given)
    return given


EncryptionKeys = Annotated[SecretStr, BeforeValidator(_text), AfterValidator(_checked)]
"""One key or more, in one text."""
