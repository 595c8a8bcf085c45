"""Makes text of the speech in requests, before anything is decided about them."""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from typing import Final, Protocol

from msgspec import Struct
from msgspec.structs import replace

from router.core.capabilities import TierFacts
from router.core.errors import BackendError, DeadlineExceeded, InvalidRequest, Refused, TimedOut, Unavailable
from router.core.grants import effective_budget_ms, effective_max_tier
from router.core.speech import Clip, Heard, clips_of, holds_speech, with_words
from router.core.values import TIERS, Tier
from router.ports import Asked, Clock, Transcriber

MOST_KNOWN: Final = 512
"""Clips whose words are remembered: those of a conversation come again with each of its turns."""

MOST_CHARS: Final = 4_000_000
"""Of all words that are remembered."""


class Terms(Struct, frozen=True):
    """How much is heard of one request: the most clips, the most bytes of one, and the seconds that all may take."""

    clips: int = 8
    clip_bytes: int = 10 * 1024 * 1024
    timeout_s: float = 20.0


class Hearing(Protocol):
    """What becomes of speech. `heard` answers the request to go on with; it raises CallerError or BackendError.
    `foreseen` is the same for whoever only asks what would happen: no words, and nobody is asked for any."""

    async def heard(self, asked: Asked, started_s: float) -> Asked: ...
    def foreseen(self, asked: Asked) -> Asked: ...


class _Deaf:
    """Nobody transcribes: speech stays what it is."""

    async def heard(self, asked: Asked, started_s: float) -> Asked:
        return asked

    def foreseen(self, asked: Asked) -> Asked:
        return asked


DEAF: Final[Hearing] = _Deaf()


class Transcribing:
    """Has speech transcribed. `tiers`: where it goes as it is when it cannot be transcribed."""

    def __init__(
        self,
        transcriber: Transcriber,
        tiers: Mapping[Tier, TierFacts],
        clock: Clock,
        terms: Terms = Terms(),  # noqa: B008
    ) -> None:
        self._transcriber = transcriber
        self._hears = frozenset(tier for tier, facts in tiers.items() if "audio" in facts.accepts)
        self._clock = clock
        self._terms = terms
        # INVARIANT: by tenant and clip: a clip that another tenant has sent takes as long as any other.
        self._known: OrderedDict[bytes, str] = OrderedDict()
        self._chars = 0

    async def heard(self, asked: Asked, started_s: float) -> Asked:
        """See `Hearing`."""
        if not holds_speech(asked.request):
            return asked
        began_s = self._clock.now_s()
        clips = await asyncio.to_thread(clips_of, asked.request, self._terms.clip_bytes)
        if len(clips) > self._terms.clips:
            raise InvalidRequest(f"{len(clips)} clips of speech; at most {self._terms.clips} are heard", "messages")
        keys = await asyncio.to_thread(_keys, asked.caller.tenant, clips)
        known = sum([each in self._known for each in keys])
        try:
            words = await self._words(clips, keys, self._left_s(asked, started_s))
        except Refused as refused:
            raise InvalidRequest("a clip of speech was refused by what transcribes it", "messages") from refused
        except DeadlineExceeded:
            raise
        except BackendError as error:
            if not self._is_heard_elsewhere(asked):
                raise Unavailable("speech cannot be transcribed now") from error
            return replace(asked, heard=Heard(len(clips), 0, self._clock.now_s() - began_s, is_failed=True))
        heard = Heard(len(clips), known, self._clock.now_s() - began_s)
        return replace(asked, request=with_words(asked.request, words), heard=heard)

    def foreseen(self, asked: Asked) -> Asked:
        """See `Hearing`."""
        if not holds_speech(asked.request):
            return asked
        count = len(clips_of(asked.request, self._terms.clip_bytes))
        return replace(asked, request=with_words(asked.request, [""] * count), heard=Heard(count))

    async def _words(self, clips: list[Clip], keys: list[bytes], left_s: float | None) -> list[str]:
        """All of them at once. Raises DeadlineExceeded when the caller's time is over, else what the port raises."""
        timeout_s = self._terms.timeout_s
        within_s = timeout_s if left_s is None else min(timeout_s, left_s)
        try:
            async with asyncio.TaskGroup() as group:
                pairs = zip(clips, keys, strict=True)
                found = [group.create_task(self._ask(clip, key, within_s)) for clip, key in pairs]
        except BaseExceptionGroup as several:
            error = _first(several)
            if isinstance(error, TimedOut) and left_s is not None and left_s <= timeout_s:
                raise DeadlineExceeded("the time for the whole answer was over before its speech was text") from None
            raise error from None
        return [each.result() for each in found]

    async def _ask(self, clip: Clip, key: bytes, within_s: float) -> str:
        words = self._known.get(key)
        if words is not None:
            self._known.move_to_end(key)
            return words
        words = await self._transcriber.transcribe(clip, within_s)
        self._remember(key, words)
        return words

    def _remember(self, key: bytes, words: str) -> None:
        self._chars += len(words) - len(self._known.pop(key, ""))
        self._known[key] = words
        while len(self._known) > MOST_KNOWN or self._chars > MOST_CHARS:
            self._chars -= len(self._known.popitem(last=False)[1])

    def _left_s(self, asked: Asked, started_s: float) -> float | None:
        """What is left of the caller's latency budget; None: it has none."""
        budget_ms = effective_budget_ms(asked.caller.grants, asked.hints)
        return None if budget_ms is None else max(started_s + budget_ms / 1000 - self._clock.now_s(), 0.0)

    def _is_heard_elsewhere(self, asked: Asked) -> bool:
        highest = effective_max_tier(asked.caller.grants, asked.hints.max_tier)
        return bool(self._hears.intersection(TIERS[: TIERS.index(highest) + 1]))


def _keys(tenant: str, clips: list[Clip]) -> list[bytes]:
    """What each clip of a tenant is remembered by: nothing that it could be read from."""
    salt = hashlib.sha256(tenant.encode()).digest()
    return [
        hashlib.blake2b(each.data, key=salt, digest_size=32, person=each.format.encode()).digest() for each in clips
    ]


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """One error of several: whichever was first, a refusal before others, because asking again would not help."""
    leaves = [each for each in group.exceptions if not isinstance(each, BaseExceptionGroup)]
    return next((each for each in leaves if isinstance(each, Refused)), leaves[0])
