"""Two decisions about the same request: what of them differs. Pure."""

from router.core.decision import Decision


def changed(before: Decision, after: Decision) -> tuple[str, ...]:
    """What a caller or an operator would notice: `ladder`, and settings by their names. A rule of another name that
    does the same is no difference."""
    tiers = () if before.tiers == after.tiers else ("ladder",)
    old, new = before.then.settings(), after.then.settings()
    return tiers + tuple([name for name in old if old[name] != new[name]])
