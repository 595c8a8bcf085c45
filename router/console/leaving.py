"""Work that is done for somebody who may leave before it is done."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.requests import Request

Made = TypeVar("Made")


class CallerLeft(Exception):
    """Nobody waits for the answer any more."""


async def unless_left(request: Request, work: Coroutine[Any, Any, Made]) -> Made:
    """What the work makes. Cancels it, and raises CallerLeft, when the caller leaves first. For requests without a
    body."""
    doing, leaving = asyncio.create_task(work), asyncio.create_task(_left(request))
    try:
        await asyncio.wait((doing, leaving), return_when=asyncio.FIRST_COMPLETED)
        if doing.done():
            return doing.result()
        raise CallerLeft
    finally:
        doing.cancel()
        leaving.cancel()
        await asyncio.gather(doing, leaving, return_exceptions=True)


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
