"""What a tier can do: what its dialect says, and where one of its engines was probed, what was found."""

from msgspec.structs import replace

from router.config.backend_settings import TierSpec
from router.config.capability_file import read_capabilities
from router.core.capabilities import Denoising, TierFacts
from router.core.probed import Probed
from router.core.values import Tier
from router.engines.dialects import DIALECTS
from router.engines.dialects.refine import NOT_SO, refined


def facts_of(tier: Tier, spec: TierSpec) -> TierFacts:
    """The facts of a tier, by its settings. Raises FileError."""
    first = spec.backends[0]
    denoising = Denoising(first.denoising.max_steps, first.denoising.entropy_bound)
    facts = TierFacts(tier, DIALECTS[first.dialect], spec.context_tokens, spec.accepts, denoising)
    if first.capabilities is None:
        return facts
    return _narrowed(facts, read_capabilities(first.capabilities, first.dialect))


def _narrowed(facts: TierFacts, probed: Probed) -> TierFacts:
    """Of window and input the less counts: settings may keep a tier from what its engine could do."""
    refused = {name for name, found in probed.modalities.items() if found.outcome in NOT_SO}
    window = min(facts.context_tokens, probed.context_tokens or facts.context_tokens)
    return replace(
        facts,
        dialect=refined(facts.dialect, probed),
        context_tokens=window,
        accepts=facts.accepts - refused,
    )
