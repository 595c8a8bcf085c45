"""A draft as the strong model read it, and what is kept of that. Plain values."""

from collections.abc import Mapping

from msgspec import Struct

from router.core.verdict import Finding


class Excerpt(Struct, frozen=True):
    """What is to be read: the latest text of an answer, with the text `before` it that is accepted already.
    `logprobs`: what whoever wrote it gave its own tokens, where it says so."""

    before: str
    text: str
    logprobs: tuple[float, ...] = ()


class ReadToken(Struct, frozen=True, gc=False):
    """One token of an excerpt's text, the characters from `start` to `end` (not included) of it. `logprob`: the natural
    logarithm of the probability that the reader gives it; `rank`: 1 where it is the one that the reader would have
    written; `best_logprob`: that one's; `entropy`: of the reader's distribution, in nats (None: not known)."""

    start: int
    end: int
    logprob: float
    rank: int
    best_logprob: float
    entropy: float | None = None


class Reading(Struct, frozen=True):
    """What was read, token by token. Blanks at either end of a text may belong to no token. `tokens_read`: how many
    tokens the engine took in for it, the prompt included and what its prefix cache held left out, where the engine says
    how much that was."""

    tokens: tuple[ReadToken, ...]
    tokens_read: int


class Profile(Struct, frozen=True, omit_defaults=True):
    """How surprised the reader was, shortened: no text of the answer. Of `tokens` tokens, `mean` and `worst` (over a
    window of them) are in nats a token, weighed as the criteria weigh them; `worst_at`: the character at which that
    window begins; `curve`: at most 32 means over equal parts of the tokens; `scores`: by the name of each criterion
    that was looked at, what its limit was compared with."""

    tokens: int
    mean: float
    worst: float
    worst_at: int
    curve: tuple[float, ...] = ()
    scores: Mapping[str, float] = {}


class Grade(Struct, frozen=True):
    """What is thought of a text that was read: it is accepted up to `upto` characters, all of it where nothing was
    found. `found_at`: the character at which the first fault begins, at or before which the cut is made (-1: nothing
    was found). `findings`: the criteria that found something, that of the first fault first; figures only."""

    upto: int
    profile: Profile
    findings: tuple[Finding, ...] = ()
    found_at: int = -1


class ReadingNote(Struct, frozen=True, omit_defaults=True):
    """What records say of the reading of an attempt. `reads`: how often something of it was read, which took in
    `tokens_read` tokens and `elapsed_s` seconds in all; `reasons`: the criteria by which it was cut, with the profile
    of what was cut, else the latest one; `accepted_chars` of `read_chars` characters were accepted. `unread`: why part
    of it was not read and passed by the checks alone, in the word of the error. `shared_s`: of `elapsed_s` what is its
    share where the engine had other attempts as well; `cost_microusd`: see `core.cost`."""

    reads: int = 0
    tokens_read: int = 0
    elapsed_s: float = 0.0
    read_chars: int = 0
    accepted_chars: int = 0
    reasons: tuple[str, ...] = ()
    profile: Profile | None = None
    unread: str = ""
    shared_s: float = 0.0
    cost_microusd: int | None = None
