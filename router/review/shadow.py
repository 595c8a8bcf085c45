"""What the candidates of shadow rollouts would have done, as a decision log tells it: no policy is asked again."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from router.core.errors import FileError
from router.core.record import ShadowDecision
from router.core.values import Tier
from router.log.reader import record_lines
from router.review.comparison import Comparison, Example, Fate, SettingChange, Side, Tally
from router.review.intake import BAD_ROW, left_out
from router.review.requests_file import misread

UNSHADOWED = "logged requests that no candidate was asked about"


class LoggedShadow(Struct, frozen=True):
    """What a line of a log says of the decision that was acted on, and of the candidate's."""

    request_id: str
    policy: str
    rule: str
    ladder: tuple[Tier, ...]
    shadow: ShadowDecision | None


_LINES = msgspec.json.Decoder(LoggedShadow)

Lines = Iterator[tuple[int, LoggedShadow] | FileError]


def read_shadows(log: Path) -> Lines:
    """The lines of a decision log with their numbers. Raises FileError, when it is read, for one that cannot be."""
    for line in record_lines(log):
        try:
            yield line.number, _LINES.decode(line.text)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            yield misread(line.file, line.number, line.text, error)


def summarise(lines: Iterable[tuple[int, LoggedShadow] | FileError], source: str) -> Comparison:
    """One report for each version in force with each candidate version, the most requests first; lines that are
    errors are counted."""
    tallies: dict[tuple[str, str], Tally] = defaultdict(Tally)
    left = Counter[str]()
    for line in lines:
        if isinstance(line, FileError):
            left[BAD_ROW] += 1
            continue
        number, said = line
        if said.shadow is None:
            left[UNSHADOWED] += 1
        else:
            versions = said.policy, said.shadow.policy
            tallies[versions].add(_fate(said, said.shadow), Example(number, said.request_id))
    reports = [tally.report(*versions) for versions, tally in tallies.items()]
    reports.sort(key=lambda report: -report.asked)
    return Comparison(source, tuple(reports), left_out(left))


def _fate(said: LoggedShadow, shadow: ShadowDecision) -> Fate:
    settings = tuple([SettingChange(name) for name in shadow.changed if name != "ladder"])
    error = (shadow.error or "").partition(":")[0]
    return Fate(Side(said.rule, said.ladder), Side(shadow.rule, shadow.ladder, error), settings)
