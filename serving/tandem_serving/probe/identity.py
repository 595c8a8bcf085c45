"""Who an engine is: its server, version, model and dialect, read off its own pages."""

import ipaddress
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from msgspec import Struct

from router.core.errors import SettingsError
from router.core.probed import Found
from router.engines.dialects import DIALECTS
from tandem_serving.engine_client import GONE, EngineClient, model_of, within

IMAGES_SAFE_FROM: Final[Mapping[str, tuple[int, int]]] = {"vllm_diffusion": (0, 30)}
"""By dialect, the first release that survives an image, where earlier ones do not (vLLM's pull request 57589)."""


class Identity(Struct, frozen=True):
    """`version`: empty where the engine tells none; `context_tokens`: None likewise."""

    engine: str
    version: str
    model: str
    dialect: str
    context_tokens: int | None
    auth: Found

    @property
    def survives_images(self) -> bool:
        """Whether an image is safe to send: diffusion engines of early versions died of one."""
        numbers = [int(part) for part in self.version.split(".")[:2] if part.isdigit()]
        return tuple(numbers) >= IMAGES_SAFE_FROM.get(self.dialect, ())


async def identify(client: EngineClient, model: str | None, dialect: str | None) -> Identity:
    """Raises SettingsError, which says what to do, for what is no engine, or one whose kind does not show."""
    told = await model_of(client, model)
    version = within((await client.get("/version")).body, "version")
    metrics = (await client.get("/metrics")).text
    is_vllm = told.get("owned_by") == "vllm" or "vllm:" in metrics
    found = dialect or _dialect_of(is_vllm=is_vllm, metrics=metrics)
    if found not in DIALECTS:
        known = ", ".join(DIALECTS)
        raise SettingsError(f"{client.url} does not show what kind of engine it is: say --dialect, one of {known}")
    return Identity(
        "vllm" if is_vllm else str(told.get("owned_by") or "unknown"),
        str(version or ""),
        str(told["id"]),
        found,
        _window(told),
        await _auth(client),
    )


def _dialect_of(*, is_vllm: bool, metrics: str) -> str:
    if not is_vllm:
        return ""
    return "vllm_diffusion" if "vllm:diffusion_num_denoising_steps" in metrics else "vllm"


def _window(told: Mapping[str, Any]) -> int | None:
    tokens = told.get("max_model_len")
    return tokens if isinstance(tokens, int) and tokens > 0 else None


async def _auth(client: EngineClient) -> Found:
    page = await client.get("/v1/models", with_key=False)
    if page.status in (401, 403):
        return Found("honoured", "asks for a key")
    if page.status == GONE:
        return Found("untried", page.said)
    if is_loopback(client.url):
        return Found("ignored", "open, on this machine alone")
    return Found("ignored", OPEN)


OPEN: Final = "OPEN to whoever reaches its address: start it with a key, and bind it to a private address"


def is_loopback(url: str) -> bool:
    """Whether an address is of this machine alone."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
