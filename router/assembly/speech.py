"""Opens what makes text of speech, as the settings say."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from router.config.settings import Settings
from router.core.breaker import Breaker, OpenNever
from router.engines.remote_transcriber import Service, open_remote_transcriber
from router.inquiry import Landscape
from router.ports import Clock
from router.silence import Silence
from router.transcribing import DEAF, Hearing, Terms, Transcribing


@asynccontextmanager
async def open_hearing(
    settings: Settings, landscape: Landscape, silence: Silence, clock: Clock
) -> AsyncGenerator[Hearing, None]:
    """What becomes of speech, while the block runs; without settings for it, it stays what it is."""
    spec = settings.asr
    if spec is None:
        yield DEAF
        return
    key = None if spec.api_key is None else spec.api_key.get_secret_value()
    terms = Terms(spec.clips, spec.clip_mb * 1024 * 1024, spec.timeout_s)
    service = Service(spec.url, spec.model, key, spec.language)
    breaker = Breaker() if settings.breakers else OpenNever()
    async with open_remote_transcriber(service, breaker, silence, clock) as remote:
        yield Transcribing(remote, landscape.tiers, clock, terms)
