"""Tries one request at a time on an engine, and says what became of it: and of the engine."""

import asyncio
from collections.abc import Mapping
from time import monotonic
from typing import Any, Final

from msgspec import Struct

from router.core.probed import Found
from tandem_serving.engine_client import GONE, EngineClient, Page, Streamed
from tandem_serving.probe.trials import BASE, TRIALS, Trial, is_dangerous

DYING_S: Final = 4.0
"""An engine that has died lets its server answer for so long at most; vLLM's has gone after one second."""

LOOK_S: Final = 0.25
FAILED: Final = 500
OVERLOADED: Final = (429, 503)
PATIENCE: Final = 5
"""How often a request that an engine is too busy for is sent again, a second apart."""

DEAD: Final = Found("untried", "the engine is gone")


class Conduct(Struct, frozen=True):
    """How an engine is treated. `with_danger`: what may end it is tried too; `return_within_s`: how long to wait for
    one that has ended, because somebody may start it again."""

    with_danger: bool = False
    return_within_s: float = 0.0


class Bench:
    """One engine under trial. `is_gone`: it died, and did not come back."""

    def __init__(self, client: EngineClient, model: str, dialect: str, conduct: Conduct) -> None:
        self.client = client
        self.model = model
        self.dialect = dialect
        self.is_gone = False
        self._conduct = conduct
        self._plain: dict[str, Page] = {}
        self._is_strict: bool | None = None

    @property
    def with_danger(self) -> bool:
        """Whether what may end the engine is tried too."""
        return self._conduct.with_danger

    async def ask(self, fields: Mapping[str, Any]) -> Page:
        """The answer to BASE with these fields, patiently where the engine is busy. A stream is folded into a body
        that says how many `events` brought text, and its `usage`."""
        asked = {name: value for name, value in {**BASE, "model": self.model, **fields}.items() if value is not None}
        page = await self._once(asked)
        for _ in range(PATIENCE):
            if page.status not in OVERLOADED:
                break
            await asyncio.sleep(1.0)
            page = await self._once(asked)
        return page

    async def try_parameter(self, name: str) -> Found:
        """What the engine does with one parameter."""
        trial = TRIALS.get(name)
        if trial is None:
            return Found("untried", "no trial is known")
        if is_dangerous(name, self.dialect) and not self.with_danger:
            return Found("untried", "may end the engine; --dangerous tries it")
        if self.is_gone:
            return DEAD
        answers = [await self.ask({**trial.base, **trial.fields}) for _ in range(trial.times)]
        found = await self.verdict(answers[-1])
        if found is not None:
            return found
        found = trial.judge(answers, await self._without(trial))
        return await self._looked_at(name, trial) if found == Found("taken") else found

    async def verdict(self, page: Page) -> Found | None:
        """What became of a request that was not answered; None: it was."""
        if page.is_ok:
            return None
        if page.status != GONE and page.status < FAILED:
            return Found("refused", page.said)
        if await self._lives():
            return Found("failed", page.said)
        self.is_gone = not await self._is_back()
        return Found("fatal", "the engine died of it")

    async def _once(self, asked: Mapping[str, Any]) -> Page:
        if asked.get("stream") is True:
            return _folded(await self.client.stream(asked))
        return await self.client.chat(asked)

    async def _without(self, trial: Trial) -> Page:
        key = str(trial.base)
        if key not in self._plain:
            self._plain[key] = await self.ask(trial.base)
        return self._plain[key]

    async def _looked_at(self, name: str, trial: Trial) -> Found:
        """An engine that checks what it is sent, and yet takes a parameter whatever it holds, does not know it."""
        if is_dangerous(name, self.dialect) or not await self._strict():
            return Found("taken")
        page = await self.ask({**trial.fields, "stream": None, name: trial.wrong})
        if page.status >= FAILED or page.status == GONE:
            found = await self.verdict(page)
            return Found("taken") if found is None or found.outcome == "failed" else found
        return Found("ignored", "it is taken whatever it holds") if page.is_ok else Found("taken")

    async def _strict(self) -> bool:
        if self._is_strict is None:
            self._is_strict = not (await self.ask({"temperature": {"not": "a number"}})).is_ok
        return self._is_strict

    async def _lives(self) -> bool:
        """Whether the engine outlives what happened: it has to be well, and still so when a dying one would be gone."""
        until_s = monotonic() + DYING_S
        while monotonic() < until_s:
            if (await self.client.get("/health")).status not in (200, 404):
                return False
            await asyncio.sleep(LOOK_S)
        return True

    async def _is_back(self) -> bool:
        """Waits for an engine that somebody starts again."""
        until_s = monotonic() + self._conduct.return_within_s
        while monotonic() < until_s:
            await asyncio.sleep(LOOK_S)
            if (await self.client.get("/health")).status == 200:
                return True
        return False


def _folded(streamed: Streamed) -> Page:
    if streamed.page.status != 200:
        return streamed.page
    failed = next((each.body for each in streamed.events if "error" in each.body), None)
    if failed is not None:
        return Page(_status_in(failed), failed)
    return Page(200, {"events": len(streamed.blocks), "usage": streamed.usage or None})


def _status_in(failed: Mapping[str, Any]) -> int:
    error = failed["error"]
    code = error.get("code") if isinstance(error, Mapping) else None
    return code if isinstance(code, int) else FAILED
