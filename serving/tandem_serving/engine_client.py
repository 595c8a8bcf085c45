"""One engine as those talk to it who want to know what it can do: any page, any field, and when each block came.

Nothing here is retried and nothing hidden: a status, an error inside a stream and a connection that broke are findings.
"""

import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Any, Final

import aiohttp
from msgspec import Struct

from router.core.errors import SettingsError

CHAT: Final = "/v1/chat/completions"
GONE: Final = 0
"""The status of an exchange that nobody answered, or whose connection broke."""

USUAL_TIMEOUT_S: Final = 120.0
DATA: Final = b"data:"

Fields = Mapping[str, Any]


class Page(Struct, frozen=True):
    """What came back of one exchange. `body`: decoded, None where it is no JSON; `elapsed_s`: until all of it came."""

    status: int
    body: Any = None
    text: str = ""
    headers: Mapping[str, str] = {}
    elapsed_s: float = 0.0

    @property
    def is_ok(self) -> bool:
        """Whether it was answered with 200, and with no error inside."""
        return self.status == 200 and not (isinstance(self.body, Mapping) and "error" in self.body)

    @property
    def said(self) -> str:
        """The message of an error, or the beginning of what came in its place."""
        error = self.body.get("error") if isinstance(self.body, Mapping) else None
        message = error.get("message") if isinstance(error, Mapping) else error
        return " ".join(str(message or self.text[:200] or f"status {self.status}").split())


class Event(Struct, frozen=True):
    """One event of a stream, and the seconds from the request to it."""

    at_s: float
    body: Any


class Streamed(Struct, frozen=True):
    """A stream that was read to its end, or to where it broke. `began_s`: when it was asked for, by `perf_counter`."""

    page: Page
    events: tuple[Event, ...] = ()
    began_s: float = 0.0

    @property
    def error(self) -> str:
        """What it says went wrong; empty: nothing."""
        if self.page.status != 200:
            return self.page.said
        failed = next((each.body for each in self.events if "error" in each.body), None)
        return "" if failed is None else Page(200, failed).said

    @property
    def blocks(self) -> tuple[Event, ...]:
        """The events that brought text, of whatever kind."""
        return tuple([each for each in self.events if _has_text(each.body)])

    @property
    def usage(self) -> Fields:
        """The last usage that was told; empty: none was."""
        found: Fields = next((each.body["usage"] for each in reversed(self.events) if each.body.get("usage")), {})
        return found


class EngineClient:
    """Talks to the engine at one address. Made by `open_engine`."""

    def __init__(self, session: aiohttp.ClientSession, url: str, key: str | None) -> None:
        self._session = session
        self.url = url.rstrip("/").removesuffix("/v1")
        self._headers = {} if key is None else {"Authorization": f"Bearer {key}"}

    async def get(self, path: str, *, with_key: bool = True) -> Page:
        """A page of the engine's."""
        return await self._exchange("GET", path, None, self._headers if with_key else {})

    async def post(self, path: str, fields: Fields, headers: Mapping[str, str] | None = None) -> Page:
        """What the engine answers to these fields."""
        return await self._exchange("POST", path, fields, {**self._headers, **(headers or {})})

    async def chat(self, fields: Fields) -> Page:
        """A plain chat completion."""
        return await self.post(CHAT, fields)

    async def stream(self, fields: Fields) -> Streamed:
        """A chat completion as a stream, with usage where the engine tells it, read to its end."""
        began_s, events = perf_counter(), list[Event]()
        asked = {"stream": True, "stream_options": {"include_usage": True}, **fields}
        try:
            async with self._session.post(self.url + CHAT, json=asked, headers=self._headers) as response:
                if response.status != 200:
                    text = await response.text(errors="replace")
                    return Streamed(Page(response.status, _decoded(text), text, {}, perf_counter() - began_s))
                async for line in response.content:
                    body = _event(line)
                    if body is not None:
                        events.append(Event(perf_counter() - began_s, body))
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            return Streamed(_gone(error, began_s), tuple(events), began_s)
        return Streamed(Page(200, elapsed_s=perf_counter() - began_s), tuple(events), began_s)

    async def _exchange(self, method: str, path: str, fields: Fields | None, headers: Mapping[str, str]) -> Page:
        began_s = perf_counter()
        try:
            async with self._session.request(method, self.url + path, json=fields, headers=headers) as response:
                text = await response.text(errors="replace")
                lower = {name.lower(): value for name, value in response.headers.items()}
                return Page(response.status, _decoded(text), text, lower, perf_counter() - began_s)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            return _gone(error, began_s)


@asynccontextmanager
async def open_engine(
    url: str, key: str | None = None, timeout_s: float = USUAL_TIMEOUT_S
) -> AsyncIterator[EngineClient]:
    """A client while the block runs. Raises SettingsError for what is no address."""
    if not url.startswith(("http://", "https://")):
        raise SettingsError(f"{url!r} is no address of an engine: write it as http://HOST:PORT")
    timeout = aiohttp.ClientTimeout(total=timeout_s, sock_connect=5.0)
    connector = aiohttp.TCPConnector(limit=0, force_close=True)
    async with aiohttp.ClientSession(timeout=timeout, connector=connector, trust_env=False) as session:
        yield EngineClient(session, url, key)


async def model_of(client: EngineClient, wanted: str | None) -> Fields:
    """What the engine says of the model that is wanted, or of the only one it serves. Raises SettingsError, which says
    what to do, where it does not answer, asks for another key, or serves none or several."""
    page = await client.get("/v1/models")
    if page.status == GONE:
        raise SettingsError(f"{client.url} does not answer ({page.said}); is the engine running there?")
    if page.status in (401, 403):
        raise SettingsError(f"{client.url} asks for a key: give its own with --key or TANDEM_ENGINE_KEY")
    models = page.body.get("data") if page.is_ok and isinstance(page.body, Mapping) else None
    if not isinstance(models, list):
        raise SettingsError(f"{client.url}/v1/models is not what an OpenAI-compatible engine serves: {page.said}")
    known: dict[str, Fields] = {str(each.get("id")): each for each in models if isinstance(each, Mapping)}
    if wanted is None and len(known) == 1:
        return next(iter(known.values()))
    if wanted not in known:
        there = ", ".join(known) or "none"
        which = f"no model {wanted!r}" if wanted else "more than one model, or none"
        raise SettingsError(f"{client.url} serves {which}; there is: {there}. Name one with --model")
    return known[wanted]


def text_of(body: Any) -> str:
    """The text of the first choice of a plain answer."""
    said = within(body, "choices", 0, "message", "content")
    return said if isinstance(said, str) else ""


def within(value: Any, *path: str | int) -> Any:
    """What stands at this path in decoded JSON; None where nothing does."""
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def sum_of(name: str, text: str) -> int | None:
    """The sum of a metric's series on a page; None: it has none."""
    found = re.findall(rf"^{re.escape(name)}(?:\{{[^}}]*\}})? (\S+)", text, re.MULTILINE)
    return int(sum(map(float, found))) if found else None


def _event(line: bytes) -> Any:
    if not line.startswith(DATA) or line.strip().endswith(b"[DONE]"):
        return None
    found = _decoded(line[len(DATA) :].decode("utf-8", "replace"))
    return found if isinstance(found, dict) else None


def _has_text(body: Any) -> bool:
    delta = within(body, "choices", 0, "delta") or {}
    return any(delta.get(name) for name in ("content", "reasoning", "reasoning_content", "tool_calls"))


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _gone(error: Exception, began_s: float) -> Page:
    return Page(GONE, None, str(error) or type(error).__name__, {}, perf_counter() - began_s)
