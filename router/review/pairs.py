"""Answers of the fast tier of which is known what the strong one would have made of them: the audits of a decision log,
or pairs of a file. Pure, but for reading them.

A line of a file of pairs says how bad the answer looked and whether it was worse than the strong tier's:
`{"figures": {"mean": 0.8, "out_of_top": 4.2}, "worse": false}`, or, in place of the figures, the `reading` that they
are computed from (see `core.reading.reading`) with the `text` that was read. `propensity` is how likely the pair was
drawn (default 1), `strong_tokens` what the strong tier's answer took, `tokens_read` what the reading took in.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from router.core.audit import Audit, is_audit
from router.core.errors import FileError
from router.core.reading.figures import figures_of
from router.core.reading.reading import Reading
from router.log.reader import log_lines, numbered_lines
from router.review.requests_file import misread

FAILED: Final = "audits without an answer of the strong tier"
UNREAD: Final = "audits of answers that were not read"
UNTOLD: Final = "audits of which nobody can tell whether the answer was worse"
LOST: Final = "audits that were drawn and of which the log says nothing more"


class Pair(Struct, frozen=True):
    """One answer. `figures`: by criterion, the least limit that lets it pass; `worse`: than the strong tier's;
    `weight`: for how many answers it stands; `limits`: those beyond which such answers were never let through whole.
    `strong_tokens` and `tokens_read`: None: not known."""

    figures: Mapping[str, float]
    worse: bool
    weight: float = 1.0
    limits: Mapping[str, float] = {}
    strong_tokens: int | None = None
    tokens_read: int | None = None


class Unusable(Struct, frozen=True):
    """An answer of which too little is known, and in words which kind it is."""

    which: str


Pairs = Iterator[Pair | Unusable | FileError]


class _Line(Struct):
    audited: bool = False


class _PairLine(Struct):
    worse: bool
    figures: dict[str, float] | None = None
    reading: Reading | None = None
    text: str | None = None
    propensity: float = 1.0
    strong_tokens: int | None = None
    tokens_read: int | None = None


_AUDITS: Final = msgspec.json.Decoder(Audit)
_LINES: Final = msgspec.json.Decoder(_Line)
_PAIRS: Final = msgspec.json.Decoder(_PairLine)


def read_audited(log: Path, worse_below: float | None) -> Pairs:
    """The audits of a decision log. An answer is worse where it does not end in what the strong tier's ends in; where
    that cannot be told, where its similarity is below `worse_below` (None: nobody can tell). Raises FileError when the
    log cannot be read at all."""
    drawn = 0
    for line in log_lines(log):
        try:
            if is_audit(line.text):
                drawn -= 1
                yield _pair_of(_AUDITS.decode(line.text), worse_below)
            else:
                drawn += _LINES.decode(line.text).audited
        except (msgspec.DecodeError, ValueError) as error:
            yield misread(line.file, line.number, line.text, error)
    for _ in range(drawn):
        yield Unusable(LOST)


def read_pairs(path: Path) -> Pairs:
    """The pairs of a file. Raises FileError when it cannot be read at all."""
    for number, line in numbered_lines(path):
        try:
            yield _read_pair(_PAIRS.decode(line))
        except (msgspec.DecodeError, ValueError) as error:
            yield misread(str(path), number, line, error)


def _pair_of(audit: Audit, worse_below: float | None) -> Pair | Unusable:
    """Raises ValueError for a propensity that is none."""
    if audit.similarity is None:
        return Unusable(FAILED)
    worse = _is_worse(audit, worse_below)
    if not audit.figures or worse is None:
        return Unusable(UNTOLD if audit.figures else UNREAD)
    tokens = None if audit.strong is None else audit.strong.completion_tokens
    return Pair(audit.figures, worse, _weight(audit.propensity), audit.limits, tokens, audit.tokens_read)


def _is_worse(audit: Audit, worse_below: float | None) -> bool | None:
    if audit.agree is not None:
        return not audit.agree
    if worse_below is None or audit.similarity is None:
        return None
    return audit.similarity < worse_below


def _read_pair(line: _PairLine) -> Pair:
    """Raises ValueError."""
    figures: Mapping[str, float] | None = line.figures
    if line.reading is not None and line.text is not None:
        figures = figures_of(line.reading, line.text)
    if not figures:
        raise ValueError("expected `figures`, or a `reading` and the `text` that was read")
    return Pair(figures, line.worse, _weight(line.propensity), {}, line.strong_tokens, line.tokens_read)


def _weight(propensity: float) -> float:
    if not 0.0 < propensity <= 1.0:
        raise ValueError("a propensity lies between 0 and 1")
    return 1.0 / propensity
