"""The course of tuning: every prompt at every cap, one at a time, and what each answer is worth."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final

from msgspec import Struct

from router.core.capabilities import Dial
from router.core.errors import SettingsError
from router.engines.dialects import DIALECTS
from tandem_serving.engine_client import EngineClient, model_of, open_engine, text_of, within
from tandem_serving.measure.course import Wanted
from tandem_serving.probe.identity import identify
from tandem_serving.tune.asked import Asked
from tandem_serving.tune.curve import Answered, Curve, curve_of
from tandem_serving.tune.grading import ByReading, ByReference, Grader

Watch = Callable[[str, int], None]
CAPS: Final = (4, 8, 12, 16, 24, 32, 48)


class Plan(Struct, frozen=True):
    """What is tried. `margin`: how much of the quality may be lost; `answer_tokens`: the most an answer may have."""

    caps: tuple[int, ...] = CAPS
    margin: float = 0.05
    answer_tokens: int = 1024


async def tune(wanted: Wanted, grader: Wanted | None, asked: Sequence[Asked], plan: Plan, watch: Watch) -> Curve:
    """The curve of an engine. Raises SettingsError where it has no such dial, or nobody can grade."""
    async with open_engine(wanted.url, wanted.key) as client, _grading(grader, asked) as grading:
        identity = await identify(client, wanted.model, None)
        dial = DIALECTS[identity.dialect].dials.get("denoise.steps")
        if dial is None:
            said = f"{client.url} is {identity.dialect}, which has no cap on passes"
            raise SettingsError(f"{said}: tune a diffusion engine")
        run = _Run(client, identity.model, dial, grading)
        return await run.over(asked, plan, watch)


@asynccontextmanager
async def _grading(grader: Wanted | None, asked: Sequence[Asked]) -> AsyncIterator[Grader]:
    if grader is not None:
        async with open_engine(grader.url, grader.key) as client:
            yield ByReading(client, str((await model_of(client, grader.model))["id"]))
        return
    bare = sum(not each.reference for each in asked)
    if bare:
        raise SettingsError(
            f"{bare} of {len(asked)} prompts have no reference: give the right answer of each as `reference` in a "
            ".jsonl file, or name the strong engine with --grader URL and have it read the answers"
        )
    yield ByReference()


class _Run:
    """An engine while it is tuned. `dial`: what caps its passes."""

    def __init__(self, client: EngineClient, model: str, dial: Dial, grader: Grader) -> None:
        self._client = client
        self._model = model
        self._dial = dial
        self._grader = grader

    async def over(self, asked: Sequence[Asked], plan: Plan, watch: Watch) -> Curve:
        """All prompts at all caps: prompt by prompt, so that whatever changes meanwhile changes for every cap."""
        answers: dict[int, list[Answered]] = {cap: [] for cap in plan.caps}
        for each in asked:
            for cap in plan.caps:
                watch(f"at most {cap} passes", len(asked) * len(plan.caps))
                answers[cap].append(await self._answer(each, cap, plan.answer_tokens))
        return curve_of(self._client.url, self._grader.said, plan.margin, answers)

    async def _answer(self, asked: Asked, cap: int, tokens: int) -> Answered:
        fields = {"model": self._model, "messages": [{"role": "user", "content": asked.prompt}], "max_tokens": tokens}
        page = await self._client.chat(fields | self._dial.turned(cap))
        if not page.is_ok:
            raise SettingsError(f"{self._client.url} does not answer at a cap of {cap}: {page.said}")
        written = within(page.body, "usage", "completion_tokens") or 0
        return Answered(await self._grader.grade(asked, text_of(page.body)), page.elapsed_s, written)
