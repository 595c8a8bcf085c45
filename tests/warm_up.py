"""Run as a program: serves requests in this fresh interpreter and prints the modules that were imported only once
serving was under way. `python -m tests.warm_up SETTINGS_FILE`"""

import asyncio
import json
import sys
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from router.api.front import App
from router.bootstrap import open_router
from router.config.settings import read_settings

MESSAGES = [{"role": "user", "content": "Say hi."}]
BODIES: list[dict[str, Any]] = [
    {"model": "auto", "messages": MESSAGES},
    {"model": "auto", "messages": MESSAGES, "stream": True},
    {"model": "auto", "messages": MESSAGES, "seed": 1},
    {"model": "nobody", "messages": MESSAGES},
    {"model": "auto", "messages": MESSAGES, "n": "two"},
]
REQUESTS = 50


async def ask(app: App, fields: dict[str, Any]) -> int:
    """The status of one request, made without a server."""
    body, statuses = json.dumps(fields).encode(), []
    arriving = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> MutableMapping[str, Any]:
        for message in arriving:
            return message
        await asyncio.get_running_loop().create_future()
        raise AssertionError

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    scope = {"type": "http", "method": "POST", "path": "/v1/chat/completions", "headers": headers}
    await app(scope, receive, send)
    (status,) = statuses
    return int(status)


async def imported_late(settings: Path) -> list[str]:
    """Serves each kind of request once, then many, and tells what the many imported."""
    async with open_router(read_settings(settings)) as router:
        statuses = [await ask(router.public, each) for each in BODIES]
        assert statuses == [200, 200, 200, 404, 400], statuses
        warm = set(sys.modules)
        for number in range(REQUESTS):
            await ask(router.public, BODIES[number % len(BODIES)])
        return sorted(set(sys.modules) - warm)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(imported_late(Path(sys.argv[1])))))
