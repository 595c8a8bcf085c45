"""Judges what was read: how far it can be accepted. Pure."""

from router.core.reading.criteria import Criteria
from router.core.reading.reading import Grade, Profile, Reading
from router.core.verdict import Finding


def grade(reading: Reading, text: str, criteria: Criteria, *, is_last: bool) -> Grade:
    """How far a text is accepted of which this was read. `is_last`: it ends where the answer does; else its last token
    may be part of a longer one, and says nothing."""
    tokens = reading.tokens if is_last else reading.tokens[:-1]
    surprises = [token.best_logprob - token.logprob for token in tokens]
    mean = sum(surprises) / len(surprises) if surprises else 0.0
    profile = Profile(len(tokens), mean, max(surprises, default=0.0), 0)
    limit = criteria.limits["improbable"]
    for token, surprise in zip(tokens, surprises, strict=True):
        if surprise > limit:
            return Grade(token.start, profile, (Finding("improbable", f"{surprise:.1f} nats"),))
    return Grade(len(text), profile)
